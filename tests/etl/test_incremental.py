"""Law 7: an incremental sync gives the same tables as a full one, in every column, whatever happened in between."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy.engine import make_url

import demo
import etl.sync
from etl.readers.postgres import dsn_of
from settings import Settings
from tests.etl.platform_rows import ask, settings_for, tables_of

TODAY = datetime(2026, 3, 15, 10, 0, tzinfo=UTC)

Change = Callable[["psycopg2.extensions.cursor", random.Random, datetime], None]


def _pick(cursor: psycopg2.extensions.cursor, draw: random.Random, table: str) -> int:
    cursor.execute(f"select id from {table} order by id")
    ids = [row[0] for row in cursor.fetchall()]
    return int(draw.choice(ids)) if ids else 0


def _edit_hours_without_touching_updated_at(
    cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime
) -> None:
    cursor.execute(
        "update finances_hourconsumption set hours_consumed = %s where id = %s",
        (draw.choice(["0.50", "1.50", "2.00"]), _pick(cursor, draw, "finances_hourconsumption")),
    )


def _cancel_a_class(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    session = _pick(cursor, draw, "finances_classsession")
    cursor.execute(
        "update finances_classsession set status = 'cancelled', updated_at = %s where id = %s", (now, session)
    )
    cursor.execute(
        "update finances_hourconsumption set is_refunded = true, refund_reason = 'Session cancelled', updated_at = %s where class_session_id = %s",
        (now - timedelta(minutes=draw.randint(1, 5000)), session),
    )


def _mark_a_week_by_bulk_update(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    day = (now - timedelta(days=draw.randint(0, 300))).date()
    cursor.execute(
        "update finances_classsession set status = %s where date between %s and %s",
        (draw.choice(["completed", "no_show", "cancelled"]), day, day + timedelta(days=6)),
    )


def _buy(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute("select coalesce(max(id), 0) + 1 from finances_purchasetransaction")
    ((number,),) = cursor.fetchall()
    cursor.execute(
        "insert into finances_purchasetransaction (id, student_id, transaction_type, amount, payment_status, expires_at, metadata, created_at, updated_at)"
        " values (%s, %s, 'package', %s, %s, %s, %s, %s, %s)",
        (
            number,
            _pick(cursor, draw, "accounts_customuser"),
            draw.choice(["99.99", "200.00", "0.00"]),
            draw.choice(["completed", "pending", "refunded", "odd"]),
            draw.choice([None, now + timedelta(days=draw.randint(-3, 60))]),
            draw.choice(['{"hours_included": "7.00"}', "{}", '{"hours": 3}', "[1]", '{"plan_id": 1}']),
            now - timedelta(days=draw.randint(-1, 40)),
            now,
        ),
    )


def _refund_a_part(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute(
        "update finances_purchasetransaction set metadata = coalesce(case when jsonb_typeof(metadata) = 'object' then metadata end, '{}')"
        " || jsonb_build_object('refunds', jsonb_build_array(jsonb_build_object('refund_amount', '33.33', 'refund_status', 'succeeded',"
        " 'refund_processed_at', %s))) where id = %s",
        (
            (now + timedelta(hours=draw.randint(-200, 30))).isoformat(),
            _pick(cursor, draw, "finances_purchasetransaction"),
        ),
    )


def _delete_a_user_and_all_that_hangs_on_it(
    cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime
) -> None:
    cursor.execute("delete from accounts_customuser where id = %s", (_pick(cursor, draw, "accounts_customuser"),))


def _delete_consumptions(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute("delete from finances_hourconsumption where id %% 97 = %s", (draw.randint(0, 96),))


def _delete_a_class(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute("delete from finances_classsession where id = %s", (_pick(cursor, draw, "finances_classsession"),))


def _move_a_booking_to_another_account(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute("savepoint moving")
    try:
        cursor.execute(
            "update finances_hourconsumption set student_account_id = %s where id = %s",
            (_pick(cursor, draw, "finances_studentaccountbalance"), _pick(cursor, draw, "finances_hourconsumption")),
        )
    except psycopg2.errors.UniqueViolation:
        cursor.execute("rollback to savepoint moving")


def _rename(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute(
        "update accounts_customuser set name = %s where id = %s",
        (draw.choice(["=1+1", "Zoë", "", "a\tb"]), _pick(cursor, draw, "accounts_customuser")),
    )


def _change_a_plan(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute(
        "update finances_pricingplan set hours_included = %s, name = %s where id = %s",
        (draw.choice(["9.00", "12.50"]), f"Plan {draw.randint(1, 9)}", _pick(cursor, draw, "finances_pricingplan")),
    )


def _change_memberships(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute(
        "update accounts_schoolmembership set is_active = not is_active, joined_at = joined_at - interval '3 day' where id %% 7 = %s",
        (draw.randint(0, 6),),
    )


def _move_a_school_to_another_zone(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute(
        "update accounts_schoolsettings set timezone = %s where id = (select min(id) from accounts_schoolsettings)",
        (draw.choice(["America/Sao_Paulo", "Europe/Lisbon", "Mars/Base"]),),
    )


def _change_counters(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute(
        "update finances_studentaccountbalance set hours_consumed = hours_consumed + 1 where id %% 11 = %s",
        (draw.randint(0, 10),),
    )


def _stamp_hundreds_of_rows_alike(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute("update finances_hourconsumption set updated_at = %s where id %% 3 = %s", (now, draw.randint(0, 2)))


CHANGES: list[Change] = [
    _edit_hours_without_touching_updated_at,
    _cancel_a_class,
    _mark_a_week_by_bulk_update,
    _buy,
    _refund_a_part,
    _delete_a_user_and_all_that_hangs_on_it,
    _delete_consumptions,
    _delete_a_class,
    _move_a_booking_to_another_account,
    _rename,
    _change_a_plan,
    _change_memberships,
    _move_a_school_to_another_zone,
    _change_counters,
    _stamp_hundreds_of_rows_alike,
]


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
