from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

import demo
from demo.schools import SCHOOLS
from demo.terms import breaks, easter, is_teaching_day, teaching_days
from tests.demo.conftest import TODAY, Made, open_made

_NOW = TODAY.strftime("%Y-%m-%d %H:%M:%S.000000")


def _odd_students(made: Made) -> set[int]:
    """Students about whom something was planted."""
    planted = {s for h in made.report.hazards for s in h.student_ids}
    return planted | {made.report.persona("drifted").user_id}


def _odd_sessions(made: Made) -> set[int]:
    return {i for h in made.report.hazards if h.table == "finances_classsession" for i in h.ids}


def _effective(refunded: int, status: str, consumed: Decimal) -> Decimal:
    return Decimal(0) if refunded and status == "cancelled" else consumed


def test_counters_of_undrifted_students_are_what_the_platforms_code_computes(made: Made) -> None:
    plans = dict(made.rows("select id, hours_included from finances_pricingplan"))
    odd = _odd_students(made)
    used: dict[int, Decimal] = defaultdict(Decimal)
    consumed: dict[int, Decimal] = defaultdict(Decimal)
    for account, package, hours, refunded, status in made.rows(
        "select c.student_account_id, c.purchase_transaction_id, c.hours_consumed, c.is_refunded, s.status "
        "from finances_hourconsumption c join finances_classsession s on s.id = c.class_session_id"
    ):
        spent = _effective(refunded, status, Decimal(str(hours)))
        used[package] += spent
        consumed[account] += spent
    purchased: dict[int, Decimal] = defaultdict(Decimal)
    money: dict[int, Decimal] = defaultdict(Decimal)
    for package, student, amount, status, expires, text in made.rows(
        "select id, student_id, amount, payment_status, expires_at, metadata from finances_purchasetransaction"
    ):
        if status not in ("completed", "refunded") or student in odd:
            continue
        metadata = json.loads(text)
        granted = Decimal(str(metadata.get("hours_included", plans.get(metadata.get("plan_id")))))
        purchased[student] += granted
        if expires and expires <= _NOW:
            purchased[student] -= max(granted - used[package], Decimal(0))
        money[student] += Decimal(str(amount)) - sum(
            (Decimal(r["refund_amount"]) for r in metadata.get("refunds", [])), Decimal(0)
        )
    checked = 0
    for account, student, stored_purchased, stored_consumed, stored_money in made.rows(
        "select id, student_id, hours_purchased, hours_consumed, balance_amount from finances_studentaccountbalance"
    ):
        if student in odd:
            continue
        stored = tuple(Decimal(str(v)) for v in (stored_purchased, stored_consumed, stored_money))
        assert stored == (purchased[student], consumed[account], money[student]), student
        checked += 1
    assert checked > 300


def test_a_class_is_booked_on_the_oldest_package_that_has_hours_and_is_valid(made: Made) -> None:
    late = made.rows(
        "select c.id from finances_hourconsumption c join finances_purchasetransaction p "
        "on p.id = c.purchase_transaction_id join finances_studentaccountbalance b on b.id = c.student_account_id "
        "where (c.created_at < p.created_at or c.created_at >= p.expires_at or b.student_id <> p.student_id)"
    )
    odd = {i for h in made.report.hazards if h.table == "finances_hourconsumption" for i in h.ids}
    assert {i for (i,) in late} <= odd
    order = made.rows(
        "select c.student_account_id, p.created_at from finances_hourconsumption c "
        "join finances_purchasetransaction p on p.id = c.purchase_transaction_id "
        "join finances_classsession s on s.id = c.class_session_id "
        "where not c.is_refunded order by c.student_account_id, c.created_at, c.id"
    )
    steps = [b[1] >= a[1] for a, b in pairwise(order) if a[0] == b[0]]
    # Hours that come back are used again from their old package, so not every step goes forward.
    assert sum(steps) / len(steps) > 0.98


@pytest.mark.parametrize("seed", [2, 3])
def test_a_newcomer_of_the_crowd_has_nothing_yet(tmp_path: Path, seed: int) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    crowd = open_made(
        tmp_path / "x.db", demo.generate(url, students=400, years=1, seed=seed, today=TODAY, hazards=False)
    )
    without = "not exists (select 1 from finances_studentaccountbalance b where b.student_id = u.user_id)"
    assert crowd.one(f"select count(*) from accounts_studentprofile u where {without}") > 0
    for table, column in (
        ("finances_purchasetransaction", "student_id"), ("finances_classsession_students", "customuser_id"),
    ):
        assert crowd.one(f"select count(*) from {table} t join accounts_studentprofile u "
                         f"on u.user_id = t.{column} where {without}") == 0  # fmt: skip
    crowd.connection.close()


def test_no_class_takes_place_in_the_holidays_or_on_a_sunday(made: Made) -> None:
    calendar = {school.id: school.calendar for school in SCHOOLS}
    odd = _odd_sessions(made)
    for session, school, day in made.rows("select id, school_id, date from finances_classsession"):
        if session not in odd:
            assert is_teaching_day(calendar[school], date.fromisoformat(day)), (session, school, day)


