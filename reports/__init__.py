"""Facts become documents, and documents bytes that are kept.  See reports/README.md."""
