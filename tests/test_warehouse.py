"""Readers and publishing: nobody waits, nobody sees half, nothing but the snapshots can be opened."""

from __future__ import annotations

import json
import shutil
import threading
import time
from pathlib import Path

import duckdb
import pytest

import warehouse
from tests import synthetic
from warehouse import NoSnapshot, SnapshotRef, Warehouse


def publish(folder: Path, number: int, rows: int) -> Path:
    """A snapshot in which every table row says which snapshot it belongs to."""
    values = f"insert into students (student_id, name) select {number}, 'snapshot {number}' from range({rows})"
    return synthetic.publish(folder, rows=values, snapshot_id=number)


def test_readers_finish_on_the_snapshot_they_began_with_while_new_ones_are_published(tmp_path: Path) -> None:
    for number in range(8, 0, -1):
        publish(tmp_path, number, 10 + number)
    books = Warehouse(tmp_path)
    wrong: list[object] = []
    seen: set[int] = set()
    stop = threading.Event()

    def reader() -> None:
        while not stop.is_set():
            with books.lease() as cursor:
                first = cursor.execute("select min(student_id), max(student_id), count(*) from students").fetchone()
                again = cursor.execute("select min(student_id), max(student_id), count(*) from students").fetchone()
            assert first is not None
            if first != again or first[0] != first[1] or first[2] != 10 + first[0]:
                wrong.append((first, again))
            seen.add(first[0])

    threads = [threading.Thread(target=reader) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        for swap in range(1, 41):
            synthetic.point(tmp_path, 1 + swap % 8)
            time.sleep(0.02)
        synthetic.point(tmp_path, 8)
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert wrong == []
    assert len(seen) > 3
    with books.lease() as cursor:
        assert cursor.execute("select max(student_id) from students").fetchone() == (8,)
        attached = cursor.execute(
            "select database_name from duckdb_databases() where not internal order by all"
        ).fetchall()
    assert sorted(attached) == [("memory",), ("snap_8",)], "files that nobody reads any more are closed"


def test_there_is_no_snapshot_before_the_first_sync(tmp_path: Path) -> None:
    books = Warehouse(tmp_path)
    assert books.current() is None
    assert books.snapshots() == []
    assert books.last_sync() is None
    with pytest.raises(NoSnapshot, match="Run a sync first"), books.lease():
        pass


def test_the_pointer_is_read_again_when_it_changes(tmp_path: Path) -> None:
    publish(tmp_path, 1, 1)
    books = Warehouse(tmp_path)
    first = books.current()
    assert first is not None
    assert first.snapshot_id == 1
    assert first.as_of is not None
    assert first.as_of.isoformat() == synthetic.AS_OF
    publish(tmp_path, 2, 1)
    assert [snapshot.snapshot_id for snapshot in books.snapshots()] == [2, 1]


def test_a_pointer_to_a_file_that_is_gone_is_said_with_its_name(tmp_path: Path) -> None:
    publish(tmp_path, 1, 1).unlink()
    with pytest.raises(NoSnapshot, match=r"snap_000001\.duckdb is gone"), Warehouse(tmp_path).lease():
        pass


def test_a_broken_pointer_is_said_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "current.json").write_text('{"snapshot_id": ', "utf-8")
    with pytest.raises(NoSnapshot, match="Run a sync"):
        Warehouse(tmp_path).current()


def test_a_pointer_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "warehouse"
    publish(elsewhere, 1, 1)
    folder.mkdir()
    said = {"snapshot_id": 1, "file": "../elsewhere/snap_000001.duckdb", "as_of": None, "published_at": None}
    (folder / "current.json").write_text(json.dumps(said), "utf-8")
    with pytest.raises(NoSnapshot), Warehouse(folder).lease():
        pass


def test_an_older_snapshot_can_be_read_beside_the_current_one(tmp_path: Path) -> None:
    publish(tmp_path, 1, 1)
    publish(tmp_path, 2, 1)
    books = Warehouse(tmp_path)
    old = books.snapshots()[-1]
    with books.lease() as new_cursor, books.lease(old) as old_cursor:
        assert new_cursor.execute("select student_id from students").fetchall() == [(2,)]
        assert old_cursor.execute("select student_id from students").fetchall() == [(1,)]


def test_a_folder_made_anew_is_read_anew_although_numbers_repeat(tmp_path: Path) -> None:
    folder = tmp_path / "warehouse"
    publish(folder, 1, 1)
    books = Warehouse(folder)
    with books.lease() as cursor:
        assert cursor.execute("select count(*) from students").fetchone() == (1,)
    publish(tmp_path / "anew", 1, 5)  # by another process, which knows nothing of this one's open file
    shutil.rmtree(folder)
    (tmp_path / "anew").rename(folder)
    with books.lease() as cursor:
        assert cursor.execute("select count(*) from students").fetchone() == (5,)


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('/etc/passwd')",
        "select * from read_csv('/etc/passwd')",
        "copy (select 1) to '/tmp/hourbook_leak.csv'",
        "attach '/tmp/hourbook_leak.duckdb'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set threads = 1",
        "set allowed_directories = ['/']",
        "insert into students (student_id) values (1)",
        "create table stolen as select 1",
    ],
)
def test_a_cursor_can_reach_nothing_but_the_snapshots(tmp_path: Path, sql: str) -> None:
    publish(tmp_path, 1, 1)
    with Warehouse(tmp_path).lease() as cursor, pytest.raises(duckdb.Error):
        cursor.execute(sql)
    assert not Path("/tmp/hourbook_leak.csv").exists()
    assert not Path("/tmp/hourbook_leak.duckdb").exists()


def test_instants_are_read_in_utc(tmp_path: Path) -> None:
    synthetic.publish(tmp_path, rows=synthetic.EMPTY)
    with Warehouse(tmp_path).lease() as cursor:
        row = cursor.execute("select as_of, as_of::varchar from sync").fetchone()
    assert row is not None
    assert row[0].isoformat() == synthetic.AS_OF
    assert row[1].endswith("+00")


def test_one_folder_has_one_warehouse_in_a_process(tmp_path: Path) -> None:
    assert warehouse.open(tmp_path) is warehouse.open(tmp_path / ".")


def test_a_pinned_warehouse_stays_with_its_snapshot(tmp_path: Path) -> None:
    publish(tmp_path, 1, 1)
    books = Warehouse(tmp_path)
    first = books.current()
    assert isinstance(first, SnapshotRef)
    pinned = books.pinned(first)
    publish(tmp_path, 2, 1)
    assert pinned.current() == first
    with pinned.lease() as cursor:
        assert cursor.execute("select student_id from students").fetchall() == [(1,)]
