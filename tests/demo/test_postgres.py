from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

import demo
from etl.contract import platform
from tests.demo.conftest import TODAY, open_made


def test_postgres_holds_the_same_rows_as_sqlite(postgres_url: str, tmp_path: Path) -> None:
    path = tmp_path / "same.db"
    here = open_made(path, demo.generate(f"sqlite:///{path}", students=60, years=1, today=TODAY))
    there = demo.generate(postgres_url, students=60, years=1, today=TODAY)
    assert here.report == there
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        connection.execute(text("set timezone = 'UTC'"))
        for table in platform.sorted_tables:
            columns = [c for c in table.columns if c.name != "metadata"]
            query = f"select {', '.join(c.name for c in columns)} from {table.name} order by id"
            theirs = connection.execute(text(query))
            ours = here.rows(query)
            stages = [c.info["stage"] for c in columns]
            for mine, other in zip(ours, theirs.fetchall(), strict=True):
                assert [_plain(v, s) for v, s in zip(mine, stages, strict=True)] == [
                    _plain(v, s) for v, s in zip(other, stages, strict=True)
                ], table.name
        kinds = connection.execute(text("select distinct jsonb_typeof(metadata) from finances_purchasetransaction"))
        assert set(kinds.scalars()) == {"object", "null", "array", "string", "number", "boolean"}
    engine.dispose()
    here.connection.close()


def _plain(value: object, stage: str) -> object:
    """A value of either database in one spelling."""
    if value is None:
        return None
    if stage.startswith("decimal"):
        return round(float(str(value)) * 100)
    if stage == "boolean":
        return bool(value)
    if stage == "timestamptz":
        at = datetime.fromisoformat(str(value))
        return at.replace(tzinfo=None)
    if stage == "time":
        return str(value)[:8]
    return str(value)


def test_postgres_has_the_platforms_keys_and_deletes_by_cascade(postgres_url: str) -> None:
    report = demo.generate(postgres_url, students=30, years=1, today=TODAY)
    maria = report.persona("maria").user_id
    engine = create_engine(postgres_url)
    found = inspect(engine)
    for table in platform.sorted_tables:
        assert found.get_pk_constraint(table.name)["constrained_columns"] == ["id"]
        keys = {k["constrained_columns"][0]: k for k in found.get_foreign_keys(table.name)}
        wanted = {c.name for c in table.columns if c.foreign_keys}
        assert set(keys) == wanted
        assert all(key["options"]["ondelete"] == "CASCADE" for key in keys.values())
        leading = {index["column_names"][0] for index in found.get_indexes(table.name)}
        assert wanted <= leading, table.name
    with engine.begin() as connection:
        connection.execute(text("delete from accounts_customuser where id = :id"), {"id": maria})
        for owned, column in (
            ("finances_studentaccountbalance", "student_id"), ("finances_purchasetransaction", "student_id"),
            ("finances_classsession_students", "customuser_id"), ("accounts_parentchildrelationship", "child_id"),
        ):
            left = connection.execute(text(f"select count(*) from {owned} where {column} = :id"), {"id": maria})
            assert left.scalar_one() == 0, owned
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("insert into accounts_teacherprofile (user_id, specialty) values (999999, 'x')"))
    with engine.begin() as connection:
        new = connection.execute(
            text("insert into accounts_teacherprofile (user_id, specialty) values (:id, 'x') returning id"),
            {"id": report.persona("parent").user_id},
        ).scalar_one()
        assert new > report.rows["accounts_teacherprofile"]
    engine.dispose()


def test_a_failure_on_the_way_leaves_postgres_as_it_was(postgres_url: str) -> None:
    demo.generate(postgres_url, students=12, years=1, today=TODAY)

    def interrupt(step: str, done: int, total: int) -> None:
        if step == "keys and indexes":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.generate(postgres_url, students=25, years=1, seed=2, today=TODAY, progress=interrupt)
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(text("select students, seed from hourbook_demo")).one() == (12, 1)
    engine.dispose()
    assert demo.is_demo(postgres_url)
    demo.drop(postgres_url)
    assert not demo.is_demo(postgres_url)


def test_a_foreign_postgres_database_is_refused(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("create table accounts_school (id bigint primary key)"))
    with pytest.raises(demo.NotADemoDatabase, match="left as it is"):
        demo.generate(postgres_url, students=10, years=1, today=TODAY)
    assert inspect(engine).get_table_names() == ["accounts_school"]
    engine.dispose()
