"""The app starts by one command and is reachable; a taken port is said."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.cli.conftest import Ran

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.slow
def test_the_app_answers_and_ends_quietly_by_ctrl_c(school: dict[str, str]) -> None:
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--port", str(port)], cwd=ROOT, env={**os.environ, **school},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    try:
        _wait_for(f"http://localhost:{port}/_stcore/health", process)
    finally:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert f"Hourbook is at http://localhost:{port}" in said
    assert "Traceback" not in said


@pytest.mark.usefixtures("at_school")
def test_a_taken_port_is_said(ran: Ran) -> None:
    with socket.socket() as other:
        other.bind(("localhost", 0))
        other.listen()
        port = other.getsockname()[1]
        code, _, err = ran("serve", "--port", str(port))
    assert code == 1
    assert err == f"Port {port} is in use by another program: stop it, or choose another by --port.\n"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None
        try:
            with urllib.request.urlopen(url) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"{url} did not answer")
