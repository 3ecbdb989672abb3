"""The demo's second address: a school's own site that embeds a student's page, and only in the demo."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from cli.demo_site import NoDemo, start
from settings import Settings
from tests.web.served import ROOT, free_port


def test_a_real_platform_gets_no_such_site() -> None:
    with pytest.raises(NoDemo, match="hourbook demo"):
        start(Settings(platform_url="postgresql://reader@db/platform"), host="localhost", app_port=8501)


@pytest.mark.slow
def test_the_demo_shows_maria_on_a_site_of_its_own_and_ends_with_the_app(
    school: dict[str, str], chromium: Browser, tmp_path: Path
) -> None:
    port = free_port()
    plain = {name: value for name, value in os.environ.items() if not name.startswith("HOURBOOK_")}
    command = [sys.executable, "-m", "cli", "demo", "--students", "20", "--years", "1", "--port", str(port)]
    with (tmp_path / "demo.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env={**plain, **school}, stdout=log, stderr=log)
    try:
        site = _said(tmp_path / "demo.log", process)
        page = chromium.new_page(viewport={"width": 375, "height": 812}, locale="pt-PT")
        page.goto(site.replace("localhost", "127.0.0.1"))
        inside = page.frame_locator("iframe")
        expect(inside.locator("h1")).to_have_text("As minhas horas", timeout=90_000)
        page.wait_for_function("parseInt(document.querySelector('iframe').style.height) > 500")
        page.get_by_label("Language").select_option("en")
        expect(inside.locator("h1")).to_have_text("My hours", timeout=60_000)
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        page.close()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(site, timeout=2).close()
        except OSError:
            return
        time.sleep(0.3)
    raise AssertionError("the site is still there without the app")


def _said(log: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text("utf-8")
        found = re.search(r"student's hours is at (http://\S+)", log.read_text("utf-8"))
        if found:
            return found[1]
        time.sleep(0.2)
    raise AssertionError(log.read_text("utf-8"))
