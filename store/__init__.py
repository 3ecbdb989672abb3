"""Our own tables: their shape, their migrations and the connection to them.  See store/README.md."""

from store import mail_tables as mail_tables  # so that `metadata` knows them
from store import receipt_tables as receipt_tables
from store.connect import engine
from store.migrate import migrate

__all__ = ["engine", "migrate"]
