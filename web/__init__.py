"""The edge between the internet and the app: what a request may be, whose it is, and what an answer may do."""
