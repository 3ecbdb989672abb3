from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import StatementError

from store import adjustments
from store.adjustments import Adjustment, AdjustmentRefused

WHEN = datetime(2026, 11, 23, 9, 30, 0, 123456, tzinfo=UTC)
ADD = Adjustment(
    kind="add", student_id=7, hours=Decimal("1.25"), reason="goodwill", actor="ana@school.pt",
    effective_at=WHEN, recorded_at=WHEN,
)
EXTEND = replace(ADD, kind="extend", hours=None, package_id=3, new_expires_at=WHEN)
RETURN = replace(ADD, kind="return", hours=None, consumption_id=9)


def test_an_adjustment_comes_back_as_it_was_recorded(engine: Engine) -> None:
    lisbon = timezone(timedelta(hours=1))
    new_id = adjustments.record(engine, replace(ADD, effective_at=WHEN.astimezone(lisbon), expires_at=WHEN))
    assert adjustments.approved(engine) == [{
        "id": new_id, "kind": "add", "student_id": 7, "school_id": None, "package_id": None, "consumption_id": None,
        "hours": Decimal("1.25"), "new_expires_at": None, "expires_at": WHEN, "reason": "goodwill",
        "actor": "ana@school.pt", "approver": None, "status": "approved", "effective_at": WHEN, "recorded_at": WHEN,
    }]
    assert adjustments.approved(engine)[0]["effective_at"].tzinfo is UTC


def test_adjustments_come_in_the_order_in_which_they_were_recorded(engine: Engine) -> None:
    ids = [adjustments.record(engine, replace(ADD, effective_at=WHEN - timedelta(days=day))) for day in range(5)]
    assert [row["id"] for row in adjustments.approved(engine)] == ids == sorted(ids)


def test_only_approved_adjustments_reach_the_ledger(engine: Engine) -> None:
    adjustments.record(engine, replace(ADD, status="pending"))
    adjustments.record(engine, replace(ADD, status="rejected", approver="rui@school.pt"))
    kept = adjustments.record(engine, replace(ADD, approver="rui@school.pt"))
    assert [row["id"] for row in adjustments.approved(engine)] == [kept]


@pytest.mark.parametrize("complete", [
    ADD, replace(ADD, kind="deduct"), EXTEND, RETURN, replace(RETURN, hours=Decimal(1)),
])
def test_each_kind_is_accepted_when_complete(engine: Engine, complete: Adjustment) -> None:
    assert adjustments.record(engine, complete) > 0


@pytest.mark.parametrize(("broken", "rule"), [
    (replace(ADD, hours=None), "add_complete"),
    (replace(ADD, hours=Decimal(0)), "add_complete"),
    (replace(ADD, hours=Decimal("-1.00")), "add_complete"),
    (replace(ADD, consumption_id=1), "add_complete"),
    (replace(ADD, kind="deduct", hours=None), "deduct_complete"),
    (replace(ADD, kind="deduct", expires_at=WHEN), "deduct_complete"),
    (replace(EXTEND, package_id=None), "extend_complete"),
    (replace(EXTEND, new_expires_at=None), "extend_complete"),
    (replace(EXTEND, hours=Decimal(1)), "extend_complete"),
    (replace(RETURN, consumption_id=None), "return_complete"),
    (replace(RETURN, hours=Decimal(0)), "return_complete"),
    (replace(ADD, kind="give"), "kind_known"),  # type: ignore[arg-type]
    (replace(ADD, status="done"), "status_known"),  # type: ignore[arg-type]
    (replace(ADD, status="pending", approver="rui@school.pt"), "pending_undecided"),
    (replace(ADD, status="rejected"), "rejected_by_someone"),
    (replace(ADD, approver=ADD.actor), "approved_by_another"),
    (replace(ADD, reason="  "), "reason_given"),
    (replace(ADD, actor=""), "actor_given"),
])
def test_a_broken_rule_is_refused(engine: Engine, broken: Adjustment, rule: str) -> None:
    with pytest.raises(AdjustmentRefused, match=f"breaks the rule {rule}"):
        adjustments.record(engine, broken)
    assert adjustments.approved(engine) == []


@pytest.mark.parametrize("inexact", [Decimal("0.001"), 1.5, Decimal("NaN")])
def test_hours_that_cannot_be_kept_exactly_are_refused(engine: Engine, inexact: Decimal) -> None:
    with pytest.raises((StatementError, AdjustmentRefused)):
        adjustments.record(engine, replace(ADD, hours=inexact))


def test_an_instant_without_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="has no time zone"):
        adjustments.record(engine, replace(ADD, effective_at=WHEN.replace(tzinfo=None)))


def test_there_is_no_way_to_edit_an_adjustment() -> None:
    functions = {name for name, value in vars(adjustments).items()
                 if callable(value) and getattr(value, "__module__", "") == adjustments.__name__
                 and not name.startswith("_") and not isinstance(value, type)}
    assert functions == {"record", "approved"}
