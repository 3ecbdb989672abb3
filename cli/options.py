"""Options and readings that several commands share."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from errors import HourbookError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from access.scope import Scope
    from settings import Settings
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


def own_store() -> tuple[Engine, Settings]:
    """Our own tables in their present shape, and the settings that say where."""
    import settings
    import store

    chosen = settings.load()
    store.migrate(chosen.store_url)
    return store.engine(chosen.store_url), chosen


def actor() -> str:
    """Who the audit log says ran a command: the number of the machine's user, since a name may be a person's."""
    return f"cli:{os.getuid()}"


def moment_of(text: str, zone: str) -> datetime:
    """An instant with its zone, or the beginning of a day in this zone; raises BadOption."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip()):
            midnight = datetime.combine(date.fromisoformat(text.strip()), time(), ZoneInfo(zone))
            return midnight.astimezone(UTC)
        instant = datetime.fromisoformat(text.strip())
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadOption(
        f"{text!r} is neither a day nor an instant with its zone; "
        "write for example 2026-10-01 or 2026-10-01T00:00:00+01:00."
    )
