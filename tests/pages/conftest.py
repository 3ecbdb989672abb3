"""Runs the app's pages on a published snapshot, as Streamlit runs them, without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import queries
from tests import synthetic
from ui import session

ROUTER = Path(__file__).resolve().parents[2] / "pages" / "router.py"
NOW = "2026-11-23T06:00:00+00:00"

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


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Opens a page: `run(books, "balances", viewer="school-1", status="at_risk")`; words are choices."""

    def open_page(books: Path, page: str = "overview", /, *, student: int | None = None, **chosen: object) -> AppTest:
        monkeypatch.setenv("HOURBOOK_WAREHOUSE", str(books))
        monkeypatch.setenv("HOURBOOK_NOW", NOW)
        session.current_settings.cache_clear()
        app = AppTest.from_file(str(ROUTER), default_timeout=30)
        for key, value in chosen.items():
            app.session_state["as" if key == "viewer" else key] = value
        app.run()
        if page != "overview":
            app.switch_page(f"{page}.py")
            if student is not None:
                app.query_params["student"] = str(student)
            app.run()
        return app

    yield open_page
    session.current_settings.cache_clear()
    queries.forget()
