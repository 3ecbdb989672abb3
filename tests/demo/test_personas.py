from __future__ import annotations

from decimal import Decimal

import pytest

from tests.demo.conftest import Made

_LEFT = {
    "sibling": "2", "runs_out": "1", "expires_soon": "4", "two_schools": "22", "drifted": "3", "teacher_student": "7",
    "subscriber": "9", "fading": "9", "newcomer": "0",
}  # fmt: skip


def _stored(made: Made, key: str) -> tuple[Decimal, Decimal, Decimal]:
    row = made.one(
        "select hours_purchased, hours_consumed, balance_amount from finances_studentaccountbalance "
        "where student_id = :id", id=made.report.persona(key).user_id,
    )
    purchased, consumed, money = (Decimal(str(value)) for value in row)
    return purchased, consumed, money


@pytest.mark.parametrize(("key", "left"), _LEFT.items())
def test_a_persona_has_the_hours_of_its_story(made: Made, key: str, left: str) -> None:
    purchased, consumed, _ = _stored(made, key)
    assert purchased - consumed == Decimal(left)


def test_every_persona_is_found_by_its_email(made: Made) -> None:
    keys = [p.key for p in made.report.personas]
    assert len(set(keys)) == len(keys)
    for persona in made.report.personas:
        found = made.one("select id, name from accounts_customuser where email = :email", email=persona.email)
        assert found == (persona.user_id, persona.name)
        schools = made.rows(
            "select distinct school_id from accounts_schoolmembership where user_id = :id and is_active order by 1",
            id=persona.user_id,
        )
        assert tuple(s for (s,) in schools) == persona.school_ids


def test_marias_story_holds_every_event(made: Made) -> None:
    maria = made.report.persona("maria")
    assert maria.email == "maria.silva@example.com"
    rows = made.rows(
        "select c.hours_originally_reserved, c.hours_consumed, c.is_refunded, s.status, s.date > '2026-11-23', "
        "c.purchase_transaction_id from finances_hourconsumption c join finances_classsession s "
        "on s.id = c.class_session_id join finances_studentaccountbalance b on b.id = c.student_account_id "
        "where b.student_id = :id order by s.date", id=maria.user_id,
    )
    assert (2, 2, 0, "completed", 0) in [r[:5] for r in rows]
    assert (1.5, 1, 1, "completed", 0) in [r[:5] for r in rows]
    assert (1, 1, 1, "cancelled", 0) in [r[:5] for r in rows]
    assert (1, 1, 0, "no_show", 0) in [r[:5] for r in rows]
    assert (1, 1, 0, "scheduled", 1) in [r[:5] for r in rows]
    split = next(r[5] for r in rows if r[0] == 2)
    assert sum(r[1] for r in rows if r[5] == split) == 6  # on a package of five hours
    refunds = made.one(
        "select json_extract(metadata, '$.refunds[0].refund_amount') from finances_purchasetransaction "
        "where student_id = :id and json_extract(metadata, '$.refunds') is not null", id=maria.user_id,
    )
    assert refunds == "38.00"
    purchased, consumed, money = _stored(made, "maria")
    # 5 + 5 + 10 bought, 1 expired; 4 + 4 + 2 + 1 + 1 + 1 + 1 taught or missed, 1 booked.
    assert (purchased, consumed, money) == (Decimal(19), Decimal(15), Decimal(352))


def test_the_parent_sees_both_children_and_nobody_else(made: Made) -> None:
    children = made.rows(
        "select child_id from accounts_parentchildrelationship where parent_id = :id and is_active order by 1",
        id=made.report.persona("parent").user_id,
    )
    assert [c for (c,) in children] == sorted(made.report.persona(k).user_id for k in ("maria", "sibling"))


def test_the_hours_that_expire_soon_expire_in_five_days(made: Made) -> None:
    expires = made.one(
        "select expires_at from finances_purchasetransaction where student_id = :id",
        id=made.report.persona("expires_soon").user_id,
    )
    assert expires.startswith("2026-11-28 23:59:59")


def test_every_role_has_a_persona(made: Made) -> None:
    roles = {p.role for p in made.report.personas}
    assert roles == {"superuser", "school_owner", "school_admin", "school_staff", "parent", "student"}
