"""Walking through pages, by number and by cursor, gives every row once, also while rows come in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.api import world
from tests.api.world import Client, World

LISTS = [
    ("/student-balance/history/", {"student_id": 1}, "transaction_id", 3),
    ("/student-balance/purchases/", {"student_id": 1, "include_consumption": "true"}, "transaction_id", 3),
    ("/admin/students/", {}, "student_id", 30),
    ("/admin/students/", {"sort": "next_expiry", "descending": "true"}, "student_id", 30),
    ("/admin/students/", {"sort": "drift", "search": "student", "status": "all"}, "student_id", 30),
]


def by_number(client: Client, path: str, asked: dict[str, Any], size: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    page = client.body(path, **asked, page_size=size)
    while True:
        rows += page["results"]
        if page["next"] is None:
            assert page["count"] == len(rows)
            return rows
        assert page["next"].startswith("/api/")
        page = client.body(page["next"].removeprefix("/api"))


def by_cursor(client: Client, path: str, asked: dict[str, Any], size: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.body(path, **asked, limit=size, cursor=cursor)
        rows += page["results"]
        cursor = page["next_cursor"]
    return rows


@pytest.mark.parametrize("size", [2, 100])
@pytest.mark.parametrize(("path", "params", "name", "count"), LISTS)
def test_every_row_comes_once(
    asked: World, path: str, params: dict[str, Any], name: str, count: int, size: int
) -> None:
    client = asked.asks("staff")
    numbered, following = by_number(client, path, params, size), by_cursor(client, path, params, size)
    assert numbered == following
    assert len({row[name] for row in numbered}) == len(numbered) == count


def test_a_page_leads_back_also_from_beyond_the_end(asked: World) -> None:
    client = asked.asks("staff")
    page = client.body("/admin/students/", page=3, page_size=10)
    assert (page["count"], page["next"], len(page["results"])) == (30, None, 10)
    assert client.body(page["previous"].removeprefix("/api"))["results"][0]["student_id"] not in {
        row["student_id"] for row in page["results"]
    }
    beyond = client.body("/admin/students/", page=1_000_000_000, page_size=10)
    assert (beyond["count"], beyond["next"], beyond["results"]) == (30, None, [])
    assert "page=3" in beyond["previous"]


def test_rows_that_come_in_neither_repeat_nor_hide_any(tmp_path: Path) -> None:
    new = """
        insert into purchases by name select 999 as transaction_id, 1 as student_id, 1 as school_id, 'package' as
        transaction_type, 'completed' as payment_status, 5 as amount, 'EUR' as currency, ts as created_at,
        ts::date as created_date, ts as updated_at from now;"""
    world.publish(tmp_path)
    with world.opened(tmp_path) as own:
        client = own.asks("staff")
        first = client.body("/student-balance/history/", student_id=1, limit=1)
        world.publish(tmp_path, snapshot_id=2, rows=new)
        seen = first["results"]
        cursor = first["next_cursor"]
        while cursor:
            page = client.body("/student-balance/history/", student_id=1, limit=1, cursor=cursor)
            seen += page["results"]
            cursor = page["next_cursor"]
        assert len(seen) == 3
        assert 999 not in {row["transaction_id"] for row in seen}
        assert client.body("/student-balance/history/", student_id=1)["count"] == 4


def test_a_cursor_is_good_for_its_filters_only(asked: World) -> None:
    client = asked.asks("staff")
    cursor = client.body("/admin/students/", limit=2)["next_cursor"]
    assert client.get("/admin/students/", params={"cursor": cursor, "sort": "pace"}).status_code == 422
    assert client.get("/admin/students/", params={"cursor": cursor[:-2] + "AA"}).status_code == 422
    assert client.get("/student-balance/history/", params={"cursor": cursor, "student_id": 1}).status_code == 422
    assert client.get("/admin/students/", params={"cursor": cursor, "limit": 5}).status_code == 200


def test_the_log_is_walked_from_its_end(tmp_path: Path) -> None:
    world.publish(tmp_path)
    with world.opened(tmp_path) as own:
        for student in range(1, 8):
            own.asks("staff").get("/student-balance/", params={"student_id": student})
        seen: list[int] = []
        cursor: Any = None
        while True:
            more = {} if cursor is None else {"cursor": cursor}
            page = own.asks("owner_a").body("/admin/audit/", limit=3, **more)
            seen += [row["id"] for row in page["results"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == sorted(seen, reverse=True)
        assert len(set(seen)) == 7
