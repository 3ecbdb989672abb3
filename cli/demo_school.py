"""Makes the demo school's database when there is none, or when its "today" has passed, and says its schools' VAT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.options import actor
from cli.output import say
from cli.progress import steps_shown

if TYPE_CHECKING:
    from settings import Settings


_VAT: dict[int, dict[str, Any]] = {
    1: {"vat_rate": "23"},
    2: {"vat_exemption": "Exempt from VAT: VAT Act 1994, Schedule 9, Group 6.", "vat_exemption_code": ""},
    3: {"vat_exemption": "Isento de IVA – artigo 9.º do CIVA. Exempt from Portuguese VAT."},
}
"""By school: an invented one may say what a real one has to say itself before it issues anything."""


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


def say_vat(chosen: Settings) -> None:
    """Give each invented school that has no receipt settings yet its own, so that receipts can be tried out."""
    import audit
    import store
    from reports import receipts

    store.migrate(chosen.store_url)
    engine, now = store.engine(chosen.store_url), chosen.clock()
    for school_id, said in _VAT.items():
        if receipts.has_receipt_settings(engine, school_id):
            continue
        audit.record(
            engine, event=audit.Event.SETTINGS_CHANGED, actor=actor(), now=now, school_id=school_id,
            object=f"receipt_settings:{school_id}", details={"fields": sorted(said), "via": "demo"},
        )
        receipts.save_receipt_settings(engine, school_id, receipts.settings_from(said), actor=actor(), now=now)


def _found(url: str, day: str, wanted: dict[str, int]) -> bool:
    from demo import database

    with database.connected(url) as connection:
        if not database.has_marker(connection):
            return False
        made: dict[str, Any] = database.made_from(connection)
    return made["today"].date().isoformat() == day and all(made[name] == value for name, value in wanted.items())
