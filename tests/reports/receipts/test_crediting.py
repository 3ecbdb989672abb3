"""Refunds against credit notes: each once, under whatever name, and never more than was given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import warehouse
from access.scope import Scope
from reports import receipts
from reports.receipts import overview
from reports.receipts.crediting import Given, uncredited
from store import receipt_lists
from tests import synthetic
from tests.reports.receipts.conftest import opened as opened_store
from tests.reports.receipts.conftest import settings_of
from tests.reports.receipts.school import EXEMPT, NOW, SNAPSHOT

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

MORE = """
insert into purchases (transaction_id, student_id, school_id, transaction_type, payment_status, amount, currency,
    plan_name, hours, amount_refunded, grants, is_granted, created_at, created_date) values
    (60, 40, 1, 'package', 'refunded', 100, 'EUR', '10 hours', 10, 100, true, true, '2026-09-03 10:00:00+00',
     '2026-09-03'),
    (61, 40, 1, 'package', 'completed', 0, 'EUR', 'Free', 1, 0, true, true, '2026-09-03 11:00:00+00', '2026-09-03');
delete from refunds;
insert into refunds values {refunds};
"""
LISTED_BY_POSITION = "('60:0', 60, 40, 1, 40, 'EUR', '2026-09-04 10:00:00+00', '2026-09-04', 'succeeded', null)"
REST = "('60:full', 60, 40, 1, 60, 'EUR', '2026-09-05 10:00:00+00', '2026-09-05', null, null)"
LISTED_BY_ID = "('60:re_1', 60, 40, 1, 40, 'EUR', '2026-09-04 10:00:00+00', '2026-09-04', 'succeeded', 're_1')"


def of(*amounts: tuple[str, str]) -> list[Given]:
    return [Given(name, Decimal(amount)) for name, amount in amounts]


@pytest.mark.parametrize(
    ("refunds", "notes", "due"),
    [
        (of(("a", "10")), [], of(("a", "10"))),
        (of(("a", "10")), of(("a", "10")), []),
        (of(("re_1", "10")), of(("0", "10")), []),
        (of(("re_1", "10"), ("re_2", "20")), of(("0", "20")), of(("re_1", "10"))),
        (of(("re_1", "10"), ("re_2", "20")), of(("0", "30")), []),
        (of(("re_1", "40"), ("full", "60")), of(("full", "100")), []),
        (of(("full", "100")), of(("full", "60")), of(("full", "40"))),
        ([], of(("a", "10")), []),
    ],
)
def test_what_has_no_credit_note_yet(refunds: list[Given], notes: list[Given], due: list[Given]) -> None:
    assert uncredited(refunds, notes) == due


amounts = st.lists(st.integers(1, 5), max_size=5)


@given(refunds=amounts, notes=st.lists(st.tuples(st.integers(0, 6), st.integers(1, 5)), max_size=5))
def test_never_more_is_credited_than_was_given_back_and_never_less(
    refunds: Sequence[int], notes: Sequence[tuple[int, int]],
) -> None:
    given_back = [Given(str(at), Decimal(amount)) for at, amount in enumerate(refunds)]
    credited = [Given(str(name), Decimal(amount)) for name, amount in notes]
    due = sum((one.amount for one in uncredited(given_back, credited)), Decimal(0))
    assert due == max(Decimal(0), Decimal(sum(refunds) - sum(amount for _, amount in notes)))


def opened(folder: Path, *refunds: str) -> warehouse.Warehouse:
    folder.mkdir()
    synthetic.publish(folder, rows=SNAPSHOT + MORE.format(refunds=", ".join(refunds)))
    return warehouse.open(folder)


def test_a_refund_that_gets_another_id_later_is_not_credited_twice(tmp_path: Path) -> None:
    before, after = opened(tmp_path / "1", LISTED_BY_POSITION, REST), opened(tmp_path / "2", LISTED_BY_ID, REST)
    chosen = settings_of(tmp_path, tmp_path / "1")
    engine = opened_store(chosen)
    receipts.issue(engine, before, chosen, 60, actor="a", now=NOW)
    first = [one.number_text for one in receipts.by_transaction(engine, 60)]
    month = receipts.issue_month(
        engine, after, chosen, since=date(2026, 9, 3), until=date(2026, 9, 4), actor="a", now=NOW,
    )
    assert (month.credit_notes, month.failed) == (0, [])
    assert [one.number_text for one in receipts.by_transaction(engine, 60)] == first
    for books in (before, after):
        shown = overview.of_month(
            engine, books, Scope.business(), since=date(2026, 9, 3), until=date(2026, 10, 1), school_id=1,
            school_ids=None,
        )
        assert shown.count("credit_note_missing") == 0


def test_the_overview_misses_what_issuing_would_make(tmp_path: Path) -> None:
    chosen = settings_of(tmp_path, tmp_path / "1")
    engine = opened_store(chosen)
    receipts.issue(engine, opened(tmp_path / "1", LISTED_BY_POSITION), chosen, 60, actor="a", now=NOW)
    after = opened(tmp_path / "2", LISTED_BY_ID, REST)
    days: dict[str, Any] = {"since": date(2026, 9, 3), "until": date(2026, 10, 1)}
    shown = overview.of_month(engine, after, Scope.business(), **days, school_id=1, school_ids=None)
    assert [str(row.total) for row in shown.rows if row.status == "credit_note_missing"] == ["-60.00"]
    made = receipts.issue_month(engine, after, chosen, **days, school_id=1, actor="a", now=NOW)
    assert made.credit_notes == 1


def test_a_purchase_refunded_before_its_receipt_has_receipt_and_credit_notes_in_sequence(tmp_path: Path) -> None:
    books = opened(tmp_path / "1", LISTED_BY_POSITION, REST)
    chosen = settings_of(tmp_path, tmp_path / "1")
    engine = opened_store(chosen)
    issued = receipts.issue(engine, books, chosen, 60, actor="a", now=NOW)
    made = receipts.by_transaction(engine, 60)
    assert [(one.kind, str(one.total)) for one in made] == [
        ("receipt", "100.00"), ("credit_note", "40.00"), ("credit_note", "60.00"), ("refunded_copy", "100.00"),
    ]
    assert made[0] == issued.receipt
    assert all(one.document_sha256 for one in made)


def test_a_refund_of_any_time_is_credited_with_the_next_period(tmp_path: Path) -> None:
    books = opened(tmp_path / "1", LISTED_BY_POSITION)
    chosen = settings_of(tmp_path, tmp_path / "1")
    engine = opened_store(chosen)
    receipts.save_receipt_settings(engine, 1, replace(EXEMPT, refunded_copy=False), actor="a", now=NOW)
    receipts.issue(engine, books, chosen, 60, actor="a", now=NOW)
    later = opened(tmp_path / "2", LISTED_BY_POSITION, REST)
    month = receipts.issue_month(
        engine, later, chosen, since=date(2026, 11, 1), until=date(2026, 12, 1), actor="a", now=NOW,
    )
    assert (month.created, month.credit_notes) == (0, 1)
    assert [str(one.total) for one in receipt_lists.listed(engine, status="credit_note")] == ["60.00", "40.00"]


def test_what_cost_nothing_has_no_receipt_and_the_reason_is_told(tmp_path: Path) -> None:
    books = opened(tmp_path / "1", LISTED_BY_POSITION)
    chosen = settings_of(tmp_path, tmp_path / "1")
    engine = opened_store(chosen)
    with pytest.raises(receipts.NothingPaid, match=r"Transaction 61 cost 0\.00 EUR"):
        receipts.issue(engine, books, chosen, 61, actor="a", now=NOW)
