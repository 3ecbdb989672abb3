"""Receipts: numbers without gap or twin, the same one when asked again, chains that show every change."""

import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError

import store
from store import certificates, receipt_books, receipt_lists, receipts
from tests.store.issuing import NOW, content, wanted

ROOT = Path(__file__).resolve().parents[2]


def issued(engine: Engine, *numbers: int, school_id: int = 1) -> list[receipts.Receipt]:
    made = receipts.record(engine, [wanted(number, school_id=school_id) for number in numbers], now=NOW)
    return [receipts.attach(engine, one.id, content(one), signed_by=None, now=NOW) for one, _ in made]


def assert_complete(engine: Engine, count: int) -> None:
    found = receipt_lists.listed(engine, limit=count + 10)
    assert sorted(one.number for one in found) == list(range(1, count + 1))
    assert sorted(one.position for one in found) == list(range(1, count + 1))
    assert {one.transaction_id for one in found} == set(range(1, count + 1))
    assert all(one.document_sha256 for one in found)
    assert receipt_books.verify(engine).faults == []


def test_asked_again_it_is_the_same_receipt(engine: Engine) -> None:
    [(first, created)] = receipts.record(engine, [wanted(1)], now=NOW)
    [(again, created_again)] = receipts.record(engine, [wanted(1)], now=NOW + timedelta(days=400))
    assert (created, created_again) == (True, False)
    assert again == first
    assert first.number_text == "REC-2026-000001"


def test_numbers_count_apart_by_school_series_and_year_of_the_schools_day(engine: Engine) -> None:
    just_before_midnight = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    lisbon = replace(wanted(1), zone="Europe/Lisbon")
    paris = replace(wanted(2), zone="Europe/Paris", school_id=2)
    made = receipts.record(engine, [lisbon, paris, replace(wanted(3), series="X")], now=just_before_midnight)
    assert [one.number_text for one, _ in made] == ["REC-2026-000001", "REC-2027-000001", "X-2026-000001"]


def test_time_never_runs_back_within_a_chain(engine: Engine) -> None:
    issued(engine, 1)
    [(late, _)] = receipts.record(engine, [wanted(2)], now=NOW - timedelta(hours=3))
    assert (late.issued_at, late.number) == (NOW, 2)
    with pytest.raises(receipts.ClockBehind, match="correct the clock"):
        receipts.record(engine, [wanted(3)], now=NOW - timedelta(days=300))


def test_threads_that_issue_at_once_leave_neither_gap_nor_twin(engine: Engine) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: issued(engine, number % 20 + 1), range(40)))
    assert_complete(engine, 20)


def test_the_document_attached_first_stays(engine: Engine) -> None:
    [(receipt, _)] = receipts.record(engine, [wanted(1)], now=NOW)
    assert receipt_lists.waiting(engine) == [receipt.id]
    first = receipts.attach(engine, receipt.id, b"first", signed_by="a", now=NOW)
    second = receipts.attach(engine, receipt.id, b"second", signed_by="b", now=NOW)
    assert first == second
    assert receipts.kept(engine, first.document_sha256 or "") == b"first"
    assert receipt_lists.waiting(engine) == []


