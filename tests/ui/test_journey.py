"""The main journey in a real browser: find a student, open the page, open a figure into its entries."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything


def test_an_admin_finds_a_student_and_sees_what_a_figure_is_made_of(address: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    expect(page.locator("h1")).to_have_text("Overview", timeout=30_000)
    page.get_by_role("link", name="Balances").click()
    expect(page.locator("h1")).to_have_text("Balances")
    search = page.get_by_label("Find a student")
    search.fill("araujo")
    search.press("Enter")
    expect(page.get_by_text("1 student. A click on a row opens it.")).to_be_visible()

    _click_first_row(page)
    expect(page.locator("h1")).to_have_text("Ana Araújo")
    expect(page).to_have_url(re.compile("student=1"))

    page.get_by_text(re.compile(r"^− .* charged for classes$")).click()
    expect(page.get_by_text(re.compile(r"the sum of \d+ entries"))).to_be_visible()
    expect(page).to_have_url(re.compile("figure=consumed"))
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    ["/", "/balances", "/student?student=1", "/usage", "/expirations", "/health", "/audit_trail", "/connections"],
)
def test_no_page_is_wider_than_a_phone(path: str, address: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 812})
    page.goto(f"{address}{path}")
    expect(page.locator("h1")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(1500)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") == 375
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/balances", "/student?student=1"])
def test_a_link_to_a_page_is_gated_by_the_router_also_as_the_first_request(
    path: str, address: str, browser: Browser
) -> None:
    """The legacy page mode would run the script alone, without anybody signed in."""
    page = browser.new_page()
    page.goto(f"{address}{path}&as=user-802" if "?" in path else f"{address}{path}?as=user-802")
    expect(page.locator("h1")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Nobody is signed in")).to_have_count(0)
    expect(page.get_by_text("Ana Araújo")).to_have_count(0)
    page.close()


def _click_first_row(page: Page) -> None:
    table = page.locator("[data-testid=stDataFrame]").first
    table.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)  # the table is drawn on a canvas: there is no cell to wait for
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 60, box["y"] + 52)
