"""Who was billed, how it was paid and what went back, read from metadata of every shape."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import etl.sync
from settings import Settings
from tests.etl.platform_rows import Platform, ask, settings_for

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

_ADDRESS = {"line1": "Rua das Flores 1", "line2": "3.º Esq.", "postal_code": "4050-262", "city": "Porto"}
_LINES = "Rua das Flores 1\n3.º Esq.\n4050-262 Porto"
BILLED: dict[str, tuple[Any, tuple[str | None, str | None, str | None, str | None]]] = {
    "whole": (
        {"name": "Teresa Araújo", "tax_id": "123456789", "country": "PT", **_ADDRESS},
        ("Teresa Araújo", _LINES, "PT", "123456789"),
    ),
    "code in small letters": ({"country": "pt", **_ADDRESS}, (None, _LINES, "PT", None)),
    "country in words is a line": ({"country": "Portugal", **_ADDRESS}, (None, f"{_LINES}\nPortugal", None, None)),
    "town before code where that is the custom": (
        {"line1": "18 Castle Street", "postal_code": "BS1 3AD", "city": "Bristol", "country": "GB"},
        (None, "18 Castle Street\nBristol BS1 3AD", "GB", None),
    ),
    "code as a number": ({"postal_code": 1000, "city": "Lisboa"}, (None, "1000 Lisboa", None, None)),
    "padded and empty parts": ({"name": "  Ana ", "line1": " ", "line2": "", "city": None}, ("Ana", None, None, None)),
    "other scripts": ({"name": "Ștefănescu 王明"}, ("Ștefănescu 王明", None, None, None)),
    "other types": ({"name": 7, "line1": ["x"], "city": {}, "country": True, "tax_id": 1.5}, (None, None, None, None)),
    "control characters": ({"name": "A\x1b[31m", "line1": "a\tb", "city": "Porto"}, (None, "Porto", None, None)),
    "change of direction": ({"name": "Ana \u202eavliS"}, (None, None, None, None)),
    "forty kilobytes": ({"name": "x" * 40_000, "city": "Porto"}, (None, "Porto", None, None)),
    "markup stays text": ({"name": "<b>=1+1</b>"}, ("<b>=1+1</b>", None, None, None)),
    "text": ("Rua 1", (None, None, None, None)),
    "list": ([{"line1": "Rua 1"}], (None, None, None, None)),
    "null": (None, (None, None, None, None)),
}
PAID: dict[str, tuple[Any, tuple[str | None, str | None]]] = {
    "nested": ({"type": "card", "card": {"brand": "visa", "last4": "0042"}}, ("visa", "0042")),
    "flat": ({"brand": "American Express", "last4": "1005"}, ("american express", "1005")),
    "number": ({"card": {"brand": "visa", "last4": 4242}}, ("visa", "4242")),
    "too short": ({"card": {"brand": "visa", "last4": "42"}}, ("visa", None)),
    "whole number of the card": ({"card": {"brand": "visa", "last4": "4111111111111111"}}, ("visa", None)),
    "digits of another script": ({"card": {"last4": "٤٢٤٢"}}, (None, None)),
    "no word": ({"card": {"brand": "<b>", "last4": True}}, (None, None)),
    "other means": ({"type": "mb_way"}, (None, None)),
    "text": ("visa 4242", (None, None)),
    "list": (["visa"], (None, None)),
}
PERIODS: dict[Any, str | None] = {
    "2025-01-01_to_2025-02-01": "2025-01-01_to_2025-02-01",
    "2025-01-01_to_2025-01-01": "2025-01-01_to_2025-01-01",
    "2025-02-01_to_2025-01-01": None,
    "2025-02-30_to_2025-03-30": None,
    "2025-01-01 to 2025-02-01": None,
    "": None,
    2025: None,
    None: None,
}
REFUNDS: list[Any] = [
    {"refund_amount": "5.00", "stripe_refund_id": "re_1", "refund_status": " Succeeded "},
    {"refund_amount": "5.00", "stripe_refund_id": "re_1", "refund_status": "failed"},
    {"refund_amount": 6, "stripe_refund_id": "re_1"},
    {"refund_amount": "7.00", "stripe_refund_id": "1"},
    {"refund_amount": "8.00", "stripe_refund_id": "a\x07b", "refund_status": "<b>"},
    {"refund_amount": "9.00", "stripe_refund_id": 9},
    {"refund_amount": "9999.00", "stripe_refund_id": "re_2"},
]


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Each case is a purchase of its own: billing from 1000 on, cards from 2000, periods from 3000, refunds 4000."""
    folder = tmp_path_factory.mktemp("billing")
    platform = Platform(f"sqlite:///{folder / 'platform.db'}").small_school()
    cases = [
        *((1000 + n, {"billing_address": written}) for n, (written, _) in enumerate(BILLED.values())),
        *((2000 + n, {"payment_method_details": written}) for n, (written, _) in enumerate(PAID.values())),
        *((3000 + n, {"subscription_period": written}) for n, written in enumerate(PERIODS)),
        (4000, {"refunds": REFUNDS}),
    ]
    for number, metadata in cases:
        platform.add(
            "finances_purchasetransaction", id=number, student_id=1, metadata={"hours_included": "1.00"} | metadata
        )
    platform.add("finances_purchasetransaction", id=4001, student_id=1, payment_status="refunded")
    platform.add("finances_purchasetransaction", id=4002, student_id=1, payment_status="refunded", amount=0)
    listed = {"refunds": [{"refund_amount": "20.00", "stripe_refund_id": "re_1"}]}
    platform.add("finances_purchasetransaction", id=4003, student_id=1, payment_status="refunded", metadata=listed)
    settings = settings_for(platform.url, folder)
    etl.sync.run(settings)
    return settings


