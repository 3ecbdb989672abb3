"""Makes the demo school's database when there is none, or when its "today" has passed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.output import say
from cli.progress import steps_shown

if TYPE_CHECKING:
    from settings import Settings


def make_if_needed(chosen: Settings, *, students: int, years: int, seed: int, fresh: bool) -> None:
    """Leave a school of this scale, seed and day in the platform's file."""
    import demo

    wanted = {"seed": seed, "students": students, "years": years}
    today = chosen.clock()
    if not fresh and _found(chosen.platform_url, today.date().isoformat(), wanted):
        return
    with steps_shown("Demo school", quiet=False) as progress:
        report = demo.generate(
            chosen.platform_url, seed=seed, today=today, students=students, years=years, progress=progress,
        )
    say(f"Demo school made: {report.students} students, {sum(report.rows.values())} rows.")


def _found(url: str, day: str, wanted: dict[str, int]) -> bool:
    from demo import database

    with database.connected(url) as connection:
        if not database.has_marker(connection):
            return False
        made: dict[str, Any] = database.made_from(connection)
    return made["today"].date().isoformat() == day and all(made[name] == value for name, value in wanted.items())
