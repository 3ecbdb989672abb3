"""A statement ties to the ledger: opening and lines are closing, and one period's closing opens the next."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import queries
from access.scope import Scope
from reports.finance import BadPeriod, Period
from reports.statements import StatementOutOfReach, statement
from reports.table import Table
from settings import Settings
from tests.reports.finance import reading
from warehouse import Warehouse

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

TODAY = date(2026, 11, 23)
ALL = Period(date(2025, 1, 1), TODAY + timedelta(days=1))


def students(books: Warehouse) -> list[int]:
    with books.lease() as cursor:
        rows = cursor.execute("select distinct student_id from ledger order by 1").fetchall()
    return [row[0] for row in rows]


def rows_of(table: Table) -> list[dict[str, Any]]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, cells, strict=True)) for cells in table.rows()]


def books_of(table: Table) -> dict[str, list[dict[str, Any]]]:
    """The lines of each school's books, opening first, closing last."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(table):
        found.setdefault(row["school_name"], []).append(row)
    return found


def test_opening_and_lines_are_closing_for_every_student(books: Warehouse, chosen: Settings) -> None:
    lines = 0
    for student in students(books):
        table = statement(books, Scope.business(), chosen, student, Period(date(2026, 6, 1), date(2026, 11, 1)))
        for (opening, *entries, closing) in books_of(table).values():
            hours, amount = opening["hours_left"], opening["amount_left"]
            for entry in entries:
                hours, amount = hours + entry["hours"], amount + entry["amount"]
                assert (entry["hours_left"], entry["amount_left"]) == (hours, amount)
                assert entry["hours"] or entry["amount"]
            assert (closing["hours_left"], closing["amount_left"]) == (hours, amount)
            lines += len(entries)
    assert lines > 100


def test_the_statement_of_all_time_closes_with_the_balance_of_now(books: Warehouse, chosen: Settings) -> None:
    for student in students(books):
        closings = [lines[-1] for lines in books_of(
            statement(books, Scope.business(), chosen, student, ALL)).values()]
        card = queries.ask(books, Scope.business(), "student_card", student_id=student).one()
        with books.lease() as cursor:
            deferred = cursor.execute(
                "select coalesce(sum(amount_deferred), 0) from packages where student_id = ?", [student]
            ).fetchone()
        assert deferred
        assert sum(line["hours_left"] for line in closings) == card["hours_remaining"] - card["hours_overdrawn"]
        assert sum(line["amount_left"] for line in closings) == deferred[0]


@given(st.data())
@hypothesis_settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])  # all only read
def test_one_periods_closing_is_the_next_ones_opening(books: Warehouse, chosen: Settings, data: st.DataObject) -> None:
    student = data.draw(st.sampled_from(students(books)))
    days = st.dates(min_value=date(2025, 11, 1), max_value=TODAY)
    first, middle, last = sorted(data.draw(st.tuples(days, days, days).filter(lambda drawn: len(set(drawn)) == 3)))
    before = books_of(statement(books, Scope.business(), chosen, student, Period(first, middle)))
    after = books_of(statement(books, Scope.business(), chosen, student, Period(middle, last)))
    whole = books_of(statement(books, Scope.business(), chosen, student, Period(first, last)))
    nothing = {"hours_left": Decimal(0), "amount_left": Decimal(0)}
    for school, lines in after.items():
        closing = before.get(school, [nothing])[-1]
        for name in ("hours_left", "amount_left"):
            assert lines[0][name] == closing[name]
            assert lines[-1][name] == whole[school][-1][name]


def test_a_school_sees_its_own_books_only(books: Warehouse, chosen: Settings) -> None:
    with books.lease() as cursor:
        row = cursor.execute(
            "select student_id from student_schools group by all having count(*) > 1 order by 1 limit 1"
        ).fetchone()
    assert row
    mine = books_of(statement(books, Scope.schools([1]), chosen, row[0], ALL))
    everything = books_of(statement(books, Scope.business(), chosen, row[0], ALL))
    assert len(mine) <= 1
    for school, lines in mine.items():
        closing, whole = lines[-1], everything[school][-1]
        assert (closing["hours_left"], closing["amount_left"]) == (whole["hours_left"], whole["amount_left"])


def test_a_viewer_without_amounts_gets_hours(books: Warehouse, chosen: Settings) -> None:
    with books.lease() as cursor:
        row = cursor.execute("select min(student_id) from packages where school_id = 1").fetchone()
    assert row
    table = statement(books, Scope.schools([1], money=[]), chosen, row[0], ALL)
    assert not {"amount", "amount_left", "currency"} & {column.name for column in table.columns}
    assert list(table.rows())
    assert "money" not in table.stamp.remarks[0].lower()


@pytest.mark.parametrize(
    "scope", [Scope.students([-1]), Scope.schools([]), Scope.teaching([1])], ids=lambda scope: scope.key
)
def test_a_student_outside_the_scope_is_not_there(books: Warehouse, chosen: Settings, scope: Scope) -> None:
    with pytest.raises(StatementOutOfReach):
        statement(books, scope, chosen, students(books)[0], ALL)


def test_nobody_and_nobody_of_ours_are_refused_in_the_same_words(books: Warehouse, chosen: Settings) -> None:
    said = set()
    for student in (students(books)[0], 999_999):
        with pytest.raises(StatementOutOfReach) as refused:
            statement(books, Scope.students([-1]), chosen, student, ALL)
        said.add(refused.value.message.replace(str(student), "N"))
    assert len(said) == 1


def test_a_statement_ahead_of_the_books_is_refused(books: Warehouse, chosen: Settings) -> None:
    with pytest.raises(BadPeriod):
        statement(books, Scope.business(), chosen, students(books)[0], Period.of_month("2027-01"))


def test_a_statement_says_in_plain_words_what_happened(books: Warehouse, chosen: Settings) -> None:
    said = {language: set() for language in ("en", "pt")}  # type: dict[str, set[str]]
    for student in students(books):
        for language, words in said.items():
            table = statement(books, Scope.business(), chosen, student, ALL, language=language)
            words |= {row["what"].split(":")[0].split(" of ")[0].split(" de ")[0] for row in rows_of(table)}
    assert {"Opening balance", "Closing balance", "Bought", "Booked", "Class", "Hours expired", "Refund"} <= said["en"]
    assert {"Saldo inicial", "Saldo final", "Compra", "Marcação", "Aula", "Horas expiradas", "Reembolso"} <= said["pt"]
    codes = {"purchased", "consumed", "reserved", "overdrawn", "voided", "extended", "returned"}
    assert not codes & (said["en"] | said["pt"])


def test_a_student_without_entries_has_a_statement_that_says_so(books: Warehouse, chosen: Settings) -> None:
    with books.lease() as cursor:
        row = cursor.execute(
            "select min(student_id) from students where student_id not in (select student_id from ledger)"
        ).fetchone()
    assert row
    assert row[0] is not None
    table = statement(books, Scope.business(), chosen, row[0], ALL)
    assert list(table.rows()) == []
    assert "No hours were bought or used until 23 November 2026." in reading.pdf_text(table).replace("\n", " ")
