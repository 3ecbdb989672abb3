"""A whole demo school, served as users serve it, and the ways of a school's backend to open a student's page there."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import queries
import store
import warehouse
from access.scope import Scope
from settings import Settings
from store import embeds

ROOT = Path(__file__).resolve().parents[2]
SCHOOL = 1


@dataclass
class Served:
    """The running app: where it is, what it is set to, who its students are."""

    address: str
    chosen: Settings
    log: Path
    environment: dict[str, str]
    students: dict[str, int] = field(default_factory=dict)

    @property
    def other_address(self) -> str:
        """The same server under another name: another origin, and for browsers another site."""
        return self.address.replace("localhost", "127.0.0.1")

    def nonce(self, name: str, **more: Any) -> str:
        """What the school's backend asks for when a student opens the page."""
        values: dict[str, Any] = {
            "student_id": self.students[name], "school_id": SCHOOL, "only_schools": None, "locale": "en",
            "theme": "light", "token_id": None, "now": self.chosen.clock(), "seconds": 60,
        }
        return embeds.open(store.engine(self.chosen.store_url), **{**values, **more})[1]

    def cookie(self, name: str, **more: Any) -> str:
        """A session's cookie, opened the way a frame does it."""
        answer = self.get(f"/embed/enter?n={self.nonce(name, **more)}", {"Sec-Fetch-Dest": "iframe"})
        found = re.match(r"hb_embed=[^;]+", answer.headers.get("set-cookie", ""))
        assert found, answer
        return found[0]

    def spend(self, nonce: str) -> tuple[embeds.EmbedSession, str]:
        """Open a session without asking the server."""
        return embeds.spend(
            store.engine(self.chosen.store_url), nonce, now=self.chosen.clock(), idle=timedelta(minutes=30),
            longest=timedelta(hours=8),
        )

    def get(self, path: str, headers: dict[str, str] | None = None) -> Got:
        """One request, redirects not followed."""
        request = urllib.request.Request(self.address + path, headers=headers or {})
        opener = urllib.request.build_opener(_Stay)
        try:
            with opener.open(request, timeout=30) as answer:
                return Got(answer.status, dict(_lower(answer.headers.items())), answer.read().decode(errors="replace"))
        except urllib.error.HTTPError as refused:
            return Got(refused.code, dict(_lower(refused.headers.items())), refused.read().decode(errors="replace"))


@dataclass(frozen=True)
class Got:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: str


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _lower(items: Any) -> Iterator[tuple[str, str]]:
    for key, value in items:
        yield key.lower(), value


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    folder: Path, school: dict[str, str], *arguments: str, port: int = 0, **more: str
) -> Iterator[Served]:
    """The demo school's app in a process of its own."""
    port = port or free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOURBOOK_")}
    environment |= {**school, **more}
    values: dict[str, Any] = {**school, **{name: value for name, value in more.items() if name.startswith("HOURBOOK_")}}
    chosen = Settings(**{name.removeprefix("HOURBOOK_").lower(): value for name, value in values.items()})
    log = folder / f"app-{port}.log"
    command = [sys.executable, "-m", "cli.serving", "--port", str(port), *arguments]
    with log.open("wb") as written:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=written, stderr=written)
    served = Served(f"http://localhost:{port}", chosen, log, environment, _students(chosen))
    try:
        _wait_for(served, process)
        yield served
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(served: Served, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, served.log.read_text("utf-8")
        try:
            if served.get("/readyz").status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(served.log.read_text("utf-8"))


def _students(chosen: Settings) -> dict[str, int]:
    books = warehouse.open(chosen.warehouse)
    found = {}
    for name in ("Maria Silva", "Pedro Silva"):
        answer = queries.ask(books, Scope.schools([SCHOOL]), "students_found", search=name)
        found[name.partition(" ")[0].lower()] = int(answer.as_dicts()[0]["student_id"])
    return found
