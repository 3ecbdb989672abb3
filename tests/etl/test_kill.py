"""Killed at any moment, the old snapshot serves, and the next sync ends where a fresh one does."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy.engine import make_url

import demo
import etl.sync
from etl.readers.connection import dsn_of
from settings import Settings
from tests.etl.platform_rows import ask, settings_for, tables_of

TODAY = datetime(2026, 3, 15, 10, 0, tzinfo=UTC)
KILLS = 50


def _start(settings: Settings, *, full: bool) -> subprocess.Popen[str]:
    program = (
        "import sys, etl.sync; from datetime import datetime; from pathlib import Path; from settings import Settings\n"
        f"s = Settings(platform_url={settings.platform_url!r}, store_url={settings.store_url!r},"
        f" warehouse=Path({str(settings.warehouse)!r}),"
        f" now=datetime.fromisoformat({TODAY.isoformat()!r}), sync_memory='1GB')\n"
        f"print('ready', flush=True)\netl.sync.run(s, full={full})\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_sync_killed_at_random_moments_loses_nothing(postgres_url: str, tmp_path: Path) -> None:
    demo.generate(postgres_url, students=20, years=1, seed=4, today=TODAY)
    settings = settings_for(postgres_url, tmp_path, TODAY)
    # A whole sync is timed in a process of its own, as the killed ones are: it loads what a warm process has loaded.
    with _start(settings, full=True) as run:
        assert run.stdout is not None
        run.stdout.readline()
        started = time.perf_counter()
        assert run.wait() == 0
        length = time.perf_counter() - started
    draw = random.Random(7)
    served: set[int] = set()
    with psycopg2.connect(dsn_of(make_url(postgres_url))) as connection:
        connection.autocommit = True
        for turn in range(KILLS):
            with connection.cursor() as cursor:
                cursor.execute(
                    "update finances_hourconsumption set hours_consumed = %s where id %% 50 = %s",
                    (draw.choice([1, 2]), turn),
                )
                cursor.execute(
                    "update finances_classsession set status = %s where id %% 97 = %s",
                    (draw.choice(["completed", "no_show"]), turn),
                )
            with _start(settings, full=turn % 5 == 0) as run:
                assert run.stdout is not None
                run.stdout.readline()
                time.sleep(draw.uniform(0, length * 1.5))
                run.send_signal(signal.SIGKILL)
            ((snapshot, broken),) = ask(
                settings,
                "select (select snapshot_id from sync),"
                " (select count(*) from checks where severity = 'stop' and not passed)",
            )
            assert broken == 0
            served.add(snapshot)
    connection.close()
    assert len(served) > 1, "no sync ever got through: the kills come too early to prove anything"
    etl.sync.run(settings)
    fresh = settings.model_copy(update={"warehouse": tmp_path / "fresh"})
    etl.sync.run(fresh)
    ours, theirs = tables_of(settings), tables_of(fresh)
    assert ours == theirs
    assert not list(settings.warehouse.glob("*.building*"))
