"""Turns any failure into a sentence; the trace of an unexpected one goes to a file."""

from __future__ import annotations

import traceback
from datetime import UTC, datetime
from pathlib import Path

from errors import HourbookError

LOG_FOLDER = Path(__file__).resolve().parent.parent / "var" / "log"


def described(failure: Exception) -> tuple[str, str]:
    """Its name for machines and its sentence for people."""
    if isinstance(failure, HourbookError):
        return failure.kind, failure.message
    name = type(failure).__name__
    return "Unexpected", f"Something unexpected happened ({name}); the details are in {_logged(failure)}."


def _logged(unexpected: Exception) -> Path:
    LOG_FOLDER.mkdir(parents=True, exist_ok=True)
    file = LOG_FOLDER / f"failure-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.txt"
    file.write_text("".join(traceback.format_exception(unexpected)), encoding="utf-8")
    return file
