"""Starts the app as users start it, on the synthetic business, and a real browser to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

import store
from tests import synthetic

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-11-23T06:00:00+00:00"


@contextmanager
def served(folder: Path, *, rows: str | None = None) -> Iterator[str]:
    """The app on a snapshot of these rows (the synthetic business's when not given), with a store of its own."""
    if rows is None:
        synthetic.publish(folder)
    else:
        synthetic.publish(folder, rows=rows)
    store_url = f"sqlite:///{folder / 'store.db'}"
    store.migrate(store_url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOURBOOK_")}
    environment |= {"HOURBOOK_WAREHOUSE": str(folder), "HOURBOOK_NOW": NOW, "HOURBOOK_STORE_URL": store_url}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with (folder / "app.log").open("wb") as log:
        app = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        app.terminate()
        app.wait(timeout=10)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app on the synthetic business."""
    with served(tmp_path_factory.mktemp("journey")) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; install it with `apt-get install chromium` where it is missing."""
    path = shutil.which("chromium")
    assert path, "Chromium is needed for this test: apt-get install chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def _wait_for(address: str) -> None:
    for _attempt in range(240):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"The app does not answer at {address}.")
