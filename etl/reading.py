"""Reads the platform into the mirror: the changed rows where that is safe, everything where it is not."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import duckdb

from etl import affected, mirror
from etl.errors import CertificateMismatch
from etl.mirror import TableRead
from etl.readers import Source, open_source
from etl.readers.source import ExtensionFailed, Moment, Progress
from settings import Settings


@dataclass(frozen=True)
class Mirrored:
    """The mirror after reading: as of when, how, what changed, and why everyone must be built again (or None)."""

    moment: Moment
    reader: str
    where: str
    mode: str
    reason: str
    tables: list[TableRead]
    rebuild_reason: str | None


def read_platform(
    con: duckdb.DuckDBPyConnection, settings: Settings, progress: Progress, *, full: bool, use_extension: bool
) -> Mirrored:
    """Bring the mirror up to one snapshot of the source, in one transaction of ours.

    Reads everything when the changed rows do not add up to what the source holds.
    Raises SourceUnreachable, SourceRefused, ContractViolated or CertificateMismatch.
    """
    reading = _Reading(con, settings, progress, use_extension)
    reason = "asked for" if full else None
    try:
        return reading.read(reason)
    except CertificateMismatch as error:
        if full:
            raise
        return reading.read(f"reading the changes only was not enough: {error}")
    except ExtensionFailed as error:
        reading.use_extension = False
        return reading.read(reason or f"DuckDB's extension could not read {error}")


class _Reading:
    """One reading of the platform."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, settings: Settings, progress: Progress, use_extension: bool
    ) -> None:
        self.con = con
        self.settings = settings
        self.progress = progress
        self.use_extension = use_extension

    def read(self, full_reason: str | None) -> Mirrored:
        """Read in one snapshot of the source; a failure leaves the mirror as it was."""
        source = open_source(
            self.con, self.settings.platform_url, now=self.settings.now, use_extension=self.use_extension
        )
        self.progress("connecting", 0, 1)
        try:
            moment = source.begin()
            if not source.in_transaction:
                self.con.execute("begin")
            reason = full_reason or mirror.why_full(self.con, source, moment)
            mirrored = self._all(source, moment, reason) if reason else self._changes(source, moment)
            mirror.remember_source(self.con, source, moment)
            self.con.execute("commit")
            return mirrored
        except BaseException:
            rollback(self.con)
            raise
        finally:
            source.close()

    def _all(self, source: Source, moment: Moment, reason: str) -> Mirrored:
        tables = mirror.read_all(self.con, source, self.progress)
        self.con.execute("delete from dirty_students")
        self.con.execute("delete from dirty_days")
        mirror.remember(self.con, "built_on", None)
        return Mirrored(moment, source.name, source.where, "full", reason, tables, "everything was read")

    def _changes(self, source: Source, moment: Moment) -> Mirrored:
        tables = mirror.read_changes(self.con, source, int(mirror.recall(self.con, "horizon")), self.progress)
        why = None
        if affected.books_changed(self.con):
            why = "a school, its zone or its currency changed"
            mirror.remember(self.con, "built_on", None)
        else:
            affected.note_changed(self.con, set(source.present()))
        reason = "only what changed was read"
        return Mirrored(moment, source.name, source.where, "incremental", reason, tables, why)


def rollback(con: duckdb.DuckDBPyConnection) -> None:
    """Undo what is open, if anything is."""
    with suppress(duckdb.Error):
        con.execute("rollback")
