"""An edge on a store of its own, asked in this process; and a whole demo school, served."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, sync_playwright

import store
from settings import Settings
from tests.web.asking import Asker
from tests.web.served import ROOT, Served, serving


class Makes(Protocol):
    """Makes an edge with settings of the test's own."""

    def __call__(self, **chosen: Any) -> Asker: ...


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Settings that name a migrated store and an empty warehouse."""
    folder = tmp_path_factory.mktemp("edge")
    url = f"sqlite:///{folder}/store.db"
    store.migrate(url)
    return {"store_url": url, "warehouse": folder}


@pytest.fixture
def chosen(kept: dict[str, Any]) -> Settings:
    """The settings of the plain edge."""
    return Settings(**kept)


@pytest.fixture
def edge_with(kept: dict[str, Any]) -> Makes:
    """An edge with settings of the test's own."""
    def make(**chosen: Any) -> Asker:
        return Asker(Settings(**{**kept, **chosen}))

    return make


@pytest.fixture
def plain(edge_with: Makes) -> Asker:
    """An edge as it is when nothing is set."""
    return edge_with()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the test's own."""
    return tmp_path


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a small demo school, made and synced."""
    folder = tmp_path_factory.mktemp("web-school")
    environment = {
        "HOURBOOK_PLATFORM_URL": f"sqlite:///{folder}/platform.db",
        "HOURBOOK_STORE_URL": f"sqlite:///{folder}/store.db",
        "HOURBOOK_WAREHOUSE": str(folder / "warehouse"),
    }
    plain = {name: value for name, value in os.environ.items() if not name.startswith("HOURBOOK_")}
    command = [sys.executable, "-m", "cli", "demo", "--no-serve", "--students", "20", "--years", "1"]
    subprocess.run(command, cwd=ROOT, env={**plain, **environment}, check=True, capture_output=True)
    return environment


@pytest.fixture(scope="module")
def served(school: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app on the demo school, in a process of its own."""
    often = "100000"
    with serving(
        tmp_path_factory.mktemp("served"), school, HOURBOOK_EMBED_PER_MINUTE=often, HOURBOOK_LOGIN_PER_MINUTE=often,
    ) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, with third-party cookies blocked."""
    path = shutil.which("chromium")
    assert path, "Chromium is needed for this test: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--test-third-party-cookie-phaseout"],
        )
        yield browser
        browser.close()
