"""Measures several ways to do one thing in interleaved rounds, and takes the medians."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from errors import HourbookError

_PATIENCE_SECONDS = 120
"""A way that took longer than this is not repeated: its ratio will not change by much."""

ROOT = Path(__file__).resolve().parent.parent


class MeasurementFailed(HourbookError):
    """A child process ended with an error."""


@dataclass(frozen=True)
class Way:
    """One way to do the thing: a function of ``bench.child``'s kind with its arguments.

    ``before`` runs in this process ahead of each round and is not measured.
    """

    name: str
    target: str
    arguments: Mapping[str, Any]
    before: Callable[[], None] | None = None


@dataclass
class Measured:
    """The rounds of one way."""

    name: str
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    found: Any = None
    failure: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Medians, the spread and the rounds themselves."""
        if self.failure or not self.seconds:
            return {"name": self.name, "failure": self.failure or "not measured"}
        return {
            "name": self.name,
            "seconds": round(statistics.median(self.seconds), 4),
            "fastest": round(min(self.seconds), 4),
            "slowest": round(max(self.seconds), 4),
            "cpu_seconds": round(statistics.median(self.cpu_seconds), 4),
            "peak_mb": round(max(self.peak_mb), 1),
            "rounds": [round(value, 4) for value in self.seconds],
            "found": self.found,
        }


def interleaved(ways: list[Way], *, rounds: int, say: Callable[[str], None]) -> list[Measured]:
    """Every way once per round, so that a slow minute of the machine hits them all.

    A way that fails is told and left out of the later rounds; the others go on.
    """
    results = {way.name: Measured(way.name) for way in ways}
    for number in range(1, rounds + 1):
        for way in ways:
            result = results[way.name]
            if result.failure or (result.seconds and result.seconds[0] > _PATIENCE_SECONDS):
                continue
            if way.before:
                way.before()
            try:
                one = in_child(way.target, way.arguments)
            except MeasurementFailed as failure:
                result.failure = failure.message
                say(failure.message)
                continue
            result.seconds.append(one["seconds"])
            result.cpu_seconds.append(one["cpu_seconds"])
            result.peak_mb.append(one["peak_mb"])
            result.found = one["found"]
            say(f"round {number}/{rounds}  {way.name:<28} {one['seconds']:8.2f} s  {one['peak_mb']:7.0f} MB")
    return list(results.values())


def in_child(target: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What ``bench.child`` says about one run; raises MeasurementFailed with the error's last line."""
    ended = subprocess.run(
        [sys.executable, "-m", "bench.child", target, json.dumps(dict(arguments))],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )
    if ended.returncode != 0:
        last = (ended.stderr.strip().splitlines() or ["no message"])[-1]
        raise MeasurementFailed(f"{target} ended with code {ended.returncode}: {last}")
    answer: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
    return answer
