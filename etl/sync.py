"""Runs a sync: reads the platform, builds a snapshot, checks it, publishes it.

Whatever fails, the last snapshot serves on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

import store
from etl import affected, mirror, publish
from etl.build import Build, CheckResult, Rules, load_adjustments, open_snapshot, set_rules
from etl.lock import only_sync
from etl.outcome import failures_noted, note_success
from etl.readers.source import Progress
from etl.reading import Mirrored, read_platform, rollback
from etl.records import write_certificate, write_sync
from etl.statements import rules_fingerprint, script
from settings import Settings
from store import adjustments as own_adjustments


def _silent(what: str, done: int, total: int) -> None:
    """Progress for callers that show none."""


@dataclass(frozen=True)
class SyncReport:
    """What a sync did.  ``tables`` has one dict per table read: name, rows, changed, deleted, seconds."""

    snapshot_id: int
    mode: str
    mode_reason: str
    reader: str
    as_of: datetime
    seconds: float
    tables: list[dict[str, Any]]
    students_rebuilt: int
    checks_failed_warn: list[dict[str, Any]]
    file: str
    timings: dict[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        return {**asdict(self), "as_of": self.as_of.isoformat(), "seconds": round(self.seconds, 3)}


def run(
    settings: Settings,
    *,
    full: bool = False,
    rebuild: bool = False,
    use_extension: bool = True,
    progress: Callable[[str, int, int], None] | None = None,
) -> SyncReport:
    """Sync once and publish.

    ``full`` reads everything, ``rebuild`` builds every student's entries again; both are otherwise chosen when needed.
    Raises a subclass of HourbookError that says what failed (see etl/errors.py); nothing is then published, and the
    failure is written to ``last_sync.json``.
    """
    started_at = datetime.now(UTC)
    if not settings.warehouse.is_dir():
        publish.prepare(settings.warehouse)
    with only_sync(settings.warehouse):
        publish.prepare(settings.warehouse)
        with failures_noted(settings.warehouse, started_at):
            sync = _Sync(settings, progress or _silent, started_at, use_extension)
            try:
                report = sync.run(full=full, rebuild=rebuild)
            except duckdb.InternalException:
                # DuckDB 1.5.5 now and then loses a race in a window over few rows; nothing was published: once more.
                report = sync.run(full=full, rebuild=rebuild)
        note_success(settings.warehouse, started_at, mode=report.mode, snapshot_id=report.snapshot_id)
        publish.forget_old(settings.warehouse, settings.keep_snapshots)
        return report


class _Sync:
    """One run of the sync, in order: mirror, build, check, publish."""

    def __init__(self, settings: Settings, progress: Progress, started_at: datetime, use_extension: bool) -> None:
        self.settings = settings
        self.progress = progress
        self.started_at = started_at
        self.started = time.perf_counter()
        self.use_extension = use_extension
        self.folder = settings.warehouse

    def run(self, *, full: bool, rebuild: bool) -> SyncReport:
        store.migrate(self.settings.store_url)
        adjustments = own_adjustments.approved(store.engine(self.settings.store_url))
        con = self._open_staging()
        try:
            mirror.create(con)
            mirrored = read_platform(con, self.settings, self.progress, full=full, use_extension=self.use_extension)
            return self._build(con, mirrored, adjustments, rebuild)
        finally:
            con.close()

    # -- staging -----------------------------------------------------------------------------------

    def _open_staging(self) -> duckdb.DuckDBPyConnection:
        path = self.folder / "staging.duckdb"
        spill = self.folder / "spill"
        config: dict[str, Any] = {
            "memory_limit": self.settings.sync_memory,
            "temp_directory": str(spill),
            "preserve_insertion_order": "true",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        if self.settings.threads:
            config["threads"] = str(self.settings.threads)
        try:
            con = duckdb.connect(str(path), config=config)
        except duckdb.Error:
            # The mirror is only a copy: an unreadable one is made anew by a full sync.
            for damaged in (path, path.with_name("staging.duckdb.wal")):
                damaged.unlink(missing_ok=True)
            con = duckdb.connect(str(path), config=config)
        con.execute("set timezone = 'UTC'")
        con.execute(script("macros"))
        return con

    # -- building ----------------------------------------------------------------------------------

    def _why_rebuild(self, con: duckdb.DuckDBPyConnection, mirrored: Mirrored, fingerprint: str) -> str | None:
        current = publish.pointer(self.folder)
        if mirrored.rebuild_reason:
            return mirrored.rebuild_reason
        if current is None or mirror.recall(con, "built_on") != current["snapshot_id"]:
            return "the snapshot that serves is not the one the last sync built"
        if mirror.recall(con, "fingerprint") != fingerprint:
            return "the rules or settings changed"
        built = mirror.as_instant(mirror.recall(con, "built_as_of"))
        if built is None or mirrored.moment.as_of < built:
            return "the clock went back"
        con.execute("set variable built_as_of = ?", [built])
        size = (self.folder / current["file"]).stat().st_size
        if size > 3 * max(int(mirror.recall(con, "compact_bytes") or 0), 32_000_000):
            return "the snapshot file has grown to three times its size"
        return None

    def _build(
        self, con: duckdb.DuckDBPyConnection, mirrored: Mirrored, adjustments: list[dict[str, Any]], rebuild: bool
    ) -> SyncReport:
        settings, as_of = self.settings, mirrored.moment.as_of
        rules = Rules(as_of, settings.timezone, settings.currency, settings.burn_order)
        fingerprint = f"{rules_fingerprint()}:{settings.timezone}:{settings.currency}:{settings.burn_order}"
        set_rules(con, rules, has_class_lists=any(t.name == "finances_classsession_students" for t in mirrored.tables))
        load_adjustments(con, adjustments)
        why = "asked for" if rebuild else self._why_rebuild(con, mirrored, fingerprint)
        if why is None:
            affected.note_time(con, as_of)
            affected.note_adjustments(con)
        snapshot_id = publish.next_id(self.folder)
        path = publish.building_path(self.folder, snapshot_id)
        current = publish.pointer(self.folder)
        if why is None and current:
            self.progress("copying the last snapshot", 0, 1)
            publish.copy_of(self.folder, current["file"], snapshot_id)
        try:
            report = self._fill(con, path, snapshot_id, mirrored, rules, fingerprint, current, everyone=why is not None)
            final = publish.publish(self.folder, snapshot_id, as_of)
        except BaseException:
            path.unlink(missing_ok=True)
            path.with_name(path.name + ".wal").unlink(missing_ok=True)
            raise
        self._remember_built(con, snapshot_id, fingerprint, as_of)
        if why is not None:
            mirror.remember(con, "compact_bytes", final.stat().st_size)
        return report

    def _fill(
        self,
        con: duckdb.DuckDBPyConnection,
        path: Path,
        snapshot_id: int,
        mirrored: Mirrored,
        rules: Rules,
        fingerprint: str,
        current: dict[str, Any] | None,
        *,
        everyone: bool,
    ) -> SyncReport:
        open_snapshot(con, path, make=everyone)
        try:
            build = Build(con, rules, self.progress)
            build.stage_and_ledger(everyone=everyone)
            con.execute("begin")
            build.replace_students(everyone=everyone)
            build.summaries()
            ((students,),) = con.execute("select count(*) from picked_students").fetchall()
            write_certificate(con, mirrored)
            write_sync(
                con,
                mirrored,
                snapshot_id=snapshot_id,
                fingerprint=fingerprint,
                current=current,
                students=int(students),
                started_at=self.started_at,
                seconds=time.perf_counter() - self.started,
            )
            checks = build.checks()
            con.execute("commit")
            con.execute("checkpoint snap")
        except BaseException:
            rollback(con)
            raise
        finally:
            con.execute("use staging")
            con.execute("detach snap")
        return self._report(snapshot_id, mirrored, int(students), checks, path, build.timings)

    def _remember_built(
        self, con: duckdb.DuckDBPyConnection, snapshot_id: int, fingerprint: str, as_of: datetime
    ) -> None:
        """Only after publishing: a sync killed before this builds everything again from the mirror."""
        con.execute("begin")
        mirror.remember(con, "built_on", snapshot_id)
        mirror.remember(con, "fingerprint", fingerprint)
        mirror.remember(con, "built_as_of", as_of)
        con.execute("delete from next_events where student_id in (select student_id from picked_students)")
        con.execute("insert into next_events select student_id, happens_at from build_next_events")
        con.execute("delete from dirty_students")
        con.execute("delete from dirty_days")
        con.execute("delete from known_adjustments")
        con.execute("insert into known_adjustments select id, student_id from all_adjustments")
        con.execute("commit")

    def _report(
        self,
        snapshot_id: int,
        mirrored: Mirrored,
        students: int,
        checks: list[CheckResult],
        path: Path,
        timings: dict[str, float],
    ) -> SyncReport:
        tables = [
            {
                "name": t.name,
                "rows": t.source.rows,
                "changed": t.changed,
                "deleted": t.deleted,
                "seconds": round(t.seconds, 3),
            }
            for t in mirrored.tables
        ]
        warned = [asdict(check) for check in checks if check.found and check.severity == "warn"]
        return SyncReport(
            snapshot_id,
            mirrored.mode,
            mirrored.reason,
            mirrored.reader,
            mirrored.moment.as_of,
            time.perf_counter() - self.started,
            tables,
            students,
            warned,
            path.name.removesuffix(".building"),
            timings,
        )
