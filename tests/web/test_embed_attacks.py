"""Attacks on embedded pages over the real server, by HTTP and by Streamlit's own websocket."""

from __future__ import annotations

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus

import audit
import store
from store import embeds
from tests.web.served import SCHOOL, Served
from tests.web.tab import Tab

pytestmark = pytest.mark.slow

FRAMED = {"Sec-Fetch-Dest": "iframe"}
ENDED = "This page has ended"


@pytest.fixture(scope="module", autouse=True)
def _framed_by_the_school(served: Served) -> None:
    embeds.set_origins(store.engine(served.chosen.store_url), SCHOOL, ["https://www.ribeira.example"])


def figures(shown: str) -> list[str]:
    """What a student's page says in its own words, without what differs from run to run."""
    return re.findall(r'body: "(<(?:div|dl|ul)[^\n]*)"', shown)


def page(served: Served, cookie: str, name: str = "", query: str = "") -> list[str]:
    """One run of an embedded page."""
    with Tab(served.address, below="/embed", cookie=cookie) as tab:
        return figures(tab.shown(name, query))


@pytest.fixture(scope="module")
def truth(served: Served) -> dict[str, list[str]]:
    """What each of two students sees."""
    found = {name: page(served, served.cookie(name)) for name in ("maria", "pedro")}
    assert found["maria"]
    assert found["maria"] != found["pedro"]
    return found


def test_a_nonce_opens_one_page_once(served: Served) -> None:
    address = f"/embed/enter?n={served.nonce('maria')}"
    first, second = served.get(address, FRAMED), served.get(address, FRAMED)
    assert (first.status, first.headers["location"]) == (303, "/embed/?embed=true&embed_options=light_theme&lang=en")
    assert second.status == 403
    assert "set-cookie" not in second.headers
    assert "reload" in second.body


def test_a_nonce_tried_twenty_times_at_once_opens_one_page(served: Served) -> None:
    address = f"/embed/enter?n={served.nonce('maria')}"
    with ThreadPoolExecutor(20) as many:
        found = sorted(many.map(lambda _: served.get(address, FRAMED).status, range(20)))
    assert found == [303] + [403] * 19


@pytest.mark.parametrize("ahead", [timedelta(seconds=-61), timedelta(days=-1)])
def test_an_expired_nonce_opens_nothing(ahead: timedelta, served: Served) -> None:
    nonce = served.nonce("maria", now=served.chosen.clock() + ahead)
    assert served.get(f"/embed/enter?n={nonce}", FRAMED).status == 403


def test_a_revoked_nonce_opens_nothing(served: Served) -> None:
    nonce = served.nonce("pedro")
    embeds.revoke(store.engine(served.chosen.store_url), student_id=served.students["pedro"], now=served.chosen.clock())
    assert served.get(f"/embed/enter?n={nonce}", FRAMED).status == 403


@pytest.mark.parametrize("headers", [
    {"Sec-Fetch-Dest": "document"}, {"Sec-Fetch-Dest": "empty"}, {"Sec-Fetch-Dest": "image"},
    {"Sec-Fetch-Dest": "iframe", "Sec-Purpose": "prefetch"},
])
def test_what_is_no_frame_does_not_spend_the_nonce(headers: dict[str, str], served: Served) -> None:
    address = f"/embed/enter?n={served.nonce('maria')}"
    assert served.get(address, headers).status == 403
    assert served.get(address, FRAMED).status == 303


@pytest.mark.parametrize("query", ["", "?n=", "?n=x", "?n=%27%20or%201=1--", "?n={n}&n={n}", "?N={n}", "?n={n}x"])
def test_what_is_no_nonce_opens_nothing(query: str, served: Served) -> None:
    assert served.get(f"/embed/enter{query.format(n=served.nonce('maria'))}", FRAMED).status == 403


def test_opening_and_refusing_are_in_the_audit_trail(served: Served) -> None:
    address = f"/embed/enter?n={served.nonce('maria')}"
    served.get(address, FRAMED)
    served.get(address, FRAMED)
    refused, opened = audit.entries(store.engine(served.chosen.store_url), limit=2)
    assert (opened.event, opened.student_id, opened.school_id) == ("embed_opened", served.students["maria"], SCHOOL)
    assert (refused.event, refused.details["reason"]) == ("embed_refused", "spent")


