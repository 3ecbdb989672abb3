"""Builds a snapshot file from the mirror: stage, ledger, summaries, checks.

The same statements serve full and incremental syncs.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import duckdb

from etl.errors import ChecksFailed
from etl.readers.shapes import quoted_text
from etl.readers.source import Progress
from etl.replaying import replay_students
from etl.statements import Statement, script, statements
from ledger.history import BurnOrder

BY_STUDENT = ("purchases", "refunds", "consumptions", "entries", "reservations", "packages", "drift_causes")
"""Tables kept from snapshot to snapshot; only the rows of students built again are replaced."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_FOUND_DAYS = """
create or replace temp table touched_days as
with
parts as (
    select
        class_date, consumption_id, school_id, teacher_id, session_type, grade_level, session_status, session_id,
        hours_effective, is_taught, state = 'upcoming' as is_upcoming
    from snap.consumptions
    semi join picked_students using (student_id)
),
built as (
    select
        class_date, consumption_id, school_id, teacher_id, session_type, grade_level, session_status, session_id,
        hours_effective, is_taught, state = 'upcoming' as is_upcoming
    from build_consumptions
)
select class_date from (from parts except from built)
union
select class_date from (from built except from parts)
union
select class_date from dirty_days
union
-- Classes without any consumption take place too: the days since the last snapshot, in any zone.
select unnest(generate_series(
    timezone('UTC', getvariable('built_as_of'))::date - 1,
    timezone('UTC', getvariable('as_of'))::date + 1,
    interval 1 day
))::date
"""

_ALL_DAYS = """
create or replace temp table touched_days as
select date as class_date from mirror.finances_classsession
union
select class_date from build_consumptions
"""


@dataclass(frozen=True)
class Rules:
    """The settings that decide how figures are built."""

    as_of: datetime
    timezone: str
    currency: str
    burn_order: BurnOrder


@dataclass(frozen=True)
class CheckResult:
    """One check: ``found`` rows contradict ``sentence``."""

    name: str
    severity: str
    sentence: str
    found: int
    sample: str | None
    seconds: float


def set_rules(con: duckdb.DuckDBPyConnection, rules: Rules, *, has_class_lists: bool) -> None:
    """Make the rules visible to every statement."""
    for name, value in (
        ("as_of", rules.as_of),
        ("default_timezone", rules.timezone),
        ("known_zones", sorted(available_timezones())),
        ("default_currency", rules.currency),
        ("burn_order", rules.burn_order),
        ("has_class_lists", has_class_lists),
    ):
        con.execute(f"set variable {name} = ?", [value])


def load_adjustments(con: duckdb.DuckDBPyConnection, adjustments: list[dict[str, Any]]) -> None:
    """Our approved adjustments as the table ``all_adjustments``."""
    con.execute(
        "create or replace temp table all_adjustments ("
        "id bigint, kind varchar, student_id bigint, school_id bigint, package_id bigint, consumption_id bigint,"
        " hours decimal(12,2), new_expires_at timestamptz, expires_at timestamptz, reason varchar,"
        " effective_at timestamptz, recorded_at timestamptz)"
    )
    columns = [row[0] for row in con.execute("describe all_adjustments").fetchall()]
    for adjustment in adjustments:
        con.execute(
            f"insert into all_adjustments values ({', '.join('?' * len(columns))})",
            [adjustment.get(name) for name in columns],
        )


def pick(con: duckdb.DuckDBPyConnection, *, everyone: bool) -> None:
    """Choose whose figures are built: everyone, or the dirty students.  Once per connection."""
    accounts = "mirror.finances_studentaccountbalance"
    if everyone:
        con.execute("create temp view picked_students as select student_id from stage_students")
        con.execute("create temp view picked_purchases as select * from mirror.finances_purchasetransaction")
        con.execute(
            "create temp view picked_consumptions as"
            " select rows.*, accounts.student_id from mirror.finances_hourconsumption as rows"
            f" join {accounts} as accounts on accounts.id = rows.student_account_id"
            " where accounts.student_id is not null"
        )
    else:
        con.execute(
            "create temp table picked_students as"
            " select distinct student_id from dirty_students where student_id is not null"
        )
        con.execute(
            "create temp view picked_purchases as select * from mirror.finances_purchasetransaction"
            " where student_id in (select student_id from picked_students)"
        )
        con.execute(
            "create temp view picked_consumptions as"
            " select rows.*, accounts.student_id from mirror.finances_hourconsumption as rows"
            f" join (select id, student_id from {accounts}"
            " where student_id in (select student_id from picked_students)) as accounts"
            " on accounts.id = rows.student_account_id"
        )
    con.execute(
        "create or replace temp view stage_accounts as select id as account_id, student_id,"
        " hours_purchased::decimal(12,2) as hours_purchased, hours_consumed::decimal(12,2) as hours_consumed"
        f" from {accounts} where student_id is not null"
        " qualify row_number() over (partition by student_id order by id) = 1"
    )


class Build:
    """One snapshot being built in the attached database ``snap``."""

    def __init__(self, con: duckdb.DuckDBPyConnection, rules: Rules, progress: Progress) -> None:
        self.con = con
        self.rules = rules
        self.progress = progress
        self.timings: dict[str, float] = {}

    def _run(self, statement: Statement) -> None:
        started = time.perf_counter()
        self.con.execute(statement.text)
        self.timings[statement.name] = time.perf_counter() - started

    def stage_and_ledger(self, *, everyone: bool) -> None:
        """From the mirror to the rows of the picked students."""
        self.progress("staging", 0, 3)
        stage = {statement.name: statement for statement in statements("stage")}
        for name in ("10_schools", "12_offsets", "20_students"):
            self._run(stage.pop(name))
        pick(self.con, everyone=everyone)
        self.con.execute(
            "create or replace temp table stage_adjustments as"
            " select * from all_adjustments where student_id in (select student_id from picked_students)"
        )
        for statement in stage.values():
            self._run(statement)
        self.progress("building the ledger", 1, 3)
        for statement in statements("build"):
            if statement.name.startswith("80"):
                started = time.perf_counter()
                replay_students(
                    self.con, (self.rules.as_of - _EPOCH) // timedelta(microseconds=1), self.rules.burn_order
                )
                self.timings["replay"] = time.perf_counter() - started
            self._run(statement)

    def replace_students(self, *, everyone: bool) -> None:
        """Put the picked students' rows into the snapshot, in place of their old ones."""
        self.progress("writing the ledger", 2, 3)
        self.con.execute(_ALL_DAYS if everyone else _FOUND_DAYS)
        if not everyone:
            for table in BY_STUDENT:
                self.con.execute(
                    f"delete from snap.{table} where student_id in (select student_id from picked_students)"
                )
            self.con.execute(
                "delete from snap.data_issues"
                " where source_table in ('finances_purchasetransaction', 'finances_hourconsumption')"
                " and student_id in (select student_id from picked_students)"
            )
        started = time.perf_counter()
        self.con.execute(script("publish"))
        self.timings["publish"] = time.perf_counter() - started

    def summaries(self) -> None:
        """Rebuild every table that is not kept by student."""
        kept = {f"snap.{table}" for table in BY_STUDENT} | {"snap.data_issues"}
        found = statements("summaries")
        for number, statement in enumerate(found):
            self.progress("summing up", number, len(found))
            target = statement.text.partition("insert into ")[2].split("\n", 1)[0].strip()
            if target == "snap.usage_by_day":
                self.con.execute(
                    "delete from snap.usage_by_day where class_date in (select class_date from touched_days)"
                )
            elif target and target not in kept:
                self.con.execute(f"delete from {target}")
            if statement.name == "82_other_issues":
                self.con.execute(
                    "delete from snap.data_issues where student_id is null"
                    " or source_table not in ('finances_purchasetransaction', 'finances_hourconsumption')"
                )
            self._run(statement)

    def checks(self) -> list[CheckResult]:
        """Try every check; the results are stored in the snapshot.

        Raises ChecksFailed when one of severity stop finds rows.
        """
        results = []
        found = statements("checks")
        for number, statement in enumerate(found):
            self.progress("checking", number, len(found))
            results.append(self._check(statement))
        self.con.execute("delete from snap.checks")
        for result in sorted(results, key=lambda r: r.name):
            self.con.execute(
                "insert into snap.checks values (?, ?, ?, ?, ?, ?, ?)",
                [
                    result.name,
                    result.severity,
                    result.found == 0,
                    result.found,
                    result.sentence,
                    result.sample,
                    result.seconds,
                ],
            )
        broken = [result for result in results if result.severity == "stop" and result.found]
        if broken:
            raise ChecksFailed(
                "; ".join(
                    f"The check '{r.sentence}' failed on {r.found} row{'s' if r.found > 1 else ''}, first {r.sample}"
                    for r in broken
                )
                + ". The snapshot was not published; the last one keeps serving."
            )
        return results

    def _check(self, statement: Statement) -> CheckResult:
        started = time.perf_counter()
        cursor = self.con.execute(statement.text)
        names = [column[0] for column in cursor.description or []]
        rows = cursor.fetchall()
        first = min(rows, key=str) if rows else ()
        sample = ", ".join(f"{name} {value}" for name, value in zip(names, first, strict=False)) or None
        seconds = time.perf_counter() - started
        self.timings[f"check {statement.name}"] = seconds
        return CheckResult(
            statement.name, statement.said("severity"), statement.said("check"), len(rows), sample, seconds
        )


def open_snapshot(con: duckdb.DuckDBPyConnection, path: Path, *, make: bool) -> None:
    """Attach the file being built as ``snap``; a new one gets its tables."""
    con.execute(f"attach {quoted_text(str(path))} as snap")
    if make:
        con.execute("use snap")
        con.execute(script("schema"))
        con.execute("use staging")
