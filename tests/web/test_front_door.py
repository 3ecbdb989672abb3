from __future__ import annotations

import pytest

from tests.web.asking import Asker
from tests.web.conftest import Makes

TRICKS = [
    "/embed%2f", "/embed%2F", "/embed/%2e%2e/", "/embed/../", "/embed/./", "/%65mbed/", "/embe%64/enter", "//embed/",
    "/embed//", "/embed\\", "/embed%5c", "/embed%00", "/embed/\x00", "/embed;/", "/a/../embed/", "/%2e%2e/embed",
    "/embed/%252e", "/embed/%", "/embed/%zz", "http://localhost/embed/", "*", "", "/.", "/..", "/embed/..",
    "/balances%0d%0aset-cookie:x", "/static/../../etc/passwd", "/ embed", "/embed%09", "/embed\t",
]


@pytest.mark.parametrize("path", TRICKS)
def test_a_path_that_is_not_written_plainly_is_refused(path: str, plain: Asker) -> None:
    answer = plain.get(path, ("cookie", "hb_embed=" + "s" * 43))
    assert answer.status == 400
    assert answer.seen is None
    assert answer.header("x-frame-options") == "DENY"


@pytest.mark.parametrize("path", ["/", "/balances", "/balances/", "/caf%C3%A9", "/static/js/index.A-b_1.js", "/a%20b"])
def test_a_plain_path_goes_on(path: str, plain: Asker) -> None:
    assert plain.get(path).status == 200


@pytest.mark.parametrize("path", ["/EMBED/", "/Embed/enter", "/embedx/", "/embed.html"])
def test_what_only_looks_like_the_prefix_has_no_embed_identity(path: str, plain: Asker) -> None:
    answer = plain.get(path, ("cookie", "hb_embed=" + "s" * 43))
    assert answer.seen_header("x-hourbook-viewer") == []
    assert answer.seen_header("cookie") == []


@pytest.mark.parametrize("host", [
    None, "", "evil.example", "localhost.evil.example", "localhost@evil.example", "evil.example:8501", "[::1", "a b",
    "localhost:99999999", "169.254.169.254", "localhost, evil.example",
])
def test_another_host_name_is_refused(host: str | None, plain: Asker) -> None:
    for kind in ("http", "websocket"):
        answer = plain.ask("/_stcore/stream", kind=kind, host=host)
        assert answer.status in (400, 403)
        assert answer.seen is None


def test_two_host_headers_are_refused(plain: Asker) -> None:
    assert plain.get("/", ("host", "localhost")).status == 400


@pytest.mark.parametrize("host", [
    "localhost", "127.0.0.1:8501", "[::1]:8501", "hours.school.pt", "HOURS.school.pt:443", "second.school.pt.",
])
def test_the_public_and_the_allowed_hosts_and_this_machine_are_answered(host: str, edge_with: Makes) -> None:
    asker = edge_with(public_url="https://hours.school.pt", allowed_hosts="second.school.pt")
    assert asker.get("/", host=host).status == 200


def test_a_probe_may_name_any_host(plain: Asker) -> None:
    assert plain.get("/healthz", host="10.1.2.3:8501").status == 200


@pytest.mark.parametrize("path", [
    "/_stcore/agent/mcp", "/_stcore/agent", "/_stcore/agent/openapi.json", "/_stcore/upload_file/a/b",
    "/_stcore/metrics", "/_stcore/script-health-check",
])
def test_what_streamlit_offers_and_hourbook_does_not_is_closed(path: str, plain: Asker) -> None:
    for method in ("GET", "POST", "PUT"):
        assert plain.get(path, method=method).status == 404
    assert plain.get(f"/embed{path}").status == 404


@pytest.mark.parametrize("origin", [
    "https://evil.example", "http://localhost:9999", "null", "http://localhost:8501.evil.example", "file://", "",
])
def test_a_websocket_from_a_page_of_another_origin_is_refused(origin: str, plain: Asker) -> None:
    for path in ("/_stcore/stream", "/embed/_stcore/stream"):
        assert plain.ask(path, [("origin", origin)], kind="websocket").status == 403


def test_a_websocket_from_our_own_page_goes_on(plain: Asker) -> None:
    assert plain.ask("/_stcore/stream", [("origin", "http://localhost:8501")], kind="websocket").status == 101


def test_a_body_beyond_the_limit_is_refused_by_its_length(edge_with: Makes) -> None:
    answer = edge_with(max_body_kb=1).get("/api/x", ("content-length", "1025"), method="POST")
    assert (answer.status, answer.seen) == (413, None)


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "99999999999999999999", "1, 1"])
def test_a_length_that_is_no_number_is_refused(length: str, plain: Asker) -> None:
    assert plain.get("/api/x", ("content-length", length), method="POST").status == 413


def test_a_body_of_two_lengths_is_refused(plain: Asker) -> None:
    sent = [("content-length", "5"), ("transfer-encoding", "chunked")]
    assert plain.ask("/api/x", sent, method="POST").status == 400


def test_a_body_in_chunks_is_cut_off_at_the_limit(edge_with: Makes) -> None:
    answer = edge_with(max_body_kb=1).get("/api/x", method="POST", body=[b"x" * 600, b"x" * 600])
    assert answer.status == 413
    assert answer.header("content-type") == "application/problem+json"


def test_too_long_an_address_and_too_large_headers_are_refused(plain: Asker) -> None:
    assert plain.get("/?" + "x" * 4200).status == 414
    assert plain.get("/", ("cookie", "x" * 40_000)).status == 431
    assert plain.get("/", *[(f"x-{n}", "1") for n in range(120)]).status == 431
