"""Decides how far a viewer sees: the whole business, some schools, or some students.

A scope says nothing about who the viewer is; it is what a viewer amounts to when a question is asked.
`queries/` puts it underneath every question, so that a question cannot read past it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Reach(StrEnum):
    """The three kinds of scope."""

    BUSINESS = "business"
    SCHOOLS = "schools"
    STUDENTS = "students"


@dataclass(frozen=True)
class Scope:
    """Rows a viewer may see. Make one with `business`, `schools` or `students`.

    `ids` holds school ids or student ids, ascending; it is empty for the whole business. A scope of no
    schools or no students sees no rows.
    """

    reach: Reach
    ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.reach is Reach.BUSINESS and self.ids:
            raise ValueError(f"A scope of the whole business takes no ids, but was given {self.ids}.")
        if not all(isinstance(id_, int) and not isinstance(id_, bool) for id_ in self.ids):
            raise ValueError(f"A scope's ids are whole numbers, but were given as {self.ids!r}.")

    @classmethod
    def business(cls) -> Scope:
        """Every row of every school, also those of no school."""
        return cls(Reach.BUSINESS)

    @classmethod
    def schools(cls, school_ids: Iterable[int]) -> Scope:
        """Rows of these schools only; a student of two schools is seen as far as these schools know them."""
        return cls(Reach.SCHOOLS, tuple(sorted(set(school_ids))))

    @classmethod
    def students(cls, student_ids: Iterable[int]) -> Scope:
        """These students' own rows only."""
        return cls(Reach.STUDENTS, tuple(sorted(set(student_ids))))

    @property
    def key(self) -> str:
        """The scope as text: two scopes with one key see the same rows."""
        return f"{self.reach}:{','.join(map(str, self.ids))}"
