"""Signing in with a real OpenID provider, in a real browser; and what a login's cookie is worth."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from access.rules import PAGES
from tests.web.served import Served, free_port, serving
from tests.web.tab import Tab

pytestmark = pytest.mark.slow

COOKIE_SECRET = "a secret of the tests, long enough to sign"
PATIENCE = 60_000


@dataclass
class Provider:
    """The provider: where it is, and whom it lets choose."""

    address: str
    people: dict[str, dict[str, Any]]


def _emails(school: dict[str, str]) -> dict[str, str]:
    """The platform's own addresses: somebody who runs school 1, and a student."""
    with sqlite3.connect(school["HOURBOOK_PLATFORM_URL"].removeprefix("sqlite:///")) as platform:
        [owner] = platform.execute(
            "select email from accounts_customuser join accounts_schoolmembership on user_id = accounts_customuser.id "
            "where school_id = 1 and role = 'school_owner' and accounts_schoolmembership.is_active "
            "and accounts_customuser.is_active limit 1"
        ).fetchone()
    platform.close()
    return {"owner": owner, "maria": "maria.silva@example.com"}


@pytest.fixture(scope="module")
def provider(school: dict[str, str]) -> Iterator[Provider]:
    """A real OpenID provider that asks whom to be."""
    emails = _emails(school)
    people: dict[str, dict[str, Any]] = {
        "owner": {"email": emails["owner"].upper(), "email_verified": True},
        "maria": {"email": emails["maria"], "email_verified": True},
        "unverified": {"email": emails["owner"], "email_verified": False},
        "silent": {"email": emails["owner"]},
        "stranger": {"email": "nobody@elsewhere.example", "email_verified": True},
    }
    port = free_port()
    claims = [part for sub, said in people.items() for part in ("--user-claims", json.dumps({"sub": sub, **said}))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--host", "localhost", "--port", str(port)]
    process = subprocess.Popen([*command, *claims], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        yield Provider(address, people)
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(scope="module")
def signed(school: dict[str, str], provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app with signing in set up: the demo's picker is off then."""
    folder, port = tmp_path_factory.mktemp("signed"), free_port()
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "secrets.toml").write_text(
        f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\ncookie_secret = "{COOKIE_SECRET}"\n'
        f'client_id = "hourbook"\nclient_secret = "secret"\n'
        f'server_metadata_url = "{provider.address}/.well-known/openid-configuration"\n',
        encoding="utf-8",
    )
    with serving(folder, school, port=port, HOME=str(folder), HOURBOOK_LOGIN_PER_MINUTE="100000") as found:
        yield found


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1200, "height": 900}, locale="en-GB")
    yield made
    made.close()


def sign_in(page: Page, address: str, person: str) -> None:
    """Open an address, and sign in from there."""
    page.goto(address)
    page.get_by_role("button", name="Sign in", exact=True).click(timeout=PATIENCE)
    page.get_by_role("button", name=person).click(timeout=PATIENCE)


def test_the_first_request_of_a_process_to_any_page_shows_a_stranger_nothing(signed: Served) -> None:
    """The legacy page mode would run a page's script alone, without the router and its gate."""
    for name in (*PAGES, "nowhere", "pages/student"):
        with Tab(signed.address) as tab:
            student = signed.students["maria"]
            shown = tab.shown(name, f"student={student}&as=business&view_as={student}")
        for word in ("Maria", "Silva", "Ribeira", "Thornbury", "left to book"):
            assert word not in shown, name


def test_signing_in_leads_to_the_page_that_was_wanted_and_out_again(signed: Served, context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, f"{signed.address}/student?student={signed.students['maria']}", "owner")
    expect(page.locator("h1")).to_have_text("Maria Silva", timeout=PATIENCE)
    expect(page).to_have_url(re.compile(rf"/student\?student={signed.students['maria']}"))
    kept = {cookie["name"]: cookie for cookie in context.cookies()}
    assert "hb_next" not in kept
    assert kept["_streamlit_user"]["httpOnly"]
    assert kept["_streamlit_user"]["expires"] - time.time() < 12 * 3600 + 60

    page.get_by_role("button", name="Sign out").click(timeout=PATIENCE)
    page.get_by_role("button", name="End session").click(timeout=PATIENCE)  # the provider asks whether to leave it too
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible(timeout=PATIENCE)
    assert "_streamlit_user" not in {cookie["name"] for cookie in context.cookies()}
    page.goto(f"{signed.address}/balances")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize("person", ["unverified", "silent", "stranger"])
