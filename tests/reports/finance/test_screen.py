"""What the page shows of a report is what its CSV, its XLSX and its PDF hold, cell by cell, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

import queries
from access.scope import Scope
from reports.finance import REPORTS, Period, run
from reports.table import Cells, Kind, Table
from settings import Settings
from tests.pages.conftest import ROUTER
from tests.pages.reading import text
from tests.reports.finance import reading
from ui import session
from ui.report_table import total_of
from ui.text import speak
from warehouse import Warehouse

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

SEPTEMBER = Period.of_month("2026-09")
QUARTER = Period.between("2026-07", "2026-09")
ENOUGH = ("month", "deferred_by_package", "vat_summary")
SOME_AT_ONCE = [*ENOUGH, *(pytest.param(one, marks=pytest.mark.slow) for one in REPORTS if one not in ENOUGH)]
Show = Callable[..., AppTest]


@pytest.fixture
def show(chosen: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Show]:
    """Opens the page of reports on the demo school; words are choices."""

    def open_page(**choices: Any) -> AppTest:
        for name, value in (
            ("WAREHOUSE", chosen.warehouse), ("STORE_URL", chosen.store_url), ("NOW", chosen.clock().isoformat())
        ):
            monkeypatch.setenv(f"HOURBOOK_{name}", str(value))
        session.current_settings.cache_clear()
        app = AppTest.from_file(str(ROUTER), default_timeout=60)
        app.user, app.secrets = {}, {}
        for key, value in {"as": "business", **choices}.items():
            app.session_state[key] = value
        app.run()
        app.switch_page("finance_reports.py").run()
        return app

    yield open_page
    session.current_settings.cache_clear()
    queries.forget()


def asked_for(name: str) -> tuple[Period, dict[str, Any]]:
    """A period that fits the report and has rows, and how the page is asked for it."""
    if name == "expirations":
        return Period.between("2026-01", "2026-12"), {"report": name, "over": "year", "year": 2026}
    if REPORTS[name].span in ("month", "days"):
        return SEPTEMBER, {"report": name, "month": "2026-09"}
    if REPORTS[name].span == "day":
        return Period(date(2026, 9, 30), date(2026, 10, 1)), {"report": name, "month": "2026-09"}
    return QUARTER, {"report": name, "over": "quarter", "quarter": "2026-Q3"}


def on_the_screen(app: AppTest) -> list[dict[str, Any]]:
    """Every row of every table, by the titles of its columns."""
    return [
        {str(head): value for head, value in zip(table.value.columns, row, strict=True)}
        for table in app.dataframe
        for row in table.value.itertuples(index=False, name=None)
    ]


def assert_same(shown: dict[str, Any], cells: Cells, table: Table) -> None:
    grouped = table.position(table.grouped_by) if table.grouped_by else None
    for at, (head, column, cell) in enumerate(zip(table.heads, table.columns, cells, strict=True)):
        if head not in shown:
            assert at == grouped or cell is None
        elif column.kind is Kind.DAY:
            assert shown[head] == cell
        else:
            assert shown[head].strip() == table.written(cell, column)


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("name", SOME_AT_ONCE)
def test_the_screen_and_the_files_hold_the_same_cells(
    name: str, language: str, show: Show, books: Warehouse, chosen: Settings, engine: Engine,
) -> None:
    period, choices = asked_for(name)
    app = show(lang=language, **choices)
    assert not app.exception
    table = run(books, Scope.business(), chosen, name, period, language=language, engine=engine)
    shown, said = on_the_screen(app), text(app)
    heads, *lines = reading.csv_rows(table, totals=False, separator=";", decimal=",")
    _heads, *sheet = reading.xlsx_rows(table)
    assert len(shown) == len(lines) > 0
    assert heads == list(table.heads)
    for row, line, values in zip(shown, lines, sheet, strict=False):
        of_csv = tuple(reading.from_csv(cell, column, ",") for cell, column in zip(line, table.columns, strict=True))
        assert_same(row, of_csv, table)
        assert_same(row, tuple(map(reading.from_xlsx, values, table.columns)), table)
    speak(language)
    totals = [line.cells for line in table.lines() if line.is_total]
    for cells in totals:
        for at in (at for at, column in enumerate(table.columns) if column.total):
            assert " ".join(total_of(table, cells, at, alone=len(totals) == 1).split()) in said
    speak("en")
    for _name, fact in table.stamp.facts(table.speech):
        assert fact in said
    for remark in table.stamp.remarks:
        assert " ".join(remark.split()) in said


@pytest.mark.slow
@pytest.mark.parametrize("name", list(REPORTS))
def test_paper_holds_what_the_screen_shows_in_its_order(
    name: str, show: Show, books: Warehouse, chosen: Settings, engine: Engine,
) -> None:
    period, choices = asked_for(name)
    shown = on_the_screen(show(lang="pt", **choices))
    table = run(books, Scope.business(), chosen, name, period, language="pt", engine=engine)
    paper, at = reading.squeezed(reading.pdf_text(table)), 0
    grouped = table.position(table.grouped_by) if table.grouped_by else None
    for row in shown:
        said = ""
        for place, (head, column) in enumerate(zip(table.heads, table.columns, strict=True)):
            if place == grouped:
                continue
            cell = row.get(head)
            said += table.written(cell, column) if cell is None or isinstance(cell, date) else cell.strip()
        found = paper.find(reading.squeezed(said), at)
        assert found >= 0, f"{said} is not on paper after {paper[at:at + 80]}"
        at = found + len(reading.squeezed(said))


def test_a_currency_chosen_leaves_the_others_out(show: Show) -> None:
    app = show(lang="en", report="revenue_by_plan", month="2026-09", currency="GBP")
    assert {row["Currency"] for row in on_the_screen(app)} == {"GBP"}
    assert "€" not in text(app)
    assert "only GBP" in text(app)


@pytest.mark.parametrize(
    "forged",
    [
        {"report": "../../etc/passwd"}, {"month": "9999-99"}, {"over": "year", "year": "x"}, {"currency": "' or 1=1"},
        {"report": "roll_forward", "over": "days"}, {"signs": "\n"}, {"over": "quarter", "quarter": "2026-Q9"},
    ],
)
def test_what_no_choice_offers_is_the_default(forged: dict[str, str], show: Show) -> None:
    app = show(lang="en", **forged)
    assert not app.exception
    assert not app.error
    assert len(app.get("download_button")) == 3


def test_a_period_that_ends_before_it_begins_is_said_and_nothing_is_shown(show: Show) -> None:
    app = show(lang="en", report="revenue_by_month", over="months", first="2026-09", last="2026-03")
    assert "The period ends before it begins" in text(app)
    assert not app.get("download_button")


def test_a_month_without_rows_is_said_in_a_sentence(show: Show) -> None:
    app = show(lang="pt", report="receipts_register", month="2026-03")
    assert "março de 2026." in text(app)
    assert len(app.dataframe) == 0
