"""Decides what hours and money mean: entries, allocation, recognition.  Pure: no I/O, no clock, no settings."""
