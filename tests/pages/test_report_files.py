"""Files of reports: written when pressed for, recorded, and refused to who left and of figures that failed a check."""

from __future__ import annotations

import csv
import io
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

import audit
import identity
import queries
from access.viewer import Area
from reports.finance import REPORTS, ExportBlocked, Period
from reports.finance.guard import HOURS_CHECKS, MONEY_CHECKS
from tests import synthetic
from tests.pages.conftest import NOW, ROUTER, Run
from tests.pages.reading import columns, tables, text
from ui import exports, report_choice, report_files, session
from ui.report_choice import Asked
from ui.session import Here

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

SEPTEMBER = Period.of_month("2026-09")
Enter = Callable[..., Here]


@pytest.fixture(scope="session")
def sound_books(full_books: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthetic business with all its checks tried and passed."""
    books = Path(shutil.copytree(full_books, tmp_path_factory.mktemp("sound") / "books"))
    for file in books.glob("snap_*.duckdb"):
        with duckdb.connect(str(file)) as connection:
            for name in sorted({*MONEY_CHECKS, *HOURS_CHECKS}):
                connection.execute("insert into checks values (?, 'stop', true, 0, 'It holds.', null, 0.01)", [name])
    return books


@pytest.fixture
def enter(own_store: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Enter]:
    """What a page of money may ask with for somebody of the synthetic business."""

    def come_in(books: Path, user_id: int | None, area: Area = Area.money) -> Here:
        monkeypatch.setenv("HOURBOOK_WAREHOUSE", str(books))
        monkeypatch.setenv("HOURBOOK_NOW", NOW)
        session.current_settings.cache_clear()
        viewer = identity.by_demo(session.books(), session.current_settings(), user_id)
        scope = viewer.scope(area)
        assert scope is not None
        here = session._here(viewer, scope)
        assert here is not None
        return here

    yield come_in
    session.current_settings.cache_clear()
    queries.forget()


def wanted(name: str, language: str = "en") -> Asked:
    return Asked(REPORTS[name], SEPTEMBER, None, language)


def pressed(here: Here, name: str, form: str, language: str = "en", **options: Any) -> Callable[[], BinaryIO]:
    """What the button of a report does when it is pressed."""
    asked = wanted(name, language)
    return report_files.writer(
        here, lambda: report_choice.made(here, asked), form, what=f"report_{name}", period=SEPTEMBER, **options
    )


def test_a_file_is_made_when_it_is_pressed_for_and_written_down(
    enter: Enter, sound_books: Path, own_store: Engine
) -> None:
    here = enter(sound_books, 801)
    write = pressed(here, "sales", "csv", "pt", separator=";", decimal=",")
    assert not audit.entries(own_store)
    with write() as file:
        heads, *rows = csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline=""), delimiter=";")
        assert not Path(str(file.name)).exists()
    assert heads[0] == "Dia"
    assert rows
    assert all(row[-1].count(",") == 1 for row in rows)
    last = audit.entries(own_store)[0]
    assert (last.event, last.actor) == ("exported", "demo:801")
    said = last.details
    assert (said["question"], said["form"], said["snapshot"]) == ("report_sales", "csv", 1)
    assert (said["since"], said["until"]) == ("2026-09-01", "2026-09-30")
    assert said["rows"] == sum(1 for row in rows if row[0] != "Total")


@pytest.mark.slow
@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("name", list(REPORTS))
def test_every_report_becomes_a_file_from_the_page(
    name: str, form: str, enter: Enter, sound_books: Path
) -> None:
    here = enter(sound_books, None)
    with pressed(here, name, form)() as file:
        assert file.read(3) == {"xlsx": b"PK\x03", "csv": b"\xef\xbb\xbf"}[form]


def test_no_file_is_made_of_figures_that_failed_a_check_however_it_is_asked_for(
    enter: Enter, run: Run, full_books: Path, own_store: Engine
) -> None:
    app = run(full_books, "finance_reports", lang="en", report="sales", month="2026-09")
    assert "No file can be made of these figures now." in text(app)
    assert "was not tried on this snapshot" in text(app)
    assert not app.get("download_button")
    assert len(app.dataframe) == 1
    here = enter(full_books, None)
    for form in report_files.WRITERS:
        write = pressed(here, "sales", form)
        with pytest.raises(ExportBlocked):
            write()
    assert "exported" not in [entry.event for entry in audit.entries(own_store)]


def test_figures_that_grew_stale_while_the_page_was_open_are_not_handed_out(
    enter: Enter, sound_books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = enter(sound_books, None)
    write = pressed(here, "sales", "csv")
    write().close()
    monkeypatch.setenv("HOURBOOK_NOW", "2026-11-25T06:00:00+00:00")
    session.current_settings.cache_clear()
    with pytest.raises(ExportBlocked, match="stale"):
        write()


def test_who_lost_the_role_since_the_page_was_drawn_gets_no_file(
    enter: Enter, sound_books: Path, tmp_path: Path
) -> None:
    books = Path(shutil.copytree(sound_books, tmp_path / "books"))
    here = enter(books, 801)
    write = pressed(here, "sales", "csv")
    shutil.copy(books / "snap_000001.duckdb", books / "snap_000002.duckdb")
    with duckdb.connect(str(books / "snap_000002.duckdb")) as connection:
        connection.execute("delete from memberships where user_id = 801")
    synthetic.point(books, 2)
    with pytest.raises(exports.DownloadRefused):
        write()


def test_a_school_gets_its_own_rows_on_the_screen_and_in_the_file(
    run: Run, enter: Enter, sound_books: Path
) -> None:
    app = run(sound_books, "finance_reports", viewer="school-1", lang="en", report="sales", month="2026-09")
    assert "Northgate" not in tables(app) + text(app)
    assert "GBP" not in tables(app)
    here = enter(sound_books, 801)
    with pressed(here, "sales", "csv")() as file:
        assert "Northgate" not in file.read().decode("utf-8-sig")


@pytest.mark.parametrize("lang", ["en", "pt"])
def test_the_page_of_a_platform_without_rows_says_so(lang: str, run: Run, empty_books: Path) -> None:
    app = run(empty_books, "finance_reports", lang=lang)
    assert not app.exception
    assert ("Nothing happened in" if lang == "en" else "em outubro de 2026") in text(app)


@pytest.mark.parametrize("viewer", ["business", "school-1", "finance"])
def test_a_student_has_a_statement_of_a_period(
    viewer: str, run: Run, sound_books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOURBOOK_FINANCE", "805")
    app = run(sound_books, "student", student=1, viewer=viewer, lang="en", over="quarter", quarter="2026-Q3")
    assert not app.exception
    names = [button.proto.label for button in app.get("download_button")]
    assert {"PDF", "CSV"} <= set(names)


def test_a_student_finds_the_statement_in_the_history(run: Run, sound_books: Path) -> None:
    app = run(sound_books, "history", viewer="student", lang="pt", asked={"show": "statement"})
    assert not app.exception
    assert [button.proto.label for button in app.get("download_button")] == ["PDF", "CSV"]


def test_own_dates_stand_beside_the_filters_of_the_history(run: Run, sound_books: Path) -> None:
    app = run(sound_books, "history", viewer="student", lang="en", asked={"since": "90"})
    app.query_params["show"] = "statement"
    app.session_state["show"] = "statement"
    app.session_state["over"] = "days"
    app.run()
    assert not app.exception
    assert [box.key for box in app.date_input] == ["first_day", "last_day"]
    assert len(app.get("download_button")) == 2


@pytest.mark.parametrize("page", ["finance_reports", "schedules"])
def test_before_the_first_sync_the_page_says_how_to_begin(page: str, run: Run, tmp_path: Path) -> None:
    app = run(tmp_path, page)
    assert not app.exception
    assert "There are no books yet" in text(app)


@pytest.mark.parametrize("page", ["finance_reports", "schedules"])
def test_a_page_reached_around_the_router_shows_nothing(
    page: str, full_books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOURBOOK_WAREHOUSE", str(full_books))
    app = AppTest.from_file(str(ROUTER.parent / f"{page}.py"), default_timeout=30).run()
    assert "Nobody is signed in" in text(app)
    assert len(app.dataframe) == 0
    assert not app.button


def test_who_sees_no_money_has_a_statement_without_it(enter: Enter, run: Run, sound_books: Path) -> None:
    app = run(sound_books, "student", student=1, viewer="staff", lang="en")
    assert not app.exception
    assert not {"Value", "Value left"} & columns(app)


def test_no_page_is_named_as_a_package() -> None:
    """Streamlit puts the folder of the pages first on Python's path: a page would stand in for the package."""
    pages = {path.stem for path in (Path(__file__).resolve().parents[2] / "pages").glob("*.py")}
    root = Path(__file__).resolve().parents[2]
    ours = {path.stem for path in root.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert not pages & (ours | set(sys.stdlib_module_names))
