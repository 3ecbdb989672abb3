from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, text

import audit
from audit import Anchor, AnchorUnreadable, Broken, Event, LogDamaged, chain
from store.tables import audit_log
from tests.audit.conftest import NOW, Tamper


def broken(engine: Engine, anchor: Anchor | None = None) -> Broken | None:
    return audit.verify(engine, anchor).broken


def renewed(engine: Engine, tamper: Tamper, first: int) -> None:
    """Compute every link anew from one entry on, as a forger with the code would."""
    with engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(audit_log.select().order_by(audit_log.c.id)).mappings()]
    before = chain.GENESIS
    for row in rows:
        if row["id"] >= first:
            row["previous_hash"] = before
            row["hash"] = chain.hash_of(row)
            tamper("update audit_log set previous_hash = :previous_hash, hash = :hash where id = :id",
                   id=row["id"], previous_hash=row["previous_hash"], hash=row["hash"])
        before = row["hash"]


def test_a_log_that_nobody_touched_holds(written: Engine) -> None:
    verdict = audit.verify(written)
    assert (verdict.entries, verdict.head.id, verdict.broken) == (10, 10, None)
    assert audit.verify(written, verdict.head).holds


def test_an_empty_log_holds(engine: Engine) -> None:
    verdict = audit.verify(engine)
    assert verdict == audit.Verdict(0, Anchor(id=0, hash=chain.GENESIS), None)
    assert audit.verify(engine, verdict.head).holds


@pytest.mark.parametrize("change", [
    "at = '2026-11-23T09:30:05.000001+00:00'", "at = '2026-11-23T09:30:05+00:00'", "event = 'exported'",
    "actor = 'user:6'", "school_id = 4", "school_id = null", "student_id = 6", "student_id = null", "object = 'page:6'",
    "object = null", "object = ''", "details = '{}'", "details = '{\"rows\": 5, \"via\": \"login\"}'", "details = 'no'",
    "details = ''", "previous_hash = hash", "hash = previous_hash", "hash = ''",
])
def test_a_changed_column_is_found_in_its_entry(written: Engine, tamper: Tamper, change: str) -> None:
    tamper(f"update audit_log set {change} where id = 5")
    assert broken(written) == Broken(5, "changed")


def test_every_column_is_covered_by_the_hash() -> None:
    assert {*chain.FIELDS, "hash"} == set(audit_log.columns.keys())


@pytest.mark.parametrize("change", [
    "actor = cast(x'ff00fe' as text)", "details = x'ff'", "student_id = 'five'", "school_id = 3.5", "at = 'yesterday'",
])
def test_what_is_of_another_type_is_found_too(written: Engine, tamper: Tamper, change: str) -> None:
    if written.dialect.name == "sqlite":  # the other database lets nobody write it
        tamper(f"update audit_log set {change} where id = 5")
        assert broken(written) == Broken(5, "changed")


def test_an_entry_that_cannot_be_read_is_a_sentence(written: Engine, tamper: Tamper) -> None:
    tamper("update audit_log set details = 'no' where id = 5")
    with pytest.raises(LogDamaged, match="Audit entry 5 cannot be read"):
        audit.entries(written)


@pytest.mark.parametrize(("removed", "first"), [("id = 1", 1), ("id = 5", 5), ("id in (5, 6, 9)", 5), ("id < 4", 1)])
def test_a_removed_entry_is_named(written: Engine, tamper: Tamper, removed: str, first: int) -> None:
    tamper(f"delete from audit_log where {removed}")
    assert broken(written) == Broken(first, "missing")


def test_closing_the_gap_of_a_removed_entry_is_found(written: Engine, tamper: Tamper) -> None:
    tamper("delete from audit_log where id = 5", *(f"update audit_log set id = {n - 1} where id = {n}"
                                                   for n in range(6, 11)))
    assert broken(written) == Broken(5, "changed")


@pytest.mark.parametrize("number", [0, -3])
def test_an_entry_put_in_before_the_first_is_named(written: Engine, tamper: Tamper, number: int) -> None:
    tamper(f"insert into audit_log select {number}, at, event, actor, school_id, student_id, object, details,"
           " previous_hash, hash from audit_log where id = 5")
    assert broken(written) == Broken(number, "added")


def test_an_entry_put_in_between_is_named(written: Engine, tamper: Tamper) -> None:
    tamper(*(f"update audit_log set id = {n + 1} where id = {n}" for n in range(10, 4, -1)),
           "insert into audit_log select 5, at, event, actor, school_id, student_id, object, details,"
           " previous_hash, hash from audit_log where id = 4")
    assert broken(written) == Broken(5, "changed")


