"""Starts a server program for a measurement, waits until it answers, and stops it."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.measure import ROOT, MeasurementFailed

_START_SECONDS = 60


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], *, port: int, path: str, log: Path, environment: Mapping[str, str]) -> Iterator[int]:
    """The program for the length of the block, listening on ``port`` and answering at ``path``; yields its pid.

    No setting of whoever measures reaches it: only ``environment`` is added to the machine's own variables.
    """
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HOURBOOK_", "STREAMLIT_"))}
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env={**clean, **environment}, stdout=out, stderr=out)
    try:
        _wait(process, f"http://127.0.0.1:{port}{path}", log)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    said = log.read_text(errors="replace").splitlines()[-3:]
    raise MeasurementFailed(f"The server at {address} did not answer within {_START_SECONDS} s: {' | '.join(said)}")
