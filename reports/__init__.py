"""Receipts, statements and finance reports, and the files they are handed out as."""
