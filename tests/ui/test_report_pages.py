"""The pages of reports and of mail in a real browser: downloads, axe, a phone's width."""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from reports.finance.guard import HOURS_CHECKS, MONEY_CHECKS
from tests import synthetic
from tests.ui.conftest import served
from tests.ui.test_student_pages import opened, violations

CHECKED = "".join(
    f"insert into checks values ('{name}', 'stop', true, 0, 'It holds.', null, 0.01);"
    for name in sorted({*MONEY_CHECKS, *HOURS_CHECKS})
)
PAGES = {
    "report": "/finance_reports?lang={lang}&report=revenue_by_plan&month=2026-09",
    "month": "/finance_reports?lang={lang}",
    "statement": "/student?lang={lang}&student=1",
    "mail": "/schedules?lang={lang}",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app on the synthetic business, its checks tried and passed."""
    rows = Path(synthetic.__file__).with_suffix(".sql").read_text("utf-8")
    with served(tmp_path_factory.mktemp("sound"), rows=f"{rows}{CHECKED}") as started:
        yield started


@pytest.mark.parametrize(("lang", "scheme"), [("en", "light"), ("pt", "dark")])
@pytest.mark.parametrize("name", ["report", "month", "mail"])
def test_axe_finds_nothing(
    name: str, lang: str, scheme: Literal["light", "dark"], sound: str, browser: Browser
) -> None:
    page = opened(browser, sound + PAGES[name].format(lang=lang), scheme)
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_no_file_may_be_made(
    scheme: Literal["light", "dark"], address: str, browser: Browser
) -> None:
    page = opened(browser, f"{address}/finance_reports?lang=pt&report=sales&month=2026-09", scheme)
    expect(page.get_by_text("Neste momento não se pode fazer nenhum ficheiro destes valores.")).to_be_visible()
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_is_no_wider_than_a_phone(name: str, sound: str, browser: Browser) -> None:
    page = opened(browser, sound + PAGES[name].format(lang="pt"))
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") == 375
    page.close()


def test_a_report_is_taken_away_in_three_forms_with_one_name(sound: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{sound}/finance_reports?lang=pt&report=sales&month=2026-09")
    expect(page.get_by_role("heading", name="Pacotes vendidos")).to_be_visible(timeout=30_000)
    found = {}
    for label in ("CSV", "Excel (XLSX)", "PDF"):
        with page.expect_download(timeout=60_000) as coming:
            page.get_by_role("button", name=label, exact=True).click()
        name = coming.value.suggested_filename
        assert name.startswith("sales_2026-09_business_as-of-20261123T0500Z_snapshot-1.")
        found[name.rpartition(".")[2]] = coming.value.path().read_bytes()
    heads, *rows = csv.reader(io.StringIO(found["csv"].decode("utf-8-sig"), newline=""), delimiter=";")
    assert heads[0] == "Dia"
    assert found["xlsx"].startswith(b"PK")
    paper = subprocess.run(["pdftotext", "-layout", "-", "-"], input=found["pdf"], capture_output=True, check=True)
    said = paper.stdout.decode()
    assert all(row[1] in said for row in rows)
    page.goto(f"{sound}/audit_trail?lang=en&event=exported")
    expect(page.locator("[data-testid=stDataFrame]")).to_be_visible(timeout=30_000)
    page.close()


def test_reports_are_scheduled_with_the_keyboard_and_the_eye(sound: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 1400})
    page.goto(f"{sound}/schedules?lang=en")
    expect(page.get_by_text("No reports are scheduled.")).to_be_visible(timeout=30_000)
    page.get_by_role("combobox", name="Which reports").click()
    page.keyboard.type("VAT")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="To whom, one e-mail address a line").fill("desk@school.pt")
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.get_by_text("Scheduled: the first reports go out")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Send the last period now").click()
    expect(page.get_by_text("1 message of October 2026 waits to be sent.")).to_be_visible(timeout=30_000)
    page.close()
