"""Which pages each role opens, and what it does not see on them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from access.roles import Role
from access.rules import PAGES
from access.viewer import Via, Viewer
from tests.pages.conftest import Run
from tests.pages.reading import columns, tables, text
from ui import navigation
from ui.entry import Entrance

FOLDER = Path(__file__).resolve().parents[2] / "pages"
WORK = {"overview", "balances", "student", "usage", "expirations"}
MONEY = {"receipts", "finance_reports", "schedules"}
OPEN = {
    "business": WORK | MONEY | {"health", "audit_trail", "connections", "receipt_settings"},
    "school-1": WORK | MONEY | {"health", "audit_trail", "connections", "receipt_settings"},
    "finance": WORK | MONEY,
    "staff": WORK,
    "teacher": {"usage"},
    "student": {"my_hours", "history", "my_receipts", "check"},
    "parent": {"my_hours", "history", "my_receipts", "check"},
}
AT_ONCE = ("staff", "teacher", "student")
SOME_AT_ONCE = [*AT_ONCE, *(pytest.param(one, marks=pytest.mark.slow) for one in OPEN if one not in AT_ONCE)]
REFUSED = "This page is not open to you"


def test_every_page_gates_itself_by_the_rule_of_its_own_name() -> None:
    for path in sorted(FOLDER.glob("*.py")):
        if path.stem in ("router", "sign_in"):
            continue
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        gates = [
            call.args[0].value
            for call in calls
            if ast.unparse(call.func) in ("require_viewer", "own.begin")
            and call.args
            and isinstance(call.args[0], ast.Constant)
        ]
        assert gates == [path.stem]


@pytest.mark.parametrize("viewer", SOME_AT_ONCE)
def test_a_role_is_refused_every_page_that_is_not_its_own(
    viewer: str, run: Run, full_books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOURBOOK_FINANCE", "805")
    app = run(full_books, viewer=viewer, lang="en")
    for page in sorted(set(PAGES) - OPEN[viewer] - {"sign_in"}):
        app.switch_page(f"{page}.py")
        app.query_params["student"] = "1"
        app.run()
        assert REFUSED in text(app), page
        assert len(app.dataframe) == 0


@pytest.mark.slow
@pytest.mark.parametrize("viewer", list(OPEN))
def test_a_role_opens_its_pages(
    viewer: str, run: Run, full_books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOURBOOK_FINANCE", "805")
    for page in sorted(OPEN[viewer]):
        app = run(full_books, page, student=1, viewer=viewer, lang="en")
        assert not app.exception, page
        assert REFUSED not in text(app), page
        assert "as of" in text(app), page


@pytest.mark.parametrize(("page", "gone"), [("overview", "Deferred money"), ("expirations", "breakage")])
def test_who_sees_no_money_gets_no_card_or_word_of_it(page: str, gone: str, run: Run, full_books: Path) -> None:
    told = text(run(full_books, page, viewer="staff", lang="en"))
    assert gone not in told
    assert "€" not in told


def test_who_sees_no_money_gets_no_column_of_it(run: Run, full_books: Path) -> None:
    app = run(full_books, "student", student=1, viewer="staff", lang="en")
    assert {"Package", "Plan"} <= columns(app)
    assert not {"Price", "Earned", "Deferred", "Amount", "Given back"} & columns(app)
    assert "€" not in text(app) + tables(app)
    owner = run(full_books, "student", student=1, viewer="school-1", lang="en")
    assert {"Price", "Earned", "Deferred", "Amount", "Given back"} <= columns(owner)


def test_a_teacher_sees_names_and_hours_taught_and_no_balance(run: Run, full_books: Path) -> None:
    app = run(full_books, "usage", viewer="teacher", lang="en", by="usage_by_student")
    assert not app.exception
    assert "Ana Araújo" in tables(app) or "Student " in tables(app)
    assert not {"Left (h)", "E-mail"} & columns(app)


def test_navigation_offers_what_the_role_may_open_and_nothing_else() -> None:
    desk = Viewer("user:1", 1, "Dora", Via.login, school_roles=((1, Role.school_staff),))
    offered = {name for name in PAGES if navigation.shown(name, Entrance(desk)) == "visible"}
    assert offered == WORK
    assert not any(navigation.shown(name, Entrance(None)) == "visible" for name in PAGES)
