"""Knows how to reach a Postgres platform: the libpq address, and DuckDB's packaged extension."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from psycopg2.extensions import make_dsn
from sqlalchemy.engine import URL

_PATIENCE = "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"


def dsn_of(url: URL) -> str:
    """A libpq connection string of an SQLAlchemy address."""
    parts: dict[str, Any] = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
    }
    parts.update({key: value for key, value in url.query.items() if isinstance(value, str)})
    # A role's own time-outs are meant for questions, not for reading everything.
    parts["options"] = f"{parts.get('options', '')} {_PATIENCE}".strip()
    parts.setdefault("connect_timeout", "10")
    parts.setdefault("application_name", "hourbook")
    return str(make_dsn(**{key: str(value) for key, value in parts.items() if value is not None}))


def extension_path() -> Path | None:
    """The Postgres extension packaged for exactly this version of DuckDB, or None."""
    try:
        import duckdb_extension_postgres_scanner as packaged
    except ImportError:
        return None
    name = "postgres_scanner.duckdb_extension"
    path = Path(packaged.__file__).parent / "extensions" / f"v{duckdb.__version__}" / name
    return path if path.exists() else None
