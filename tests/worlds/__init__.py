"""Invented platforms: calm ones and ones full of hazards, as raw rows by table."""
