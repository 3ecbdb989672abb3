"""Turns a replayed chunk's packages into purchase transactions: paid, failed, pending, cancelled and refunded."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa

from demo.cohort import DAY, MINUTE, Cohort, Ints, Window
from demo.columns import Ids, arrow_table
from demo.desk import Desk, Purchases
from demo.payers import card
from demo.schools import SCHOOLS

_FAILURES = ("Your card was declined.", "Your card has insufficient funds.", "Your card's security code is incorrect.")


def money_rows(
    rng: np.random.Generator, ids: Ids, users: Ints, desk: Desk, bought: Purchases, payers: list[str]
) -> tuple[pa.Table, Ints, Ints]:
    """The chunk's transactions; the ids of its packages (student by number); the cents refunded to each student.

    ``payers`` is each student's payer, as JSON text.
    """
    count = len(bought.student)
    refund, full = _refunds(rng, desk, bought)
    extra, extra_status, extra_at = _unpaid(rng, bought, desk.window)
    source = np.concatenate([np.arange(count), extra])
    created = np.concatenate([bought.created, extra_at])
    order = np.argsort(created, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    new_ids = ids.take("finances_purchasetransaction", len(order))[rank]
    package_of = np.zeros(desk.left.shape, dtype=np.int64)
    package_of[bought.student, bought.number] = new_ids[:count]
    status = np.concatenate([np.where(full, "refunded", "completed").astype(object), extra_status])
    refunded_at = np.minimum(desk.touched[bought.student] + 4 * DAY, desk.window.now - MINUTE)
    before = np.zeros(count, dtype=np.int64)
    before[1:] = np.where(bought.number[1:] > 0, new_ids[: count - 1], 0)
    paid_metadata = _metadata(rng, desk.cohort, bought, new_ids[:count], before, refund, refunded_at, payers)
    unpaid_metadata = [
        json.dumps({"plan_id": _plan_id(desk.cohort, bought, n)}
                   | ({"error_message": _FAILURES[n % 3]} if state == "failed" else {}))
        for n, state in zip(extra.tolist(), extra_status, strict=True)
    ]  # fmt: skip
    updated = np.concatenate([np.where(refund > 0, refunded_at, bought.created + 4_000_000), extra_at + MINUTE])
    kind = np.where(bought.plan[source] == 4, "subscription", "package")
    table = arrow_table("finances_purchasetransaction", {
        "id": new_ids, "student_id": users[bought.student[source]], "transaction_type": kind,
        "amount": bought.amount[source], "payment_status": status,
        "stripe_payment_intent_id": [f"pi_demo{n:014d}" for n in new_ids.tolist()],
        "stripe_customer_id": [f"cus_demo{n:010d}" for n in users[bought.student[source]].tolist()],
        "expires_at": bought.expires[source], "metadata": paid_metadata + unpaid_metadata,
        "created_at": created, "updated_at": np.minimum(updated, desk.window.now),
    })  # fmt: skip
    given_back = np.bincount(bought.student, weights=refund, minlength=desk.cohort.size).astype(np.int64)
    return table, package_of, given_back


def _plan_id(cohort: Cohort, bought: Purchases, n: int) -> int:
    return SCHOOLS[int(cohort.school[bought.student[n]])].plans[int(bought.plan[n])].id


def _unpaid(rng: np.random.Generator, bought: Purchases, window: Window) -> tuple[Ints, np.ndarray, Ints]:
    """Attempts that brought no money: the purchase each copies, its status and when it was made."""
    count = len(bought.student)
    luck = rng.random(count)
    failed, cancelled = np.flatnonzero(luck < 0.035), np.flatnonzero((luck >= 0.035) & (luck < 0.047))
    waiting = np.flatnonzero(rng.random(count) < 0.0025)
    source = np.concatenate([failed, cancelled, waiting])
    status = np.concatenate([
        np.full(len(failed), "failed", dtype=object), np.full(len(cancelled), "cancelled", dtype=object),
        np.where(waiting % 4 == 0, "processing", "pending").astype(object),
    ])  # fmt: skip
    before = bought.created[source] - rng.integers(2, 40, len(source)) * MINUTE
    lately = window.now - rng.integers(20, 3 * 24 * 60, len(source)) * MINUTE
    is_waiting = np.arange(len(source)) >= len(failed) + len(cancelled)
    return source, status, np.where(is_waiting, lately // 1_000_000 * 1_000_000, before)


def _refunds(rng: np.random.Generator, desk: Desk, bought: Purchases) -> tuple[Ints, np.ndarray]:
    """Cents given back of each purchase, and whether it was all: for some who left with hours in hand."""
    left = desk.left[bought.student, bought.number]
    gone = ~desk.renews | (desk.cohort.last_day < desk.window.today_index - 7)
    luck = rng.random(len(left))
    unused = gone[bought.student] & (left > 0) & (bought.expires > desk.window.now)
    full = unused & (luck < 0.04)
    part = unused & (luck >= 0.04) & (luck < 0.18) & (left < bought.hours)
    share = bought.amount * np.maximum(left, 0) // np.maximum(bought.hours, 1)
    return np.where(full, bought.amount, np.where(part, share, 0)), full


def _metadata(
    rng: np.random.Generator, cohort: Cohort, bought: Purchases, ids: Ints, before: Ints, refund: Ints, refunded: Ints,
    payers: list[str],
) -> list[str]:
    """The JSON text of each completed purchase, in the shapes that the platform's versions left behind."""
    shape = rng.random(len(ids))
    texts = []
    columns = (ids, bought.student, bought.plan, bought.hours, bought.created, before, refund, refunded)
    rows = zip(*(column.tolist() for column in columns), cohort.school[bought.student].tolist(), shape, strict=True)
    for new_id, student, plan_row, hours, created, previous, cents, cents_at, school_row, style in rows:
        plan = SCHOOLS[school_row].plans[plan_row]
        if style < 0.72:
            text = f'{{"plan_id": {plan.id}, "plan_name": "{plan.name}", "hours_included": "{hours // 100}.00"'
        elif style < 0.86:
            text = f'{{"plan_id": {plan.id}, "hours_included": {hours // 100}'
        elif style < 0.96:
            text = f'{{"plan_id": "{plan.id}", "plan_name": "{plan.name}", "hours_included": {hours // 100}.0'
        else:
            text = f'{{"plan_id": {plan.id}'
        if style > 0.1:
            text += f', "school_id": {school_row + 1}'
        if previous and plan_row != 4:
            text += f', "renewed_from": {previous}'
        if plan_row == 4:
            first = datetime.fromtimestamp(created // 1_000_000, UTC).date()
            text += f', "subscription_period": "{first}_to_{first + timedelta(days=30)}"'
        # What was asked for at the till grew with the platform: first the card, then the address.
        if style < 0.8:
            text += f', "payment_method_details": {{"type": "card", "card": {json.dumps(card(student))}}}'
        elif style < 0.86:
            text += f', "payment_method_details": {json.dumps(card(student))}'
        if style < 0.7:
            text += f', "billing_address": {payers[student]}'
        if cents:
            at = datetime.fromtimestamp(cents_at // 1_000_000, UTC).isoformat()
            text += (
                f', "refunds": [{{"refund_amount": "{cents // 100}.{cents % 100:02d}", "stripe_refund_id": '
                f'"re_demo{new_id:012d}", "refund_status": "succeeded", "refund_processed_at": "{at}"}}]'
            )
        texts.append(text + "}")
    return texts