def test_who_the_platform_does_not_know_by_a_verified_address_sees_nothing(
    person: str, signed: Served, context: BrowserContext
) -> None:
    page = context.new_page()
    sign_in(page, f"{signed.address}/balances", person)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(1000)
    assert "Maria" not in page.content()
    assert page.locator("[data-testid=stDataFrame]").count() == 0


def test_a_student_who_signs_in_sees_own_hours_only(signed: Served, context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, signed.address, "maria")
    expect(page.locator("h1")).to_have_text(re.compile("As minhas horas|My hours"), timeout=PATIENCE)
    page.goto(f"{signed.address}/balances")
    page.wait_for_timeout(3000)
    assert "Pedro" not in page.content()
    assert page.locator("[data-testid=stDataFrame]").count() == 0


@dataclass
class Login:
    """A login's cookie as the server signs it, and the token that goes with a websocket."""

    served: Served

    def cookie(self, claims: dict[str, Any], *, secret: str = COOKIE_SECRET, name: str = "_streamlit_user") -> str:
        payload = {"origin": self.served.address, "is_logged_in": True, "email_verified": True, **claims}
        return f"{name}={create_signed_value(secret, '_streamlit_user', json.dumps(payload)).decode()}"

    def shown(self, cookie: str, page: str = "student", *, below: str = "") -> str:
        """A run of the page of Maria, or of another page."""
        xsrf = re.match(r"_streamlit_xsrf=([^;]+)", self.served.get("/_stcore/health").headers["set-cookie"])
        assert xsrf
        with Tab(
            self.served.address, below=below, cookie=f"{cookie}; _streamlit_xsrf={xsrf[1]}", xsrf=xsrf[1],
        ) as tab:
            return tab.shown(page, f"student={self.served.students['maria']}")


@pytest.fixture
def login(signed: Served) -> Login:
    return Login(signed)


@pytest.fixture
def owner(school: dict[str, str]) -> dict[str, Any]:
    return {"email": _emails(school)["owner"], "iat": int(time.time())}


def test_a_login_of_today_opens_the_books_and_one_too_old_does_not(login: Login, owner: dict[str, Any]) -> None:
    assert "Maria Silva" in login.shown(login.cookie(owner))
    for since in (time.time() - 13 * 3600, 0, None):
        shown = login.shown(login.cookie({**owner, "iat": since and int(since)}))
        assert "Maria Silva" not in shown
        assert "Sign in" in shown


def test_a_cookie_that_was_tampered_with_is_nobodys(login: Login, owner: dict[str, Any]) -> None:
    good = login.cookie(owner)
    head, _, tail = good.rpartition(".")
    forged = [
        login.cookie(owner, secret="another secret, as long as the true one"), good[:-2], head, f"{head}.{tail[::-1]}",
        good.replace("=", "=x", 1), f"_streamlit_user={json.dumps(owner)}", "_streamlit_user=",
        login.cookie({**owner, "origin": "https://evil.example"}), f"{good}; _streamlit_user=x",
    ]
    for cookie in forged:
        assert "Maria Silva" not in login.shown(cookie), cookie[:40]


def test_below_the_prefix_a_login_is_nobody_and_beside_an_embed_the_embed_counts(
    signed: Served, login: Login, owner: dict[str, Any]
) -> None:
    cookie = login.cookie(owner)
    assert "This page has ended" in login.shown(cookie, "my_hours", below="/embed")
    _, secret = signed.spend(signed.nonce("maria"))
    both = f"{cookie}; hb_embed={secret}"
    assert "left to book" in login.shown(both, "my_hours", below="/embed")
    assert "Maria Silva" not in login.shown(both, "student", below="/embed")
    assert "Maria Silva" in login.shown(both)
    assert "left to book" not in login.shown(both, "my_hours")


def test_an_embeds_cookie_alone_opens_nothing_where_one_signs_in(signed: Served, login: Login) -> None:
    _, secret = signed.spend(signed.nonce("maria"))
    shown = login.shown(f"hb_embed={secret}", "my_hours")
    assert "left to book" not in shown
    assert "Sign in" in shown


def test_logs_hold_nobodys_name_address_or_secret(signed: Served, provider: Provider) -> None:
    written = Path(signed.log).read_text("utf-8").lower()
    for said in provider.people.values():
        assert str(said["email"]).lower() not in written
    assert "maria" not in written
    assert "hb_embed" not in written
    assert "?n=" not in written
