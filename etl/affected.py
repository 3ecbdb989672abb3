"""Decides whose figures must be built again: those whose rows changed, and those whose time has come."""

from __future__ import annotations

from datetime import datetime

import duckdb

# Rows before and after the change both count: a row may have moved from one student to another.
_CHANGED_STUDENTS = """
insert into dirty_students
with
accounts as (
    select student_id, id from mirror.finances_studentaccountbalance
    union
    select student_id, id from temp.before_finances_studentaccountbalance
),
sessions as (
    select id from temp.before_finances_classsession
    union
    select id from temp.after_finances_classsession
),
rows as (
    select student_account_id as account_id from temp.before_finances_hourconsumption
    union
    select student_account_id from temp.after_finances_hourconsumption
    union
    select student_account_id from mirror.finances_hourconsumption where class_session_id in (select id from sessions)
)
select student_id from accounts where id in (select account_id from rows)
union
select student_id from temp.before_finances_studentaccountbalance
union
select student_id from temp.after_finances_studentaccountbalance
union
select student_id from temp.before_finances_purchasetransaction
union
select student_id from temp.after_finances_purchasetransaction
union
select user_id from temp.before_accounts_schoolmembership
union
select user_id from temp.after_accounts_schoolmembership
"""

_CLASS_LISTS = """
insert into dirty_students
select customuser_id from temp.before_finances_classsession_students
union
select customuser_id from temp.after_finances_classsession_students
"""

_PLANS = """
insert into dirty_students
with
plans as (
    select id from temp.before_finances_pricingplan
    union
    select id from temp.after_finances_pricingplan
)
select distinct student_id
from mirror.finances_purchasetransaction
where case when json_valid(metadata) then whole_number(json_extract_string(metadata, '$.plan_id')) end
    in (select id from plans)
"""

_BOOKS = (("accounts_school", "id"), ("accounts_schoolsettings", "id, school_id, timezone, currency_code"))
"""What decides in whose days and in which money a row is counted."""

_DIFFERENT = """
(select {columns} from temp.before_{table} except select {columns} from temp.after_{table})
union all
(select {columns} from temp.after_{table} except select {columns} from temp.before_{table})
limit 1
"""


def books_changed(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether schools came or went, or their zones or currencies changed: that touches everything.

    The rest of a school (its address, its colours, its tax number) stands in the table of schools only, which every
    sync makes anew.
    """
    return any(con.execute(_DIFFERENT.format(columns=columns, table=table)).fetchone() for table, columns in _BOOKS)


def note_changed(con: duckdb.DuckDBPyConnection, present: set[str]) -> None:
    """Note the students whose rows changed, and the days whose classes did, in the transaction that changes the mirror.

    A sync that dies before publishing leaves them there for the next one.
    """
    con.execute(_CHANGED_STUDENTS)
    con.execute(
        "insert into dirty_days"
        " select date from temp.before_finances_classsession union select date from temp.after_finances_classsession"
    )
    if "finances_classsession_students" in present:
        con.execute(_CLASS_LISTS)
    con.execute(_PLANS)


def note_time(con: duckdb.DuckDBPyConnection, as_of: datetime) -> None:
    """Add the students for whom something became effective by itself: a class took place, a package expired."""
    con.execute("insert into dirty_students select student_id from next_events where happens_at <= ?", [as_of])


def note_adjustments(con: duckdb.DuckDBPyConnection) -> None:
    """Add the students whose adjustments are new, or gone, since the last snapshot."""
    con.execute(
        "insert into dirty_students"
        " select student_id from all_adjustments where id not in (select id from known_adjustments)"
        " union select student_id from known_adjustments where id not in (select id from all_adjustments)"
    )
