"""Rows that nobody tidied: every oddity a platform was seen or feared to hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from etl import contract
from tests.etl.platform_rows import LONG_AGO, NOW, Platform

FAR = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

METADATA: list[Any] = [
    {},
    None,
    [],
    [1, 2],
    "text",
    42,
    4.5,
    True,
    {"hours_included": "10.00"},
    {"hours_included": 10},
    {"hours_included": 10.25},
    {"hours_included": "10,5"},
    {"hours_included": True},
    {"hours_included": None},
    {"hours_included": ""},
    {"hours_included": -5},
    {"hours_included": "-5"},
    {"hours_included": "NaN"},
    {"hours_included": "Infinity"},
    {"hours_included": [10]},
    {"hours_included": {"n": 1}},
    {"hours_included": "1e1"},
    {"hours_included": " 7.5 "},
    {"hours_included": "１０"},
    {"hours_included": 10**30},
    {"hours_included": "1e400"},
    {"hours": 3},
    {"hours_included": "x", "hours": "4"},
    {"plan_id": 1},
    {"plan_id": "1"},
    {"plan_id": 999},
    {"plan_id": "one"},
    {"plan_id": [1]},
    {"school_id": 1},
    {"school_id": "2"},
    {"school_id": 77},
    {"school_id": "x"},
    {"plan_name": 5},
    {"plan_name": "  "},
    {"blob": "x" * 40_000, "hours_included": 2},
    {"refunds": "no"},
    {"refunds": [1, None, "x", {}]},
    {"refunds": [{"refund_amount": "abc"}]},
    {
        "hours_included": 10,
        "refunds": [
            {"refund_amount": "50.00", "refund_status": "succeeded", "refund_processed_at": "2025-02-01T00:00:00Z"}
        ],
    },
    {
        "hours_included": 10,
        "refunds": [{"refund_amount": 9999, "refund_status": "succeeded", "refund_processed_at": "nonsense"}],
    },
    {"hours_included": 10, "refunds": [{"refund_amount": "-3", "refund_status": "succeeded"}]},
    {
        "hours_included": 10,
        "refunds": [
            {"refund_amount": "60", "refund_status": "pending"},
            {"refund_amount": "33.33"},
            {"refund_amount": "66.67"},
        ],
    },
    {"hours_included": 10, "refunds": [{"refund_amount": "10", "refund_processed_at": "9999-12-31T23:59:59Z"}]},
    {
        "hours_included": 10,
        "refunds": [{"refund_amount": "5", "stripe_refund_id": id_} for id_ in ("re_1", "re_1", "2", "\x07", None, 7)],
    },
    {"billing_address": "Rua 1", "payment_method_details": "visa", "subscription_period": 2025},
    {"billing_address": [], "payment_method_details": [1], "subscription_period": ["2025-01-01_to_2025-02-01"]},
    {"billing_address": None, "payment_method_details": None, "subscription_period": None},
    {
        "billing_address": {"name": "A\x1b[31m", "line1": "x" * 40_000, "line2": {}, "country": 7, "tax_id": True},
        "payment_method_details": {"card": {"brand": "<b>", "last4": "4111111111111111"}},
        "subscription_period": "2025-02-01_to_2025-01-01",
    },
    {
        "billing_address": {"name": " Ștefan \U0001f600 ", "line1": "Rua 1", "city": "Porto", "country": "pt"},
        "payment_method_details": {"type": "card", "card": {"brand": "Visa", "last4": "0042"}},
        "subscription_period": "2025-01-01_to_2025-02-01",
    },
]
STATUSES = ["completed", "refunded", "pending", "failed", "cancelled", "processing", "on_hold", "", "COMPLETED"]
AMOUNTS = ["200.00", "0.00", "-50.00", "999999.99", "99.99", "0.01"]
PEOPLE = [
    "",
    "\u202eevil",
    "a\tb\nc",
    "x" * 150,
    "<b>bold</b>",
    "ＦＵＬＬ",
    "é",
    "e\u0301",
    "\U0001f600",
    "Ștefănescu",
]


def fill(platform: Platform) -> None:
    """Write every oddity into an empty platform."""
    platform.small_school()
    platform.add("accounts_school", id=2, name="=cmd|' /C calc'!A0")
    platform.add("accounts_schoolsettings", id=2, school_id=2, timezone="Mars/Olympus", currency_code="€€")
    platform.add("accounts_school", id=3, name="No settings at all")
    platform.add("finances_pricingplan", id=1)
    _fill_people(platform)
    _fill_purchases(platform)
    _fill_classes(platform)


def _fill_people(platform: Platform) -> None:
    for number, name in enumerate(PEOPLE, start=10):
        platform.add(
            "accounts_customuser",
            id=number,
            email="Twin@Example.com"
            if number == 10
            else "twin@example.com"
            if number == 11
            else f"u{number}@example.com",
            name=name,
        )
        if number % 3:
            platform.add(
                "finances_studentaccountbalance",
                id=number,
                student_id=number,
                hours_purchased=Decimal("999.99"),
                hours_consumed=Decimal("-999.99"),
            )
        for school in range(1, 1 + number % 4):
            platform.add(
                "accounts_schoolmembership",
                id=number * 10 + school,
                user_id=number,
                school_id=school,
                is_active=bool(number % 2),
                joined_at=LONG_AGO,
                role="student" if school != 2 else "teacher",
            )


def _purchases() -> list[dict[str, Any]]:
    number = 100
    rows = []
    for index, metadata in enumerate(METADATA):
        for turn, status in enumerate(STATUSES):
            number += 1
            rows.append(
                {
                    "id": number,
                    "student_id": 10 + (index + turn) % len(PEOPLE),
                    "transaction_type": ["package", "subscription", "gift"][
                        (index + turn) % 3 if turn % 4 == 3 else index % 2
                    ],
                    "amount": Decimal(AMOUNTS[(index + turn) % len(AMOUNTS)]),
                    "payment_status": status,
                    "metadata": metadata,
                    "expires_at": [None, FAR, NOW, LONG_AGO, NOW + timedelta(days=3)][(index * 7 + turn) % 5],
                    "created_at": [
                        LONG_AGO,
                        LONG_AGO - timedelta(days=9000),
                        NOW + timedelta(days=2),
                        datetime(9998, 1, 1, tzinfo=UTC),
                        datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
                    ][(index + 2 * turn) % 5],
                    "updated_at": LONG_AGO,
                    "stripe_payment_intent_id": None,
                    "stripe_customer_id": None,
                }
            )
    # One student with 540 purchases, and 130 rows with one identical instant.
    for extra in range(540):
        number += 1
        rows.append(
            {
                **rows[0],
                "id": number,
                "student_id": 1,
                "metadata": {"hours_included": "1.00"},
                "payment_status": "completed",
                "expires_at": None,
                "transaction_type": "package",
                "created_at": LONG_AGO if extra < 130 else LONG_AGO + timedelta(minutes=extra),
            }
        )
    return rows


def _fill_purchases(platform: Platform) -> None:
    with platform.engine.begin() as connection:
        connection.execute(contract.platform.tables["finances_purchasetransaction"].insert(), _purchases())


def _fill_classes(platform: Platform) -> None:
    days = [
        date(2025, 3, 30),
        date(2025, 10, 26),
        date(2025, 2, 1),
        date(9999, 12, 31),
        date(1999, 1, 1),
        date(2026, 3, 20),
    ]
    statuses = ["completed", "cancelled", "no_show", "scheduled", "in_progress", "vanished"]
    accounts = [number for number in range(10, 20) if number % 3] + [1]
    with platform.engine.begin() as connection:
        sessions, rows = [], []
        for number in range(1, 241):
            sessions.append(
                {
                    "id": number,
                    "teacher_id": 1,
                    "school_id": 1 + number % 3,
                    "date": days[number % 6],
                    "start_time": time(number % 24, 30),
                    "end_time": time(23, 59, 59) if number % 5 else time(0),
                    "session_type": ["individual", "group", "odd"][number % 3],
                    "grade_level": "",
                    "student_count": number % 3,
                    "is_trial": number % 40 == 0,
                    "is_makeup": False,
                    "status": statuses[number % len(statuses)],
                    "actual_duration_hours": None,
                    "cancelled_at": None,
                    "created_at": LONG_AGO,
                    "updated_at": LONG_AGO,
                }
            )
            rows.append(
                {
                    "id": number,
                    "student_account_id": accounts[number % len(accounts)],
                    "class_session_id": number,
                    "purchase_transaction_id": 101 + (number * 37) % 900,
                    "hours_consumed": Decimal(["1.00", "0.00", "-2.00", "99.99", "1.50", "0.25"][number % 6]),
                    "hours_originally_reserved": Decimal(["1.00", "2.00", "-1.00", "0.00"][number % 4]),
                    "consumed_at": LONG_AGO,
                    "is_refunded": number % 3 == 0,
                    "refund_reason": "Session cancelled by teacher" if number % 2 else "",
                    "created_at": [
                        LONG_AGO,
                        NOW - timedelta(days=2),
                        NOW + timedelta(days=2),
                        LONG_AGO - timedelta(days=800),
                    ][number % 4],
                    "updated_at": [LONG_AGO, NOW - timedelta(hours=1), NOW + timedelta(days=1)][number % 3],
                }
            )
        connection.execute(contract.platform.tables["finances_classsession"].insert(), sessions)
        connection.execute(contract.platform.tables["finances_hourconsumption"].insert(), rows)
