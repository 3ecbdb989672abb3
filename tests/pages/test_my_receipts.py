"""A student's own receipts: whose are shown, how they stand, and which document is handed out."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from access.scope import Scope
from tests.pages import receipts_world as world
from tests.pages.conftest import Run
from tests.pages.reading import text
from ui import my_receipts


def plain(said: str) -> str:
    return said.replace("\u00a0", " ")


@pytest.mark.slow
def test_a_student_reads_own_receipts_and_how_they_stand(run: Run, books: Path, own_store: Engine) -> None:
    world.issue(own_store, books, 13, 12, 23)
    app = run(books, "my_receipts", viewer="student", lang="en")
    said = plain(text(app))
    assert not app.exception
    assert "Receipt REC-2026-000001" in said
    assert "partly refunded" in said
    assert "Credit note CN-2026-000001" in said
    assert "−€60.00" in said
    assert "valid" in said
    assert "REC-2026-000003" not in said  # student 2's


@pytest.mark.slow
def test_money_that_all_went_back_is_told(run: Run, books: Path, own_store: Engine) -> None:
    world.issue(own_store, books, 22)
    said = plain(text(run(books, "my_receipts", viewer="user-2", lang="pt")))
    assert "totalmente reembolsado" in said
    assert "180,00 €" in said


@pytest.mark.slow
def test_a_parent_reads_those_of_the_chosen_child_only(run: Run, books: Path, own_store: Engine) -> None:
    world.issue(own_store, books, 12, 42, 23)
    app = run(books, "my_receipts", viewer="parent", lang="en")
    first = text(app)
    assert "REC-2026-000001" in first
    assert "REC-2026-000002" not in first
    app.session_state["student"] = 4
    assert "REC-2026-000002" in text(app.run())
    app.session_state["student"] = 2
    assert "REC-2026-000003" not in text(app.run())


@pytest.mark.slow
def test_without_a_receipt_it_is_said_when_there_will_be_one(run: Run, books: Path) -> None:
    assert "No receipts yet." in text(run(books, "my_receipts", viewer="student", lang="en"))
    assert "Ainda não há recibos." in text(run(books, "my_receipts", viewer="student", lang="pt"))


@pytest.mark.slow
@pytest.mark.parametrize("viewer", ["staff", "finance", "teacher", "school-2"])
def test_nobody_else_reads_them_here(
    viewer: str, run: Run, books: Path, own_store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOURBOOK_FINANCE", "805")
    world.issue(own_store, books, 12)
    app = run(books, "my_receipts", viewer=viewer, lang="en", asked={"student": "1", "view_as": "1"})
    assert "REC-2026" not in text(app)


@pytest.mark.slow
def test_who_looks_as_a_student_sees_the_receipts_of_own_schools_only(
    run: Run, books: Path, own_store: Engine
) -> None:
    world.issue(own_store, books, 12)
    said = text(run(books, "my_receipts", viewer="school-1", lang="en", asked={"view_as": "1"}))
    assert "You see what Ana Araújo sees." in said
    assert "REC-2026-000001" in said


def test_an_embedded_page_shows_the_receipts_of_its_school_only() -> None:
    assert my_receipts._schools(Scope.students([1], schools=[1])) == [1]
    assert my_receipts._schools(Scope.students([1], schools=[1, 2], money=[2])) == [2]
    assert my_receipts._schools(Scope.students([1])) is None
    assert my_receipts._schools(Scope.students([1], schools=[])) == []


def test_of_a_refunded_receipt_the_copy_that_says_so_is_handed_out(books: Path, own_store: Engine) -> None:
    world.issue(own_store, books, 22)
    if not world.copies(own_store):
        world.credit(own_store, books, 22)
    found = world.everything(own_store)
    (original,) = [one for one in found if one.kind == "receipt"]
    assert my_receipts._marked(found)[original.id].kind == "refunded_copy"
