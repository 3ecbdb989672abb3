"""Runs the written cases: tests/queries/<question>/<rule>.yaml with why, given, asking, expect.

`given` holds rows by table (columns left out are null), `asking` the parameters and an optional scope (schools: [1] or
students: [1]), `expect` the rows in their order, with the columns that the rule is about.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from access.scope import Scope
from queries import ask, question, questions
from tests.memory import MemoryBooks

FOLDER = Path(__file__).parent
CASES = sorted(FOLDER.glob("*/*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_case_holds(path: Path) -> None:
    case = yaml.safe_load(path.read_text("utf-8"))
    assert set(case) == {"why", "given", "asking", "expect"}, "a case says why, given, asking and expect"
    given = {"sync": [{"snapshot_id": 1, "as_of": "2026-11-23 05:00:00+00"}], **(case["given"] or {})}
    asking = dict(case["asking"] or {})
    name = path.parent.name
    answer = ask(MemoryBooks(given), _scope(asking.pop("scope", None)), name, **asking)

    found = [{column: _plain(value) for column, value in row.items()} for row in answer.as_dicts()]
    expected = case["expect"] or []
    columns = list(expected[0]) if expected else []
    assert [{column: row[column] for column in columns} for row in found] == [
        {column: _plain(value) for column, value in row.items()} for row in expected
    ]
    grains = [tuple(row[column] for column in question(name).grain) for row in found]
    assert len(set(map(str, grains))) == len(grains)


def test_every_case_belongs_to_a_question() -> None:
    assert {path.parent.name for path in CASES} <= set(questions())


def _scope(said: dict[str, list[int]] | None) -> Scope:
    if said is None:
        return Scope.business()
    ((kind, ids),) = said.items()
    if kind == "schools":
        return Scope.schools(ids)
    return Scope.students(ids) if kind == "students" else Scope.teaching(ids)


def _plain(value: Any) -> Any:
    """Decimals and days as text, so that a case can be written and read exactly."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
