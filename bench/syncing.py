"""``bench sync``: from the platform to a published snapshot, in full and after changes, against reading alone."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from bench import postgres
from bench.measure import Way, interleaved

_CHANGES = 10_000


def run(*, rounds: int, size: str, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure the floor, a full sync and an incremental one; the result is ready for JSON."""
    folder = Path(tempfile.mkdtemp(prefix="hourbook-bench-"))
    try:
        with postgres.running(shared_buffers="512MB") as server:
            url = server.url()
            consumptions = school(url, size, say=say)
            changes = min(_CHANGES, consumptions // 10)
            arguments = {"platform_url": url, "folder": str(folder)}
            measured = interleaved([
                Way("floor", "bench.syncing:floor", {"url": url, "psql": str(server.bin_folder / "psql")}),
                Way("full sync", "bench.syncing:sync", {**arguments, "full": True}),
                Way("incremental sync", "bench.syncing:sync", {**arguments, "full": False},
                    before=partial(change, url, changes)),
            ], rounds=rounds, say=say)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "size": size, "consumptions": consumptions, "changes": changes, "ways": [one.to_dict() for one in measured],
    }


def school(url: str, size: str, *, say: Callable[[str], None]) -> int:
    """Make a demo school of this size in an empty database; returns its consumptions."""
    import demo

    say(f"Making a demo school of size {size} …")
    scale = demo.SIZES[size]
    report = demo.generate(url, students=scale.students, years=scale.years, today=datetime.now(UTC))
    engine = create_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum (freeze, analyze)"))
    engine.dispose()
    return report.rows["finances_hourconsumption"]


def change(url: str, rows: int) -> None:
    """Touch that many consumptions of all over the school, as a bulk update of the platform would."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "update finances_hourconsumption set refund_reason = refund_reason, updated_at = now() where id in"
                " (select id from finances_hourconsumption order by random() limit :rows)"
            ),
            {"rows": rows},
        )
    engine.dispose()


def floor(url: str, psql: str) -> Callable[[], None]:
    """PostgreSQL sends every table of the contract in its binary form, and nobody reads it."""
    from etl import contract

    copies = [f"copy {table.name} to stdout (format binary)" for table in contract.tables()]
    commands = [part for copy in copies for part in ("-c", copy)]

    def read() -> None:
        subprocess.run(
            [psql, url.replace("+psycopg2", ""), "-q", *commands], stdout=subprocess.DEVNULL, check=True,
        )

    return read


def sync(platform_url: str, folder: str, full: bool) -> Callable[[], dict[str, Any]]:
    """One sync by Hourbook itself, into the same warehouse every time."""
    import etl.sync
    import store
    from settings import Settings

    chosen = Settings(
        platform_url=platform_url, store_url=f"sqlite:///{folder}/store.db", warehouse=Path(folder) / "warehouse",
        keep_snapshots=2,
    )
    store.migrate(chosen.store_url)

    def read() -> dict[str, Any]:
        report = etl.sync.run(chosen, full=full)
        return {
            "mode": report.mode, "mode_reason": report.mode_reason, "reader": report.reader,
            "students_rebuilt": report.students_rebuilt,
        }

    return read
