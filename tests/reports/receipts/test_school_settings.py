"""What a school may say of itself: VAT before anything is issued, a series for one kind, a taxpayer's numbers once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

import store
import warehouse
from reports import receipts
from reports.receipts import ReceiptSettings, sample, settling
from reports.receipts.school_settings import PrefixOfTwin, PrefixTaken
from settings import Settings
from tests import synthetic
from tests.reports.receipts.school import EXEMPT, NOW, SNAPSHOT


@pytest.fixture
def silent(chosen: Settings) -> Engine:
    """A store in which no school said anything."""
    store.migrate(chosen.store_url)
    return store.engine(chosen.store_url)


def test_a_school_that_said_nothing_issues_nothing_and_is_told_once(
    silent: Engine, books: warehouse.Warehouse, chosen: Settings,
) -> None:
    with pytest.raises(receipts.VatUndecided, match=r"School 1 \(Escola Aprender\) has not said its VAT"):
        receipts.issue(silent, books, chosen, 1, actor="a", now=NOW)
    month = receipts.issue_month(
        silent, books, chosen, since=date(2026, 9, 1), until=date(2026, 10, 1), actor="a", now=NOW,
    )
    assert (month.created, len(month.failed)) == (0, 2)  # each school once, not each of its purchases
    assert receipts.listed(silent) == []
    receipts.save_receipt_settings(silent, 1, ReceiptSettings(vat_rate=Decimal(23)), actor="a", now=NOW)
    assert receipts.issue(silent, books, chosen, 1, actor="a", now=NOW).created


def test_a_sample_can_be_drawn_before_and_claims_no_exemption() -> None:
    from tests.reports.receipts.test_rendering import text_of

    letterhead = {"school_id": 1, "school_name": "Escola", "school_timezone": "Europe/Lisbon", "school_language": "pt"}
    found = text_of(sample.draw(letterhead, ReceiptSettings(), now=NOW))
    assert "O IVA ainda não está definido." in found
    assert "Isento de IVA" not in found


def test_a_series_holds_one_kind_for_ever(engine: Engine, books: warehouse.Warehouse, chosen: Settings) -> None:
    receipts.issue(engine, books, chosen, 3, actor="a", now=NOW)
    for swapped in (replace(EXEMPT, receipt_prefix="CN", credit_prefix="REC"), replace(EXEMPT, receipt_prefix="CN",
                    credit_prefix="X"), replace(EXEMPT, receipt_prefix="X", credit_prefix="REC")):
        with pytest.raises(PrefixTaken, match="choose another"):
            receipts.save_receipt_settings(engine, 1, swapped, actor="a", now=NOW)
        receipts.save_receipt_settings(engine, 2, swapped, actor="a", now=NOW)
    receipts.save_receipt_settings(engine, 1, replace(EXEMPT, receipt_prefix="X"), actor="a", now=NOW)
    receipts.save_receipt_settings(engine, 1, EXEMPT, actor="a", now=NOW)


def test_the_walk_names_a_series_of_two_kinds(engine: Engine, books: warehouse.Warehouse, chosen: Settings) -> None:
    receipts.save_receipt_settings(
        engine, 1, replace(EXEMPT, receipt_prefix="CN", credit_prefix="X"), actor="a", now=NOW,
    )
    receipts.issue(engine, books, chosen, 1, actor="a", now=NOW)
    with engine.execution_options(writes=True).begin() as connection:  # as if the rule had not been there
        connection.execute(text("delete from receipt_settings"))
    receipts.save_receipt_settings(engine, 2, EXEMPT, actor="a", now=NOW)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("update receipt_settings set school_id = 1"))
    receipts.issue(engine, books, chosen, 3, actor="a", now=NOW)
    assert [one for one in receipts.verify_books(engine).faults if "one series, CN" in one]


def test_one_taxpayers_numbers_are_given_in_one_school(tmp_path: Path, engine: Engine, chosen: Settings) -> None:
    twins = "update schools set tax_id = 'NIF 508 123 456' where school_id = 2;"
    synthetic.publish(tmp_path / "twins", rows=SNAPSHOT + twins)
    books = warehouse.open(tmp_path / "twins")
    with pytest.raises(PrefixOfTwin, match="same tax number"):
        settling.check(engine, books, 2, EXEMPT)
    with pytest.raises(PrefixOfTwin, match="credit_prefix"):
        settling.check(engine, books, 2, replace(EXEMPT, receipt_prefix="B", credit_prefix="REC"))
    settling.check(engine, books, 2, replace(EXEMPT, receipt_prefix="B", credit_prefix="BCN"))
    settling.check(engine, books, 2, replace(EXEMPT, tax_id="GB999999973"))
    receipts.save_receipt_settings(engine, 2, ReceiptSettings(), actor="a", now=NOW)
    settling.check(engine, books, 1, EXEMPT)  # the other one has neither said its VAT nor issued


def test_what_the_books_say_of_a_school_counts_for_its_settings(engine: Engine, books: warehouse.Warehouse) -> None:
    fiscal = replace(EXEMPT, is_fiscal=True)
    with pytest.raises(receipts.ReceiptSettingRefused, match="certified"):
        settling.check(engine, books, 1, fiscal)
    settling.check(engine, books, 2, fiscal)
    with pytest.raises(settling.SchoolUnknown, match="No school has the id 9"):
        settling.check(engine, books, 9, EXEMPT)
