"""The audit log is read and proved from the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

import audit
import store
from audit import Event
from tests.cli.conftest import AsJson, Ran

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A log of five entries, on which the commands work."""
    url = f"sqlite:///{tmp_path}/store.db"
    monkeypatch.setenv("HOURBOOK_STORE_URL", url)
    monkeypatch.setenv("HOURBOOK_NOW", NOW.isoformat())
    store.migrate(url)
    for number in range(1, 6):
        day = datetime(2026, 11, 10 + number, 8, tzinfo=UTC)
        audit.record(store.engine(url), event=Event.STUDENT_VIEWED, actor=f"user:{number}", now=day, school_id=number,
                     student_id=7, details={"rows": number})
    return store.engine(url)


def tampered(log: Engine, statement: str) -> None:
    with log.begin() as connection:
        for name in ("kept", "whole"):
            connection.execute(text(f"drop trigger audit_log_{name}"))
        connection.execute(text(statement))


def test_a_log_that_holds_ends_with_0(log: Engine, ran: Ran) -> None:
    code, out, err = ran("audit", "verify")
    assert (code, out) == (0, "")
    assert err.startswith("The log holds: 5 entries, the newest with the hash ")


def test_a_broken_log_ends_with_1_and_names_the_entry(log: Engine, ran: Ran) -> None:
    tampered(log, "update audit_log set student_id = 8 where id = 3")
    code, _, err = ran("audit", "verify")
    assert (code, err) == (1, "The log does not hold: entry 3 was changed after it was written. The 2 entries before "
                              "it are as written.\n")
    code, out, _ = ran("audit", "verify", "--json")
    found = json.loads(out)
    assert (code, found["ok"], found["broken"]["id"], found["broken"]["kind"]) == (1, False, 3, "changed")


def test_a_cut_off_log_is_found_by_its_anchor_again_and_again(log: Engine, tmp_path: Path, ran: Ran) -> None:
    anchor = str(tmp_path / "anchor.json")
    assert ran("audit", "verify", "--write-anchor", anchor)[0] == 0
    assert ran("audit", "verify", "--anchor", anchor)[0] == 0
    tampered(log, "delete from audit_log where id > 3")
    for _ in range(2):
        code, _, err = ran("audit", "verify", "--anchor", anchor, "--write-anchor", anchor)
        assert code == 1
        assert "entry 4 is missing: the log ends before its anchor" in err
    assert audit.read_anchor(Path(anchor)).id == 5


def test_an_anchor_that_is_not_there_is_a_sentence(log: Engine, tmp_path: Path, ran: Ran) -> None:
    code, _, err = ran("audit", "verify", "--anchor", str(tmp_path / "none"))
    assert (code, "cannot be read" in err) == (1, True)


def test_verifying_and_reading_are_in_the_log_too(log: Engine, ran: Ran) -> None:
    ran("audit", "verify")
    ran("audit", "list", "--student", "7")
    read, verified = audit.entries(log, limit=2)
    assert (verified.event, verified.details) == ("audit_verified", {"entries": 5, "anchored": False})
    assert (read.event, read.student_id, read.details) == ("audit_read", 7, {"entries": 5, "schools": None})


def test_entries_are_listed_newest_first(log: Engine, as_json: AsJson) -> None:
    found = as_json("audit", "list", "--limit", "2")
    assert [(entry["id"], entry["actor"]) for entry in found] == [(5, "user:5"), (4, "user:4")]
    assert found[0]["at"] == "2026-11-15T08:00:00+00:00"
    assert found[0]["details"] == {"rows": 5}


@pytest.mark.parametrize(("options", "ids"), [
    (["--school", "2", "--school", "3"], [3, 2]), (["--actor", "user:4"], [4]), (["--event", "sign_out"], []),
    (["--before", "3"], [2, 1]), (["--since", "2026-11-13", "--until", "2026-11-15"], [4, 3]),
    (["--since", "2026-11-14T08:00:00+00:00"], [5, 4]),
])
def test_entries_are_found_by_what_they_say(log: Engine, as_json: AsJson, options: list[str], ids: list[int]) -> None:
    assert [entry["id"] for entry in as_json("audit", "list", *options)] == ids


def test_entries_come_as_a_table_of_values_too(log: Engine, ran: Ran) -> None:
    code, out, _ = ran("audit", "list", "--limit", "1", "--csv")
    assert code == 0
    assert out == ("id,at,event,actor,school_id,student_id,object,details\n"
                   "5,2026-11-15 08:00:00+00:00,student_viewed,user:5,5,7,,rows=5\n")
    assert "student_viewed" in ran("audit", "list")[1]


@pytest.mark.parametrize(("options", "sentence"), [
    (["--event", "nosuch"], "--event 'nosuch' is none; there are session_started, "),
    (["--since", "yesterday"], "'yesterday' is neither a day nor an instant with its zone"),
    (["--until", "2026-11-23T09:00"], "is neither a day nor an instant with its zone"),
])
def test_what_cannot_be_looked_for_is_told(log: Engine, ran: Ran, options: list[str], sentence: str) -> None:
    code, _, err = ran("audit", "list", *options)
    assert code == 1
    assert sentence in err
