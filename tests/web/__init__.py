"""Tests of the edge: its layers one by one, and attacks on the whole server."""
