from __future__ import annotations

from datetime import timedelta

import pytest

import store
from settings import Settings
from store import embeds
from tests.web.asking import Asker

SCHOOL, STUDENT = 71, 7
ORIGIN = "https://www.school.example"
LOGIN = "_streamlit_user=a; _streamlit_user_1=b; _streamlit_user_tokens=t; _streamlit_session=s; _streamlit_xsrf=2"


def opened(chosen: Settings, *, school_id: int = SCHOOL, student_id: int = STUDENT) -> str:
    """A live session's secret."""
    engine, now = store.engine(chosen.store_url), chosen.clock()
    _, nonce = embeds.open(
        engine, student_id=student_id, school_id=school_id, only_schools=None, locale="pt", theme=None, token_id=None,
        now=now, seconds=60,
    )
    return embeds.spend(engine, nonce, now=now, idle=timedelta(minutes=30), longest=timedelta(hours=8))[1]


@pytest.fixture
def secret(chosen: Settings) -> str:
    embeds.set_origins(store.engine(chosen.store_url), SCHOOL, [ORIGIN])
    return opened(chosen)


FORGED = [
    "x-hourbook-viewer", "X-Hourbook-Viewer", "X-HOURBOOK-VIEWER", "x_hourbook_viewer", "X_Hourbook-Viewer",
    "x-hourbook-anything",
]


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("path", ["/", "/_stcore/stream", "/embed/_stcore/stream", "/embed/_stcore/health"])
@pytest.mark.parametrize("name", FORGED)
def test_an_identity_that_a_client_sends_is_dropped(name: str, path: str, kind: str, plain: Asker) -> None:
    answer = plain.ask(path, [(name, "stolen"), (name, "twice")], kind=kind)
    if answer.seen is not None:
        told = [value for key, value in answer.seen["headers"] if b"hourbook" in key.lower()]
        assert told == ([b"-"] if path.startswith("/embed") else [])


def test_below_the_prefix_the_session_is_the_only_identity(plain: Asker, secret: str) -> None:
    sent = [("cookie", f"{LOGIN}; hb_embed={secret}; other=1"), ("x-hourbook-viewer", "forged")]
    answer = plain.ask("/embed/_stcore/stream", sent, kind="websocket")
    assert answer.seen is not None
    assert answer.seen["path"] == "/_stcore/stream"
    assert answer.seen["raw_path"] == b"/_stcore/stream"
    assert answer.seen_header("x-hourbook-viewer") == [secret]
    assert answer.seen_header("cookie") == ["other=1"]


def test_outside_the_prefix_there_is_no_embed_identity(plain: Asker, secret: str) -> None:
    answer = plain.ask("/_stcore/stream", [("cookie", f"{LOGIN}; hb_embed={secret}")], kind="websocket")
    assert answer.seen_header("x-hourbook-viewer") == []
    assert answer.seen_header("cookie") == [LOGIN]


def test_two_cookies_that_disagree_are_nobody(plain: Asker, secret: str) -> None:
    cookie = f"hb_embed={secret}; hb_embed={'x' * 43}"
    answer = plain.ask("/embed/_stcore/stream", [("cookie", cookie)], kind="websocket")
    assert answer.seen_header("x-hourbook-viewer") == ["-"]


@pytest.mark.parametrize("value", ["", "short", "a b", "x" * 200, "é" * 40, '"quoted-quoted-quoted"'])
def test_a_cookie_that_is_no_secret_is_nobody(value: str, plain: Asker) -> None:
    answer = plain.ask("/embed/_stcore/stream", [("cookie", f"hb_embed={value}")], kind="websocket")
    assert answer.seen_header("x-hourbook-viewer") == ["-"]


@pytest.mark.parametrize("path", ["/embed/", "/embed/my_hours", "/embed/history", "/embed/my_receipts", "/embed/check"])
def test_a_document_of_a_live_session_may_be_framed_by_its_school_only(path: str, plain: Asker, secret: str) -> None:
    answer = plain.get(path, ("cookie", f"hb_embed={secret}"))
    assert answer.status == 200
    policy = answer.header("content-security-policy") or ""
    assert policy.endswith(f"frame-ancestors {ORIGIN}")
    assert "connect-src http://localhost:8501/embed/ ws://localhost:8501/embed/;" in policy
    assert answer.header("x-frame-options") is None
    assert answer.header("referrer-policy") == "no-referrer"


def test_a_school_without_origins_is_framed_by_nobody(plain: Asker, chosen: Settings) -> None:
    answer = plain.get("/embed/", ("cookie", f"hb_embed={opened(chosen, school_id=72)}"))
    assert (answer.header("content-security-policy") or "").endswith("frame-ancestors 'none'")
    assert answer.header("x-frame-options") == "DENY"


@pytest.mark.parametrize(
    ("language", "says"), [("pt-PT,en;q=0.5", "Recarregue"), ("en-GB", "reload"), ("de", "reload")],
)
def test_without_a_session_a_page_says_to_reload(language: str, says: str, plain: Asker) -> None:
    sent = [("accept-language", language), ("sec-fetch-dest", "iframe")]
    for cookie in ("", "hb_embed=" + "z" * 43):
        answer = plain.ask("/embed/", [*sent, ("cookie", cookie)])
        assert answer.status == 403
        assert answer.seen is None
        assert says in answer.body.decode()


@pytest.mark.parametrize("path", [
    "/embed/balances", "/embed/overview", "/embed/student", "/embed/audit", "/embed/sign_in", "/embed/auth/login",
    "/embed/auth/logout", "/embed/oauth2callback", "/embed/api", "/embed/api/student-balance/", "/embed/healthz",
    "/embed/metrics", "/embed/embed/", "/embed/my_hours/x", "/embed/my_hours/_stcore/health", "/embed/Enter",
])
def test_there_is_nothing_else_below_the_prefix(path: str, plain: Asker, secret: str) -> None:
    answer = plain.get(path, ("cookie", f"hb_embed={secret}"))
    assert (answer.status, answer.seen) == (404, None)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_below_the_prefix_things_are_only_read(method: str, plain: Asker, secret: str) -> None:
    assert plain.get("/embed/", ("cookie", f"hb_embed={secret}"), method=method).status == 404


def test_the_prefix_alone_leads_to_its_page(plain: Asker) -> None:
    answer = plain.get("/embed?lang=pt")
    assert (answer.status, answer.header("location")) == (307, "/embed/?lang=pt")


def test_a_revoked_session_is_not_admitted(plain: Asker, chosen: Settings) -> None:
    secret = opened(chosen, student_id=8)
    embeds.revoke(store.engine(chosen.store_url), student_id=8, now=chosen.clock())
    assert plain.get("/embed/", ("cookie", f"hb_embed={secret}")).status == 403
