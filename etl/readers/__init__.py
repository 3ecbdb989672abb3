"""Chooses the reader that fits a platform's address."""

from __future__ import annotations

from datetime import datetime

import duckdb
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from etl.errors import SourceUnreachable
from etl.readers.generic import GenericSource
from etl.readers.postgres import PostgresSource
from etl.readers.source import Source

__all__ = ["Source", "open_source"]


def open_source(
    con: duckdb.DuckDBPyConnection, address: str, *, now: datetime | None = None, use_extension: bool = True
) -> Source:
    """The reader for ``address`` (an SQLAlchemy URL); it opens nothing before ``begin``.

    ``now`` replaces the source's clock.  Raises SourceUnreachable for an address that is none.
    """
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise SourceUnreachable(
            "HOURBOOK_PLATFORM_URL is not a database address such as postgresql://user:password@host/name."
        ) from error
    if url.get_backend_name() == "postgresql":
        return PostgresSource(con, url, use_extension=use_extension, now=now)
    return GenericSource(con, url, now=now)
