"""Everything that may happen to a platform between two syncs, drawn at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg2

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
        "update finances_hourconsumption set is_refunded = true, refund_reason = 'Session cancelled', updated_at = %s"
        " where class_session_id = %s",
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
        "insert into finances_purchasetransaction"
        " (id, student_id, transaction_type, amount, payment_status, expires_at, metadata, created_at, updated_at)"
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
        "update finances_purchasetransaction set metadata ="
        " coalesce(case when jsonb_typeof(metadata) = 'object' then metadata end, '{}')"
        " || jsonb_build_object('refunds', jsonb_build_array(jsonb_build_object("
        "'refund_amount', '33.33', 'refund_status', 'succeeded', 'refund_processed_at', %s))) where id = %s",
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
        "update accounts_schoolmembership set is_active = not is_active, joined_at = joined_at - interval '3 day'"
        " where id %% 7 = %s",
        (draw.randint(0, 6),),
    )


def _move_a_school_to_another_zone(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute(
        "update accounts_schoolsettings set timezone = %s where id = (select min(id) from accounts_schoolsettings)",
        (draw.choice(["America/Sao_Paulo", "Europe/Lisbon", "Mars/Base"]),),
    )


def _move_a_school_to_another_address(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute(
        "update accounts_school set address = %s, website = %s, secondary_color = %s where id = %s",
        (
            draw.choice(["Rua Nova 1\r\n1000-001 Lisboa", "", "  ", "Tab\there"]),
            draw.choice(["", "https://new.example.com"]),
            draw.choice(["#ABCDEF", "red"]),
            _pick(cursor, draw, "accounts_school"),
        ),
    )


def _change_the_tax_number_and_the_language(
    cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime
) -> None:
    cursor.execute(
        "update accounts_schoolsettings set tax_id = %s, language = %s, billing_contact_name = %s where id = %s",
        (
            draw.choice(["PT500000000", ""]),
            draw.choice(["en", "pt"]),
            draw.choice(["Rui", "\x07"]),
            _pick(cursor, draw, "accounts_schoolsettings"),
        ),
    )


def _open_a_school(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute(
        "insert into accounts_school (id, name, address, contact_email, phone_number, website, primary_color,"
        " secondary_color, created_at, updated_at)"
        " select max(id) + 1, 'New', '', '', '', '', '', '', %s, %s from accounts_school",
        (now, now),
    )


def _tell_who_pays(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute(
        "update finances_purchasetransaction set metadata = metadata || %s::jsonb"
        " where jsonb_typeof(metadata) = 'object' and id %% 5 = %s",
        (
            draw.choice(
                [
                    '{"billing_address": {"name": "Ana", "line1": "Rua 1", "country": "pt", "postal_code": 1000}}',
                    '{"billing_address": ["Rua 1"], "payment_method_details": {"card": {"brand": "Visa", "last4": 4}}}',
                    '{"payment_method_details": {"brand": "amex", "last4": "12"}, "subscription_period": "soon"}',
                    '{"subscription_period": "2025-01-01_to_2025-02-01"}',
                ]
            ),
            draw.randint(0, 4),
        ),
    )


def _refund_in_several_parts(cursor: psycopg2.extensions.cursor, draw: random.Random, now: datetime) -> None:
    cursor.execute(
        "update finances_purchasetransaction set payment_status = %s, metadata ="
        " coalesce(case when jsonb_typeof(metadata) = 'object' then metadata end, '{}') || %s::jsonb where id = %s",
        (
            draw.choice(["completed", "refunded"]),
            draw.choice(
                [
                    '{"refunds": [{"refund_amount": 5, "stripe_refund_id": "re_1"}, {"refund_amount": "7.5"},'
                    ' {"refund_amount": "9999", "stripe_refund_id": "re_1", "refund_status": "succeeded"}]}',
                    '{"refunds": [{"refund_amount": "5", "refund_status": "pending", "stripe_refund_id": "re_1"}]}',
                    '{"refunds": []}',
                ]
            ),
            _pick(cursor, draw, "finances_purchasetransaction"),
        ),
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
    _refund_in_several_parts,
    _tell_who_pays,
    _delete_a_user_and_all_that_hangs_on_it,
    _delete_consumptions,
    _delete_a_class,
    _move_a_booking_to_another_account,
    _rename,
    _change_a_plan,
    _change_memberships,
    _move_a_school_to_another_zone,
    _move_a_school_to_another_address,
    _change_the_tax_number_and_the_language,
    _open_a_school,
    _change_counters,
    _stamp_hundreds_of_rows_alike,
]
