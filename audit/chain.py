"""Decides what links one entry to the one before it: SHA-256 over the entry as canonical JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = hashlib.sha256(b"hourbook audit log").hexdigest()
"""Stands in the place of the hash before the first entry's."""

FIELDS = ("id", "at", "event", "actor", "school_id", "student_id", "object", "details", "previous_hash")
"""What the hash is over: every column but the hash itself."""


def canonical(value: Mapping[str, Any]) -> str:
    """JSON with sorted keys, without spaces, every character as itself: one text for one meaning (after RFC 8785).

    Recording writes whole numbers only; whatever else stands in a stored row (a float, not even a finite one, or
    bytes) still gets a text of its own, so that it is told as a change and does not stop the reading.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=repr)


def hash_of(row: Mapping[str, Any]) -> str:
    """The hash of an entry as it is stored: ``details`` is hashed as the very text, so no rewording passes."""
    text = canonical({name: row[name] for name in FIELDS})
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def stamp(now: datetime) -> str:
    """An instant as the log writes it: UTC to the microsecond, so that the order of the text is that of time."""
    return now.astimezone(UTC).isoformat(timespec="microseconds")
