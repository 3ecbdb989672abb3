"""Decides how far a viewer sees: the whole business, some schools, some students, or what some teachers teach.

A scope says nothing about who the viewer is; it is what a viewer amounts to when a question is asked.
`queries/` puts it underneath every question, so that a question cannot read past it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Reach(StrEnum):
    """The four kinds of scope."""

    BUSINESS = "business"
    SCHOOLS = "schools"
    STUDENTS = "students"
    TEACHING = "teaching"


@dataclass(frozen=True)
class Scope:
    """Rows a viewer may see. Make one with `business`, `schools`, `students` or `teaching`.

    `ids` holds school ids, student ids or teacher ids, ascending; it is empty for the whole business. A scope of no
    schools or no students sees no rows. `within` narrows students and teachers to the books of some schools; `money`
    names the schools whose amounts are seen. None means: not narrowed, and every amount of the rows seen.
    """

    reach: Reach
    ids: tuple[int, ...] = ()
    within: tuple[int, ...] | None = None
    money: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.reach is Reach.BUSINESS and (self.ids or self.within is not None or self.money is not None):
            raise ValueError(f"A scope of the whole business takes no ids, but was given {self!r}.")
        if self.reach is Reach.SCHOOLS and self.within is not None:
            raise ValueError(f"A scope of schools is not narrowed to schools again, but was to {self.within}.")
        for ids in (self.ids, self.within or (), self.money or ()):
            if not all(isinstance(id_, int) and not isinstance(id_, bool) for id_ in ids):
                raise ValueError(f"A scope's ids are whole numbers, but were given as {ids!r}.")

    @classmethod
    def business(cls) -> Scope:
        """Every row of every school, also those of no school."""
        return cls(Reach.BUSINESS)

    @classmethod
    def schools(cls, school_ids: Iterable[int], money: Iterable[int] | None = None) -> Scope:
        """Rows of these schools only; a student of two schools is seen as far as these schools know them.

        `money`: those of them whose amounts are seen; all when not given.
        """
        ids = _ascending(school_ids)
        return cls(Reach.SCHOOLS, ids, money=_some_of(ids, money))

    @classmethod
    def students(
        cls,
        student_ids: Iterable[int],
        schools: Iterable[int] | None = None,
        money: Iterable[int] | None = None,
    ) -> Scope:
        """These students' own rows only; with `schools`, only as far as the books of those schools go."""
        within = None if schools is None else _ascending(schools)
        return cls(Reach.STUDENTS, _ascending(student_ids), within, _some_of(within, money))

    @classmethod
    def teaching(cls, teacher_ids: Iterable[int], schools: Iterable[int] | None = None) -> Scope:
        """The classes these teachers give and the names of whom they teach: no balance, no e-mail, no money."""
        return cls(Reach.TEACHING, _ascending(teacher_ids), None if schools is None else _ascending(schools), ())

    @property
    def key(self) -> str:
        """The scope as text: two scopes with one key see the same rows."""
        text = f"{self.reach}:{_listed(self.ids)}"
        if self.within is not None:
            text += f";within:{_listed(self.within)}"
        if self.money is not None:
            text += f";money:{_listed(self.money)}"
        return text

    @property
    def sees_money(self) -> bool:
        """Some amounts may be seen: a screen without any leaves their columns out."""
        return self.money is None or bool(self.money)


def _ascending(ids: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(ids)))


def _some_of(schools: tuple[int, ...] | None, money: Iterable[int] | None) -> tuple[int, ...] | None:
    """The schools with money; None when that is all of them, so that equal scopes are one."""
    if money is None:
        return None
    chosen = _ascending(money)
    if schools is None:
        return chosen
    chosen = tuple(id_ for id_ in chosen if id_ in schools)
    return None if chosen == schools else chosen


def _listed(ids: tuple[int, ...]) -> str:
    return ",".join(map(str, ids))
