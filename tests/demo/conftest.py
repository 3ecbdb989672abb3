"""One demo school for all of these tests, and plain rows read back from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import demo

TODAY = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """A generated school: its report and a way to ask its rows."""

    url: str
    report: demo.DemoReport
    connection: sqlite3.Connection

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, values).fetchall()

    def one(self, sql: str, **values: Any) -> Any:
        (row,) = self.rows(sql, **values)
        return row[0] if len(row) == 1 else row

    def hazard(self, name: str) -> demo.Hazard:
        (found,) = [h for h in self.report.hazards if h.name == name]
        return found


def open_made(path: Path, report: demo.DemoReport) -> Made:
    return Made(f"sqlite:///{path}", report, sqlite3.connect(path))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The default school: 350 students over three years, hazards planted."""
    path = tmp_path_factory.mktemp("demo") / "platform.db"
    report = demo.generate(f"sqlite:///{path}", students=350, years=3, today=TODAY)
    school = open_made(path, report)
    yield school
    school.connection.close()
