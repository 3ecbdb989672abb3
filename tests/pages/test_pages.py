"""Every page opens, full and empty, for the business and for a school, in both languages."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from tests import synthetic
from tests.pages.reading import tables, text

PAGES = ["overview", "balances", "student", "usage", "expirations", "health"]
Run = Callable[..., AppTest]


@pytest.mark.parametrize("language", ["en", pytest.param("pt", marks=pytest.mark.slow)])
@pytest.mark.parametrize("viewer", ["business", *(pytest.param(f"school-{n}", marks=pytest.mark.slow) for n in (1, 3))])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_for_everyone_in_both_languages(
    page: str, viewer: str, language: str, run: Run, full_books: Path
) -> None:
    app = run(full_books, page, student=1, viewer=viewer, lang=language)
    assert not app.exception
    assert ("as of" if language == "en" else "de 2026") in text(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_an_empty_school_says_what_to_do_next(page: str, run: Run, empty_books: Path) -> None:
    app = run(empty_books, page)
    assert not app.exception
    said = text(app)
    assert any(hint in said for hint in ("next sync", "Type a part of", "Choose a longer", "expires", "No drift"))


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_before_the_first_sync_every_page_says_how_to_begin(page: str, run: Run, tmp_path: Path) -> None:
    app = run(tmp_path, page)
    assert not app.exception
    assert "There are no books yet" in text(app)
    assert "hourbook sync" in text(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_reached_around_the_router_shows_nothing(
    page: str, full_books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOURBOOK_WAREHOUSE", str(full_books))
    app = AppTest.from_file(str(Path(__file__).resolve().parents[2] / "pages" / f"{page}.py"), default_timeout=30).run()
    assert "Nobody is signed in" in text(app)
    assert len(app.dataframe) == 0


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_nobody_may_look_at_a_real_platform_before_there_is_a_way_to_sign_in(
    page: str, run: Run, full_books: Path, tmp_path: Path
) -> None:
    books = Path(shutil.copytree(full_books, tmp_path / "books"))
    for file in books.glob("snap_*.duckdb"):
        with duckdb.connect(str(file)) as con:
            con.execute("update sync set is_demo = false")
    app = run(books, page, student=1)
    assert "Nobody is signed in" in text(app)
    assert len(app.dataframe) == 0
    assert [box.key for box in app.selectbox] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_school_admin_reads_nothing_of_another_school(page: str, run: Run, full_books: Path) -> None:
    app = run(full_books, page, student=25, viewer="school-1")
    everything = text(app) + tables(app)
    assert "Northgate" not in everything
    assert "£" not in everything
    assert "Student 25" not in everything


def test_a_student_of_another_school_is_not_found(run: Run, full_books: Path) -> None:
    app = run(full_books, "student", student=25, viewer="school-1")
    assert "There is no student 25 here." in text(app)


def test_a_failed_sync_is_told_while_the_old_figures_stay(run: Run, tmp_path: Path) -> None:
    synthetic.publish(tmp_path)
    said = {"ok": False, "kind": "ContractViolated", "message": "Column finances_pricingplan.price_eur is missing."}
    (tmp_path / "last_sync.json").write_text(json.dumps(said), "utf-8")
    told = text(run(tmp_path))
    assert "The last sync failed: the platform's tables are not as they were agreed." in told
    assert "hourbook doctor" in told
    assert "Students with hours" in told


def test_the_message_of_a_failed_sync_is_on_data_health_for_the_whole_business_only(run: Run, tmp_path: Path) -> None:
    synthetic.publish(tmp_path)
    said = {"ok": False, "kind": "SourceUnreachable", "message": "postgresql://reader@inside/platform is away."}
    (tmp_path / "last_sync.json").write_text(json.dumps(said), "utf-8")
    assert "inside" in text(run(tmp_path, "health"))
    assert "inside" not in text(run(tmp_path, "health", viewer="school-1"))
    for page in PAGES[:-1]:
        assert "inside" not in text(run(tmp_path, page, student=1))
    (tmp_path / "current.json").unlink()
    before = text(run(tmp_path))
    assert "The platform cannot be reached." in before
    assert "inside" not in before


def test_data_health_tells_how_far_behind_the_figures_are(run: Run, full_books: Path) -> None:
    told = text(run(full_books, "health"))
    assert "As of Monday, 23 November 2026, 05:00" in told
    assert "Monday, 23 November 2026, 04:00, 60 min before." in told


def test_data_health_says_when_contents_were_compared_for_changed_rows_only(
    run: Run, full_books: Path, tmp_path: Path
) -> None:
    books = Path(shutil.copytree(full_books, tmp_path / "books"))
    for file in books.glob("snap_*.duckdb"):
        with duckdb.connect(str(file)) as con:
            con.execute("update certificate set content_scope = 'changed rows'")
    app = run(books, "health")
    assert "changed rows only" in tables(app)
    assert "changed rows only" in text(app)
    assert "640" in tables(app)
    assert "640" not in tables(run(books, "health", viewer="school-1"))


def test_the_figures_of_the_overview_lead_to_their_rows(run: Run, full_books: Path) -> None:
    app = run(full_books)
    links = {(link.proto.page, link.proto.query_string) for link in app.get("page_link")}
    assert {("balances", "status=has_hours"), ("expirations", ""), ("balances", "status=at_risk")} <= links
    assert "€1,296.00" in tables(app)


def test_the_proof_calls_what_was_charged_charged(run: Run, full_books: Path) -> None:
    app = run(full_books, "student", student=5, figure="consumed")
    assert "charged for classes** on" in text(app)


def test_a_platform_that_cannot_be_reached_is_told_apart(run: Run, tmp_path: Path) -> None:
    synthetic.publish(tmp_path)
    said = {"ok": False, "kind": "SourceUnreachable", "message": "The platform does not answer."}
    (tmp_path / "last_sync.json").write_text(json.dumps(said), "utf-8")
    assert "The platform cannot be reached." in text(run(tmp_path))


def test_old_figures_are_called_old(run: Run, tmp_path: Path) -> None:
    synthetic.publish(tmp_path, as_of="2026-11-20T05:00:00+00:00")
    assert "These figures are 3 days old" in text(run(tmp_path))


def test_a_snapshot_that_is_gone_is_said_and_nothing_is_made_up(run: Run, tmp_path: Path) -> None:
    synthetic.publish(tmp_path).unlink()
    app = run(tmp_path)
    assert not app.exception
    assert "The books cannot be opened" in text(app)


def test_what_users_wrote_is_shown_as_written(run: Run, full_books: Path) -> None:
    app = run(full_books, "student", student=3)
    heading = next(element.proto.body for element in app.get("html") if "hb-head" in element.proto.body)
    assert "<script>" not in heading
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **bold** $x^2$ :material/home: =1+1" in heading


def test_no_two_currencies_are_added_up(run: Run, full_books: Path) -> None:
    said = text(run(full_books))
    assert "€1,296.00 £378.00" in said
    assert "1,674" not in said


def test_portuguese_writes_figures_as_portuguese_does(run: Run, full_books: Path) -> None:
    said = text(run(full_books, lang="pt"))
    assert "1 296,00 €" in said
    assert "23 de novembro de 2026" in said


@pytest.mark.parametrize("status", ["has_hours", "none", "overdrawn", "expiring", "at_risk", "drifted"])
def test_a_filter_shows_as_many_rows_as_it_counts(status: str, run: Run, full_books: Path) -> None:
    app = run(full_books, "balances", status=status)
    assert not app.exception
    counted = re.search(r"(\d+) students?\.", text(app))
    assert counted is not None
    assert len(app.dataframe[0].value) == min(int(counted[1]), 25)


def test_a_long_list_has_pages(run: Run, full_books: Path) -> None:
    first = run(full_books, "balances")
    assert len(first.dataframe[0].value) == 25
    second = run(full_books, "balances", page=2)
    assert len(second.dataframe[0].value) == 5


@pytest.mark.parametrize("figure", ["purchased", "consumed", "reserved", "remaining", "overdrawn"])
def test_every_figure_opens_into_entries_that_add_up_to_it(figure: str, run: Run, full_books: Path) -> None:
    app = run(full_books, "student", student=5, figure=figure)
    assert not app.exception
    assert "the sum of" in text(app)
    assert not app.error


def test_the_proof_goes_back_to_an_earlier_day(run: Run, full_books: Path) -> None:
    app = run(full_books, "student", student=1)
    app.date_input(key="as_of").set_value(app.date_input(key="as_of").min).run()
    assert not app.exception
    assert "0.00 h left on" in text(app).replace("*", "").replace("\u00a0", " ")
