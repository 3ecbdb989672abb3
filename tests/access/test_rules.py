"""Every page and every question has somebody who may, and nothing is open by having been forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from access.roles import AREAS, PERMISSIONS, SEES_MONEY, Area, Role, Via
from access.rules import PAGES, QUESTIONS, may_ask, may_open
from access.viewer import Viewer
from queries import questions

ROOT = Path(__file__).resolve().parent.parent.parent
ANYBODY = Viewer(key="user:1", user_id=1, name="", via=Via.login)
STUDENT = Viewer(key="user:1", user_id=1, name="", via=Via.login, student_ids=(1,))
STAFF = Viewer(key="user:2", user_id=2, name="", via=Via.login, school_roles=((1, Role.school_staff),))
PLATFORM = Viewer(key="user:3", user_id=3, name="", via=Via.login, is_platform_staff=True)


def test_every_page_has_a_rule() -> None:
    pages = {path.stem for path in (ROOT / "pages").glob("*.py")} - {"router", "__init__"}
    assert pages - set(PAGES) == set()


def test_every_question_has_a_rule_and_every_rule_a_question() -> None:
    assert set(QUESTIONS) == set(questions())


def test_only_signing_in_is_open_to_anybody() -> None:
    assert {page for page in PAGES if may_open(page, None)} == {"sign_in"}
    assert {page for page in PAGES if may_open(page, ANYBODY)} == {"sign_in"}


def test_a_page_or_question_without_a_rule_is_closed_to_all() -> None:
    assert not may_open("router", PLATFORM)
    assert not may_open("../overview", PLATFORM)
    assert not may_ask("no_such_question", PLATFORM)


def test_a_student_opens_own_pages_only() -> None:
    own = {"my_hours", "history", "my_receipts", "check"}
    assert {page for page in PAGES if may_open(page, STUDENT)} == {"sign_in", *own}


def test_a_student_asks_nothing_about_people_in_general() -> None:
    allowed = {name for name in QUESTIONS if may_ask(name, STUDENT)}
    own = ("student_", "statement_", "students_with_email", "schools", "sync", "pricing")
    assert all(name.startswith(own) for name in allowed)


def test_staff_without_money_ask_nothing_that_is_about_money() -> None:
    about_money = {"money_by_month", "deferred_by_currency", "deferred_by_school", "amounts_at_stake_by_currency"}
    assert not any(may_ask(name, STAFF) for name in about_money)


@pytest.mark.parametrize("name", ["person", "person_roles", "people_by_email", "first_of_each_role"])
def test_who_people_are_is_asked_by_nobody(name: str) -> None:
    assert not may_ask(name, PLATFORM)


def test_every_role_opens_something_and_every_area_is_opened_by_a_role() -> None:
    assert set(AREAS) == set(Role)
    assert all(AREAS.values())
    assert frozenset().union(*AREAS.values()) == frozenset(Area)


def test_whoever_views_as_a_student_sees_money() -> None:
    """So a view as a student needs no covering of its own; a role that breaks this needs one."""
    assert {role for role in Role if Area.view_as in AREAS[role]} <= SEES_MONEY


def test_no_permission_of_a_token_lets_anything_be_changed() -> None:
    assert not any({Area.overrides, Area.view_as, Area.settings} & areas for areas in PERMISSIONS.values())