def test_both_ways_of_asking_for_teaching_days_agree() -> None:
    first = date(2024, 1, 1)
    for school in SCHOOLS:
        days = teaching_days(school.calendar, first, 1200)
        for offset in range(1200):
            day = date.fromordinal(first.toordinal() + offset)
            assert days[offset] == is_teaching_day(school.calendar, day), (school.name, day)


def test_easter_falls_where_the_church_says() -> None:
    assert [easter(y) for y in (2024, 2025, 2026)] == [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5)]
    assert any(name == "Carnaval" and first == date(2026, 2, 15) for name, first, _ in breaks("PT", 2026))


def test_there_are_three_schools_with_their_own_zone_money_and_colours(made: Made) -> None:
    rows = made.rows(
        "select s.id, s.name, t.timezone, t.currency_code, t.language, s.primary_color, s.secondary_color "
        "from accounts_school s join accounts_schoolsettings t on t.school_id = s.id order by s.id"
    )
    assert [r[2:5] for r in rows] == [
        ("Europe/Lisbon", "EUR", "pt"), ("Europe/London", "GBP", "en"), ("Atlantic/Azores", "EUR", "en"),
    ]
    assert len({r[5] for r in rows}) == 3
    roles = made.rows("select school_id, role, count(*) from accounts_schoolmembership group by 1, 2")
    for school in (1, 2, 3):
        found = {role: count for s, role, count in roles if s == school}
        assert set(found) >= {"school_owner", "school_admin", "school_staff", "teacher", "student", "parent"}
        assert found["student"] > 50
        assert found["school_owner"] == 1


def test_nobody_teaches_two_ordinary_classes_at_once(made: Made) -> None:
    twice = made.rows(
        "select group_concat(id) from finances_classsession group by teacher_id, date, start_time having count(*) > 1"
    )
    odd = _odd_sessions(made)
    assert all(odd & {int(i) for i in ids.split(",")} for (ids,) in twice)


def test_a_class_on_the_clock_starts_where_its_school_says(made: Made) -> None:
    """Consumptions of ordinary classes are made before the class, whatever the school's zone."""
    late = made.one(
        "select count(*) from finances_hourconsumption c join finances_classsession s on s.id = c.class_session_id "
        "where substr(c.created_at, 1, 16) > s.date || ' ' || '23:59'"
    )
    assert late == 0


def test_shares_look_like_a_tutoring_school(made: Made) -> None:
    total = made.report.rows["finances_hourconsumption"]
    back = made.one("select count(*) from finances_hourconsumption where is_refunded")
    assert 0.06 < back / total < 0.1
    early = made.one(
        "select count(*) from finances_hourconsumption where is_refunded and hours_originally_reserved > hours_consumed"
    )
    assert early > 50
    long = made.one(
        "select count(distinct student_account_id) * 1.0 / (select count(distinct student_account_id) "
        "from finances_hourconsumption) from finances_hourconsumption where hours_originally_reserved not in (1, 0, -1)"
    )
    assert 0.08 < long < 0.25
    groups = made.one("select count(*) from finances_classsession where session_type = 'group' and student_count > 1")
    assert groups > 1000
    no_shows = made.one("select count(*) from finances_classsession where status = 'no_show'")
    assert no_shows > 100
    trials = made.one(
        "select count(*) from finances_classsession s where is_trial and not exists "
        "(select 1 from finances_hourconsumption c where c.class_session_id = s.id)"
    )
    assert trials == made.one("select count(*) from finances_classsession where is_trial") > 50
    coming = "select count(*) from finances_classsession where date > '2026-11-23' and status = 'scheduled'"
    assert made.one(coming) > 50
    assert made.one("select count(*) from accounts_parentchildrelationship") > 60
    kinds = dict(made.rows("select payment_status, count(*) from finances_purchasetransaction group by 1"))
    assert all(kinds[status] > 0 for status in ("completed", "failed", "pending", "cancelled", "refunded"))
    assert made.one("select count(*) from finances_purchasetransaction where transaction_type = 'subscription'") > 100


def test_drift_is_the_exception(made: Made) -> None:
    below = made.one(
        "select sum(hours_purchased - hours_consumed < 0) * 1.0 / count(*) from finances_studentaccountbalance"
    )
    assert below < 0.06


def test_nothing_but_planted_rows_lies_in_the_future(made: Made) -> None:
    odd = {i for h in made.report.hazards if h.table == "finances_purchasetransaction" for i in h.ids}
    for table in ("finances_purchasetransaction", "finances_hourconsumption", "finances_classsession"):
        rows = made.rows(
            f"select id from {table} where created_at > :now or updated_at > :now or updated_at < created_at", now=_NOW
        )
        assert {i for (i,) in rows} <= odd, table


def test_instants_are_written_as_sqlalchemy_writes_them(made: Made) -> None:
    at = made.one("select created_at from finances_hourconsumption order by id desc limit 1")
    assert datetime.strptime(at, "%Y-%m-%d %H:%M:%S.%f")  # noqa: DTZ007 (SQLite keeps UTC without a zone)
    start = made.one("select start_time from finances_classsession order by id desc limit 1")
    assert len(start) == len("16:00:00.000000")
