"""Law 7: an incremental sync gives the same tables as a full one, in every column, whatever happened in between."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy.engine import make_url

import demo
import etl.sync
from etl.readers.connection import dsn_of
from settings import Settings
from tests.etl.changes import CHANGES, Change
from tests.etl.platform_rows import ask, settings_for, tables_of

pytestmark = pytest.mark.slow  # each syncs several times

TODAY = datetime(2026, 3, 15, 10, 0, tzinfo=UTC)


def _same_as_full(settings: Settings, folder: Path) -> None:
    fresh = settings.model_copy(update={"warehouse": folder})
    etl.sync.run(fresh, full=True)
    ours, theirs = tables_of(settings), tables_of(fresh)
    assert ours.keys() == theirs.keys()
    for table in ours:
        assert ours[table] == theirs[table], f"{table} differs from a full sync"


def _connect(url: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(dsn_of(make_url(url)))


@pytest.fixture
def school(postgres_url: str) -> str:
    demo.generate(postgres_url, students=30, years=1, seed=3, today=TODAY)
    return postgres_url


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_random_changes_an_incremental_sync_equals_a_full_one(school: str, tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    now = TODAY
    etl.sync.run(settings_for(school, tmp_path, now))
    modes = []
    with _connect(school) as connection:
        for _ in range(6):
            now += timedelta(hours=draw.choice([0, 1, 30, 400]))
            with connection.cursor() as cursor:
                for change in draw.sample(CHANGES, draw.randint(1, 5)):
                    change(cursor, draw, now)
            connection.commit()
            settings = settings_for(school, tmp_path, now)
            modes.append(etl.sync.run(settings).mode)
            _same_as_full(settings, tmp_path / "fresh")
    assert set(modes) == {"incremental"}


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_each_kind_of_change_is_found(school: str, tmp_path: Path, change: Change) -> None:
    etl.sync.run(settings_for(school, tmp_path, TODAY))
    with _connect(school) as connection, connection.cursor() as cursor:
        change(cursor, random.Random(5), TODAY)
    connection.close()
    settings = settings_for(school, tmp_path, TODAY)
    assert etl.sync.run(settings).mode == "incremental"
    _same_as_full(settings, tmp_path / "fresh")


def test_a_row_committed_late_with_an_early_date_is_found(postgres_url: str, tmp_path: Path) -> None:
    from tests.etl.platform_rows import NOW, Platform

    platform = Platform(postgres_url).small_school()
    settings = settings_for(postgres_url, tmp_path)
    with _connect(postgres_url) as slow:
        with slow.cursor() as cursor:
            cursor.execute(
                "update finances_purchasetransaction set amount = 150, updated_at = '2025-01-01 00:00:00+00'"
            )
        etl.sync.run(settings)
        platform.run("update accounts_customuser set name = 'Ana Maria' where id = 1")
        etl.sync.run(settings)
        assert ask(settings, "select price from packages") == [(200,)]
        slow.commit()
    slow.close()
    report = etl.sync.run(settings)
    assert report.mode == "incremental"
    assert ask(settings, "select price from packages") == [(150,)]
    assert ask(settings, "select as_of from sync") == [(NOW,)]


@pytest.mark.slow
def test_what_becomes_due_by_itself_changes_the_figures(postgres_url: str, tmp_path: Path) -> None:
    from tests.etl.platform_rows import NOW, Platform

    platform = Platform(postgres_url).small_school()
    platform.book(1, date=(NOW + timedelta(days=2)).date(), created_at=NOW - timedelta(days=1), status="scheduled")
    platform.run("update finances_purchasetransaction set expires_at = :at", at=NOW + timedelta(days=5))
    etl.sync.run(settings_for(postgres_url, tmp_path, NOW))
    query = "select hours_reserved, hours_consumed, hours_expired, hours_remaining from student_balances"
    found = []
    for days in (0, 3, 6):
        settings = settings_for(postgres_url, tmp_path, NOW + timedelta(days=days))
        report = etl.sync.run(settings)
        assert report.mode == "incremental"
        found.append(tuple(int(hours) for hours in ask(settings, query)[0]))
        _same_as_full(settings, tmp_path / "fresh")
    assert found == [(1, 0, 0, 9), (0, 1, 0, 9), (0, 1, 9, 0)]


def test_a_schools_address_arrives_without_building_anyone_again(postgres_url: str, tmp_path: Path) -> None:
    from tests.etl.platform_rows import Platform

    platform = Platform(postgres_url).small_school()
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    platform.run("update accounts_school set address = E'Rua Nova 1\r\n 1000-001 Lisboa '")
    platform.run("update accounts_schoolsettings set tax_id = 'PT500000000', billing_address = ' '")
    report = etl.sync.run(settings)
    assert (report.mode, report.students_rebuilt) == ("incremental", 0)
    assert ask(settings, "select address, tax_id, billing_address from schools") == [
        ("Rua Nova 1\n1000-001 Lisboa", "PT500000000", None)
    ]
    _same_as_full(settings, tmp_path / "fresh")


@pytest.mark.slow
def test_a_refund_of_tomorrow_is_listed_tomorrow_and_its_id_stays(postgres_url: str, tmp_path: Path) -> None:
    from tests.etl.platform_rows import NOW, Platform

    platform = Platform(postgres_url).small_school()
    etl.sync.run(settings_for(postgres_url, tmp_path, NOW))
    tomorrow = {"refund_amount": "50.00", "stripe_refund_id": "re_1"}
    tomorrow["refund_processed_at"] = (NOW + timedelta(days=1)).isoformat()
    refunds = [tomorrow, {"refund_amount": 20, "refund_processed_at": "2025-12-01T00:00:00Z"}]
    platform.run(
        "update finances_purchasetransaction set metadata = metadata || cast(:more as jsonb)",
        more=json.dumps({"refunds": refunds}),
    )
    listed = []
    for days in (0, 2, 3):
        settings = settings_for(postgres_url, tmp_path, NOW + timedelta(days=days))
        assert etl.sync.run(settings).mode == "incremental"
        listed.append(ask(settings, "select refund_id, amount::varchar from refunds order by refunded_at"))
        _same_as_full(settings, tmp_path / "fresh")
    earlier, later = ("1:2", "20.00"), ("1:re_1", "50.00")
    assert listed == [[earlier], [earlier, later], [earlier, later]]


def test_tables_made_anew_are_read_in_full(postgres_url: str, tmp_path: Path) -> None:
    from tests.etl.platform_rows import Platform

    platform = Platform(postgres_url).small_school()
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    platform.run("create table copy as select * from finances_pricingplan")
    platform.run("drop table finances_pricingplan")
    platform.run("alter table copy rename to finances_pricingplan")
    report = etl.sync.run(settings)
    assert report.mode == "full"
    assert "another database" in report.mode_reason


def test_an_adjustment_of_ours_is_merged_at_the_next_sync(postgres_url: str, tmp_path: Path) -> None:
    import store
    from store import adjustments
    from tests.etl.platform_rows import NOW, Platform

    Platform(postgres_url).small_school()
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    goodwill = adjustments.Adjustment(
        kind="add",
        student_id=1,
        hours=Decimal("2"),
        reason="goodwill",
        actor="admin",
        approver="owner",
        effective_at=NOW - timedelta(hours=1),
        recorded_at=NOW - timedelta(hours=1),
    )
    adjustments.record(store.engine(settings.store_url), goodwill)
    assert etl.sync.run(settings).mode == "incremental"
    assert ask(settings, "select hours_added, hours_remaining from student_balances where student_id = 1") == [(2, 12)]
    _same_as_full(settings, tmp_path / "fresh")
