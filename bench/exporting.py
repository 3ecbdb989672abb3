"""``bench exports``: a report of many rows as CSV and XLSX, against pandas writing the same rows."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import duckdb

from bench.measure import ROOT, Way, interleaved

AS_OF = "2026-11-23T09:00:00+00:00"
ROWS = 100_000
_ROWS_SQL = """
insert into sync (snapshot_id, as_of, is_demo) values (1, '{as_of}', false);
insert into schools (school_id, name, timezone, currency) select i, 'School ' || i, 'Europe/Lisbon', 'EUR'
    from range(1, 6) t(i);
insert into students (student_id, name) select i, 'Student Número ' || i from range(1, {rows} // 5 + 2) t(i);
insert into purchases (transaction_id, student_id, school_id, currency, plan_name, transaction_type)
    select i, i // 5 + 1, i % 5 + 1, 'EUR', '10-hour package', 'package' from range({rows}) t(i);
insert into entries (entry_id, student_id, school_id, package_id, kind, hours, amount, effective_at)
    select 'p' || i, i // 5 + 1, i % 5 + 1, i, 'purchased', 10, 180 + (i % 977) / 100,
        timestamptz '2026-01-01 10:00:00+00' + to_minutes(i::int) from range({rows}) t(i);
insert into checks (name, severity, passed, found, sentence) select unnest({checks}), 'stop', true, 0, '';
insert into certificate (table_name, matches) values ('finances_purchasetransaction', true);
"""


def run(*, rounds: int, rows: int | None, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure every way; the result is ready for JSON."""
    folder, rows = Path(tempfile.mkdtemp(prefix="hourbook-bench-")), rows or ROWS
    try:
        _publish(folder, rows)
        ways = [
            Way("hourbook CSV", "bench.exporting:ours", {"folder": str(folder), "form": "csv"}),
            Way("pandas.to_csv", "bench.exporting:pandas_csv", {"folder": str(folder)}),
            Way("hourbook XLSX", "bench.exporting:ours", {"folder": str(folder), "form": "xlsx"}),
            Way("pandas.to_excel", "bench.exporting:pandas_xlsx", {"folder": str(folder)}),
        ]
        measured = interleaved(ways, rounds=rounds, say=say)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {"rows": rows, "ways": [one.to_dict() for one in measured]}


def _publish(folder: Path, rows: int) -> None:
    """A snapshot of so many sales."""
    from reports.finance.guard import HOURS_CHECKS, MONEY_CHECKS

    file = folder / "snap_000001.duckdb"
    checks = sorted({*MONEY_CHECKS, *HOURS_CHECKS})
    with duckdb.connect(str(file)) as connection:
        connection.execute((ROOT / "etl" / "schema.sql").read_text("utf-8"))
        connection.execute(_ROWS_SQL.format(as_of=AS_OF, rows=rows, checks=checks))
    said = f'{{"snapshot_id": 1, "file": "{file.name}", "as_of": "{AS_OF}", "published_at": "{AS_OF}"}}'
    (folder / "current.json").write_text(said, "utf-8")


def _report(folder: str) -> Any:
    import warehouse
    from access.scope import Scope
    from reports.finance import Period, run
    from settings import Settings

    settings = Settings.model_validate({"now": datetime.fromisoformat(AS_OF).astimezone(UTC)})
    period = Period(date(2026, 1, 1), date(2027, 1, 1))
    return run(warehouse.open(Path(folder)), Scope.business(), settings, "sales", period)


def ours(folder: str, form: str) -> Callable[[], dict[str, Any]]:
    """The report, from the question to the file."""
    import xlsxwriter  # noqa: F401

    import warehouse  # noqa: F401 - imported now, so that only the work is measured
    from reports import finance, formats  # noqa: F401

    write: Callable[[Any, BinaryIO], int] = {"csv": formats.to_csv, "xlsx": formats.to_xlsx}[form]

    def export() -> dict[str, Any]:
        file = Path(folder) / f"ours.{form}"
        with file.open("wb") as sink:
            rows = write(_report(folder), sink)
        return {"rows": rows, "bytes": file.stat().st_size}

    return export


def pandas_csv(folder: str) -> Callable[[], dict[str, Any]]:
    """The same rows by pandas, its usual way."""
    return _by_pandas(folder, "csv")


def pandas_xlsx(folder: str) -> Callable[[], dict[str, Any]]:
    """The same rows by pandas and openpyxl, its usual way."""
    return _by_pandas(folder, "xlsx")


def _by_pandas(folder: str, form: str) -> Callable[[], dict[str, Any]]:
    import openpyxl  # noqa: F401 - imported now, so that only the work is measured
    import pandas as pd

    import queries
    import warehouse
    from access.scope import Scope

    def export() -> dict[str, Any]:
        params = {"from_date": date(2026, 1, 1), "until_date": date(2027, 1, 1), "zone": "Europe/Lisbon"}
        with queries.stream(warehouse.open(Path(folder)), Scope.business(), "sales_of_period", **params) as streamed:
            frame = pd.DataFrame(cast("Iterable[Any]", streamed.rows), columns=list(streamed.columns))
        file = Path(folder) / f"theirs.{form}"
        if form == "csv":
            file.write_text(frame.to_csv(None, index=False), "utf-8-sig")
        else:
            sink = io.BytesIO()
            frame.to_excel(sink, index=False, engine="openpyxl")
            file.write_bytes(sink.getvalue())
        return {"rows": len(frame), "bytes": file.stat().st_size}

    return export
