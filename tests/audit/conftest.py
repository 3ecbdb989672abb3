"""A log on each database, and somebody who may do anything to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

import audit
from audit import Event
from tests.store.conftest import engine, migrated_file, migrated_postgres

__all__ = ["engine", "migrated_file", "migrated_postgres"]

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

Tamper = Callable[..., None]


@pytest.fixture
def written(engine: Engine) -> Engine:
    """A log of ten entries."""
    for number in range(1, 11):
        audit.record(
            engine, event=Event.STUDENT_VIEWED, actor=f"user:{number}", now=NOW + timedelta(seconds=number),
            school_id=3, student_id=number, object=f"page:{number}", details={"rows": number, "via": "login"},
        )
    return engine


@pytest.fixture
def tamper(engine: Engine) -> Tamper:
    """Runs SQL as the owner of the database, who can switch the triggers off."""
    def run(*statements: str, **values: object) -> None:
        with engine.execution_options(writes=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("set local session_replication_role = replica"))
            else:
                for name in ("kept", "whole", "grows"):
                    connection.execute(text(f"drop trigger if exists audit_log_{name}"))
            for statement in statements:
                connection.execute(text(statement), values)

    return run
