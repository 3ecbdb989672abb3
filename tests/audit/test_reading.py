from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine

import audit
from audit import Event
from tests.audit.conftest import NOW


def found(engine: Engine, **limits: object) -> list[int]:
    return [entry.id for entry in audit.entries(engine, **limits)]  # type: ignore[arg-type]


def test_the_newest_entries_come_first_and_page_by_page(written: Engine) -> None:
    assert found(written, limit=4) == [10, 9, 8, 7]
    assert found(written, limit=4, before=7) == [6, 5, 4, 3]
    assert found(written, limit=4, before=3) == [2, 1]
    assert found(written, limit=4, before=1) == []


def test_a_page_stays_the_same_while_entries_are_added(written: Engine) -> None:
    page = found(written, limit=4, before=7)
    audit.record(written, event=Event.SIGN_OUT, actor="user:1", now=NOW)
    assert found(written, limit=4, before=7) == page


def test_entries_are_found_by_what_they_say(written: Engine) -> None:
    audit.record(written, event=Event.SIGN_OUT, actor="user:4", now=NOW, school_id=5)
    assert found(written, event=Event.SIGN_OUT) == [11]
    assert found(written, actor="user:4") == [11, 4]
    assert found(written, student_id=4) == [4]
    assert found(written, actor="user:4", event="student_viewed") == [4]


def test_a_schools_readers_see_neither_others_nor_what_belongs_to_no_school(written: Engine) -> None:
    audit.record(written, event=Event.SIGN_OUT, actor="user:1", now=NOW, school_id=5)
    audit.record(written, event=Event.SIGN_OUT, actor="user:1", now=NOW)
    assert found(written, school_ids=[5]) == [11]
    assert found(written, school_ids=[5, 3]) == [*range(11, 0, -1)]
    assert found(written, school_ids=[]) == []
    assert found(written)[:2] == [12, 11]


def test_the_period_is_half_open(written: Engine) -> None:
    since, until = NOW + timedelta(seconds=3), NOW + timedelta(seconds=5)
    assert found(written, since=since, until=until) == [4, 3]
