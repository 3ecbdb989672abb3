"""Measurements judge exactness, survive a way that fails, and are written down as measured."""

from __future__ import annotations

from typing import Any

import pytest

from bench import reading, report
from bench.measure import Way, interleaved


def silent(line: str) -> None:
    """Says nothing."""


@pytest.mark.slow
def test_every_way_of_reading_reads_everything_and_floats_are_not_exact() -> None:
    result = reading.run(rounds=1, rows=3000, only=None, say=silent)
    ways: dict[str, dict[str, Any]] = {way["name"]: way for way in result["ways"]}
    assert [name for name, way in ways.items() if "failure" in way] == []
    assert {way["found"]["rows"] for name, way in ways.items() if name != "floor"} == {3000}
    assert ways["hourbook"]["exact"]
    assert ways["hourbook by COPY"]["exact"]
    assert not ways["pandas.read_sql"]["exact"]


def test_a_way_that_fails_is_told_and_does_not_stop_the_others() -> None:
    measured = interleaved(
        [Way("broken", "bench.readers:nosuch", {}), Way("floor", "bench.readers:floor", {"url": "x", "psql": "true"})],
        rounds=2, say=silent,
    )
    broken, floor = (one.to_dict() for one in measured)
    assert "has no attribute 'nosuch'" in broken["failure"]
    assert len(floor["rounds"]) == 2


def test_ratios_are_taken_within_one_run() -> None:
    way = {"cpu_seconds": 1.0, "peak_mb": 10.0, "exact": True}
    lines = report.section({
        "name": "read", "rows": 5, "rounds": 1, "machine": "2 cores, 24 GiB",
        "measured_at": "2026-11-23T00:00:00+00:00",
        "ways": [{"name": "floor", "seconds": 2.0, **way}, {"name": "ours", "seconds": 5.0, **way}],
    })
    assert "| ours | 5.00 | 2.50 | 1.00 | 10 | yes |" in lines
