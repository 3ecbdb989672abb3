"""What surrounds a sync: odd paths, time-outs, a store that is away, interruptions, tables of other kinds."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

import etl.sync
from errors import HourbookError
from etl.build import Build
from tests.etl.platform_rows import NOW, Platform, ask, settings_for, tables_of

pytestmark = pytest.mark.slow  # each syncs, most several times


def test_a_path_with_an_apostrophe_and_spaces_serves_as_any_other(postgres_url: str, tmp_path: Path) -> None:
    Platform(postgres_url).small_school()
    settings = settings_for(postgres_url, tmp_path / "Ana's school")
    etl.sync.run(settings)
    assert etl.sync.run(settings).mode == "incremental"
    assert ask(settings, "select hours_remaining from student_balances") == [(10,)]


@pytest.mark.slow
def test_time_outs_of_the_role_do_not_stop_a_sync(postgres_url: str, tmp_path: Path) -> None:
    platform = Platform(postgres_url).small_school()
    role = f"hasty_{time.time_ns()}"
    platform.run(f"create role {role} login")
    platform.run(f"grant select on all tables in schema public to {role}")
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"):
        platform.run(f"alter role {role} set {limit} = '1ms'")
    url = make_url(postgres_url).set(username=role).render_as_string(hide_password=False)
    assert etl.sync.run(settings_for(url, tmp_path)).reader == "extension"
    platform.run(f"drop owned by {role}")
    platform.run(f"drop role {role}")


@pytest.mark.parametrize("store_url", ["postgresql+psycopg2://u:secret@127.0.0.1:9/own", "sqlite:////proc/own.db"])
def test_a_store_that_is_away_is_a_failed_sync_with_a_sentence(tmp_path: Path, store_url: str) -> None:
    platform = Platform(f"sqlite:///{tmp_path / 'platform.db'}").small_school()
    settings = settings_for(platform.url, tmp_path).model_copy(update={"store_url": store_url})
    with pytest.raises(HourbookError, match="HOURBOOK_STORE_URL") as failure:
        etl.sync.run(settings)
    assert "secret" not in str(failure.value)
    noted = json.loads((settings.warehouse / "last_sync.json").read_text())
    assert noted["ok"] is False
    assert noted["kind"] == "StoreUnreachable"


def test_an_interruption_stays_one_and_publishes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    platform = Platform(f"sqlite:///{tmp_path / 'platform.db'}").small_school()
    settings = settings_for(platform.url, tmp_path)
    etl.sync.run(settings)

    def interrupted(self: Build) -> None:
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr(Build, "summaries", interrupted)
    platform.run("update accounts_customuser set name = 'Changed'")
    with pytest.raises(KeyboardInterrupt):
        etl.sync.run(settings)
    assert ask(settings, "select name from students") == [("Ana",)]
    assert not list(settings.warehouse.glob("*.building*"))


@pytest.mark.slow
def test_a_plan_named_by_an_odd_text_is_found_when_it_changes(postgres_url: str, tmp_path: Path) -> None:
    platform = Platform(postgres_url).small_school()
    platform.add("finances_pricingplan", id=2)
    for number, written in enumerate([" 2 ", "2.0", 2, "2"], start=10):
        platform.add("finances_purchasetransaction", id=number, student_id=1, metadata={"plan_id": written})
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    platform.run("update finances_pricingplan set hours_included = 8 where id = 2")
    assert etl.sync.run(settings).mode == "incremental"
    assert ask(settings, "select distinct hours_granted from packages where package_id >= 10") == [(8,)]


@pytest.mark.slow
def test_a_partitioned_table_is_read_in_full_each_time(postgres_url: str, tmp_path: Path) -> None:
    platform = Platform(postgres_url).small_school()
    platform.book(1)
    platform.run("alter table finances_classsession_students rename to one_part")
    platform.run(
        "create table finances_classsession_students (id bigint, classsession_id bigint, customuser_id bigint)"
        " partition by range (id)"
    )
    platform.run("create table part_a as select id, classsession_id, customuser_id from one_part")
    platform.run("create table part_b as select id, classsession_id, 2::bigint as customuser_id from one_part")
    attach = "alter table finances_classsession_students attach partition {} for values from (0) to (1000)"
    platform.run(attach.format("part_a"))
    platform.run("create table waiting (id bigint)")
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    missing = "select count(*) from data_issues where issue = 'student_not_in_class'"
    assert ask(settings, missing) == [(0,)]
    platform.run("alter table finances_classsession_students detach partition part_a")
    platform.run(attach.format("part_b"))
    assert etl.sync.run(settings).mode == "full"
    assert ask(settings, missing) == [(1,)]


@pytest.mark.slow
def test_a_class_is_used_from_its_own_time_on(postgres_url: str, tmp_path: Path) -> None:
    """The demo's clock is noon: one class of the day is over, one is still to come."""
    from datetime import time as clock

    platform = Platform(postgres_url).small_school()
    platform.book(1, date=NOW.date(), start_time=clock(9), status="completed")
    platform.book(2, date=NOW.date(), start_time=clock(17), status="scheduled")
    platform.add(
        "finances_classsession", id=3, teacher_id=1, school_id=1, date=NOW.date(), start_time=clock(16), is_trial=True
    )
    query = (
        "select (select sum(classes)::int from usage_by_day), (select sum(hours) from usage_by_day), hours_used,"
        " hours_booked_ahead from student_balances"
    )
    found = []
    for hours in (0, 6):
        settings = settings_for(postgres_url, tmp_path, NOW + timedelta(hours=hours))
        assert etl.sync.run(settings).mode in ("full", "incremental")
        found.append(tuple(int(value) for value in ask(settings, query)[0]))
        fresh = settings.model_copy(update={"warehouse": tmp_path / "fresh"})
        etl.sync.run(fresh, full=True)
        assert tables_of(settings) == tables_of(fresh)
    assert found == [(1, 1, 1, 1), (3, 2, 2, 0)]


def test_a_cancelled_class_is_neither_used_nor_booked_ahead(postgres_url: str, tmp_path: Path) -> None:
    platform = Platform(postgres_url).small_school()
    for number, days in ((1, -3), (2, 3)):
        platform.book(
            number, date=(NOW + timedelta(days=days)).date(), status="cancelled", is_refunded=True,
            created_at=NOW - timedelta(days=5), updated_at=NOW - timedelta(days=4),
        )
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    columns = "hours_used, hours_booked_ahead, hours_consumed, hours_reserved, hours_returned, hours_remaining"
    assert ask(settings, f"select {columns} from student_balances") == [(0, 0, 1, 1, 2, 10)]


def test_a_zone_that_only_the_database_knows_is_no_zone_of_a_school(tmp_path: Path) -> None:
    platform = Platform(f"sqlite:///{tmp_path / 'platform.db'}").small_school()
    settings = settings_for(platform.url, tmp_path)
    platform.run("update accounts_schoolsettings set timezone = 'BST'")
    etl.sync.run(settings)
    assert ask(settings, "select distinct timezone from schools") == [(settings.timezone,)]