@pytest.mark.parametrize("case", BILLED)
def test_a_billing_address_is_its_readable_parts(case: str, synced: Settings) -> None:
    number = 1000 + list(BILLED).index(case)
    columns = "billing_name, billing_address, billing_country, billing_tax_id"
    assert ask(synced, f"select {columns} from purchases where transaction_id = {number}") == [BILLED[case][1]]


@pytest.mark.parametrize("case", PAID)
def test_of_a_card_only_its_brand_and_four_digits_are_kept(case: str, synced: Settings) -> None:
    number = 2000 + list(PAID).index(case)
    assert ask(synced, f"select card_brand, card_last4 from purchases where transaction_id = {number}") == [
        PAID[case][1]
    ]


@pytest.mark.parametrize("written", PERIODS, ids=repr)
def test_a_period_is_two_days_in_order(written: Any, synced: Settings) -> None:
    number = 3000 + list(PERIODS).index(written)
    assert ask(synced, f"select subscription_period from purchases where transaction_id = {number}") == [
        (PERIODS[written],)
    ]


def test_no_issue_ever_shows_a_cards_number(synced: Settings) -> None:
    assert ask(synced, "select count(*) from data_issues where value like '%4111%'") == [(0,)]
    assert ask(synced, "select count(*) from data_issues where issue = 'card_unreadable'") == [(6,)]


def test_each_refund_that_counts_has_an_id_of_its_own_and_no_more_than_was_left(synced: Settings) -> None:
    found = ask(
        synced,
        "select refund_id, amount::varchar, status, stripe_refund_id from refunds where transaction_id = 4000"
        " order by refund_id",
    )
    assert found == [
        ("4000:4", "7.00", None, "1"),
        ("4000:5", "8.00", None, None),
        ("4000:6", "9.00", None, None),
        ("4000:re_1", "5.00", "succeeded", "re_1"),
        ("4000:re_1:3", "6.00", None, "re_1"),
        ("4000:re_2", "165.00", None, "re_2"),
    ]
    assert ask(synced, "select amount_refunded from purchases where transaction_id = 4000") == [(200,)]


def test_a_purchase_refunded_without_a_list_has_one_refund_of_all(synced: Settings) -> None:
    found = ask(
        synced, "select refund_id, amount, refunded_at, refunded_date from refunds where transaction_id in (4001, 4002)"
    )
    at = datetime(2025, 1, 10, 9, tzinfo=UTC)
    assert found == [("4001:full", 200, at, at.date())]


def test_what_goes_back_beyond_a_listed_refund_is_a_refund_of_its_own(synced: Settings) -> None:
    """So that a credit note for the listed one stays right when the rest follows."""
    found = ask(
        synced,
        "select refund_id, amount, stripe_refund_id from refunds where transaction_id = 4003 order by refund_id",
    )
    assert found == [("4003:full", 180, None), ("4003:re_1", 20, "re_1")]


def test_a_school_says_who_it_is_and_what_is_empty_is_null(tmp_path: Path) -> None:
    platform = Platform(f"sqlite:///{tmp_path / 'platform.db'}")
    platform.add(
        "accounts_school", id=1, address=" Rua Nova 1\r\n\r\n1000-001 Lisboa \x07\nPortugal", contact_email=" a@b.pt ",
        phone_number="", website="https://a.pt", logo="logos/a.png", secondary_color="#ABCDEF",
    )  # fmt: skip
    platform.add("accounts_schoolsettings", id=1, school_id=1, tax_id="PT 500 000 000", billing_address="  ")
    platform.add("accounts_school", id=2, secondary_color="red")
    settings = settings_for(platform.url, tmp_path)
    etl.sync.run(settings)
    assert ask(
        settings,
        "select address, contact_email, phone_number, website, logo, secondary_color, tax_id, billing_contact_name,"
        " billing_contact_email, billing_address from schools order by school_id",
    ) == [
        ("Rua Nova 1\nPortugal", "a@b.pt", None, "https://a.pt", "logos/a.png", "#abcdef", "PT 500 000 000")
        + (None,) * 3,
        (None,) * 10,
    ]
