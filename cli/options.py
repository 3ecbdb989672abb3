"""Options and readings that several commands share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from errors import HourbookError

if TYPE_CHECKING:
    from access.scope import Scope
    from warehouse import Warehouse

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print comma-separated values.")]

_UNITS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


class BadOption(HourbookError):
    """An option's value cannot be understood."""


def seconds_of(text: str) -> float:
    """A length of time such as ``30s``, ``5m`` or ``1h``, in seconds; raises BadOption."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", text)
    if not found or found[2] not in _UNITS or float(found[1]) == 0:
        raise BadOption(f"{text!r} is not a length of time above zero; write for example 30s, 5m or 1h.")
    return float(found[1]) * _UNITS[found[2]]


def scope_of(schools: list[int] | None, students: list[int] | None) -> Scope:
    """The scope that the options name; the whole business when they name none. Raises BadOption."""
    from access.scope import Scope

    if schools and students:
        raise BadOption("A question is asked for schools or for students, not for both: leave one of the options out.")
    if schools:
        return Scope.schools(schools)
    return Scope.students(students) if students else Scope.business()


def published() -> Warehouse:
    """The warehouse of the settings."""
    import settings
    import warehouse

    return warehouse.open(settings.load().warehouse)
