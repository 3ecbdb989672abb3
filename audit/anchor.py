"""Keeps the number and hash of the newest entry outside the store: what is anchored cannot be rewritten unseen."""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from errors import HourbookError


class AnchorUnreadable(HourbookError):
    """The file does not hold an anchor, or cannot be read or written."""


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """One entry's number and hash; number 0 stands for a log without an entry."""

    id: int
    hash: str


def read_anchor(file: Path) -> Anchor:
    """The anchor in the file; raises AnchorUnreadable."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except OSError as failure:
        raise AnchorUnreadable(f"The anchor {file} cannot be read: {failure.strerror}.") from failure
    except ValueError:
        found = None
    if not isinstance(found, dict) or type(found.get("id")) is not int or not _is_hash(found.get("hash")):
        raise AnchorUnreadable(f"{file} holds no anchor: give the file that --write-anchor wrote.")
    return Anchor(id=found["id"], hash=found["hash"])


def write_anchor(file: Path, anchor: Anchor) -> None:
    """Replace the file in one step; raises AnchorUnreadable."""
    try:
        descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(json.dumps(asdict(anchor)) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(draft, file)
    except OSError as failure:
        raise AnchorUnreadable(f"The anchor {file} cannot be written: {failure.strerror}.") from failure


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None
