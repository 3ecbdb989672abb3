"""The bench of exports measures files that hold the same rows."""

from __future__ import annotations

import pytest

from bench import exporting, report


@pytest.mark.slow
def test_every_way_of_exporting_writes_every_row() -> None:
    result = exporting.run(rounds=1, rows=300, say=lambda line: None)
    assert [way["found"]["rows"] for way in result["ways"]] == [300] * 4
    lines = report.section({
        "name": "exports", "rounds": 1, "machine": "2 cores, 24 GiB", "measured_at": "2026-11-23T00:00:00+00:00",
        **result,
    })
    assert lines[0] == "## Exports of 300 rows"


@pytest.mark.slow
def test_ten_times_the_rows_take_little_more_memory() -> None:
    few, many = (
        {way["name"]: way["peak_mb"] for way in exporting.run(rounds=1, rows=rows, say=lambda line: None)["ways"]}
        for rows in (10_000, 100_000)
    )
    for name in ("hourbook CSV", "hourbook XLSX"):
        assert many[name] - few[name] < 150
