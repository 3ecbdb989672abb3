"""A platform whose rows nobody tidied: the sync goes on, every law holds, every oddity is listed by table and id."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import etl.sync
from tests.etl.platform_rows import Platform, ask, settings_for, tables_of
from tests.etl.wild_rows import fill


@pytest.fixture(params=["postgres", "sqlite"])
def wild(request: pytest.FixtureRequest, tmp_path: Path) -> Platform:
    url = (
        request.getfixturevalue("postgres_url")
        if request.param == "postgres"
        else f"sqlite:///{tmp_path / 'platform.db'}"
    )
    platform = Platform(url)
    fill(platform)
    return platform


def test_it_syncs_without_a_stop_and_every_law_holds(wild: Platform, tmp_path: Path) -> None:
    settings = settings_for(wild.url, tmp_path)
    etl.sync.run(settings)
    assert ask(settings, "select name, sample from checks where severity = 'stop' and not passed") == []
    issues = {row[0] for row in ask(settings, "select distinct issue from data_issues")}
    assert {
        "metadata_not_an_object",
        "grant_not_a_number",
        "grant_negative",
        "grant_without_hours",
        "plan_unknown",
        "school_unknown",
        "status_unknown",
        "type_unknown",
        "amount_negative",
        "package_without_expiry",
        "subscription_with_expiry",
        "expiry_before_purchase",
        "date_in_the_future",
        "date_far_away",
        "refunds_not_a_list",
        "refund_unreadable",
        "refund_above_price",
        "hours_negative",
        "package_of_another_student",
        "package_never_granted",
        "booked_before_purchase",
        "cancellation_contradicted",
        "student_not_in_class",
        "email_twin",
        "name_empty",
        "name_with_control_characters",
        "zone_unknown",
        "currency_unknown",
        "student_without_school",
        "student_without_account",
        "class_status_unknown",
        "class_ends_before_it_begins",
        "class_never_closed",
        "class_without_students",
    } <= issues
    duplicates = ask(
        settings, "select issue, source_table, source_id, column_name from data_issues group by all having count(*) > 1"
    )
    assert duplicates == []


def test_unknown_statuses_and_types_never_grant(wild: Platform, tmp_path: Path) -> None:
    settings = settings_for(wild.url, tmp_path)
    etl.sync.run(settings)
    assert ask(settings, "select distinct payment_status from purchases where grants order by 1") == [
        ("completed",),
        ("refunded",),
    ]
    assert ask(settings, "select distinct transaction_type from purchases where grants order by 1") == [
        ("package",),
        ("subscription",),
    ]
    ((packages,),) = ask(settings, "select count(*) from packages where student_id = 1")
    assert packages == 541


def test_postgres_and_sqlite_tell_the_same(postgres_url: str, tmp_path: Path) -> None:
    found: list[Any] = []
    for url in (postgres_url, f"sqlite:///{tmp_path / 'platform.db'}"):
        platform = Platform(url)
        fill(platform)
        settings = settings_for(url, tmp_path / str(len(found)))
        etl.sync.run(settings)
        found.append(tables_of(settings, skip=("sync", "certificate", "checks", "data_issues")))
    for table in found[0]:
        assert found[0][table] == found[1][table], table


def test_documents_survive_as_they_are(wild: Platform) -> None:
    with wild.engine.connect() as connection:
        row = connection.execute(sa.text("select metadata from finances_purchasetransaction where id = 1")).scalar_one()
    assert json.loads(row) if isinstance(row, str) else row
