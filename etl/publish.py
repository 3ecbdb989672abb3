"""Publishes snapshots: a finished file gets its name, then the pointer moves to it.

Killed anywhere, the old one serves.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from etl.errors import SnapshotMissing, WarehouseUnwritable
from settings import Settings

POINTER = "current.json"
LAST_SYNC = "last_sync.json"


@dataclass(frozen=True)
class Snapshot:
    """A published snapshot file."""

    snapshot_id: int
    path: Path
    is_current: bool
    bytes: int


def _name(snapshot_id: int) -> str:
    return f"snap_{snapshot_id:06d}.duckdb"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomically(path: Path, content: dict[str, Any]) -> None:
    """Write JSON so that a reader sees the old or the new file, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w") as file:
        json.dump(content, file, indent=1, default=str)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    _sync_folder(path.parent)


def prepare(folder: Path) -> None:
    """Make the warehouse folder and remove what a killed sync left half-built (the caller holds the lock)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe.{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise WarehouseUnwritable(
            f"The warehouse folder {folder} cannot be written: {error.strerror}. "
            "Set HOURBOOK_WAREHOUSE to a folder of ours, or free space."
        ) from error
    for leftover in [
        *folder.glob("*.building"),
        *folder.glob("*.building.wal"),
        *folder.glob(f".{POINTER}.*"),
        *folder.glob(f".{LAST_SYNC}.*"),
    ]:
        leftover.unlink(missing_ok=True)


def pointer(folder: Path) -> dict[str, Any] | None:
    """What the pointer names, or None; a pointer to a missing file counts as none."""
    try:
        found = json.loads((folder / POINTER).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return found if isinstance(found, dict) and (folder / str(found.get("file"))).exists() else None


def next_id(folder: Path) -> int:
    """A number no snapshot of this folder has had."""
    used = [int(path.name[5:11]) for path in folder.glob("snap_*.duckdb*") if path.name[5:11].isdigit()]
    try:
        named = json.loads((folder / POINTER).read_text()).get("snapshot_id", 0)
    except (FileNotFoundError, json.JSONDecodeError):
        named = 0
    return max([*used, int(named), 0]) + 1


def building_path(folder: Path, snapshot_id: int) -> Path:
    """Where the file of this snapshot is built."""
    return folder / f"{_name(snapshot_id)}.building"


def copy_of(folder: Path, file: str, snapshot_id: int) -> Path:
    """Start a new snapshot from a published one."""
    target = building_path(folder, snapshot_id)
    shutil.copyfile(folder / file, target)
    return target


def publish(folder: Path, snapshot_id: int, as_of: datetime) -> Path:
    """Give the finished file its name and move the pointer to it.  The file must be closed and checkpointed."""
    building = building_path(folder, snapshot_id)
    log = building.with_name(building.name + ".wal")
    if log.exists():
        raise AssertionError(f"{log} exists: the snapshot was not checkpointed before publishing")
    with building.open("rb") as file:
        os.fsync(file.fileno())
    final = folder / _name(snapshot_id)
    os.replace(building, final)
    _sync_folder(folder)
    _point(folder, snapshot_id, as_of)
    return final


def _point(folder: Path, snapshot_id: int, as_of: datetime | str) -> None:
    write_atomically(
        folder / POINTER,
        {
            "snapshot_id": snapshot_id,
            "file": _name(snapshot_id),
            "as_of": as_of.isoformat() if isinstance(as_of, datetime) else as_of,
            "published_at": datetime.now(UTC).isoformat(),
        },
    )


def forget_old(folder: Path, keep: int) -> None:
    """Delete all but the newest ``keep`` snapshots; never the current one, and never one newer than it."""
    current = pointer(folder)
    names = sorted((path for path in folder.glob("snap_*.duckdb")), reverse=True)
    for path in names[max(keep, 1) :]:
        if current is None or path.name != current["file"]:
            path.unlink(missing_ok=True)


def snapshots(settings: Settings) -> list[Snapshot]:
    """The published snapshots that are kept, newest first."""
    current = pointer(settings.warehouse)
    return [
        Snapshot(int(path.name[5:11]), path, bool(current and current["file"] == path.name), path.stat().st_size)
        for path in sorted(settings.warehouse.glob("snap_*.duckdb"), reverse=True)
    ]


def rollback(settings: Settings, snapshot_id: int) -> Snapshot:
    """Let an earlier snapshot serve again.  The next sync publishes a newer one from the source."""
    import duckdb

    for snapshot in snapshots(settings):
        if snapshot.snapshot_id == snapshot_id:
            with duckdb.connect(str(snapshot.path), read_only=True) as con:
                con.execute("set timezone = 'UTC'")
                row = con.execute("select strftime(as_of, '%Y-%m-%dT%H:%M:%S.%f+00:00') from sync").fetchone()
            _point(settings.warehouse, snapshot_id, str(row[0]) if row else "")
            return snapshot
    kept = ", ".join(str(snapshot.snapshot_id) for snapshot in snapshots(settings)) or "none"
    raise SnapshotMissing(f"There is no snapshot {snapshot_id} in {settings.warehouse}. Kept are: {kept}.")
