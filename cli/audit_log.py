"""``audit``: reads the audit log, and proves that nobody changed it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import BadOption, Csv, Json, actor, moment_of, own_store
from cli.output import print_csv, print_json, print_table, say

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

_COLUMNS = ("id", "at", "event", "actor", "school_id", "student_id", "object", "details")


def add_to(app: typer.Typer) -> None:
    """Register the commands of this subject."""
    app.add_typer(
        group, name="audit", help="Read the audit log, and prove that nobody changed it.",
        epilog="Example: hourbook audit verify --anchor anchor.json",
    )


@group.command(epilog="Example: hourbook audit verify --anchor anchor.json --write-anchor anchor.json")
def verify(
    anchor: Annotated[
        Path | None, typer.Option(help="Also demand that the log still holds what this file anchored.", metavar="FILE"),
    ] = None,
    write_anchor: Annotated[
        Path | None, typer.Option(help="Keep the newest entry's hash in this file, if the log holds.", metavar="FILE"),
    ] = None,
    as_json: Json = False,
) -> int:
    """Compute every hash of the log again; 1 and the first wrong entry when it does not hold."""
    import audit

    kept = None if anchor is None else audit.read_anchor(anchor)
    engine, chosen = own_store()
    verdict = audit.verify(engine, kept)
    if verdict.holds:
        if write_anchor is not None:
            audit.write_anchor(write_anchor, verdict.head)
        # Not when it is broken: an entry more would stand where a cut-off one stood.
        audit.record(
            engine, event=audit.Event.AUDIT_VERIFIED, actor=actor(), now=chosen.clock(),
            details={"entries": verdict.entries, "anchored": kept is not None},
        )
    broken = verdict.broken
    if as_json:
        wrong = None if broken is None else {"id": broken.id, "kind": broken.kind, "message": broken.sentence}
        print_json({"ok": verdict.holds, "entries": verdict.entries, "head": verdict.head, "broken": wrong})
    elif broken is None:
        say(f"The log holds: {verdict.entries} entries, the newest with the hash {verdict.head.hash}.")
    else:
        say(f"The log does not hold: {broken.sentence}. The {verdict.entries} entries before it are as written.")
    return 0 if verdict.holds else 1


@group.command("list", epilog="Example: hourbook audit list --event token_created --since 2026-10-01")
def list_(
    school: Annotated[list[int] | None, typer.Option(help="Of this school; may be repeated.", metavar="ID")] = None,
    event: Annotated[str | None, typer.Option(help="Only this event, such as token_created.")] = None,
    who: Annotated[str | None, typer.Option("--actor", help="Only by this actor, such as user:12.")] = None,
    student: Annotated[int | None, typer.Option(help="Only about this student.", metavar="ID")] = None,
    since: Annotated[str | None, typer.Option(help="From this day or instant on.")] = None,
    until: Annotated[str | None, typer.Option(help="Before this day or instant.")] = None,
    before: Annotated[int | None, typer.Option(help="Entries older than this number.", metavar="ID")] = None,
    limit: Annotated[int, typer.Option(help="So many at most.", min=1, max=100_000)] = 50,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """List the newest entries."""
    import audit

    if event is not None and event not in set(audit.Event):
        raise BadOption(f"--event {event!r} is none; there are {', '.join(audit.Event)}.")
    engine, chosen = own_store()
    found = audit.entries(
        engine, school_ids=school, event=event, actor=who, student_id=student,
        since=moment_of(since, chosen.timezone) if since else None,
        until=moment_of(until, chosen.timezone) if until else None, before=before, limit=limit,
    )
    audit.record(
        engine, event=audit.Event.AUDIT_READ, actor=actor(), now=chosen.clock(), student_id=student,
        details={"entries": len(found), "schools": school},
    )
    if as_json:
        print_json([{**{column: getattr(entry, column) for column in _COLUMNS}, "hash": entry.hash} for entry in found])
        return
    rows = [
        [*(getattr(entry, column) for column in _COLUMNS[:-1]),
         " ".join(f"{name}={value}" for name, value in entry.details.items())]
        for entry in found
    ]
    if as_csv:
        print_csv(_COLUMNS, rows)
    else:
        print_table("Audit log", _COLUMNS, rows, caption=f"{len(rows)} entries, newest first")
