"""Runs one measurement, keeps its result in bench/results/, and renews docs/performance.md."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import report
from errors import HourbookError

RESULTS = Path(__file__).resolve().parent / "results"
NAMES = ("read", "sync", "pages", "api", "sessions", "receipts", "exports")
SIZES = ("S", "M", "L")


class UnknownBench(HourbookError):
    """There is no such measurement, or no such size."""


def run(
    name: str, *, rounds: int, consumptions: int | None, size: str, only: list[str] | None, as_json: bool,
) -> None:
    """Measure, write down, and print the table."""
    if name not in NAMES:
        raise UnknownBench(f"There is no measurement {name!r}; choose one of {', '.join(NAMES)}.")
    if size not in SIZES:
        raise UnknownBench(f"There is no size {size!r}; choose one of {', '.join(SIZES)}.")
    found = _measured(name, rounds=rounds, consumptions=consumptions, size=size, only=only)
    result = {
        "name": name, "measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "rounds": rounds,
        "machine": machine(), **found,
    }
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / (f"{name}.json" if name in ("read", "receipts", "exports") else f"{name}-{size}.json")
    file.write_text(json.dumps(result, indent=2, default=str) + "\n", encoding="utf-8")
    report.write(RESULTS)
    if as_json:
        print(json.dumps(result, indent=2, default=str))
    else:
        print("\n".join(report.section(result)))


def machine() -> str:
    """The machine in words: what matters for a ratio, not which one it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{len(os.sched_getaffinity(0))} cores, {round(memory)} GiB"


def _measured(
    name: str, *, rounds: int, consumptions: int | None, size: str, only: list[str] | None,
) -> dict[str, Any]:
    from bench import exporting, paging, reading, receipts, serving, syncing

    if name == "read":
        return reading.run(rounds=rounds, rows=consumptions, only=only, say=_say)
    if name == "sync":
        return syncing.run(rounds=rounds, size=size, say=_say)
    if name == "exports":
        return exporting.run(rounds=rounds, rows=consumptions, say=_say)
    if name == "receipts":
        return receipts.run(rounds=rounds, say=_say)
    ways = {"pages": paging.run, "api": serving.api, "sessions": serving.sessions}
    return ways[name](rounds=rounds, size=size, say=_say)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