def test_the_cookie_is_for_frames_below_the_prefix_only(served: Served) -> None:
    answer = served.get(f"/embed/enter?n={served.nonce('maria')}", FRAMED)
    _, *attributes = (part.strip() for part in answer.headers["set-cookie"].split(";"))
    assert {"Path=/embed", "HttpOnly", "Secure", "SameSite=None", "Partitioned"} <= set(attributes)
    assert not any(part.startswith("Domain") for part in attributes)


@pytest.mark.parametrize("name", ["", "my_hours", "history", "my_receipts", "check"])
@pytest.mark.parametrize("query", [
    "student={id}", "student_id={id}", "as=user-{id}", "as=business", "view_as={id}", "user={id}", "id={id}",
    "hourbook_embed={id}", "lang=en&student={id}", "school=2&student={id}", "viewer=user:{id}",
])
def test_another_students_id_in_any_parameter_shows_nothing_of_them(
    name: str, query: str, served: Served, truth: dict[str, list[str]]
) -> None:
    cookie = served.cookie("maria")
    asked = page(served, cookie, name, query.format(id=served.students["pedro"]))
    assert asked == page(served, cookie, name)
    assert not set(asked) & (set(truth["pedro"]) - set(truth["maria"]))


@pytest.mark.parametrize("name", [
    "overview", "balances", "student", "usage", "expirations", "health", "audit", "access", "sign_in", "nowhere",
])
def test_no_other_page_opens_in_an_embed(name: str, served: Served) -> None:
    with Tab(served.address, below="/embed", cookie=served.cookie("maria")) as tab:
        shown = tab.shown(name, f"student={served.students['pedro']}")
    for word in ("Pedro", "pedro.silva", "Ana", "Thornbury"):
        assert word not in shown


def test_viewers_at_the_same_time_see_their_own_figures(served: Served, truth: dict[str, list[str]]) -> None:
    cookies = {name: served.cookie(name) for name in truth}

    def look(turn: int) -> tuple[str, list[str]]:
        if turn % 3 == 2:
            with Tab(served.address) as admin:
                assert "Maria" in admin.shown("balances")
            return "admin", []
        name = ("maria", "pedro")[turn % 3]
        return name, page(served, cookies[name])

    with ThreadPoolExecutor(9) as many:
        for name, seen in many.map(look, range(36)):
            assert name == "admin" or seen == truth[name]


@pytest.mark.parametrize("below", ["", "/embed"])
@pytest.mark.parametrize("header", ["x-hourbook-viewer", "X-Hourbook-Viewer", "X_HOURBOOK_VIEWER", "x_hourbook-viewer"])
def test_a_forged_header_makes_nobody_of_a_websocket(below: str, header: str, served: Served) -> None:
    _, secret = served.spend(served.nonce("maria"))
    with Tab(served.address, below=below, headers=[(header, secret), (header, secret)]) as tab:
        shown = tab.shown("my_hours")
    assert "left to book" not in shown
    assert (ENDED in shown) == bool(below)


@pytest.mark.parametrize("origin", [
    "https://evil.example", "http://127.0.0.1", "null", "http://localhost", "https://www.ribeira.example",
])
@pytest.mark.parametrize("below", ["", "/embed"])
def test_a_websocket_from_another_origin_is_refused(origin: str, below: str, served: Served) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        Tab(served.address, below=below, cookie=served.cookie("maria"), origin=origin)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", ""])
def test_a_websocket_to_another_host_is_refused(host: str, served: Served) -> None:
    place = urlsplit(served.address)
    with socket.create_connection((place.hostname, place.port), timeout=30) as raw:
        raw.sendall((
            f"GET /embed/_stcore/stream HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            f"Cookie: {served.cookie('maria')}\r\n\r\n"
        ).encode())
        assert raw.recv(200).startswith((b"HTTP/1.1 403", b"HTTP/1.1 400"))


