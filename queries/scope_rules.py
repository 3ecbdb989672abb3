"""States which rows of each summary table each kind of viewer sees.

`RULES` has one row per table of `etl/schema.sql`; a test fails where one is missing. In a rule, {ids} stands for the
scope's ids and {wholly} for "every book of this student is within these schools". A viewer of some schools never
sees a figure that another school's rows had a part in: balances are added up again from the books of those schools,
and what only exists for the student as a whole (the platform's counters, drift) is shown only where the whole is
theirs. A teacher sees own classes and the names of those taught, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """What a viewer of some schools, one of some students, and a teacher see of one table."""

    schools: str
    students: str
    teaching: str


WHOLLY = """(
    not exists (from main.student_schools as elsewhere
        where elsewhere.student_id = t.student_id and elsewhere.school_id not in ({ids}))
    and not exists (from main.student_school_balances as elsewhere
        where elsewhere.student_id = t.student_id
        and (elsewhere.school_id is null or elsewhere.school_id not in ({ids})))
)"""

_MINE = "(select student_id from main.student_schools where school_id in ({ids}))"

_HOURS = (
    *("purchased", "added", "deducted", "consumed", "reserved", "returned"),
    *("expired", "extended", "voided", "remaining", "usable", "overdrawn"),
)
_BALANCE_SUMS = ",\n    ".join(
    f"coalesce(sum({column}), 0)::{type_} as {column}"
    for column, type_ in (
        *((f"hours_{name}", "decimal(12,2)") for name in _HOURS),
        ("active_packages", "bigint"),
        ("pace_per_week", "decimal(12,2)"),
        ("hours_last_30_days", "decimal(12,2)"),
        ("hours_used", "decimal(12,2)"),
        ("hours_booked_ahead", "decimal(12,2)"),
    )
)

_STUDENT_BALANCES = f"""
select
    t.student_id, hours_purchased, hours_added, hours_deducted, hours_consumed, hours_reserved, hours_returned,
    hours_expired, hours_extended, hours_voided, hours_remaining, hours_usable, hours_overdrawn, next_expiry,
    next_expiry_hours, active_packages, w.platform_purchased, w.platform_consumed, w.platform_remaining, w.drift,
    w.drift_cause, first_class_at, last_class_at, next_class_at, pace_per_week, hours_last_30_days, hours_used,
    hours_booked_ahead
from (
    select
        mine.student_id,
        {_BALANCE_SUMS},
        min(next_expiry) as next_expiry,
        (sum(next_expiry_hours) filter (where next_expiry = soonest))::decimal(12,2) as next_expiry_hours,
        min(first_class_at) as first_class_at,
        max(last_class_at) as last_class_at,
        min(next_class_at) as next_class_at,
    from (select distinct student_id from main.student_schools where school_id in ({{ids}})) as mine
    left join (
        select *, min(next_expiry) over (partition by student_id) as soonest
        from main.student_school_balances where school_id in ({{ids}})
    ) as books using (student_id)
    group by mine.student_id
) as t
left join (
    select student_id, platform_purchased, platform_consumed, platform_remaining, drift, drift_cause
    from main.student_balances as t
    where {{wholly}}
) as w using (student_id)"""

_STUDENTS = """
select
    t.student_id, t.name, t.email, t.is_active, t.school_year, mine.school_ids, mine.school_names, t.joined_at,
    t.has_account
from main.students as t
join (
    select
        student_id,
        list(school_id order by school_id) as school_ids,
        string_agg(schools.name, ', ' order by school_id) as school_names,
    from main.student_schools join main.schools as schools using (school_id)
    where school_id in ({ids})
    group by student_id
) as mine using (student_id)"""

# A class of ours may have been paid by a package of another school, or booked on one: which one is not ours to know,
# nor what was earned by it there.
_CONSUMPTIONS = """
select t.* replace (
    case when booked.package_id is not null then booked_package_id end as booked_package_id,
    case when charged_school_id in ({ids}) then charged_package_id end as charged_package_id,
    case when charged_school_id in ({ids}) then charged_school_id end as charged_school_id,
    case when charged_school_id in ({ids}) and (not is_split or {wholly}) then charged_to end as charged_to,
    case when charged_school_id in ({ids}) and (not is_split or {wholly}) then amount end as amount,
    case when charged_school_id in ({ids}) and (not is_split or {wholly}) then amount_at_class end as amount_at_class
)
from main.consumptions as t
left join (select transaction_id as package_id from main.purchases where school_id in ({ids})) as booked
    on booked.package_id = t.booked_package_id
where t.school_id in ({ids})"""


_TAUGHT_SCHOOLS = """
select * replace (null::bigint as student_count) from main.schools
where school_id in (select school_id from main.usage_by_day where teacher_id in ({ids}))
    or school_id in (select school_id from main.memberships where role = 'teacher' and is_active
        and user_id in (select user_id from main.teachers where teacher_id in ({ids})))"""

_TAUGHT_STUDENTS = """
select
    t.student_id, t.name, null::varchar as email, null::boolean as is_active, null::varchar as school_year,
    mine.school_ids, mine.school_names, null::timestamptz as joined_at, null::boolean as has_account
