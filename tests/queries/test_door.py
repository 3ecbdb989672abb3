"""The door: what it refuses, what it converts, what it keeps."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import queries
from access.scope import Scope
from queries import QuestionError, ask, catalogue, door
from queries.catalogue import Parameter, read
from queries.parse import parse
from queries.scope_sql import RULES
from tests.memory import MemoryBooks

HEADER = "-- question: How many?\n-- grain: n\n"


def refused(sql: str, header: str = HEADER) -> str:
    with MemoryBooks().lease() as cursor, pytest.raises(QuestionError) as failure:
        parse(cursor, read("probe", header + sql), RULES)
    return failure.value.message


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) as n from main.students",
        "select count(*) as n from snap_1.main.students",
        "select count(*) as n from information_schema.tables",
        "select count(*) as n from duckdb_tables()",
        "select count(*) as n from read_csv('/etc/passwd')",
        "select count(*) as n from '/etc/passwd'",
        "select count(*) as n from students where exists (select 1 from read_text('/etc/passwd'))",
        "select count(*) as n from query('select 1')",
        "select count(*) as n from query_table('students')",
        "select current_setting('memory_limit') as n",
        "with students as (select 1 as n) select n from students",
        "with recursive r as (select 1 as n union all select n from r) select n from r",
        "select 1 as n; select 2 as n",
        "delete from students",
        "copy students to '/tmp/x'",
        "attach '/tmp/x.duckdb'",
        "pragma database_list",
        "set threads = 1",
        "select n from nowhere",
        "select $given as n",
        "describe students",
    ],
)
def test_a_question_that_reaches_past_the_summary_tables_is_refused(sql: str) -> None:
    assert "probe" in refused(sql)


def test_tables_are_found_wherever_they_are_named() -> None:
    sql = (
        "with step as (select student_id from Packages) select (select count(*) from ledger) as n from step "
        "where student_id in (select student_id from students) union all select 1 from (from schools)"
    )
    with MemoryBooks().lease() as cursor:
        assert parse(cursor, read("probe", HEADER + sql), RULES).tables == {"packages", "ledger", "students", "schools"}


def test_a_declared_parameter_that_is_not_used_is_refused() -> None:
    assert "(unused)" in refused("select 1 as n", HEADER + "-- param: unused integer\n")


@pytest.mark.parametrize(
    "header", ["-- grain: n\n", "-- question: How many\n-- grain: n\n", "-- question: How many?\n"]
)
def test_a_question_without_a_full_header_is_refused(header: str) -> None:
    with pytest.raises(QuestionError):
        read("probe", header + "select 1 as n")


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"student": 1}, "no parameter student"),
        ({}, "needs parameter student_id"),
        ({"student_id": "one"}, "student_id is 'one'"),
        ({"student_id": None}, "student_id is empty"),
        ({"student_id": True}, "student_id is True"),
        ({"student_id": 1.5}, "student_id is 1.5"),
        ({"student_id": 2**63}, "student_id is 9223372036854775808"),
        ({"student_id": 1, "figure": "all; drop"}, "figure is 'all; drop'"),
        ({"student_id": 1, "as_of": "2026-11-23T05:00:00"}, "as_of is '2026-11-23T05:00:00'"),
    ],
)
def test_a_wrong_parameter_is_named_with_its_value(params: dict[str, object], said: str) -> None:
    with pytest.raises(QuestionError, match=said.replace("|", r"\|")):
        ask(MemoryBooks(), Scope.business(), "student_ledger", **params)


def test_an_unknown_question_is_named() -> None:
    with pytest.raises(QuestionError, match="no question 'nonsense'"):
        ask(MemoryBooks(), Scope.business(), "nonsense")


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("integer", "-7", -7),
        ("integers", "3, 1,3", (3, 1, 3)),
        ("integers", "", ()),
        ("decimal", "1.50", Decimal("1.50")),
        ("date", "2026-11-23", date(2026, 11, 23)),
        ("instant", "2026-11-23T05:00:00+01:00", datetime(2026, 11, 23, 4, tzinfo=UTC)),
        ("boolean", "yes", True),
        ("text", "07", "07"),
    ],
)
def test_text_from_outside_becomes_what_the_parameter_means(type_: str, text: str, value: object) -> None:
    assert Parameter("p", type_).convert("probe", text) == value


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("integers", "1,one"),
        ("integers", 7),
        ("integers", {1: 2}),
        ("integers", b"12"),
        ("decimal", 0.1),
        ("decimal", "NaN"),
        ("date", datetime.now(UTC)),
        ("text", 7),
        ("boolean", "maybe"),
    ],
)
def test_a_value_that_would_lose_something_is_refused(type_: str, value: object) -> None:
    with pytest.raises(QuestionError):
        Parameter("p", type_).convert("probe", value)


def test_text_is_bound_and_never_becomes_sql() -> None:
    books = MemoryBooks({"students": [{"student_id": 1, "name": "Robert'); drop table students;--"}]})
    found = ask(books, Scope.business(), "students_found", search="'); drop table students;--")
    assert found.column("student_id") == [1]
    assert len(ask(books, Scope.business(), "students_found", search="robert")) == 1


def test_an_answer_is_kept_per_snapshot_scope_and_parameters() -> None:
    queries.forget()
    books = MemoryBooks({"schools": [{"school_id": 1, "name": "A"}, {"school_id": 2, "name": "B"}]})
    first = ask(books, Scope.schools([1]), "schools")
    assert ask(books, Scope.schools([1]), "schools") is first
    assert ask(books, Scope.schools([2]), "schools").column("name") == ["B"]
    assert ask(books, Scope.business(), "schools").column("name") == ["A", "B"]
    assert ask(MemoryBooks(), Scope.schools([1]), "schools").rows == ()


def test_a_kept_answer_cannot_be_changed_for_the_next_reader() -> None:
    books = MemoryBooks({"sync": [{"snapshot_id": 1}], "students": [{"student_id": 1, "school_ids": [1, 2]}]})
    answer = ask(books, Scope.business(), "student_card", student_id=1)
    assert isinstance(answer.rows, tuple)
    hash(answer.rows)
    answer.as_dicts()[0]["name"] = "changed"
    assert ask(books, Scope.business(), "student_card", student_id=1).one()["name"] is None


def test_kept_answers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    queries.forget()
    monkeypatch.setattr(door, "CACHED_CELLS", 350)
    books = MemoryBooks()
    for limit in range(20):
        ask(books, Scope.business(), "students_found", search="a", limit=limit)
    report = queries.cache_report()
    assert report.cells <= 350
    assert report.answers == 3


def test_threads_share_the_door_without_mixing_answers() -> None:
    books = MemoryBooks({"schools": [{"school_id": id_, "name": f"school {id_}"} for id_ in range(8)]})
    wrong: list[object] = []

    def visitor(id_: int) -> None:
        for _turn in range(50):
            if _turn % 10 == 0:
                queries.forget()
            answer = ask(books, Scope.schools([id_]), "schools")
            if answer.column("name") != [f"school {id_}"]:
                wrong.append(answer.rows)

    threads = [threading.Thread(target=visitor, args=(id_,)) for id_ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_step_that_does_not_exist_is_named() -> None:
    with pytest.raises(QuestionError, match="nonsense"):
        catalogue.read("probe", HEADER + "-- step: nonsense\nselect 1 as n")
