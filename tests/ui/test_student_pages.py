"""The student's pages in a real browser: nothing for axe to find, no wider than a phone, usable by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests import synthetic
from tests.ui.conftest import served

STUDENT, CHILDLESS, PARENT, OVERDRAWN, NEW = 1, 2, 806, 5, 30
PAGES = {
    "my_hours": "/my_hours?as=user-{user}&lang={lang}",
    "history": "/history?as=user-{user}&lang={lang}",
    "purchases": "/history?as=user-{user}&lang={lang}&show=purchases",
    "proof": "/history?as=user-{user}&lang={lang}&show=proof",
    "my_receipts": "/my_receipts?as=user-{user}&lang={lang}",
    "check": "/check?as=user-{user}&lang={lang}",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def without_rows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app before anything was ever bought: people and schools only."""
    people = (
        f"{synthetic.EMPTY}; insert into schools "
        "(school_id, name, timezone, currency, language, student_count) "
        "values (1, 'Escola Nova', 'Europe/Lisbon', 'EUR', 'pt', 1);"
        "insert into users values (1, 'a@example.org', 'Ana Nova', true, false);"
        "insert into memberships values (1, 1, 'student', true); insert into student_schools values (1, 1, true);"
        "insert into students values (1, 'Ana Nova', 'a@example.org', true, null, [1], 'Escola Nova', now(), true);"
    )
    with served(tmp_path_factory.mktemp("new"), rows=people) as started:
        yield started


def violations(page: Page) -> list[str]:
    """What axe-core finds, one line each."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def opened(browser: Browser, address: str, scheme: Literal["light", "dark"] = "light") -> Page:
    page = browser.new_page(viewport={"width": 375, "height": 812}, color_scheme=scheme)
    page.goto(address)
    expect(page.locator("h1")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0, timeout=30_000)
    page.wait_for_timeout(700)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "pt"])
@pytest.mark.parametrize("name", list(PAGES))
def test_axe_finds_nothing_on_a_students_page(
    name: str, lang: str, scheme: Literal["light", "dark"], address: str, browser: Browser
) -> None:
    page = opened(browser, address + PAGES[name].format(user=STUDENT, lang=lang), scheme)
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("name", list(PAGES))
def test_axe_finds_nothing_where_there_is_nothing_yet(name: str, without_rows: str, browser: Browser) -> None:
    page = opened(browser, without_rows + PAGES[name].format(user=1, lang="pt"))
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize(
    "path", ["/my_hours?as=user-806", "/my_hours?as=user-5", "/my_hours?view_as=1", "/balances?as=user-1"]
)
def test_axe_finds_nothing_for_parents_debts_and_who_looks_as_a_student(
    path: str, address: str, browser: Browser
) -> None:
    page = opened(browser, address + path)
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("name", list(PAGES))
def test_a_students_page_is_no_wider_than_a_phone(name: str, address: str, browser: Browser) -> None:
    page = opened(browser, address + PAGES[name].format(user=STUDENT, lang="pt"))
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") == 375
    page.close()


def test_a_student_gets_around_by_keyboard_alone(address: str, browser: Browser) -> None:
    page = opened(browser, address + PAGES["my_hours"].format(user=STUDENT, lang="en"))
    for _press in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Check a class":
            break
    assert (
        page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow"
        )
        != "nonenone"
    )
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Check a class")
    expect(page.get_by_text("Yes, you have enough hours.")).to_be_visible()
    page.close()


def test_a_link_to_a_page_stays_right_for_who_has_it_at_the_root(address: str, browser: Browser) -> None:
    page = opened(browser, f"{address}/my_hours?as=user-1&lang=en")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="History").click()
    expect(page.locator("h1")).to_have_text("History")
    page.get_by_role("link", name="My hours").click()
    expect(page.locator("h1")).to_have_text("My hours")
    page.close()


def test_a_download_is_named_by_numbers_and_written_down(address: str, browser: Browser) -> None:
    page = opened(browser, address + PAGES["history"].format(user=STUDENT, lang="en"))
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download all as CSV").click()
    assert coming.value.suggested_filename == "student-1-classes.csv"
    assert coming.value.path().read_text("utf-8-sig").startswith("consumption_id,")
    page.goto(f"{address}/audit_trail?lang=en&event=exported")
    expect(page.locator("[data-testid=stDataFrame]")).to_be_visible(timeout=30_000)
    page.close()
