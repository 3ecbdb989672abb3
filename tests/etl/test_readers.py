"""One law for all readers: the same tables, exact to the digit."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import etl.sync
from etl.readers.connection import extension_path
from tests.etl.platform_rows import LONG_AGO, NOW, Platform, ask, settings_for, tables_of

TEXTS = [
    "",
    " ",
    "\\N",
    '"',
    '""',
    'a"b',
    "a,b",
    "a;b",
    "line\nbreak",
    "cr\r\nlf",
    "tab\there",
    "\\",
    "NULL",
    "null",
    "é",
    "e\u0301",
    "\U0001f469\u200d\U0001f52c",
    "עברית",
    "\u202eabc",
    "\x01\x1f",
    "x" * 150,
    '=HYPERLINK("http://x")',
    "<script>alert(1)</script>",
    "'; drop table students; --",
    "{}",
    "%s %% $1",
]


def _fill(platform: Platform) -> None:
    platform.small_school()
    for number, text in enumerate(TEXTS, start=100):
        platform.add("accounts_customuser", id=number, email=f"{number}@example.com", name=text)
        platform.add(
            "accounts_schoolmembership",
            id=number,
            user_id=number,
            school_id=1,
            joined_at=LONG_AGO + timedelta(microseconds=number),
        )
        platform.add(
            "finances_studentaccountbalance",
            id=number,
            student_id=number,
            hours_purchased=Decimal("999.99"),
            hours_consumed=Decimal("-999.99"),
        )
        platform.add(
            "finances_purchasetransaction",
            id=number,
            student_id=number,
            amount=Decimal("999999.99") if number % 2 else Decimal("0.01"),
            metadata={"plan_name": text, "hours_included": "3.50", "nested": [1, {"x": text}]},
            created_at=LONG_AGO + timedelta(seconds=number, microseconds=999999),
            stripe_payment_intent_id=text or None,
        )
        platform.add(
            "finances_classsession",
            id=number,
            teacher_id=1,
            school_id=1,
            date=date(2025, 3, 30),
            start_time=time(1, 30),
            end_time=time(23, 59, 59),
            grade_level=text[:20],
        )
        platform.add(
            "finances_hourconsumption",
            id=number,
            student_account_id=number,
            class_session_id=number,
            purchase_transaction_id=number,
            hours_consumed=Decimal("0.25"),
            hours_originally_reserved=Decimal("99.99"),
            refund_reason=text,
        )


def test_the_extension_is_packaged_for_this_version_of_duckdb() -> None:
    assert extension_path() is not None


@pytest.mark.slow
def test_extension_copy_and_sqlalchemy_give_the_same_tables(postgres_url: str, tmp_path: Path) -> None:
    _fill(Platform(postgres_url))
    lite = f"sqlite:///{tmp_path / 'platform.db'}"
    _fill(Platform(lite))
    found = {}
    for name, url, use_extension in (
        ("extension", postgres_url, True),
        ("copy", postgres_url, False),
        ("sqlalchemy", lite, False),
    ):
        settings = settings_for(url, tmp_path / name)
        report = etl.sync.run(settings, use_extension=use_extension)
        assert report.reader == name
        found[name] = tables_of(settings)
        assert ask(settings, "select count(*) from certificate where not matches") == [(0,)]
    assert found["extension"] == found["copy"]
    for table in found["extension"]:
        assert found["extension"][table] == found["sqlalchemy"][table], table
    names = [
        row[0]
        for row in ask(
            settings_for(postgres_url, tmp_path / "extension"),
            "select name from students where student_id >= 100 order by student_id",
        )
    ]
    assert names == TEXTS


@pytest.mark.slow
@pytest.mark.parametrize("use_extension", [True, False])
def test_values_no_type_can_hold_become_issues_and_the_sync_goes_on(
    postgres_url: str, tmp_path: Path, use_extension: bool
) -> None:
    platform = Platform(postgres_url).small_school()
    platform.book(1)
    platform.run("update finances_purchasetransaction set expires_at = 'infinity'")
    platform.run("update finances_hourconsumption set hours_originally_reserved = 'NaN'")
    platform.run("update finances_pricingplan set price_eur = 'NaN'")
    platform.run("alter table finances_studentaccountbalance alter column balance_amount type numeric")
    platform.run("update finances_studentaccountbalance set balance_amount = 1.005")
    platform.run(
        "insert into accounts_customuser select 50, 'old@example.com', 'Old', '', true, false, false, '4000-01-01 BC'"
    )
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings, use_extension=use_extension)
    found = {
        (row[0], row[1])
        for row in ask(settings, "select column_name, value from data_issues where issue = 'value_out_of_range'")
    }
    assert {("expires_at", "infinity"), ("hours_originally_reserved", "NaN"), ("balance_amount", "1.005")} <= found
    assert any(column == "date_joined" for column, _ in found)
    assert ask(settings, "select hours_remaining, extract(year from expires_at) from packages") == [(9, 9999)]
    platform.run("update finances_purchasetransaction set expires_at = :at", at=NOW + timedelta(days=9))
    assert etl.sync.run(settings, use_extension=use_extension).mode == "incremental"
    assert ask(
        settings, "select count(*) from data_issues where column_name = 'expires_at' and issue = 'value_out_of_range'"
    ) == [(0,)]


def test_a_table_read_wrongly_is_read_again_and_the_certificate_says_so(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from etl.readers.postgres import PostgresSource

    Platform(postgres_url).small_school()
    read = PostgresSource.read
    spoiled = []

    def duplicate(self: PostgresSource, table: object, target: str) -> None:
        read(self, table, target)  # type: ignore[arg-type]
        if target.endswith("purchasetransaction"):
            self.con.execute(f"insert into {target} select * from {target} limit 1")
            spoiled.append(target)

    monkeypatch.setattr(PostgresSource, "read", duplicate)
    settings = settings_for(postgres_url, tmp_path)
    etl.sync.run(settings)
    assert spoiled
    assert ask(
        settings,
        "select source_rows, staged_rows, matches from certificate where table_name = 'finances_purchasetransaction'",
    ) == [(1, 1, True)]
