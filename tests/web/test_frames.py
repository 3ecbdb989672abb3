"""Embedded pages in a real browser: on another site, with third-party cookies blocked, beside a login, under attack."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Frame, Page, expect

import queries
import store
import warehouse
from access.rules import PAGES
from access.scope import Scope
from store import embeds
from tests.web.framing import site
from tests.web.served import SCHOOL, Served

pytestmark = pytest.mark.slow

PATIENCE = 60_000
HARMLESS = ("404 (Not Found)", "can escape its sandboxing", "data-index={index}")
"""Streamlit looks for its own root by trying; the sandbox that it needs is warned of; its viewer of PDF counts."""


@pytest.fixture(scope="module")
def host(served: Served) -> Iterator[str]:
    """The school's own site: another site than the app's for a browser."""
    with site("127.0.0.1") as origin, site("localhost") as near:
        embeds.set_origins(store.engine(served.chosen.store_url), SCHOOL, [origin, near])
        yield origin


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser that has seen nothing yet."""
    made = chromium.new_context(viewport={"width": 1000, "height": 900}, locale="en-GB")
    yield made
    made.close()


def framed(page: Page, origin: str, address: str) -> Frame:
    """Open a page of the site with an address in its frame."""
    page.goto(f"{origin}/?frame={quote(address, safe='')}")
    return page.frames[1]


def entrance(served: Served, name: str = "maria") -> str:
    return f"{served.address}/embed/enter?n={served.nonce(name)}"


def complaints(page: Page) -> list[str]:
    """What the browser's console says from now on, without what is harmless."""
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda failure: found.append(str(failure)))
    return found


def left(found: list[str]) -> list[str]:
    return [text for text in found if not any(known in text for known in HARMLESS)]


def test_a_students_page_opens_on_another_site_and_survives_reload(
    served: Served, host: str, context: BrowserContext
) -> None:
    page = context.new_page()
    found = complaints(page)
    frame = framed(page, host, entrance(served))
    expect(frame.locator("h1")).to_have_text("My hours", timeout=PATIENCE)
    assert "n=" not in frame.url
    frame.evaluate("location.reload()")
    page.wait_for_timeout(1000)
    expect(page.frame_locator("iframe").locator("h1")).to_have_text("My hours", timeout=PATIENCE)
    page.frame_locator("iframe").get_by_role("link", name="History").first.click()
    expect(page.frame_locator("iframe").locator("h1")).to_have_text("History", timeout=PATIENCE)
    assert left(found) == []
    [cookie] = context.cookies()
    assert (cookie["name"], cookie["path"], cookie["httpOnly"]) == ("hb_embed", "/embed", True)
    assert cookie["partitionKey"] == "http://127.0.0.1"


def test_a_site_that_is_not_listed_shows_nothing(served: Served, host: str, context: BrowserContext) -> None:
    page = context.new_page()
    with site("127.0.0.1") as stranger:
        found = complaints(page)
        framed(page, stranger, entrance(served))
        page.wait_for_timeout(3000)
    assert page.frames[1].url.startswith("chrome-error:")
    assert any("frame-ancestors" in text for text in found)


def test_the_app_itself_is_framed_by_nobody(served: Served, host: str, context: BrowserContext) -> None:
    page = context.new_page()
    for address in (served.address, f"{served.address}/balances", f"{served.address}/api/docs"):
        framed(page, host, address)
        page.wait_for_timeout(1000)
        assert page.frames[1].url.startswith("chrome-error:")


def test_an_address_used_twice_tells_to_reload(served: Served, host: str, context: BrowserContext) -> None:
    address = entrance(served)
    page = context.new_page()
    expect(framed(page, host, address).locator("h1")).to_have_text("My hours", timeout=PATIENCE)
    expect(framed(page, host, address).locator("h1")).to_have_text("Please reload this page")


def test_a_page_and_an_embed_in_one_browser_do_not_mix(served: Served, host: str, context: BrowserContext) -> None:
    """The site is on the app's own host name, so that the browser keeps no cookie from it."""
    admin, student = context.new_page(), context.new_page()
    with site("localhost") as near:
        embeds.set_origins(store.engine(served.chosen.store_url), SCHOOL, [near, host])
        admin.goto(f"{served.address}/balances")
        expect(admin.locator("h1")).to_have_text("Balances", timeout=PATIENCE)
        frame = framed(student, near, entrance(served))
        expect(frame.locator("h1")).to_have_text("My hours", timeout=PATIENCE)
        admin.reload()
        expect(admin.locator("h1")).to_have_text("Balances", timeout=PATIENCE)
        with pytest.raises(Error, match="ERR_BLOCKED_BY_RESPONSE"):
            frame.goto(f"{served.address}/embed/balances")