def test_the_database_refuses_to_change_what_was_issued(engine: Engine) -> None:
    issued(engine, 1)
    writing = engine.execution_options(writes=True)
    for statement in (
        "update receipts set total = total + 1, net = net + 1", "update receipts set number = 9",
        "update receipts set facts = '{}'", "delete from receipts", "update documents set size = 0",
        "update receipts set document_sha256 = null, document_position = null", "delete from documents",
    ):
        with pytest.raises(DatabaseError, match="never changed"), writing.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize(("statement", "fault"), [
    ("update receipts set total = total + 1, net = net + 1 where number = 2", "REC-2026-000002) was changed"),
    ("update receipts set actor = 'other' where number = 3", "REC-2026-000003) was changed"),
    ("update receipts set facts = '{}' where number = 1", "REC-2026-000001) was changed"),
    ("delete from receipts where number = 2", "record 2 is missing"),
    ("delete from receipts where number = 4", "its chain ends after 4 records, its receipts after 3"),
    ("delete from receipts", "its chain ends after 4 records"),
    ("update receipts set document_sha256 = (select document_sha256 from receipts where number = 1) where number = 2",
     "REC-2026-000002 was exchanged"),
    ("update documents set content = (select content from documents order by sha256 desc limit 1)", "were changed"),
    ("delete from documents", "is gone"),
    ("delete from receipt_chains", "has receipts and no chain"),
])
def test_the_walk_over_the_books_finds_it(statement: str, fault: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    store.migrate(url)
    engine = store.engine(url)
    issued(engine, 1, 2, 3, 4)
    assert receipt_books.verify(engine).faults == []
    with engine.execution_options(writes=True).begin() as connection:
        for (name,) in connection.execute(text("select name from sqlite_master where type = 'trigger'")).all():
            connection.execute(text(f"drop trigger {name}"))
        connection.execute(text(statement))
    faults = receipt_books.verify(engine).faults
    assert any(fault in one for one in faults), faults


def test_a_noted_link_shows_that_the_end_was_cut_off(engine: Engine) -> None:
    issued(engine, 1, 2)
    heads = receipt_books.verify(engine).heads
    issued(engine, 3)
    assert receipt_books.verify(engine, heads=heads).faults == []
    assert receipt_books.verify(engine, heads={1: "f" * 64}).faults != []


def test_a_float_is_refused(engine: Engine) -> None:
    with pytest.raises(Exception, match="exact amount"):
        receipts.record(engine, [replace(wanted(1), total=1.1)], now=NOW)  # type: ignore[arg-type]
    assert receipt_lists.listed(engine) == []


def test_lists_are_cut_by_school_student_day_and_text(engine: Engine) -> None:
    issued(engine, 1, 2, 3)
    issued(engine, 11, school_id=2)

    def numbers(**rules: object) -> list[int]:
        return [one.transaction_id for one in receipt_lists.listed(engine, **rules)]  # type: ignore[arg-type]

    assert numbers() == [11, 3, 2, 1]
    assert numbers(school_ids=[2]) == [11]
    assert numbers(school_ids=[]) == []
    assert numbers(student_ids=[3]) == [2]
    assert numbers(since=date(2026, 11, 24)) == []
    assert numbers(text="ÁNA 3") == [3]
    assert numbers(text="rec-2026-000002") == [2]
    assert numbers(text="100%") == []
    first = receipt_lists.listed(engine, limit=2)
    assert numbers(before=first[-1].id) == [2, 1]


def test_a_receipt_of_which_money_was_given_back_is_not_valid_and_its_note_is(engine: Engine) -> None:
    first, second = issued(engine, 1, 2)
    note = replace(
        wanted(1), subject="credit_note:r", kind="credit_note", series="CN", refund_id="r", original_id=first.id,
    )
    [(credit, _)] = receipts.record(engine, [note], now=NOW)
    found = {
        valid: [one.id for one in receipt_lists.listed(engine, is_valid=valid)] for valid in (True, False, None)
    }
    assert found == {True: [credit.id, second.id], False: [first.id], None: [credit.id, second.id, first.id]}
    assert [receipt_lists.counted(engine, is_valid=valid) for valid in (True, False, None)] == [2, 1, 3]
    assert [one.id for one in receipt_lists.listed(engine, limit=1, offset=1)] == [second.id]
    assert {one.id for one in receipt_lists.by_transactions(engine, [1])} == {first.id, credit.id}


def test_a_code_opens_only_its_own_receipt(engine: Engine) -> None:
    [one] = issued(engine, 1)
    [other] = issued(engine, 2, school_id=2)
    assert one.number_text == other.number_text
    assert receipt_lists.by_code(engine, one.number_text, one.verification_code.lower()) == one
    assert receipt_lists.by_code(engine, one.number_text, other.verification_code) == other
    assert receipt_lists.by_code(engine, one.number_text, "x" * 12) is None


def test_a_certificate_is_noted_once_and_can_be_revoked(engine: Engine) -> None:
    for _ in range(2):
        certificates.note(engine, fingerprint="ab" * 32, chain="PEM", subject="S", expires_at=NOW, now=NOW)
    assert len(certificates.known(engine)) == 1
    certificates.revoke(engine, "abab", reason="stolen", now=NOW)
    assert certificates.known(engine)[0].revoked_reason == "stolen"
    with pytest.raises(certificates.CertificateUnknown):
        certificates.revoke(engine, "ff", reason="", now=NOW)


@pytest.mark.slow
def test_a_thousand_issued_by_processes_that_are_killed_leave_neither_gap_nor_twin(engine: Engine) -> None:
    assert inspect(engine).has_table("receipts")
    count, chance, deadline = 1000, random.Random(7), time.monotonic() + 240
    url = engine.url.render_as_string(hide_password=False)
    running: dict[int, subprocess.Popen[bytes]] = {}
    kills = seed = 0
    while time.monotonic() < deadline:
        for place in range(4):
            process = running.get(place)
            if process is None or process.poll() is not None:
                if process is not None and process.returncode == 0:
                    break
                seed += 1
                running[place] = subprocess.Popen(
                    [sys.executable, "-m", "tests.store.issuing", url, str(count), str(seed)], cwd=ROOT,
                )
        else:
            time.sleep(chance.uniform(0.2, 1.5))
            if kills < 25:
                running[chance.randrange(4)].kill()
                kills += 1
            continue
        break
    for process in running.values():
        process.wait(timeout=240)
    assert kills > 5
    assert_complete(engine, count)
    assert len(receipts.record(engine, [wanted(1)], now=NOW)) == 1
    assert receipts.record(engine, [wanted(5, amount=Decimal("99.00"))], now=NOW)[0][1] is False
