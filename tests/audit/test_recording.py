from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

import audit
import store
from audit import Event, NotForTheLog
from tests.audit.conftest import NOW

NOWHERE = create_engine("sqlite:////nowhere/store.db")
"""Nothing can be written there, so whoever is refused was refused before."""


class Shown(StrEnum):
    MONEY = "money"


def recorded(engine: Engine, **said: object) -> int:
    return audit.record(engine, **{"event": Event.EXPORTED, "actor": "user:12", "now": NOW, **said})  # type: ignore[arg-type]


def records_fifty(url: str, worker: int) -> list[int]:
    """What one of several processes does."""
    engine = store.engine(url)
    return [recorded(engine, actor=f"user:{worker}", object=number) for number in range(50)]


def test_an_entry_comes_back_as_it_was_recorded(engine: Engine) -> None:
    lisbon = NOW.astimezone(tz=None) + timedelta(microseconds=7)
    details = {"rows": 120, "schools": (3, 1), "all": True, "none": None, "format": "csv", "area": Shown.MONEY}
    number = recorded(engine, now=lisbon, school_id=3, student_id=7, object="question:balances", details=details)
    (entry,) = audit.entries(engine)
    assert (entry.id, entry.at, entry.event, entry.actor) == (number, lisbon, "exported", "user:12")
    assert (entry.school_id, entry.student_id, entry.object) == (3, 7, "question:balances")
    assert entry.details == {**details, "schools": [3, 1], "area": "money"}


def test_numbers_count_from_one_without_a_gap(engine: Engine) -> None:
    assert [recorded(engine) for _ in range(5)] == [1, 2, 3, 4, 5]


def test_every_event_can_be_recorded(engine: Engine) -> None:
    for event in Event:
        recorded(engine, event=event)
    assert audit.verify(engine).entries == len(Event)


@pytest.mark.parametrize("value", [
    "Ana", "ana@school.pt", "ana silva", "joão", "x" * 41, "", "a\nb", "<b>", 1.5, float("nan"), Decimal("1.50"),
    {"name": "ana"}, [["a"]], ["Ana"], b"x", 2**63, list(range(101)), NOW, object(),
])
def test_what_might_be_personal_does_not_get_into_the_details(value: object) -> None:
    with pytest.raises(NotForTheLog, match="'who'") as refusal:
        recorded(NOWHERE, details={"who": value})
    if isinstance(value, str) and len(value) > 2:
        assert value not in refusal.value.message


@pytest.mark.parametrize("said", [
    {"actor": "Ana"}, {"actor": "user:ana@school.pt"}, {"actor": ""}, {"actor": "user:12\n"}, {"actor": "user:"},
    {"object": "Ana"}, {"object": "student:Ana Silva"}, {"object": "https://school.pt"}, {"object": 1.5},
    {"school_id": "3"}, {"student_id": True}, {"student_id": 2**63}, {"school_id": 1.0},
    {"details": {"Ana Silva": 1}}, {"details": {7: 1}}, {"details": {f"k{number}": 1 for number in range(21)}},
])
def test_an_entry_names_things_by_ids(said: dict) -> None:
    with pytest.raises(NotForTheLog):
        recorded(NOWHERE, **said)


def test_what_is_refused_is_not_recorded(written: Engine) -> None:
    with pytest.raises(NotForTheLog):
        recorded(written, details={"who": "Ana"})
    assert recorded(written) == 11


def test_the_database_refuses_to_change_or_delete_an_entry(written: Engine) -> None:
    forbidden = [
        "update audit_log set actor = 'user:1' where id = 5", "delete from audit_log where id = 10",
        "delete from audit_log",
        "insert into audit_log select id + 5, at, event, actor, school_id, student_id, object, details, previous_hash,"
        " hash from audit_log where id = 10",
    ]
    if written.dialect.name == "sqlite":
        forbidden.append("insert or replace into audit_log select * from audit_log where id = 5")
    else:
        forbidden.append("truncate audit_log")
    for statement in forbidden:
        with pytest.raises(DBAPIError, match="the audit log only grows"), written.begin() as connection:
            connection.execute(text(statement))
    assert audit.verify(written).entries == 10


def test_threads_that_record_at_once_keep_one_chain(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: recorded(engine), range(40)))
    assert sorted(numbers) == list(range(1, 41))
    assert audit.verify(engine).holds


def test_threads_that_gather_write_each_entry_once_and_keep_one_chain(engine: Engine) -> None:
    log = audit.Gathering(engine)

    def say(number: int) -> None:
        log.record(audit.Said(event=Event.STUDENT_VIEWED, actor="user:1", now=NOW, student_id=number))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(say, range(1, 61)))
    assert sorted(one.student_id or 0 for one in audit.entries(engine, limit=100)) == list(range(1, 61))
    assert audit.verify(engine).broken is None


def test_who_gathers_is_told_that_nothing_was_written(engine: Engine) -> None:
    log = audit.Gathering(engine)
    with engine.begin() as connection:
        connection.execute(text("alter table audit_log rename to elsewhere"))
    said = audit.Said(event=Event.STUDENT_VIEWED, actor="user:1", now=NOW, student_id=1)
    try:
        with pytest.raises(DBAPIError):
            log.record(said)
    finally:
        with engine.begin() as connection:
            connection.execute(text("alter table elsewhere rename to audit_log"))
    log.record(said)
    assert len(audit.entries(engine)) == 1


@pytest.mark.slow
def test_processes_that_record_at_once_keep_one_chain(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(8, mp_context=multiprocessing.get_context("spawn")) as pool:
        numbers = [number for done in pool.map(records_fifty, [url] * 8, range(8)) for number in done]
    assert sorted(numbers) == list(range(1, 401))
    verdict = audit.verify(engine)
    assert (verdict.holds, verdict.entries) == (True, 400)
