"""Lets one sync at a time write a warehouse."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from etl.errors import SyncRunning


@contextmanager
def only_sync(folder: Path) -> Iterator[None]:
    """Hold the warehouse's lock; raises SyncRunning when another process has it.

    The lock is the operating system's: it goes with the process that held it, however that ended.
    """
    path = folder / "sync.lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise SyncRunning(
                f"Another sync (process {holder}) is writing {folder}. Wait for it to end; its snapshot serves you too."
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
