"""Knows which snapshot is current and lends read-only cursors on it; the only `duckdb.connect` for readers.

A snapshot is one file, never changed once published; `current.json` names the one in use. A reader takes a
lease: a cursor of its own on the snapshot of that moment. A newer snapshot is used by later leases, while the old
file stays attached until its last lease ends. The in-memory database that the files are attached to can
open nothing outside the warehouse folder, and its settings are locked.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from errors import HourbookError

POINTER = "current.json"
LAST_SYNC = "last_sync.json"
MEMORY_LIMIT = "2GB"
"""What all readers of one process may use together; the questions of the pages need a few MB."""


class NoSnapshot(HourbookError):
    """Nothing has been published yet, or the published file is gone."""


@dataclass(frozen=True)
class SnapshotRef:
    """A published snapshot: its number, its file, and the instant its figures are as of (aware, UTC)."""

    snapshot_id: int
    path: Path
    as_of: datetime | None = None
    published_at: datetime | None = None

    @property
    def alias(self) -> str:
        """Name under which DuckDB knows the file."""
        return f"snap_{self.snapshot_id}"


class Warehouse:
    """The published snapshots in one folder. Safe to share between threads; use `open`, which keeps one per folder."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock = threading.Lock()
        self._database: duckdb.DuckDBPyConnection | None = None
        self._attached: dict[Path, _Attached] = {}
        self._pointer: tuple[tuple[int, int, int], SnapshotRef] | None = None

    def current(self) -> SnapshotRef | None:
        """The snapshot in use now, or None before the first sync. Costs one `stat` while the pointer stays the same.

        Raises NoSnapshot where the pointer cannot be read.
        """
        try:
            stat = (self.path / POINTER).stat()
        except FileNotFoundError:
            return None
        seen = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        known = self._pointer
        if known is None or known[0] != seen:
            known = (seen, self._read_pointer())
            self._pointer = known
        return known[1]

    def snapshots(self) -> list[SnapshotRef]:
        """Every snapshot still kept, newest first. Only the current one's as-of instant is known."""
        current = self.current()
        found = []
        for path in self.path.glob("snap_*.duckdb"):
            number = path.stem.removeprefix("snap_")
            if number.isdigit():
                same = current is not None and current.path == path
                found.append(current if same and current else SnapshotRef(int(number), path))
        return sorted(found, key=lambda snapshot: snapshot.snapshot_id, reverse=True)

    def last_sync(self) -> dict[str, Any] | None:
        """The last attempt, as the sync wrote it down ("ok", "kind", "message" …); None before the first."""
        try:
            report = json.loads((self.path / LAST_SYNC).read_text("utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return report if isinstance(report, dict) else None

    @contextmanager
    def lease(self, snapshot: SnapshotRef | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor on `snapshot` (else the current one), its tables named bare; for one thread, until the block ends.

        Raises NoSnapshot where there is none, or its file is gone.
        """
        wanted = snapshot or self.current()
        if wanted is None:
            raise NoSnapshot(f"No snapshot has been published in {self.path} yet. Run a sync first.")
        cursor = self._borrow(wanted)
        try:
            cursor.execute(f"use {wanted.alias}")
            yield cursor
        finally:
            cursor.close()
            self._give_back(wanted)

    def pinned(self, snapshot: SnapshotRef) -> Pinned:
        """The warehouse as of one snapshot, so that all figures of one page belong together."""
        return Pinned(self, snapshot)

    def _read_pointer(self) -> SnapshotRef:
        pointer = self.path / POINTER
        try:
            said = json.loads(pointer.read_text("utf-8"))
            return SnapshotRef(
                snapshot_id=int(said["snapshot_id"]),
                path=self.path / Path(said["file"]).name,
                as_of=_instant(said.get("as_of")),
                published_at=_instant(said.get("published_at")),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise NoSnapshot(f"The pointer {pointer} cannot be read ({error}). Run a sync to publish anew.") from error

    def _borrow(self, snapshot: SnapshotRef) -> duckdb.DuckDBPyConnection:
        with self._lock:
            database = self._database = self._database or _locked_database(self.path)
            inode = _inode(snapshot)
            held = self._attached.get(snapshot.path)
            if held and held.leases == 0 and held.inode != inode:  # the folder was made anew, numbers start again
                self._detach(snapshot.path)
                held = None
            if held is None:
                _attach(database, snapshot)
                held = self._attached[snapshot.path] = _Attached(snapshot.alias, inode)
            held.leases += 1
            self._detach_idle()
            return database.cursor()

    def _give_back(self, snapshot: SnapshotRef) -> None:
        with self._lock:
            self._attached[snapshot.path].leases -= 1
            self._detach_idle()

    def _detach_idle(self) -> None:
        """Closes every file that nobody leases any more, except the current one."""
        current = self._pointer[1].path if self._pointer else None
        for path in [path for path, held in self._attached.items() if held.leases == 0 and path != current]:
            self._detach(path)

    def _detach(self, path: Path) -> None:
        assert self._database is not None
        self._database.execute(f"detach {self._attached.pop(path).alias}")


@dataclass(frozen=True)
class Pinned:
    """A warehouse whose current snapshot does not change."""

    warehouse: Warehouse
    snapshot: SnapshotRef

    def current(self) -> SnapshotRef:
        """The snapshot it is pinned to."""
        return self.snapshot

    def lease(self, snapshot: SnapshotRef | None = None) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """As `Warehouse.lease`, on the pinned snapshot."""
        return self.warehouse.lease(snapshot or self.snapshot)


@dataclass
class _Attached:
    """A file that the in-memory database holds open, and how many leases are on it."""

    alias: str
    inode: int
    leases: int = 0


def _inode(snapshot: SnapshotRef) -> int:
    try:
        return snapshot.path.stat().st_ino
    except FileNotFoundError:
        raise NoSnapshot(
            f"The snapshot file {snapshot.path} is gone. Run a sync, or roll back to one that is kept."
        ) from None


def _locked_database(folder: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database that can open files of `folder` and nothing else."""
    database = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "memory_limit": MEMORY_LIMIT,
            # Each question runs in the thread that asks it: many viewers at once are served better, and DuckDB 1.5.5
            # now and then loses a race between its own threads in a window over few rows.
            "threads": 1,
        },
    )
    quoted = str(folder).replace("'", "''")
    database.execute(f"set allowed_directories = ['{quoted}/']")
    database.execute("set enable_external_access = false")
    database.execute("set global TimeZone = 'UTC'")
    database.execute("set lock_configuration = true")
    return database


def _attach(database: duckdb.DuckDBPyConnection, snapshot: SnapshotRef) -> None:
    quoted = str(snapshot.path).replace("'", "''")
    try:
        database.execute(f"attach '{quoted}' as {snapshot.alias} (read_only)")
    except duckdb.Error as error:
        raise NoSnapshot(f"The snapshot file {snapshot.path} cannot be opened: {error}") from error


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


_open: dict[Path, Warehouse] = {}
_opening = threading.Lock()


def open(path: Path) -> Warehouse:
    """The warehouse in `path`, one per folder and process, so that all readers share its leases."""
    key = Path(path).resolve()
    with _opening:
        return _open.setdefault(key, Warehouse(key))
