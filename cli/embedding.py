"""``embed``: where schools' pages may be framed, which embedded pages are open, and ending them."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import BadOption, Json, actor, own_store
from cli.output import print_json, print_table, say

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Student = Annotated[int | None, typer.Option(help="Of this student only.", metavar="ID")]
School = Annotated[int | None, typer.Option(help="Of this school only.", metavar="ID")]

_COLUMNS = ("id", "student_id", "school_id", "token_id", "started_at", "seen_at", "expires_at", "longest_at")


def add_to(app: typer.Typer) -> None:
    """Register the commands of this subject."""
    app.add_typer(
        group, name="embed", help="Where pages may be embedded, which are open, and ending them.",
        epilog="Example: hourbook embed origins --school 1 --add https://www.school.pt",
    )


@group.command(epilog="Example: hourbook embed origins --school 1 --add https://www.school.pt")
def origins(
    school: School = None,
    add: Annotated[list[str] | None, typer.Option(help="Let pages of this one frame ours.", metavar="ORIGIN")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="No longer let this one.", metavar="ORIGIN")] = None,
    as_json: Json = False,
) -> None:
    """Show or change the origins that may frame the pages of a school's students."""
    import audit
    from store import embeds

    engine, chosen = own_store()
    if add or remove:
        if school is None:
            raise BadOption("Whose origins? Name the school by --school ID.")
        before = embeds.origins(engine, school)
        dropped = set(embeds.as_origins(remove or []))
        unknown = sorted(dropped - set(before))
        if unknown:
            raise BadOption(f"{unknown[0]} is not an origin of school {school}; it has {', '.join(before) or 'none'}.")
        kept = embeds.set_origins(engine, school, [*(set(before) - dropped), *(add or [])])
        audit.record(
            engine, event=audit.Event.ORIGINS_CHANGED, actor=actor(), now=chosen.clock(), school_id=school,
            details={"before": len(before), "after": len(kept)},
        )
    found = embeds.all_origins(engine) if school is None else {school: embeds.origins(engine, school)}
    if as_json:
        print_json([{"school_id": one, "origins": listed} for one, listed in found.items()])
    else:
        print_table("Origins", ("school_id", "origins"), list(found.items()))


@group.command(epilog="Example: hourbook embed sessions --school 1")
def sessions(
    student: Student = None, school: School = None,
    limit: Annotated[int, typer.Option(help="So many at most.", min=1, max=10_000)] = 100, as_json: Json = False,
) -> None:
    """List the embedded pages that are open now."""
    from store import embeds

    engine, chosen = own_store()
    found = embeds.sessions(engine, now=chosen.clock(), student_id=student, school_id=school, limit=limit)
    if as_json:
        print_json([{column: getattr(session, column) for column in _COLUMNS} for session in found])
    else:
        rows = [[getattr(session, column) for column in _COLUMNS] for session in found]
        print_table("Embedded pages", _COLUMNS, rows, caption=f"{len(rows)} open, newest first")


@group.command(epilog="Example: hourbook embed revoke --student 42")
def revoke(
    student: Student = None, school: School = None,
    session: Annotated[int | None, typer.Option(help="This page only, see `embed sessions`.", metavar="ID")] = None,
    as_json: Json = False,
) -> None:
    """End open pages and addresses not yet opened, of a student, a school, or one page."""
    import audit
    from store import embeds

    if student is None and school is None and session is None:
        raise BadOption("Whose pages shall end? Name --student ID, --school ID or --session ID.")
    engine, chosen = own_store()
    ended = embeds.revoke(engine, student_id=student, school_id=school, session_id=session, now=chosen.clock())
    audit.record(
        engine, event=audit.Event.EMBED_REVOKED, actor=actor(), now=chosen.clock(), school_id=school,
        student_id=student, object=None if session is None else f"embed:{session}", details={"sessions": ended},
    )
    if as_json:
        print_json({"ended": ended})
    else:
        say(f"{ended} ended.")
