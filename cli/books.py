"""``proof``: opens one student's figures into the entries that make them, and adds them up again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from cli.options import BadOption, Csv, Json, published
from cli.output import print_csv, print_json, print_table, say
from errors import HourbookError

if TYPE_CHECKING:
    from queries import Answer
    from warehouse import Warehouse

FIGURES = (
    "hours_purchased", "hours_added", "hours_deducted", "hours_consumed", "hours_reserved", "hours_returned",
    "hours_expired", "hours_extended", "hours_voided", "hours_remaining", "hours_overdrawn",
)
_ENTRY_COLUMNS = (
    "effective_at", "kind", "hours", "amount", "currency", "package_id", "source_table", "source_id", "note",
)


class StudentNotFound(HourbookError):
    """No student, or more than one, has the id or e-mail given."""


def add_to(app: typer.Typer) -> None:
    """Register the commands of this subject."""
    app.command(epilog="Example: hourbook proof --student ana@example.com --verify")(proof)


def proof(
    student: Annotated[str, typer.Option(help="The student's id or e-mail.")],
    as_of: Annotated[
        str | None, typer.Option(help="A day, proved at its end, or an instant such as 2026-10-01T00:00:00+01:00."),
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Add the entries up again, apart from the ledger.")] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> int:
    """Print a student's figures and every entry behind them."""
    import queries
    from access.scope import Scope

    until = None if as_of is None else instant_of(as_of)
    book = published()
    student_id = find_student(book, student)
    scope = Scope.students([student_id])
    entries = queries.ask(book, scope, "student_ledger", student_id=student_id, **_instant(until))
    figures = _figures(book, student_id, until)
    contradictions = _verified(figures, entries, until) if verify else None
    _print(student_id, figures, entries, contradictions, as_json=as_json, as_csv=as_csv)
    return 1 if contradictions else 0


def find_student(book: Warehouse, wanted: str) -> int:
    """The id of the student with this id or e-mail; raises StudentNotFound when none or several have it."""
    import queries
    from access.scope import Scope

    found = queries.ask(book, Scope.business(), "students_found", search=wanted, limit=50).as_dicts()
    exact = [row for row in found if row["is_exact"]]
    as_written = [row for row in exact if wanted.strip() in (str(row["student_id"]), (row["email"] or "").strip())]
    for unique in (exact, as_written):  # of twins whose e-mails differ in capitals, the one written just so
        if len(unique) == 1:
            return int(unique[0]["student_id"])
    listed = "; ".join(f"{row['student_id']} {row['name']} <{row['email']}>" for row in (exact or found)[:5])
    if exact:
        raise StudentNotFound(
            f"{len(exact)} students have the e-mail {wanted!r} when capitals are not told apart ({listed}): "
            "give the id instead, for example --student "
            f"{exact[0]['student_id']}."
        )
    search = "Search by name with `hourbook ask students_found --param search=…`."
    near = f" Did you mean: {listed}?" if found else f" {search}"
    raise StudentNotFound(f"No student has the id or e-mail {wanted!r}.{near}")


def instant_of(text: str) -> datetime:
    """What --as-of means: an instant with its zone, or the last moment of a day in the settings' zone.

    Raises BadOption.
    """
    import settings

    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip()):
            following = date.fromisoformat(text.strip()) + timedelta(days=1)
            midnight = datetime.combine(following, time(), ZoneInfo(settings.load().timezone))
            return midnight.astimezone(UTC) - timedelta(microseconds=1)
        instant = datetime.fromisoformat(text.strip())
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadOption(
        f"--as-of {text!r} is neither a day nor an instant with its zone; "
        "write for example 2026-10-01 or 2026-10-01T00:00:00+01:00."
    )


def _instant(as_of: datetime | None) -> dict[str, datetime]:
    return {} if as_of is None else {"as_of": as_of}


def _figures(book: Warehouse, student_id: int, as_of: datetime | None) -> dict[str, Decimal]:
    """The published figures of now, or those that the ledger gives for an earlier instant."""
    import queries
    from access.scope import Scope

    question = "student_card" if as_of is None else "student_balance_as_of"
    row = queries.ask(book, Scope.students([student_id]), question, student_id=student_id, **_instant(as_of)).one()
    return {name: row[name] for name in FIGURES}


def _verified(figures: Mapping[str, Decimal], entries: Answer, as_of: datetime | None) -> list[str]:
    from ledger import verify

    return verify.verify(figures, entries.as_dicts(), as_of=as_of or entries.as_of)


def _print(
    student_id: int, figures: dict[str, Decimal], entries: Answer, contradictions: list[str] | None,
    *, as_json: bool, as_csv: bool,
) -> None:
    if as_json:
        print_json({
            "student_id": student_id, "snapshot_id": entries.snapshot_id, "as_of": entries.as_of,
            "figures": figures, "entries": entries.as_dicts(),
            "verified": None if contradictions is None else not contradictions, "contradictions": contradictions,
        })
    elif as_csv:
        print_csv(entries.columns, entries.rows)
    else:
        rows: list[tuple[Any, ...]] = [(name.removeprefix("hours_"), hours) for name, hours in figures.items()]
        print_table(f"Student {student_id}", ("hours", ""), rows)
        chosen = [[row[name] for name in _ENTRY_COLUMNS] for row in entries.as_dicts()]
        print_table("Entries", _ENTRY_COLUMNS, chosen, caption=f"{len(chosen)} entries, snapshot {entries.snapshot_id}")
    if contradictions:
        for contradiction in contradictions:
            say(contradiction)
    elif contradictions is not None:
        say(f"Verified: {len(entries)} entries add up to every figure of student {student_id}.")