def test_a_stolen_cookie_is_worth_nothing_outside_the_prefix(served: Served, truth: dict[str, list[str]]) -> None:
    cookie = served.cookie("maria")
    with Tab(served.address, cookie=cookie) as tab:
        shown = tab.shown("my_hours")
    assert not set(figures(shown)) & set(truth["maria"])
    secret = cookie.partition("=")[2]
    for headers in ({"Cookie": cookie}, {"Authorization": f"Bearer {secret}"}):
        assert served.get("/api/student-balance/", headers).status in (401, 403)


def test_after_revocation_the_next_run_shows_nothing(served: Served) -> None:
    with Tab(served.address, below="/embed", cookie=served.cookie("maria")) as tab:
        assert "left to book" in tab.shown()
        embeds.revoke(
            store.engine(served.chosen.store_url), student_id=served.students["maria"], now=served.chosen.clock(),
        )
        shown = tab.shown()
    assert ENDED in shown
    assert "left to book" not in shown


def test_after_expiry_the_next_run_shows_nothing(served: Served) -> None:
    engine = store.engine(served.chosen.store_url)
    past = served.chosen.clock() - timedelta(minutes=31)
    _, secret = embeds.spend(
        engine, served.nonce("maria", now=past), now=past, idle=timedelta(minutes=30), longest=timedelta(hours=8),
    )
    with Tab(served.address, below="/embed", cookie=f"hb_embed={secret}") as tab:
        assert ENDED in tab.shown()
    assert served.get("/embed/", {"Cookie": f"hb_embed={secret}"}).status == 403


def test_a_session_is_not_taken_over_by_its_number(served: Served, truth: dict[str, list[str]]) -> None:
    with Tab(served.address, below="/embed", cookie=served.cookie("maria")) as victim:
        victim.shown()
        number = victim.session_id
        assert number
        for attacker in (
            Tab(served.address, below="/embed", cookie=served.cookie("pedro"), session=number),
            Tab(served.address, below="/embed", session=number),
            Tab(served.address, session=number),
        ):
            with attacker:
                assert figures(attacker.shown("my_hours")) != truth["maria"]
                assert attacker.session_id != number
        assert figures(victim.shown()) == truth["maria"]


RAW_REQUESTS = [
    "GET /embed/../ HTTP/1.1", "GET /embed/..%2f..%2f HTTP/1.1",
    "GET //evil.example/embed/ HTTP/1.1", "GET /embed\\..\\ HTTP/1.1", "GET /embed/%00 HTTP/1.1",
    "GET /%65mbed/ HTTP/1.1", "GET /embed%2fenter HTTP/1.1",
]


@pytest.mark.parametrize("line", RAW_REQUESTS)
def test_a_path_trick_reaches_no_identity(line: str, served: Served) -> None:
    assert _answered(served, line, served.cookie("maria")).startswith(b"HTTP/1.1 400")


def test_a_whole_address_is_its_path_at_our_own_host(served: Served) -> None:
    """As RFC 9112, 3.2.2 lets a client write it; it opens what the path alone would, and nothing without a cookie."""
    line = "GET http://evil.example/embed/ HTTP/1.1"
    assert _answered(served, line, "").startswith(b"HTTP/1.1 403")
    assert b"evil.example" not in _answered(served, line, served.cookie("maria"))


def _answered(served: Served, line: str, cookie: str) -> bytes:
    place = urlsplit(served.address)
    with socket.create_connection((place.hostname, place.port), timeout=30) as raw:
        raw.sendall(f"{line}\r\nHost: {place.netloc}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode())
        return raw.makefile("rb").read()


@pytest.mark.parametrize("path", [
    "/pages/my_hours.py", "/pages/balances.py", "/my_hours.py", "/embed/pages/my_hours.py", "/router.py", "/.env",
    "/pages/router.py", "/app.py", "/.streamlit/secrets.toml", "/var/store.db", "/static/../app.py",
])
def test_no_file_of_ours_is_served(path: str, served: Served) -> None:
    answer = served.get(path)
    assert answer.status in (400, 404) or "<title>Streamlit</title>" in answer.body
    assert "import streamlit" not in answer.body
