"""Runs the app's pages on a published snapshot, as Streamlit runs them, without a browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

import identity
import queries
import store
from access.scope import Scope
from access.viewer import Area
from tests import synthetic
from ui import session
from ui.session import Here

ROUTER = Path(__file__).resolve().parents[2] / "pages" / "router.py"
NOW = "2026-11-23T06:00:00+00:00"
PEOPLE = {
    "business": "business",
    "school-1": "user-801",
    "school-2": "user-802",
    "school-3": "user-803",
    "staff": "user-804",
    "finance": "user-805",
    "parent": "user-806",
    "teacher": "user-901",
    "student": "user-1",
}
"""People of the synthetic business, by what the tests call them; the picker of the demo school offers them all."""

Run = Callable[..., AppTest]


@pytest.fixture(scope="session")
def full_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthetic business, published."""
    folder = tmp_path_factory.mktemp("full")
    synthetic.publish(folder)
    return folder


@pytest.fixture(scope="session")
def empty_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A platform that holds nothing yet, published."""
    folder = tmp_path_factory.mktemp("empty")
    synthetic.publish(folder, rows=synthetic.EMPTY)
    return folder


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our own tables without a row; copied for each test that writes."""
    file = tmp_path_factory.mktemp("store") / "store.db"
    store.migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def own_store(empty_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Our own tables, fresh for this test, where the pages find them."""
    file = Path(shutil.copy(empty_store, tmp_path / "own-store.db"))
    monkeypatch.setenv("HOURBOOK_STORE_URL", f"sqlite:///{file}")
    return store.engine(f"sqlite:///{file}")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, own_store: Engine) -> Iterator[Run]:
    """Opens a page: `run(books, "balances", viewer="school-1", status="at_risk")`; words are choices.

    `user` is what the browser's session proves (st.user), `asked` the address, `secrets` the sign-in providers.
    """

    def open_page(
        books: Path,
        page: str = "overview",
        /,
        *,
        student: int | None = None,
        user: dict[str, object] | None = None,
        asked: dict[str, str] | None = None,
        secrets: dict[str, object] | None = None,
        **chosen: object,
    ) -> AppTest:
        monkeypatch.setenv("HOURBOOK_WAREHOUSE", str(books))
        monkeypatch.setenv("HOURBOOK_NOW", NOW)
        session.current_settings.cache_clear()
        app = AppTest.from_file(str(ROUTER), default_timeout=30)
        app.user = user or {}
        app.secrets = secrets or {}
        for key, value in chosen.items():
            if key == "viewer":
                app.session_state["as"] = PEOPLE.get(str(value), value)
            else:
                app.session_state[key] = value
        app.run()
        if page != "overview" or asked:
            app.switch_page(f"{page}.py")
            if student is not None:
                app.query_params["student"] = str(student)
            for key, value in (asked or {}).items():
                app.query_params[key] = value
            app.run()
        return app

    yield open_page
    session.current_settings.cache_clear()
    queries.forget()


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school with receipts to issue, and one refund."""
    folder = tmp_path_factory.mktemp("refunded")
    from tests.pages import receipts_world  # it needs what stands above

    receipts_world.publish(folder)
    return folder


@pytest.fixture
def coming_in(books: Path, own_store: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """What the page of receipts may ask with for somebody."""
    monkeypatch.setenv("HOURBOOK_WAREHOUSE", str(books))
    monkeypatch.setenv("HOURBOOK_NOW", NOW)
    monkeypatch.setenv("HOURBOOK_FINANCE", "805")
    session.current_settings.cache_clear()

    def enter(user_id: int | None, area: Area = Area.money) -> Here:
        viewer = identity.by_demo(session.books(), session.current_settings(), user_id)
        here = session._here(viewer, viewer.scope(area) or Scope.schools([]))
        assert here is not None
        return here

    yield enter
    session.current_settings.cache_clear()
