"""Opening a student's page from the school's own site."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from store import embeds
from tests.api import world
from tests.api.world import NOW, World


@pytest.fixture
def own(tmp_path: Path) -> Iterator[World]:
    world.publish(tmp_path)
    with world.opened(tmp_path) as found:
        yield found


def opened(
    own: World, *, key: str | None = None, who: str = "service", schools: Any = None, **body: Any
) -> httpx.Response:
    headers = {} if key is None else {"idempotency-key": key}
    return own.asks(who, schools=schools).request("POST", "/embed/sessions/", json=body, headers=headers)


def spent(own: World, url: str) -> embeds.EmbedSession:
    [nonce] = parse_qs(urlsplit(url).query)["n"]
    idle, longest = timedelta(minutes=30), timedelta(hours=8)
    return embeds.spend(own.engine, nonce, now=NOW, idle=idle, longest=longest)[0]


def test_the_address_opens_the_page_of_that_student_once(own: World) -> None:
    answer = opened(own, email="STUDENT1@example.org", locale="pt", theme="dark")
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    said = answer.json()
    assert said["url"].startswith("https://hours.example.org/embed/enter?n=")
    assert said["expires_at"] == "2026-11-23T05:31:00+00:00"
    session = spent(own, said["url"])
    assert (session.student_id, session.school_id, session.only_schools) == (1, 1, None)
    assert (session.locale, session.theme) == ("pt", "dark")
    with pytest.raises(embeds.NonceRefused):
        spent(own, said["url"])


def test_a_token_of_one_school_opens_pages_of_that_school_only(own: World) -> None:
    session = spent(own, opened(own, student_id=20, schools=(2,)).json()["url"])
    assert (session.school_id, session.only_schools) == (2, (2,))
    assert opened(own, student_id=1, schools=(2,)).status_code == 404
    assert opened(own, student_id=20, school_id=1, schools=(2,)).status_code == 422


def test_a_school_that_is_not_the_students_is_refused(own: World) -> None:
    for school in (2, 999):
        [error] = opened(own, student_id=1, school_id=school).json()["errors"]
        assert (error["in"], error["field"]) == ("body", "school_id")


def test_only_whoever_was_given_it_may_ask(own: World) -> None:
    for who in ("student_1", "parent", "teacher", "desk_a", "money_a"):
        assert opened(own, who=who, student_id=1).status_code == 403
    assert opened(own, who="owner_a", student_id=1).status_code == 201
    assert opened(own, who="owner_a", student_id=25).status_code == 404


def test_the_same_request_with_its_key_gets_the_same_answer(own: World) -> None:
    first, again = (opened(own, key="one", student_id=1) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert spent(own, again.json()["url"]).student_id == 1
    assert opened(own, key="two", student_id=1).json()["url"] != first.json()["url"]
    assert opened(own, student_id=1).json()["url"] != opened(own, student_id=1).json()["url"]


def test_a_key_used_for_another_request_is_a_conflict(own: World) -> None:
    opened(own, key="one", student_id=1)
    answer = opened(own, key="one", student_id=2)
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")


def test_a_key_belongs_to_its_token(own: World) -> None:
    first = opened(own, key="one", student_id=1)
    other = opened(own, key="one", student_id=1, schools=(1,))
    assert other.status_code == 201
    assert other.json()["url"] != first.json()["url"]


def test_a_request_that_failed_may_be_sent_again_with_its_key(own: World) -> None:
    assert opened(own, key="one", student_id=999).status_code == 404
    assert opened(own, key="one", student_id=1).status_code == 201


def test_our_tables_do_not_hold_the_nonce(own: World) -> None:
    url = opened(own, key="one", student_id=1).json()["url"]
    [nonce] = parse_qs(urlsplit(url).query)["n"]
    files = list(Path(own.settings.warehouse).parent.glob("store.db*"))
    assert all(nonce.encode() not in file.read_bytes() for file in files)


def test_it_is_written_down_who_asked(own: World) -> None:
    opened(own, student_id=1)
    [entry] = own.asks("staff").body("/admin/audit/", event="embed_requested")["results"]
    assert (entry["student_id"], entry["school_id"]) == (1, 1)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"content": b"{"}, 400),
        ({"content": b"[1]"}, 400),
        ({"content": b"\xff"}, 400),
        ({"content": b"null"}, 400),
        ({"json": {}}, 422),
        ({"json": {"student_id": 1, "email": "student1@example.org"}}, 422),
        ({"json": {"student_id": 1, "more": True}}, 422),
        ({"json": {"student_id": 1.5}}, 422),
        ({"json": {"student_id": True}}, 422),
        ({"json": {"student_id": [1]}}, 422),
        ({"json": {"student_id": 10**40}}, 422),
        ({"json": {"student_id": 1, "locale": "xx"}}, 422),
        ({"json": {"student_id": 1, "theme": 7}}, 422),
        ({"content": b'{"student_id": NaN}'}, 400),
        ({"content": b'{"email": "' + b"a" * 70_000 + b'"}'}, 413),
        ({"content": b'{"student_id": 1}', "headers": {"content-type": "text/plain"}}, 415),
        ({"data": {"student_id": "1"}}, 415),
        ({"json": {"student_id": 1}, "headers": {"idempotency-key": ""}}, 422),
        ({"json": {"student_id": 1}, "headers": {"idempotency-key": "a b"}}, 422),
        ({"json": {"student_id": 1}, "params": {"student_id": 2}}, 422),
    ],
)
def test_a_bad_body_is_refused(asked: World, said: dict[str, Any], status: int) -> None:
    headers = {"content-type": "application/json", **said.pop("headers", {})} if "content" in said else said.pop(
        "headers", {}
    )
    answer = asked.asks("service").request("POST", "/embed/sessions/", headers=headers, **said)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
