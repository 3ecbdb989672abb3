"""Decides which rows of each summary table a scope contains, as SQL put underneath every question.

`RULES` has one row per table of `etl/schema.sql`; a test fails where one is missing. In a rule, {ids} stands for the
scope's ids and {wholly} for "every book of this student is within these schools". A viewer of some schools never
sees a figure that another school's rows had a part in: balances are added up again from the books of those schools,
and what only exists for the student as a whole (the platform's counters, drift) is shown only where the whole is
theirs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from access.scope import Reach, Scope
from queries.catalogue import with_steps


@dataclass(frozen=True)
class Rule:
    """What a viewer of some schools, and one of some students, sees of one table."""

    schools: str
    students: str

    def body(self, scope: Scope) -> str:
        """The select that replaces the table within `scope` (not for the whole business)."""
        ids = ", ".join(str(int(id_)) for id_ in scope.ids) or "null"
        text = self.schools if scope.reach is Reach.SCHOOLS else self.students
        return text.replace("{wholly}", _WHOLLY).replace("{ids}", ids)


def under(scope: Scope, tables: Iterable[str], sql: str) -> str:
    """`sql` with every table it names replaced by its rows in scope.

    Not materialized, so that the question's own filters still reach the files.
    """
    if scope.reach is Reach.BUSINESS:
        return sql
    return with_steps({table: RULES[table].body(scope) for table in sorted(tables)}, sql)


_WHOLLY = """(
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
    from main.student_schools join main.schools using (school_id)
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

RULES: dict[str, Rule] = {
    "schools": Rule(
        schools=_of_school("schools"),
        students="select * replace (null::bigint as student_count) from main.schools "
        "where school_id in (select school_id from main.student_schools where student_id in ({ids}))",
    ),
    "teachers": Rule(
        schools="select * from main.teachers where user_id in (select user_id from main.memberships "
        "where role = 'teacher' and school_id in ({ids})) "
        "or teacher_id in (select teacher_id from main.usage_by_day where school_id in ({ids}))",
        students="select * from main.teachers "
        "where teacher_id in (select teacher_id from main.consumptions where student_id in ({ids}))",
    ),
    "plans": Rule(schools=_all("plans"), students=_all("plans")),  # the price list is public
    "students": Rule(schools=_STUDENTS, students=_of_student("students")),
    "student_schools": Rule(schools=_of_school("student_schools"), students=_of_student("student_schools")),
    "memberships": Rule(schools=_of_school("memberships"), students=_of_student("memberships", "user_id")),
    "guardians": Rule(schools=_of_school("guardians"), students=_of_student("guardians", "child_id")),
    "users": Rule(
        schools="select * from main.users where user_id in (select user_id from main.memberships "
        f"where school_id in ({{ids}})) or user_id in {_MINE}",
        students=_of_student("users", "user_id"),
    ),
    "purchases": Rule(schools=_of_school("purchases"), students=_of_student("purchases")),
    "refunds": Rule(schools=_of_school("refunds"), students=_of_student("refunds")),
    "packages": Rule(schools=_of_school("packages"), students=_of_student("packages")),
    "consumptions": Rule(schools=_CONSUMPTIONS, students=_of_student("consumptions")),
    "entries": Rule(schools=_of_school("entries"), students=_of_student("entries")),
    "ledger": Rule(schools=_of_school("ledger"), students=_of_student("ledger")),
    "reservations": Rule(  # goodwill hours name no school: seen where the whole student is
        schools=f"select t.* from main.reservations as t where t.package_id in (select package_id from main.packages "
        f"where school_id in ({{ids}})) or (t.package_id < 0 and t.student_id in {_MINE} and {{wholly}})",
        students=_of_student("reservations"),
    ),
    "student_balances": Rule(schools=_STUDENT_BALANCES, students=_of_student("student_balances")),
    "student_school_balances": Rule(
        schools=_of_school("student_school_balances"), students=_of_student("student_school_balances")
    ),
    "usage_by_day": Rule(schools=_of_school("usage_by_day"), students=_none("usage_by_day")),
    "usage_by_hour": Rule(schools=_of_school("usage_by_hour"), students=_none("usage_by_hour")),
    "expirations": Rule(schools=_of_school("expirations"), students=_of_student("expirations")),
    "money_by_month": Rule(schools=_of_school("money_by_month"), students=_none("money_by_month")),
    "drift_causes": Rule(
        schools=f"select t.* from main.drift_causes as t where t.student_id in {_MINE} and {{wholly}}",
        students=_of_student("drift_causes"),
    ),
    "data_issues": Rule(  # these two name a package of another school
        schools="select * replace (case when issue in ('package_of_another_student', 'package_missing') then null "
        "else value end as value, case when issue in ('package_of_another_student', 'package_missing') then null "
        "else detail end as detail) from main.data_issues where school_id in ({ids})",
        students=_none("data_issues"),
    ),
    "checks": Rule(schools="select * replace (null::varchar as sample) from main.checks", students=_none("checks")),
    "certificate": Rule(  # how many rows the whole platform holds is not a school's to know
        schools="select * replace (null::bigint as source_rows, null::bigint as staged_rows, "
        "null::bigint as rows_changed, null::bigint as rows_deleted) from main.certificate",
        students=_none("certificate"),
    ),
    "sync": Rule(
        schools=f"select * replace (null::varchar as source, {_NO_COUNTS}) from main.sync",
        students=f"select * replace (null::varchar as source, null::varchar as mode_reason, "
        f"null::varchar as fingerprint, {_NO_COUNTS}) from main.sync",
    ),
}
"""The rule of every summary table. A table without one cannot be named by a question."""
