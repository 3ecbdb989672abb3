from __future__ import annotations

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from settings import Settings
from tests.web.asking import Asker
from tests.web.conftest import Makes
from web.policy import inline_script_hashes

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def answering(*headers: tuple[bytes, bytes]) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        await send({"type": "http.response.body", "body": b""})

    return app


@pytest.mark.parametrize("path", ["/", "/balances", "/embed/", "/embed/enter", "/api/x", "/healthz", "//", "/nowhere"])
def test_every_answer_has_the_protecting_headers(path: str, plain: Asker) -> None:
    answer = plain.get(path)
    assert {name: answer.header(name) for name in EVERYWHERE} == EVERYWHERE
    assert answer.header("referrer-policy") == ("no-referrer" if path.startswith("/embed") else "same-origin")
    assert "camera=()" in (answer.header("permissions-policy") or "")
    assert answer.header("content-security-policy")
    assert len(answer.header("x-request-id") or "") == 16


def test_a_document_runs_our_scripts_only_and_is_framed_by_nobody(plain: Asker) -> None:
    answer = plain.get("/balances")
    rules = dict(rule.partition(" ")[::2] for rule in (answer.header("content-security-policy") or "").split("; "))
    assert rules["default-src"] == "'self'"
    assert rules["script-src"] == f"'self' {' '.join(inline_script_hashes())}"
    assert "unsafe" not in rules["script-src"]
    assert rules["object-src"] == "'none'"
    assert rules["base-uri"] == rules["form-action"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert answer.header("x-frame-options") == "DENY"
    assert answer.header("cache-control") == "no-store"


def test_the_script_inside_streamlits_page_is_known_by_its_hash() -> None:
    assert len(inline_script_hashes()) == 1


def test_a_made_file_runs_nothing_and_is_not_kept(chosen: Settings) -> None:
    asker = Asker(chosen, answering((b"content-type", b"image/svg+xml")))
    for path in ("/media/0123.svg", "/embed/media/0123.svg"):
        answer = asker.get(path)
        assert "sandbox" in (answer.header("content-security-policy") or "")
        assert answer.header("cache-control") == "private, no-store"


def test_a_policy_of_the_api_is_kept(chosen: Settings) -> None:
    asker = Asker(chosen, answering((b"content-type", b"text/html"), (b"content-security-policy", b"default-src 'x'")))
    assert asker.get("/api/docs").every("content-security-policy") == ["default-src 'x'"]


def test_over_https_cookies_are_secure_and_browsers_stay_there(kept: dict[str, str]) -> None:
    theirs = b"_streamlit_user=v; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"
    app = answering((b"set-cookie", theirs), (b"set-cookie", b"_streamlit_xsrf=v; Path=/; SameSite=Lax"))
    chosen = Settings(**{**kept, "public_url": "https://hours.school.pt", "session_hours": 2})  # type: ignore[arg-type]
    answer = Asker(chosen, app).get("/")
    assert answer.header("strict-transport-security") == "max-age=31536000"
    assert answer.every("set-cookie") == [
        "_streamlit_user=v; HttpOnly; Max-Age=7200; Path=/; SameSite=lax; Secure",
        "_streamlit_xsrf=v; Path=/; SameSite=Lax; Secure",
    ]


def test_over_http_nothing_claims_to_be_secure(plain: Asker, edge_with: Makes) -> None:
    assert plain.get("/").header("strict-transport-security") is None
    local = edge_with(public_url="http://localhost:8501").get("/balances", ("accept", "text/html"))
    assert "Secure" not in (local.header("set-cookie") or "")
