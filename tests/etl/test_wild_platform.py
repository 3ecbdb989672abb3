"""A platform whose rows nobody tidied: the sync goes on, every law holds, every oddity is listed by table and id."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

import etl.sync
from settings import Settings
from tests.etl.platform_rows import Platform, ask, settings_for, tables_of
from tests.etl.wild_rows import fill

pytestmark = pytest.mark.slow  # wild platforms are synced from two databases

KINDS = ("postgres", "sqlite")


@pytest.fixture(scope="module")
def synced(shared_postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Settings]:
    """The settings of each platform after its first sync."""
    folder = tmp_path_factory.mktemp("wild")
    found = {}
    for kind, url in zip(KINDS, (shared_postgres_url, f"sqlite:///{folder / 'platform.db'}"), strict=True):
        fill(Platform(url))
        found[kind] = settings_for(url, folder / kind)
        etl.sync.run(found[kind])
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_it_syncs_without_a_stop_and_every_law_holds(kind: str, synced: dict[str, Settings]) -> None:
    settings = synced[kind]
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
        "refund_listed_twice",
        "billing_unreadable",
        "card_unreadable",
        "period_unreadable",
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


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_statuses_and_types_never_grant(kind: str, synced: dict[str, Settings]) -> None:
    settings = synced[kind]
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


def test_postgres_and_sqlite_tell_the_same(synced: dict[str, Settings]) -> None:
    found = [tables_of(synced[kind], skip=("sync", "certificate", "checks", "data_issues")) for kind in KINDS]
    for table in found[0]:
        assert found[0][table] == found[1][table], table


@pytest.mark.parametrize("kind", KINDS)
def test_documents_survive_as_they_are(kind: str, synced: dict[str, Settings]) -> None:
    with sa.create_engine(synced[kind].platform_url).connect() as connection:
        row = connection.execute(sa.text("select metadata from finances_purchasetransaction where id = 1")).scalar_one()
    assert json.loads(row) if isinstance(row, str) else row