def test_an_embedded_document_talks_to_nothing_outside_its_prefix(
    served: Served, host: str, context: BrowserContext
) -> None:
    page = context.new_page()
    frame = framed(page, host, entrance(served))
    expect(frame.locator("h1")).to_have_text("My hours", timeout=PATIENCE)
    reached = "url => fetch(url).then(() => 'reached', () => 'blocked')"
    assert frame.evaluate(reached, "/embed/_stcore/health") == "reached"
    assert frame.evaluate(reached, "/_stcore/health") == "blocked"
    assert frame.evaluate(reached, "/api/pricing-plans/") == "blocked"
    opened = """path => new Promise(done => {
        try { const s = new WebSocket(location.origin.replace('http', 'ws') + path);
              s.onopen = () => done('reached'); s.onerror = () => done('blocked'); }
        catch { done('blocked'); } })"""
    assert frame.evaluate(opened, "/embed/_stcore/stream") == "reached"
    assert frame.evaluate(opened, "/_stcore/stream") == "blocked"


def test_a_stolen_cookie_serves_no_page_of_another_origin(served: Served, host: str, context: BrowserContext) -> None:
    _, secret = served.spend(served.nonce("maria"))
    context.add_cookies([{
        "name": "hb_embed", "value": secret, "domain": "localhost", "path": "/embed", "secure": True, "httpOnly": True,
        "sameSite": "None",
    }])
    page = context.new_page()
    with site("127.0.0.1") as stranger:
        page.goto(stranger)
        read = "url => fetch(url, {credentials: 'include'}).then(a => a.text(), () => 'blocked')"
        assert page.evaluate(read, f"{served.address}/embed/") == "blocked"
        opened = """url => new Promise(done => { const s = new WebSocket(url);
            s.onopen = () => done('reached'); s.onerror = () => done('blocked'); })"""
        stream = f"{served.address.replace('http', 'ws')}/embed/_stcore/stream"
        assert page.evaluate(opened, stream) == "blocked"
        framed(page, stranger, f"{served.address}/embed/")
        page.wait_for_timeout(2000)
        assert "left to book" not in page.frames[1].content()


@pytest.mark.parametrize("name", [page for page in PAGES if page != "sign_in"])
def test_no_page_is_complained_about_by_the_browser(name: str, served: Served, context: BrowserContext) -> None:
    page = context.new_page()
    found = complaints(page)
    page.goto(f"{served.address}/{name}?student={served.students['maria']}&as=user-{_student_for(name, served)}")
    expect(page.locator("h1").first).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(2000)
    assert left(found) == []


def _student_for(name: str, served: Served) -> int | str:
    """Who may open the page: the student it is about, or nobody in particular, which is the whole business."""
    return served.students["maria"] if PAGES[name] == "own" else 0


def test_a_download_has_an_address_that_nobody_guesses(served: Served, context: BrowserContext) -> None:
    """Not even who knows what is in it: the same file twice has two addresses."""
    page = context.new_page()
    addresses = set()
    for _ in range(2):
        page.goto(f"{served.address}/balances")
        button = page.get_by_role("button", name="CSV").first
        button.wait_for(timeout=PATIENCE)
        with page.expect_download(timeout=PATIENCE) as download:
            button.click()
        addresses.add(download.value.url)
        got = served.get(download.value.url.removeprefix(served.address))
        assert got.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in got.headers["content-security-policy"]
    assert len(addresses) == 2


def test_a_name_that_is_a_script_stays_a_name(served: Served, host: str, context: BrowserContext) -> None:
    found = queries.ask(
        warehouse.open(served.chosen.warehouse), Scope.business(), "students_found", search="<script>",
    ).as_dicts()
    assert found, "the demo school has a student with such a name"
    student = int(found[0]["student_id"])
    page = context.new_page()
    alerts: list[str] = []
    page.on("dialog", lambda dialog: alerts.append(dialog.message))
    said = complaints(page)
    page.goto(f"{served.address}/student?student={student}")
    expect(page.locator("h1").first).to_contain_text("<script>", timeout=PATIENCE)
    frame = framed(page, host, f"{served.address}/embed/enter?n={served.nonce('maria', student_id=student)}")
    expect(frame.locator("h1")).to_be_visible(timeout=PATIENCE)
    page.wait_for_timeout(1000)
    assert alerts == []
    assert left(said) == []
