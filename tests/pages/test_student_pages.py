"""What students and parents read on their own pages, and what who looks as a student reads."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

import audit
import queries
import warehouse
from access.scope import Scope
from tests.pages.conftest import Run
from tests.pages.reading import tables, text
from ui import formats
from ui.text import speak

OWN = ("my_hours", "history", "my_receipts", "check")


def plain(said: str) -> str:
    return said.replace("\u00a0", " ")


def usable(books: Path, student_id: int) -> Decimal:
    answer = queries.ask(warehouse.open(books), Scope.business(), "student_card", student_id=student_id)
    found: Decimal = answer.one()["hours_usable"]
    return found


def test_my_hours_says_the_balance_in_words(run: Run, full_books: Path) -> None:
    said = plain(text(run(full_books, "my_hours", viewer="student", lang="en")))
    speak("en")
    assert f"{plain(formats.duration(usable(full_books, 1)))} left to book" in said
    assert "can be used" in said
    assert "as of 23 Nov 2026, 05:00" in said


def test_a_parent_chooses_among_the_children_and_sees_no_other(run: Run, full_books: Path) -> None:
    app = run(full_books, "my_hours", viewer="parent", lang="en")
    assert "Ana Araújo" in text(app)
    app.session_state["student"] = 4
    assert "Student 4 ·" in text(app.run())
    for foreign in (2, 7, 700, "x"):
        app.session_state["student"] = foreign
        said = text(app.run())
        assert f"Student {foreign} ·" not in said
        assert "Student 4 ·" in said or "Ana Araújo ·" in said


@pytest.mark.parametrize("page", OWN)
def test_a_student_of_an_empty_school_is_told_what_to_do_next(page: str, run: Run, full_books: Path) -> None:
    app = run(full_books, page, viewer="user-30", lang="en")
    assert not app.exception
    assert any(hint in text(app) for hint in ("sk your school", "appear here when booked", "appears here"))


@pytest.mark.slow
@pytest.mark.parametrize("page", OWN)
@pytest.mark.parametrize("lang", ["en", "pt"])
def test_a_students_page_opens_in_both_languages(page: str, lang: str, run: Run, full_books: Path) -> None:
    app = run(full_books, page, viewer="student", lang=lang)
    assert not app.exception
    assert not app.error
    assert len(app.dataframe) == 0


def test_a_student_reads_in_the_schools_language_unless_another_is_chosen(run: Run, full_books: Path) -> None:
    assert "As minhas horas" in text(run(full_books, "my_hours", viewer="student"))
    assert "My hours" in text(run(full_books, "my_hours", viewer="student", lang="en"))


@pytest.mark.slow
def test_the_sum_of_the_history_ends_at_the_hours_left(run: Run, full_books: Path) -> None:
    speak("en")
    for student in (1, 5, 12):
        said = plain(text(run(full_books, "history", viewer=f"user-{student}", lang="en", asked={"show": "proof"})))
        assert f"sum {plain(formats.duration(usable(full_books, student)))}" in said


@pytest.mark.slow
def test_a_filter_and_a_page_of_the_history_are_in_the_address(run: Run, full_books: Path) -> None:
    every = text(run(full_books, "history", viewer="student", lang="en"))
    coming = run(full_books, "history", viewer="student", lang="en", asked={"state": "to_come"})
    assert text(coming) != every
    second = run(full_books, "history", viewer="student", lang="en", page=2)
    assert not second.exception
    beyond = run(full_books, "history", viewer="student", lang="en", page=99)
    assert not beyond.exception


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"day": "2026-11-27"}, "Yes, you have enough hours."),
        ({"day": "2028-06-01"}, "All packages will have expired by then."),
        ({"day": "1999-01-01", "time": "25:99", "minutes": "-5"}, "Yes, you have enough hours."),
    ],
)
def test_a_booking_check_says_yes_or_no_and_why(
    asked: dict[str, str], said: str, run: Run, full_books: Path
) -> None:
    app = run(full_books, "check", viewer="student", lang="en", asked=asked)
    assert not app.exception
    assert said in text(app)


def test_looking_as_a_student_shows_the_students_page_and_says_so(
    run: Run, full_books: Path, own_store: Engine
) -> None:
    app = run(full_books, "my_hours", viewer="school-1", lang="en", asked={"view_as": "1"})
    said = plain(text(app))
    assert "You see what Ana Araújo sees." in said
    assert "left to book" in said
    app.switch_page("balances.py").run()
    assert "This page is not open to you" in text(app)
    app.button(key="leave-view-as").click().run()
    assert "Ana Araújo" in text(app)
    assert "You see what" not in text(app)
    told = [(entry.event, entry.actor, entry.student_id, entry.school_id) for entry in audit.entries(own_store)][::-1]
    assert ("view_as_started", "demo:801", 1, 1) in told
    assert ("view_as_ended", "demo:801", 1, 1) in told
    assert [event for event, *_ in told].count("view_as_started") == 1


@pytest.mark.parametrize("viewer", ["staff", "teacher", "student", "parent"])
def test_who_has_no_right_to_cannot_look_as_a_student(viewer: str, run: Run, full_books: Path) -> None:
    app = run(full_books, "my_hours", viewer=viewer, lang="en", asked={"view_as": "2"})
    assert "You see what" not in text(app)
    assert "See what the student sees" not in [button.label for button in app.button]


@pytest.mark.parametrize("student", ["25", "9999", "801"])
def test_a_student_outside_the_scope_is_not_there_to_look_as(
    student: str, run: Run, full_books: Path, own_store: Engine
) -> None:
    app = run(full_books, "my_hours", viewer="school-1", lang="en", asked={"view_as": student})
    assert "There is no such student here." in text(app)
    assert "Student 25" not in text(app) + tables(app)
    assert "view_as_started" not in [entry.event for entry in audit.entries(own_store)]
