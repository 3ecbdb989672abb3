"""The process itself: what it says and hides, alone with the API, and when something breaks that nobody foresaw."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import store
from tests.web.served import Served, serving
from tests.web.tab import Tab

pytestmark = pytest.mark.slow


def raw(served: Served, request: str) -> bytes:
    """Send what no client library would; read until the server closes."""
    place = urlsplit(served.address)
    answer = b""
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode("latin-1"))
        while part := connection.recv(65_536):
            answer += part
    return answer


def test_no_answer_names_the_server(served: Served) -> None:
    for path in ("/", "/healthz", "/embed/", "/api/pricing-plans/", "/nowhere", "/%00"):
        assert "server" not in served.get(path).headers


def test_a_body_in_chunks_without_a_length_is_cut_off(served: Served) -> None:
    chunk = "4000\n" + "x" * 0x4000 + "\n"
    head = "POST /api/embed/sessions/ HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\nConnection: close\n\n"
    answer = raw(served, head + chunk * 5 + "0\n\n")
    assert answer.startswith((b"HTTP/1.1 413", b"HTTP/1.1 401"))
    assert b"Traceback" not in answer


@pytest.mark.parametrize("request_line", [
    "GET / HTTP/1.1\nHost: localhost\nHost: evil.example", "GET / HTTP/1.1",
    "GET / HTTP/1.1\nHost: localhost\nContent-Length: 5\nTransfer-Encoding: chunked",
    "GET / HTTP/1.1\nHost: localhost\nX-Long: " + "x" * 70_000, "GARBAGE", "GET /\x00 HTTP/1.1\nHost: localhost",
])
def test_a_malformed_request_gets_a_plain_refusal(request_line: str, served: Served) -> None:
    answer = raw(served, f"{request_line}\nConnection: close\n\n")
    assert re.match(rb"HTTP/1\.1 4\d\d", answer)
    assert b"Traceback" not in answer
    assert b"streamlit" not in answer.lower()


def test_the_api_serves_alone(school: dict[str, str], tmp_path: Path) -> None:
    with serving(tmp_path, school, "--api-only") as alone:
        assert alone.get("/healthz").status == 200
        plans = alone.get("/api/pricing-plans/")
        assert plans.status == 200
        assert plans.headers["x-content-type-options"] == "nosniff"
        assert alone.get("/").status == 404
        assert alone.get("/_stcore/health").status == 404


def test_a_failure_nobody_foresaw_is_told_by_a_number_and_logged_without_words(
    school: dict[str, str], tmp_path: Path
) -> None:
    """A table of the store is gone while the app runs."""
    broken = {**school, "HOURBOOK_STORE_URL": f"sqlite:///{tmp_path}/store.db"}
    store.migrate(broken["HOURBOOK_STORE_URL"])
    with serving(tmp_path, broken) as served:
        with sqlite3.connect(tmp_path / "store.db") as connection:
            connection.execute("alter table embed_sessions rename to gone")
        connection.close()
        cookie = "hb_embed=" + "s" * 43
        document = served.get("/embed/", {"Cookie": cookie})
        with Tab(served.address, below="/embed", cookie=cookie) as tab:
            shown = tab.shown("my_hours")
        written = served.log.read_text("utf-8")
    assert document.status == 500
    assert document.headers["x-request-id"] in document.body
    assert "Something went wrong" in shown
    number = re.search(r"Hourbook\S* ([0-9a-f]{16})", shown)
    assert number
    for said in (document.body, shown, written):
        for hidden in ("Traceback", "no such table", "sqlite", "sssss"):
            assert hidden not in said
    failures = [json.loads(line) for line in written.splitlines() if '"failure"' in line]
    assert {failure["kind"] for failure in failures} == {"OperationalError"}
    assert {document.headers["x-request-id"], number[1]} <= {failure["request"] for failure in failures}
