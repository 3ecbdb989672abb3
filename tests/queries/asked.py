"""Parameters with which every question can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from queries import Question

ANYTHING: dict[str, Any] = {
    "student_id": 1,
    "user_id": 1,
    "user_ids": "5,6,7",
    "email": "student1@example.org",
    "search": "a",
    "from_date": "2025-01-01",
    "until_date": "2027-01-01",
    "since": "2025-01-01",
    "until": "2028-01-01",
    "transaction_ids": range(1, 1000),
    "student_ids": range(1, 1000),
    "day": "2026-10-31",
    "as_of": "2026-11-23T05:00:00+00:00",
    "package_ids": "101,103,203,205,206,904,907",
}


def required(question: Question, **given: Any) -> dict[str, Any]:
    """A value for every parameter without a default."""
    known = {**ANYTHING, **given}
    return {parameter.name: known[parameter.name] for parameter in question.params if parameter.required}


def ways(
    question: Question, *, student_ids: Iterable[int], school_ids: tuple[int | None, ...]
) -> Iterator[dict[str, Any]]:
    """Every student, school and word the question may be asked with, one at a time."""
    names = {parameter.name for parameter in question.params}
    yield required(question)
    for who in names & {"student_id", "user_id"}:
        for student_id in student_ids:
            yield required(question, **{who: student_id})
    if "school_id" in names:
        for school_id in school_ids:
            yield {**required(question), "school_id": school_id}
    for parameter in question.params:
        for word in ("true", "false") if parameter.type == "boolean" else parameter.words:
            yield {**required(question), parameter.name: word}
