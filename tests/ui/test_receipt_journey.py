"""Receipts in a real browser: a month is issued, one is read and taken, a student finds it, also on a phone."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

import store
from reports import receipts
from tests import synthetic
from tests.pages import receipts_world as world
from tests.ui.conftest import served
from tests.ui.test_student_pages import violations

pytestmark = pytest.mark.slow
DESK, PHONE = (1360, 1400), (375, 1400)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The app with some receipts issued, a credit note, and two schools that said their VAT; its folder too."""
    folder = tmp_path_factory.mktemp("receipts")
    with served(folder, rows=f"{synthetic._ROWS};{world.REFUNDS}") as address:
        engine = store.engine(f"sqlite:///{folder / 'store.db'}")
        world.issue(engine, folder, 13, 12, 23, 22)
        yield address, folder


def opened(
    browser: Browser, address: str, *, size: tuple[int, int] = DESK, scheme: Literal["light", "dark"] = "light"
) -> Page:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page.goto(address)
    expect(page.locator("h1")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0, timeout=60_000)
    page.wait_for_timeout(700)
    return page


def kept(page: Page, name: str) -> None:
    """A picture to look at, where a folder for pictures is named."""
    folder = os.environ.get("PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_month_is_issued_read_and_taken(school: tuple[str, Path], browser: Browser) -> None:
    address, folder = school
    page = opened(browser, f"{address}/receipts?as=user-801&lang=en&month=2026-10")
    page.get_by_role("button", name="Issue the 2 that are missing").click()
    expect(page.get_by_text("2 receipts and 0 credit notes were issued")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Nothing is missing in this month.")).to_be_visible()
    page.get_by_role("button", name="Pack 2 documents as ZIP").click()
    with page.expect_download(timeout=60_000) as coming:
        page.get_by_role("button", name="Download the ZIP").click()
    assert coming.value.suggested_filename == "receipts-2026-10.zip"
    with zipfile.ZipFile(coming.value.path()) as archive:
        assert sum(name.endswith(".pdf") for name in archive.namelist()) == 2
    kept(page, "receipts-issued")
    page.close()
    engine = store.engine(f"sqlite:///{folder / 'store.db'}")
    assert receipts.verify_books(engine).faults == []


def test_a_receipt_is_shown_and_its_bytes_are_those_that_were_issued(
    school: tuple[str, Path], browser: Browser
) -> None:
    address, folder = school
    engine = store.engine(f"sqlite:///{folder / 'store.db'}")
    (issued,) = [one for one in receipts.by_transaction(engine, 23) if one.kind == "receipt"]
    page = opened(browser, f"{address}/receipts?as=user-801&lang=en&month=2026-09&receipt={issued.id}")
    expect(page.locator("canvas").last).to_be_visible(timeout=30_000)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download the PDF").click()
    assert coming.value.path().read_bytes() == receipts.document(engine, issued.id)
    assert coming.value.suggested_filename == f"{issued.number_text}.pdf"
    check = page.get_by_role("link", name="Check this document").get_attribute("href") or ""
    assert check.startswith("/verify/")
    kept(page, "receipts-one")
    page.close()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("receipts", "/receipts?as=user-801&lang=pt&month=2026-09&receipt=1"),
        ("settings", "/receipt_settings?as=user-801&lang=pt"),
        ("mine", "/my_receipts?as=user-1&lang=pt"),
        ("mine-empty", "/my_receipts?as=user-30&lang=pt"),
    ],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen(
    name: str, path: str, scheme: Literal["light", "dark"], school: tuple[str, Path], browser: Browser
) -> None:
    page = opened(browser, school[0] + path, size=PHONE, scheme=scheme)
    page.wait_for_timeout(2_500)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") == 375
    kept(page, f"phone-{name}-{scheme}")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "pt"])
def test_axe_finds_nothing_on_a_students_receipts(
    lang: str, scheme: Literal["light", "dark"], school: tuple[str, Path], browser: Browser
) -> None:
    page = opened(browser, f"{school[0]}/my_receipts?as=user-1&lang={lang}", size=PHONE, scheme=scheme)
    assert violations(page) == []
    page.close()


def test_a_student_takes_an_own_receipt_by_keyboard_alone(school: tuple[str, Path], browser: Browser) -> None:
    page = opened(browser, f"{school[0]}/my_receipts?as=user-1&lang=en", size=PHONE)
    with page.expect_download() as coming:
        for _press in range(25):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText").strip() == "Download the PDF":
                page.keyboard.press("Enter")
                break
    assert coming.value.path().read_bytes().startswith(b"%PDF-")
    page.close()


def test_a_wrong_setting_is_told_beside_its_field_and_a_right_one_is_saved(
    school: tuple[str, Path], browser: Browser
) -> None:
    page = opened(browser, f"{school[0]}/receipt_settings?as=user-801&lang=en")
    days = page.get_by_role("textbox", name="Remind so many days before hours expire")
    days.fill("0")
    days.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="Write up to five whole numbers")).to_be_visible(timeout=30_000)
    kept(page, "settings-wrong")
    days.fill("21, 7")
    days.press("Enter")
    expect(page.get_by_text("Write up to five whole numbers")).to_have_count(0, timeout=30_000)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible(timeout=30_000)
    kept(page, "settings-saved")
    page.close()