def test_an_entry_added_at_the_end_must_follow_from_the_last(written: Engine, tamper: Tamper) -> None:
    row = {"id": 11, "at": chain.stamp(NOW), "event": "exported", "actor": "user:1", "school_id": None,
           "student_id": None, "object": None, "details": "{}", "previous_hash": chain.GENESIS}
    with written.begin() as connection:
        connection.execute(insert(audit_log).values(**row, hash=chain.hash_of(row)))
    assert broken(written) == Broken(11, "unlinked")


def test_swapped_entries_are_found(written: Engine, tamper: Tamper) -> None:
    tamper("update audit_log set id = 99 where id = 4", "update audit_log set id = 4 where id = 7",
           "update audit_log set id = 7 where id = 99")
    assert broken(written) == Broken(4, "changed")


def test_a_changed_entry_with_its_own_hash_made_anew_breaks_the_next(written: Engine, tamper: Tamper) -> None:
    with written.connect() as connection:
        row = dict(connection.execute(audit_log.select().where(audit_log.c.id == 5)).mappings().one())
    row["actor"] = "user:6"
    tamper("update audit_log set actor = 'user:6', hash = :hash where id = 5", hash=chain.hash_of(row))
    assert broken(written) == Broken(6, "unlinked")


def test_a_cut_off_end_is_found_against_an_anchor_only(written: Engine, tamper: Tamper) -> None:
    anchor = audit.verify(written).head
    tamper("delete from audit_log where id > 7")
    assert broken(written) is None
    assert broken(written, anchor) == Broken(8, "cut_off")
    tamper("delete from audit_log")
    assert broken(written, anchor) == Broken(1, "cut_off")


def test_a_rebuilt_chain_is_found_against_an_anchor_only(written: Engine, tamper: Tamper) -> None:
    anchor = audit.verify(written).head
    tamper("update audit_log set actor = 'user:6' where id = 5")
    renewed(written, tamper, 5)
    assert broken(written) is None
    assert broken(written, anchor) == Broken(10, "rewritten")


def test_an_old_anchor_still_fits_a_log_that_grew(written: Engine) -> None:
    anchor = audit.verify(written).head
    audit.record(written, event=Event.SIGN_OUT, actor="user:1", now=NOW)
    assert audit.verify(written, anchor).entries == 11


@pytest.mark.parametrize("statement", ["update audit_log set actor = 'x' where id = 2", "delete from audit_log"])
def test_only_the_owner_who_takes_the_triggers_away_can_tamper(written: Engine, statement: str) -> None:
    with pytest.raises(Exception, match="only grows"), written.begin() as connection:
        connection.execute(text(statement))


def test_an_anchor_is_read_as_it_was_written(tmp_path: Path) -> None:
    file, anchor = tmp_path / "anchor.json", Anchor(id=7, hash="ab" * 32)
    audit.write_anchor(file, Anchor(id=6, hash="cd" * 32))
    audit.write_anchor(file, anchor)
    assert audit.read_anchor(file) == anchor
    assert [path.name for path in tmp_path.iterdir()] == ["anchor.json"]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"id": "7", "hash": ""}', '{"id": 7, "hash": "xyz"}', "\0"])
def test_what_is_no_anchor_is_told(tmp_path: Path, content: str) -> None:
    file = tmp_path / "anchor.json"
    file.write_text(content)
    with pytest.raises(AnchorUnreadable, match="holds no anchor"):
        audit.read_anchor(file)


def test_an_anchor_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    with pytest.raises(AnchorUnreadable, match="cannot be read"):
        audit.read_anchor(tmp_path / "none")
    with pytest.raises(AnchorUnreadable, match="cannot be written"):
        audit.write_anchor(tmp_path / "none" / "anchor", Anchor(id=0, hash=chain.GENESIS))


@pytest.mark.slow
def test_a_long_log_is_verified_in_little_memory(engine: Engine) -> None:
    before, rows = chain.GENESIS, []
    for number in range(1, 100_001):
        row = {"id": number, "at": chain.stamp(NOW), "event": "student_viewed", "actor": "user:12", "school_id": 3,
               "student_id": number, "object": None, "details": '{"via":"login"}', "previous_hash": before}
        before = chain.hash_of(row)
        rows.append({**row, "hash": before})
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("set local session_replication_role = replica"))  # the trigger asks at each row
        connection.execute(insert(audit_log), rows)
    del rows
    begun = time.perf_counter()
    assert audit.verify(engine).entries == 100_000
    print(f"{engine.dialect.name}: {100_000 / (time.perf_counter() - begun):,.0f} entries a second")  # noqa: T201
    tracemalloc.start()
    try:
        assert audit.verify(engine).entries == 100_000
        assert tracemalloc.get_traced_memory()[1] < 16_000_000
    finally:
        tracemalloc.stop()
