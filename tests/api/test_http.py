"""How the API behaves as HTTP: tokens, tags, limits, slashes, and every problem as application/problem+json."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from store import tokens
from tests import synthetic
from tests.api import world
from tests.api.world import NOW, Client, World

BALANCE = "/student-balance/?student_id=1"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[World]:
    """A world that a test may change."""
    world.publish(tmp_path)
    with world.opened(tmp_path) as found:
        yield found


def with_bearer(asked: World, said: str) -> Client:
    return Client(asked.http, asked.portal, {"authorization": said})


@pytest.mark.parametrize(
    "said", [None, "", "Bearer", "Bearer ", "Basic aGI6eA==", "Bearer x", "Bearer hb_00000000_" + "a" * 43,
             "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMDEifQ.", "Bearer " + "a" * 20_000],
)
def test_without_a_token_that_holds_nothing_is_told(asked: World, said: str | None) -> None:
    client = asked.nobody() if said is None else with_bearer(asked, said)
    answer = client.get(BALANCE)
    assert answer.status_code in (401, 429)
    assert answer.headers["content-type"] == "application/problem+json"
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer ")


def test_two_tokens_in_one_request_are_none(asked: World) -> None:
    bearer = f"Bearer {asked.secret('staff')}"
    headers = httpx.Headers([("authorization", bearer), ("authorization", bearer)])
    answer = asked.portal.call(lambda: asked.http.get(f"/api{BALANCE}", headers=headers))
    assert answer.status_code == 401


def test_a_cookie_opens_nothing(asked: World) -> None:
    cookies = f"_streamlit_user={asked.secret('staff')}; hb_embed=x"
    assert asked.nobody().get(BALANCE, headers={"cookie": cookies}).status_code == 401


def test_a_withdrawn_token_ends_at_once(own: World) -> None:
    client = own.asks("staff")
    assert client.get(BALANCE).status_code == 200
    [token] = tokens.listed(own.engine)
    tokens.revoke(own.engine, token.id, now=NOW)
    assert client.get(BALANCE).status_code == 401


def test_an_expired_token_does_not_hold(own: World) -> None:
    _, secret = tokens.create(
        own.engine, name="past", permissions=["read"], created_by="user:1", now=NOW - timedelta(days=2),
        expires_at=NOW - timedelta(days=1),
    )
    assert with_bearer(own, f"Bearer {secret}").get(BALANCE).status_code == 401


def test_a_token_signed_by_the_platform_is_its_user(tmp_path: Path) -> None:
    secret = "a shared secret of more than thirty-two characters"
    world.publish(tmp_path)
    with world.opened(tmp_path, jwt_secret=secret, jwt_issuer="platform", jwt_audience="hourbook") as own:
        claims = {"sub": "1", "iss": "platform", "aud": "hourbook", "exp": NOW + timedelta(minutes=5), "iat": NOW}
        client = with_bearer(own, f"Bearer {jwt.encode(claims, secret, 'HS256')}")
        assert client.body("/student-balance/")["student_info"]["id"] == 1
        assert client.get("/student-balance/?student_id=2").status_code == 404


def test_an_unchanged_answer_is_not_sent_again(asked: World) -> None:
    client = asked.asks("staff")
    first = client.get(BALANCE)
    assert first.headers["x-data-as-of"] == "2026-11-23T05:00:00+00:00"
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["vary"] == "Authorization"
    tag = first.headers["etag"]
    for said in (tag, f'"other", {tag}', f"W/{tag}"):
        again = client.get(BALANCE, headers={"if-none-match": said})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["x-data-as-of"] == first.headers["x-data-as-of"]
    assert client.get(BALANCE, headers={"if-none-match": '"other"'}).status_code == 200
    assert client.get(f"{BALANCE}&days_ahead=8").headers["etag"] != tag
    assert client.get(BALANCE).content == first.content


def test_a_new_snapshot_has_new_tags_and_new_figures(own: World) -> None:
    client = own.asks("staff")
    tag = client.get(BALANCE).headers["etag"]
    rows = "update student_balances set hours_usable = 77 where student_id = 1;"
    later = "2026-11-23T05:10:00+00:00"
    world.publish(Path(own.settings.warehouse).parent, snapshot_id=2, as_of=later, rows=rows)
    answer = client.get(BALANCE, headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert answer.headers["x-data-as-of"] == later
    assert answer.json()["balance_summary"]["usable_hours"] == "77.00"


def test_before_the_first_sync_one_is_asked_to_wait(tmp_path: Path) -> None:
    with world.opened(tmp_path) as own:
        for path, client in ((BALANCE, own.asks("service")), ("/pricing-plans/", own.nobody())):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
            assert answer.headers["content-type"] == "application/problem+json"


def test_what_goes_wrong_on_our_side_is_a_number_and_no_trace(own: World) -> None:
    client = own.asks("staff")
    damaged = "drop view ledger; drop table packages;"
    world.publish(Path(own.settings.warehouse).parent, snapshot_id=2, rows=damaged)
    answer = client.get(BALANCE)
    assert answer.status_code == 500
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "errors", "request_id"}
    assert "packages" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path", ["/nothing", "/", "/student-balance/receipts/1/x", "//evil.example/", "/docs/../x", "/docs/x.js"]
)
def test_an_unknown_address_is_a_problem(asked: World, path: str) -> None:
    answer = asked.asks("staff").get(path)
    assert (answer.status_code, answer.json()["status"]) == (404, 404)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/student-balance/"), ("GET", "/embed/sessions/"), ("PUT", "/docs")]
)
def test_another_method_is_a_problem_that_names_the_right_one(asked: World, method: str, path: str) -> None:
    answer = asked.asks("staff").request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"]
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_address_without_its_slash_is_the_same(asked: World) -> None:
    client = asked.asks("staff")
    assert client.get("/student-balance?student_id=1").content == client.get(BALANCE).content
    assert client.request("POST", "/embed/sessions", json={"student_id": 1}).status_code == 201


def test_asking_too_often_is_refused_for_that_token_only(tmp_path: Path) -> None:
    world.publish(tmp_path)
    with world.opened(tmp_path, api_per_minute=5) as own:
        answers = [own.asks("staff").get(BALANCE) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert own.asks("owner_a").get(BALANCE).status_code == 200


def test_tokens_that_do_not_hold_may_not_be_tried_for_ever(tmp_path: Path) -> None:
    world.publish(tmp_path)
    with world.opened(tmp_path, login_per_minute=3) as own:
        tried = [with_bearer(own, f"Bearer hb_guess{n}").get(BALANCE).status_code for n in range(5)]
        assert tried == [401, 401, 401, 429, 429]
        assert own.asks("staff").get(BALANCE).status_code == 200  # one that holds is not locked out


def test_looking_at_a_student_is_written_down_once_in_a_while(own: World) -> None:
    for _ in range(3):
        own.asks("owner_a").get(BALANCE)
    own.asks("owner_a").get("/student-balance/proof/?student_id=1")
    own.asks("student_1").get("/student-balance/")
    own.asks("owner_a").get("/student-balance/?student_id=25")
    entries = own.asks("owner_a").body("/admin/audit/")["results"]
    seen = [(entry["event"], entry["actor"], entry["student_id"], entry["school_id"]) for entry in entries]
    assert [one[0] for one in seen] == ["proof_read", "student_viewed"]
    assert {one[2:] for one in seen} == {(1, 1)}
    [read] = [row for row in own.asks("staff").body("/admin/audit/")["results"] if row["event"] == "audit_read"]
    assert read["details"] == {"rows": 2, "via": "api"}


def test_a_school_reads_of_the_log_only_its_own(own: World) -> None:
    own.asks("staff").get(BALANCE)
    own.asks("staff").get("/student-balance/?student_id=25")
    schools: Any = {row["school_id"] for row in own.asks("owner_b").body("/admin/audit/")["results"]}
    assert schools == {2}
    assert own.asks("owner_b").body("/admin/audit/", school_id=1)["results"] == []
    assert {row["school_id"] for row in own.asks("staff").body("/admin/audit/", school_id=1)["results"]} == {1}


def test_the_price_list_is_for_everybody(asked: World) -> None:
    answer = asked.nobody().get("/pricing-plans/")
    plans = [(plan["id"], plan["price_eur"], plan["price_per_hour"]) for plan in answer.json()["results"]]
    assert plans == [(3, "100.00", "33.33"), (1, "180.00", "18.00"), (2, "10.00", None)]
    assert answer.headers["cache-control"] == "public, max-age=60"


def test_the_synthetic_instant_is_the_one_told(asked: World) -> None:
    assert asked.asks("staff").body("/student-balance/", student_id=1)["as_of"] == synthetic.AS_OF
