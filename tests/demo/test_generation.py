from __future__ import annotations

import hashlib
import sqlite3
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import demo
from demo.columns import arrow_table
from errors import HourbookError
from etl.contract import platform
from tests.demo.conftest import TODAY, Made

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything


def _fingerprint(path: Path) -> dict[str, str]:
    """Every row of every table, in order of the ids."""
    connection = sqlite3.connect(path)
    prints = {}
    for table in platform.tables:
        rows = connection.execute(f"select * from {table} order by id").fetchall()
        prints[table] = hashlib.sha256(repr(rows).encode()).hexdigest()
    connection.close()
    return prints


def _generate(
    path: Path, *, seed: int = 1, students: int = 40, years: int = 1, today: datetime = TODAY
) -> demo.DemoReport:
    return demo.generate(f"sqlite:///{path}", students=students, years=years, seed=seed, today=today)


def test_the_same_seed_date_and_scale_give_the_same_rows(tmp_path: Path) -> None:
    first = _generate(tmp_path / "a.db")
    second = _generate(tmp_path / "b.db")
    assert first == second
    assert _fingerprint(tmp_path / "a.db") == _fingerprint(tmp_path / "b.db")


def test_another_seed_gives_another_crowd_and_the_same_people_with_stories(tmp_path: Path) -> None:
    first, second = _generate(tmp_path / "a.db"), _generate(tmp_path / "b.db", seed=2)
    assert _fingerprint(tmp_path / "a.db")["finances_hourconsumption"] != (
        _fingerprint(tmp_path / "b.db")["finances_hourconsumption"]
    )
    assert first.personas == second.personas


def test_a_persona_has_the_same_id_at_every_scale(tmp_path: Path, made: Made) -> None:
    assert _generate(tmp_path / "small.db").personas == made.report.personas


def test_another_chunk_is_another_crowd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.generation._CHUNK", 30)
    _generate(tmp_path / "chunks.db", students=90)
    connection = sqlite3.connect(tmp_path / "chunks.db")
    emails = connection.execute("select count(*), count(distinct lower(email)) from accounts_customuser").fetchone()
    connection.close()
    assert emails[0] == emails[1] + 1  # the two that differ in case


def test_the_report_counts_the_rows_that_are_there(made: Made) -> None:
    for table, count in made.report.rows.items():
        assert made.one(f"select count(*) from {table}") == count, table


def test_a_school_without_hazards_has_none(tmp_path: Path) -> None:
    report = demo.generate(f"sqlite:///{tmp_path / 'calm.db'}", students=20, years=1, today=TODAY, hazards=False)
    assert report.hazards == ()
    connection = sqlite3.connect(tmp_path / "calm.db")
    odd = connection.execute("select count(*) from accounts_customuser where email like 'odd.%'").fetchone()[0]
    connection.close()
    assert odd == 0


def test_a_database_with_platform_tables_and_no_mark_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "real.db"
    connection = sqlite3.connect(path)
    connection.execute("create table accounts_school (id integer primary key, name text)")
    connection.execute("insert into accounts_school values (7, 'A real school')")
    connection.commit()
    for attempt in (lambda: _generate(path), lambda: demo.drop(f"sqlite:///{path}")):
        with pytest.raises(demo.NotADemoDatabase, match="accounts_school") as failure:
            attempt()
        assert isinstance(failure.value, HourbookError)
    assert connection.execute("select * from accounts_school").fetchall() == [(7, "A real school")]
    tables = connection.execute("select count(*) from sqlite_master where type = 'table'").fetchone()
    connection.close()
    assert tables == (1,)


def test_a_demo_is_known_replaced_and_dropped(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'deep' / 'platform.db'}"
    assert not demo.is_demo(f"sqlite:///{tmp_path / 'other.db'}")
    assert not (tmp_path / "other.db").exists()
    _generate(tmp_path / "deep" / "platform.db", students=10)
    assert demo.is_demo(url)
    again = _generate(tmp_path / "deep" / "platform.db", students=20)
    assert again.students == 20
    demo.drop(url)
    assert not demo.is_demo(url)
    connection = sqlite3.connect(tmp_path / "deep" / "platform.db")
    tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    connection.close()
    assert tables == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"students": 0}, "students = 0"),
        ({"years": 9}, "999.99 hours"),
        ({"today": TODAY.replace(tzinfo=None)}, "with its zone"),
    ],
)
def test_a_size_that_makes_no_school_is_refused(tmp_path: Path, change: dict, words: str) -> None:
    with pytest.raises(demo.BadDemoSize, match=words):
        demo.generate(f"sqlite:///{tmp_path / 'x.db'}", **({"students": 10, "years": 1, "today": TODAY} | change))


@pytest.mark.parametrize("days", [0, 100, 240, 330])
def test_any_day_of_the_year_can_be_today(tmp_path: Path, days: int) -> None:
    report = _generate(tmp_path / "x.db", students=25, today=TODAY - timedelta(days=days))
    assert report.rows["finances_hourconsumption"] > 200


def test_the_default_school_is_made_within_five_seconds(tmp_path: Path) -> None:
    begun = time.process_time()
    _generate(tmp_path / "x.db", students=350, years=3)
    assert time.process_time() - begun < 5


def test_progress_ends_with_every_student(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    demo.generate(
        f"sqlite:///{tmp_path / 'x.db'}", students=15, years=1, today=TODAY,
        progress=lambda step, done, total: told.append((step, done, total)),
    )
    assert told == [("students", 0, 15), ("students", 15, 15)]


def test_a_missing_or_foreign_column_is_refused() -> None:
    with pytest.raises(KeyError):
        arrow_table("accounts_teacherprofile", {"id": [1], "user_id": [1]})
    with pytest.raises(KeyError, match="no column"):
        arrow_table("accounts_teacherprofile", {"id": [1], "user_id": [1], "specialty": ["x"], "pay": [3]})


def test_values_fit_the_contracts_columns(made: Made) -> None:
    """SQLite does not enforce lengths and digits; Postgres would refuse them."""
    for table in platform.sorted_tables:
        for column in table.columns:
            length = getattr(column.type, "length", None)
            if length:
                assert made.one(f"select coalesce(max(length({column.name})), 0) from {table.name}") <= length
            if column.info["stage"].startswith("decimal"):
                most = 10 ** (column.type.precision - 2)  # type: ignore[attr-defined]
                worst, places = made.one(
                    f"select max(abs({column.name})), max(abs({column.name} * 100 - round({column.name} * 100))) "
                    f"from {table.name}"
                )
                assert worst is None or (worst < most and places < 1e-6), (table.name, column.name)
            if not column.nullable:
                assert made.one(f"select count(*) from {table.name} where {column.name} is null") == 0