from main.students as t
join (
    select
        student_id,
        list(school_id order by school_id) as school_ids,
        string_agg(schools.name, ', ' order by school_id) as school_names,
    from (select distinct student_id, school_id from main.consumptions where teacher_id in ({ids}))
    join main.schools as schools using (school_id)
    group by student_id
) as mine using (student_id)"""

_TAUGHT_CLASSES = """
select t.* replace (
    null::bigint as booked_package_id, null::bigint as charged_package_id, null::boolean as is_split,
    null::varchar as charged_to, null::bigint as charged_school_id, null::decimal(12,2) as hours_overdrawn,
    null::decimal(14,2) as amount, null::decimal(14,2) as amount_at_class
)
from main.consumptions as t
where t.teacher_id in ({ids})"""


def _of_school(table: str) -> str:
    return f"select * from main.{table} where school_id in ({{ids}})"


def _of_student(table: str, column: str = "student_id") -> str:
    return f"select * from main.{table} where {column} in ({{ids}})"


def _none(table: str) -> str:
    return f"select * from main.{table} where false"


def _all(table: str) -> str:
    return f"select * from main.{table}"


_NO_COUNTS = ", ".join(
    f"null::bigint as {column}" for column in ("rows_read", "rows_changed", "rows_deleted", "students_rebuilt")
)
_SYNC = (
    "select * replace (null::varchar as source, null::varchar as mode_reason, null::varchar as fingerprint, "
    f"{_NO_COUNTS}) from main.sync"
)

# What these say may name a package of another school.
_NAMING_A_PACKAGE = (
    "issue in ('package_of_another_student', 'package_missing', 'package_never_granted', "
    "'booked_on_an_expired_package')"
)


def _rule(table: str, schools: str | None = None, students: str | None = None, teaching: str | None = None) -> Rule:
    """Where nothing else is said: rows of the schools, rows of the students, and nothing for teachers."""
    return Rule(schools or _of_school(table), students or _of_student(table), teaching or _none(table))


RULES: dict[str, Rule] = {
    "schools": _rule(
        "schools",
        students="select * replace (null::bigint as student_count) from main.schools "
        "where school_id in (select school_id from main.student_schools where student_id in ({ids}))",
        teaching=_TAUGHT_SCHOOLS,
    ),
    "teachers": _rule(
        "teachers",
        schools="select * from main.teachers where user_id in (select user_id from main.memberships "
        "where role = 'teacher' and school_id in ({ids})) "
        "or teacher_id in (select teacher_id from main.usage_by_day where school_id in ({ids}))",
        students="select * from main.teachers "
        "where teacher_id in (select teacher_id from main.consumptions where student_id in ({ids}))",
        teaching="select * from main.teachers where teacher_id in ({ids})",
    ),
    "plans": Rule(_all("plans"), _all("plans"), _all("plans")),  # the price list is public
    "students": _rule("students", schools=_STUDENTS, teaching=_TAUGHT_STUDENTS),
    "student_schools": _rule(
        "student_schools",
        teaching="select distinct student_id, school_id, null::boolean as is_active from main.consumptions "
        "where teacher_id in ({ids}) and school_id is not null",
    ),
    "memberships": _rule("memberships", students=_of_student("memberships", "user_id")),
    "guardians": _rule("guardians", students=_of_student("guardians", "child_id")),
    "users": _rule(
        "users",
        schools="select * from main.users where user_id in (select user_id from main.memberships "
        f"where school_id in ({{ids}})) or user_id in {_MINE}",
        students=_of_student("users", "user_id"),
    ),
    "purchases": _rule("purchases"),
    "refunds": _rule("refunds"),
    "packages": _rule("packages"),
    "consumptions": _rule("consumptions", schools=_CONSUMPTIONS, teaching=_TAUGHT_CLASSES),
    "entries": _rule("entries"),
    "ledger": _rule("ledger"),
    "reservations": _rule(  # goodwill hours name no school: seen where the whole student is
        "reservations",
        schools=f"select t.* from main.reservations as t where t.package_id in (select package_id from main.packages "
        f"where school_id in ({{ids}})) or (t.package_id < 0 and t.student_id in {_MINE} and {{wholly}})",
    ),
    "student_balances": _rule("student_balances", schools=_STUDENT_BALANCES),
    "student_school_balances": _rule("student_school_balances"),
    "usage_by_day": _rule(
        "usage_by_day",
        students=_none("usage_by_day"),
        teaching="select * from main.usage_by_day where teacher_id in ({ids})",
    ),
    "usage_by_hour": _rule("usage_by_hour", students=_none("usage_by_hour")),
    "expirations": _rule("expirations"),
    "money_by_month": _rule("money_by_month", students=_none("money_by_month")),
    "drift_causes": _rule(
        "drift_causes",
        schools=f"select t.* from main.drift_causes as t where t.student_id in {_MINE} and {{wholly}}",
    ),
    "data_issues": _rule(
        "data_issues",
        schools=f"select * replace (case when {_NAMING_A_PACKAGE} then null else value end as value, "
        f"case when {_NAMING_A_PACKAGE} then null else detail end as detail) "
        "from main.data_issues where school_id in ({ids})",
        students=_none("data_issues"),
    ),
    "checks": Rule(  # that a sentence holds is for all to know; how many rows break it is of the whole platform
        schools="select * replace (case when passed then 0::bigint end as found, null::varchar as sample) "
        "from main.checks",
        students=_none("checks"),
        teaching=_none("checks"),
    ),
    "certificate": Rule(  # neither is how many rows the platform holds, nor the sums of their ids and amounts
        schools="select * replace (null::bigint as source_rows, null::bigint as staged_rows, "
        "null::bigint as rows_changed, null::bigint as rows_deleted, null::varchar as source_keys, "
        "null::varchar as staged_keys, null::varchar as source_content, null::varchar as staged_content) "
        "from main.certificate",
        students=_none("certificate"),
        teaching=_none("certificate"),
    ),
    "sync": Rule(
        schools=f"select * replace (null::varchar as source, {_NO_COUNTS}) from main.sync",
        students=_SYNC,
        teaching=_SYNC,
    ),
}
"""The rule of every summary table. A table without one cannot be named by a question."""
