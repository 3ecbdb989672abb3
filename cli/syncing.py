"""``sync``, ``snapshots`` and ``check``: builds snapshots, goes back to one, and shows whether it holds."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.failures import described
from cli.options import Json, published, seconds_of
from cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from etl.sync import SyncReport
    from settings import Settings


def add_to(app: typer.Typer) -> None:
    """Register the commands of this subject."""
    app.command(epilog="Example: hourbook sync --every 30s")(sync)
    app.command(epilog="Example: hourbook snapshots use 6")(snapshots)
    app.command(epilog="Example: hourbook check --strict")(check)


def sync(
    full: Annotated[bool, typer.Option("--full", help="Read everything, not only what changed.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Forget the mirror, then read everything.")] = False,
    every: Annotated[str | None, typer.Option(help="Go on: a sync each time so long has passed, such as 30s.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show what changed, table by table.")] = False,
    as_json: Json = False,
) -> None:
    """Read the platform and publish a new snapshot."""
    import settings

    pause = seconds_of(every) if every else None
    chosen = settings.load()
    if rebuild:
        (chosen.warehouse / "staging.duckdb").unlink(missing_ok=True)
    if pause is None:
        _show(_run(chosen, full=full or rebuild, quiet=as_json), explain=explain, as_json=as_json)
    else:
        _run_forever(chosen, pause, full=full or rebuild, explain=explain, as_json=as_json)


def sync_and_say(chosen: Settings) -> None:
    """One sync with its progress and its outcome in a sentence."""
    _show(_run(chosen, full=False, quiet=False), explain=False, as_json=False)


def _run(chosen: Settings, *, full: bool, quiet: bool) -> SyncReport:
    """One sync, with its steps on the screen unless quiet."""
    import etl.sync
    from cli.progress import steps_shown

    with steps_shown("Sync", quiet=quiet) as progress:
        return etl.sync.run(chosen, full=full, progress=progress)


def _run_forever(chosen: Settings, pause: float, *, full: bool, explain: bool, as_json: bool) -> None:
    """Sync again and again; a failure is said once, until it is over or another one comes."""
    said = ""
    while True:
        started = time.monotonic()
        try:
            _show(_run(chosen, full=full, quiet=True), explain=explain, as_json=as_json)
            full = False
            if said:
                say("The sync works again.")
            said = ""
        except Exception as failure:  # noqa: BLE001 - the next round may work, whatever went wrong in this one
            if repr(failure) != said:
                say(described(failure)[1])
            said = repr(failure)
        time.sleep(max(0.0, pause - (time.monotonic() - started)))


def _show(report: SyncReport, *, explain: bool, as_json: bool) -> None:
    if as_json:
        print_json({"ok": True, **report.to_dict()})
        return
    if explain:
        rows = [(t["name"], t.get("rows"), t.get("changed"), t.get("deleted"), t.get("seconds")) for t in report.tables]
        print_table("What was read", ("table", "rows", "changed", "deleted", "seconds"), rows)
        say(f"Mode: {report.mode}, because {report.mode_reason}. Reader: {report.reader}.")
    failed = len(report.checks_failed_warn)
    warnings = f" {failed} checks warn: see `hourbook check`." if failed else ""
    say(
        f"Snapshot {report.snapshot_id} published ({report.mode}, {report.students_rebuilt} students rebuilt, "
        f"{report.seconds:.1f} s), as of {report.as_of}.{warnings}"
    )


def snapshots(
    action: Annotated[str, typer.Argument(help="list, or use.")] = "list",
    snapshot_id: Annotated[int | None, typer.Argument(help="Snapshot to go back to.", metavar="ID")] = None,
    as_json: Json = False,
) -> None:
    """List the snapshots, or serve an earlier one again."""
    import etl.publish
    import settings

    chosen = settings.load()
    if action == "use":
        if snapshot_id is None:
            raise typer.BadParameter("name the snapshot, for example: hourbook snapshots use 6", param_hint="ID")
        etl.publish.rollback(chosen, snapshot_id)
        if as_json:
            print_json({"ok": True, "snapshot_id": snapshot_id})
        say(f"Snapshot {snapshot_id} is served now; the next sync goes on from the source.")
        return
    if action != "list":
        raise typer.BadParameter(f"{action!r} is neither list nor use", param_hint="ACTION")
    found = _kept_snapshots()
    if as_json:
        print_json(found)
    else:
        columns = ("snapshot", "as of", "mode", "file", "MB", "served")
        print_table("Snapshots", columns, [tuple(snapshot.values()) for snapshot in found])


def _kept_snapshots() -> list[dict[str, Any]]:
    """Every kept snapshot with what it says about itself, the newest first."""
    book = published()
    current = book.current()
    found = []
    for snapshot in sorted(book.snapshots(), key=lambda kept: kept.snapshot_id, reverse=True):
        with book.lease(snapshot) as cursor:
            as_of, mode = cursor.execute("select as_of, mode from sync").fetchone() or (None, None)
        found.append({
            "snapshot_id": snapshot.snapshot_id, "as_of": as_of, "mode": mode, "file": snapshot.path.name,
            "megabytes": round(Decimal(snapshot.path.stat().st_size) / 1_000_000, 2),
            "is_current": current is not None and snapshot.snapshot_id == current.snapshot_id,
        })
    return found


def check(
    strict: Annotated[bool, typer.Option("--strict", help="A warning counts as a failure.")] = False,
    as_json: Json = False,
) -> int:
    """Show the checks of the served snapshot; 1 when one fails."""
    import queries
    from access.scope import Scope

    answer = queries.ask(published(), Scope.business(), "checks")
    rows: list[dict[str, Any]] = answer.as_dicts()
    failed = [row for row in rows if not row["passed"] and (strict or row["severity"] == "stop")]
    warned = sum(not row["passed"] and row["severity"] == "warn" for row in rows)
    if as_json:
        print_json({"ok": not failed, "snapshot_id": answer.snapshot_id, "as_of": answer.as_of, "checks": rows})
    else:
        caption = f"snapshot {answer.snapshot_id}, as of {answer.as_of}"
        print_table("Checks", answer.columns, answer.rows, caption=caption)
        say(f"{sum(row['passed'] for row in rows)} of {len(rows)} checks hold, {warned} warn.")
    return 1 if failed else 0
