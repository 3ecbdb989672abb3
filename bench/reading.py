"""``bench read``: all consumptions out of a real PostgreSQL, ours against others."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from bench import postgres, source_table
from bench.measure import Measured, Way, interleaved

DEFAULT_ROWS = 5_000_000


def run(*, rounds: int, rows: int | None, only: list[str] | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure each way in turn; the result is ready for JSON."""
    rows = rows or DEFAULT_ROWS
    with postgres.running(shared_buffers="512MB") as server:
        url = server.url()
        say(f"Filling PostgreSQL with {rows:,} consumptions …")
        source_table.fill(url, rows)
        truth = source_table.truth(url)
        ways = [way for way in _ways(url, str(server.bin_folder / "psql")) if not only or way.name in only]
        measured = interleaved(ways, rounds=rounds, say=say)
    return {"rows": rows, "truth": truth, "ways": [_judged(one, truth) for one in measured]}


def _ways(url: str, psql: str) -> list[Way]:
    return [
        Way("floor", "bench.readers:floor", {"url": url, "psql": psql}),
        Way("hourbook", "bench.readers:ours", {"url": url, "use_extension": True}),
        Way("hourbook by COPY", "bench.readers:ours", {"url": url, "use_extension": False}),
        Way("ADBC", "bench.readers:adbc", {"url": url}),
        Way("ConnectorX", "bench.readers:connectorx", {"url": url}),
        Way("dlt (pyarrow)", "bench.readers:dlt", {"url": url, "backend": "pyarrow"}),
        Way("dlt (default)", "bench.readers:dlt", {"url": url, "backend": "sqlalchemy"}),
        Way("SQLAlchemy", "bench.readers:sqlalchemy", {"url": url}),
        Way("pandas.read_sql", "bench.readers:pandas", {"url": url}),
    ]


def _judged(measured: Measured, truth: dict[str, Any]) -> dict[str, Any]:
    """The medians, and whether the hours came over to the digit: a float that happens to agree does not count."""
    result = measured.to_dict()
    found = result.get("found") or {}
    if not found:
        return result
    try:
        same = Decimal(found["hours"]) == Decimal(truth["hours"]) and found["rows"] == truth["rows"]
    except InvalidOperation:
        same = False
    return {**result, "exact": same and found["type"] == "Decimal"}
