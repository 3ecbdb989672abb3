"""Every check can fire: a snapshot that breaks its sentence is found, an untouched one is not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

import demo
import etl.sync
from etl.build import Build, Rules, set_rules
from etl.errors import ChecksFailed
from etl.statements import Statement, script, statements
from tests.etl.platform_rows import Platform, ask, settings_for

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

TODAY = datetime(2026, 3, 15, 10, 0, tzinfo=UTC)

BREAKS = {
    "balance_figures_add_up": (
        "update snap.student_balances set hours_purchased = hours_purchased + 1"
        " where student_id = (select min(student_id) from snap.student_balances)"
    ),
    "closing_is_what_packages_defer": (
        "update snap.packages set amount_deferred = amount_deferred + 0.01"
        " where package_id = (select min(package_id) from snap.packages)"
    ),
    "days_add_up_to_the_total": (
        "update snap.usage_by_day set hours = hours + 0.25"
        " where class_date = (select min(class_date) from snap.usage_by_day)"
    ),
    "deferred_money_has_hours": (
        "update snap.packages set amount_deferred = 5, hours_remaining = 0, hours_reserved = 0"
        " where package_id = (select min(package_id) from snap.packages)"
    ),
    "drift_is_explained_in_full": (
        "update snap.student_balances set drift = coalesce(drift, 0) + 1"
        " where student_id = (select min(student_id) from snap.student_balances)"
    ),
    "every_purchase_has_a_school": (
        "update snap.purchases set school_id = null"
        " where transaction_id = (select min(transaction_id) from snap.purchases where grants)"
    ),
    "ledger_adds_up_to_balances": (
        "delete from snap.entries"
        " where entry_id = (select min(entry_id) from snap.entries where kind = 'purchased' and hours > 0)"
    ),
    "months_roll_forward": (
        "update snap.money_by_month set sold = sold + 0.01"
        " where month = (select max(month) from snap.money_by_month)"
    ),
    "no_drift_is_unknown": "insert into snap.drift_causes values (1, 'unknown', 1, '', '', [])",
    "no_package_is_below_zero": (
        "update snap.packages set hours_remaining = -0.01"
        " where package_id = (select min(package_id) from snap.packages)"
    ),
    "no_row_was_left_out": "insert into snap.data_issues values ('x', 'error', 't', 1, 'c', 'v', null, null, '')",
    "nobody_is_overdrawn": (
        "update snap.student_balances set hours_overdrawn = 1"
        " where student_id = (select min(student_id) from snap.student_balances)"
    ),
    "nothing_is_dated_ahead": (
        "update snap.entries set effective_at = '2030-01-01 00:00:00+00'"
        " where entry_id = (select min(entry_id) from snap.entries)"
    ),
    "package_hours_add_up": (
        "update snap.packages set hours_consumed = hours_consumed + 1"
        " where package_id = (select min(package_id) from snap.packages)"
    ),
    "package_money_adds_up": (
        "update snap.packages set amount_breakage = amount_breakage + 0.01"
        " where package_id = (select min(package_id) from snap.packages)"
    ),
    "refunds_add_up_to_purchases": (
        "insert into snap.refunds (refund_id, transaction_id, student_id, amount)"
        " select 'x', transaction_id, student_id, 0.01 from snap.purchases order by transaction_id limit 1"
    ),
    "rows_are_counted_once": "insert into snap.consumptions select * from snap.consumptions limit 1",
    "schools_add_up_to_the_student": (
        "update snap.student_school_balances set hours_remaining = hours_remaining + 1"
        " where student_id = (select min(student_id) from snap.student_school_balances)"
    ),
    "the_certificate_matches": "update snap.certificate set matches = false where table_name = 'accounts_school'",
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checks")
    url = f"sqlite:///{folder / 'platform.db'}"
    demo.generate(url, students=20, years=1, seed=2, today=TODAY, hazards=False)
    report = etl.sync.run(settings_for(url, folder, TODAY))
    return folder / "warehouse" / report.file


@pytest.fixture
def con(snapshot: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    copy = tmp_path / "copy.duckdb"
    shutil.copyfile(snapshot, copy)
    with duckdb.connect() as connection:
        connection.execute(script("macros"))
        set_rules(
            connection, Rules(TODAY, "Europe/Lisbon", "EUR", "as_booked_then_soonest_expiry"), has_class_lists=True
        )
        connection.execute(f"attach '{copy}' as snap")
        connection.execute("create temp table picked_students as select student_id from snap.students")
        yield connection


def _found(con: duckdb.DuckDBPyConnection, check: Statement) -> int:
    return len(con.execute(check.text).fetchall())


def test_every_check_has_a_way_to_be_broken() -> None:
    assert sorted(BREAKS) == sorted(check.name for check in statements("checks"))


@pytest.mark.parametrize("check", statements("checks"), ids=lambda check: check.name)
def test_a_check_fires_when_its_sentence_is_broken(con: duckdb.DuckDBPyConnection, check: Statement) -> None:
    before = _found(con, check)
    if check.said("severity") == "stop":
        assert before == 0
    con.execute(BREAKS[check.name])
    assert _found(con, check) > before


@pytest.mark.parametrize("check", statements("checks"), ids=lambda check: check.name)
def test_a_check_says_what_must_hold_and_how_severe_it_is(check: Statement) -> None:
    assert check.said("check").endswith(".")
    assert check.said("severity") in ("stop", "warn")


def test_a_check_that_stops_keeps_the_old_snapshot_and_names_the_row(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = Platform(postgres_url).small_school()
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    platform.run("update accounts_customuser set name = 'Changed' where id = 1")
    summaries = Build.summaries

    def spoiled(self: Build) -> None:
        summaries(self)
        self.con.execute("update snap.student_balances set hours_remaining = hours_remaining + 1")

    monkeypatch.setattr(Build, "summaries", spoiled)
    with pytest.raises(ChecksFailed, match="student_id 1"):
        etl.sync.run(settings)
    assert ask(settings, "select name, hours_remaining from students join student_balances using (student_id)") == [
        ("Ana", 10)
    ]
    monkeypatch.undo()
    etl.sync.run(settings)
    assert ask(settings, "select name from students") == [("Changed",)]
