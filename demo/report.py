"""What a generated demo school consists of: rows, planted hazards and people with a story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Progress = Callable[[str, int, int], None]
"""Called as progress(step, done, total) while a school is made."""


@dataclass(frozen=True)
class Size:
    """A size of school that measurements speak of."""

    students: int
    years: int


SIZES: dict[str, Size] = {"S": Size(300, 1), "M": Size(10_000, 3), "L": Size(100_000, 3)}
"""S has about 10 thousand consumptions, M 1 million, L 10 million."""


@dataclass(frozen=True)
class Hazard:
    """One oddity planted on purpose: where it is, and what a reader should make of it."""

    name: str
    table: str
    ids: tuple[int, ...]
    note: str
    student_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Persona:
    """A person with a fixed e-mail and a story that documents, tests and pictures may rely on."""

    key: str
    name: str
    email: str
    user_id: int
    school_ids: tuple[int, ...]
    role: str
    story: str


@dataclass(frozen=True)
class DemoReport:
    """What was written. The same seed, today and scale give an equal report."""

    seed: int
    today: datetime
    students: int
    years: int
    rows: dict[str, int]
    hazards: tuple[Hazard, ...]
    personas: tuple[Persona, ...]

    def persona(self, key: str) -> Persona:
        """The persona of that key; KeyError when there is none."""
        return {p.key: p for p in self.personas}[key]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            "seed": self.seed,
            "today": self.today.isoformat(),
            "students": self.students,
            "years": self.years,
            "rows": dict(self.rows),
            "hazards": [vars(h) | {"ids": list(h.ids), "student_ids": list(h.student_ids)} for h in self.hazards],
            "personas": [vars(p) | {"school_ids": list(p.school_ids)} for p in self.personas],
        }
