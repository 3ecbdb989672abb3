"""Starts the demo's second address: a school's own site that embeds a student's page. Never on a real platform."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import HourbookError

if TYPE_CHECKING:
    from settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SCHOOL_ID = 1
TOKEN_NAME = "the demo's site"
TOKEN_LASTS = timedelta(days=1)
MOST_STUDENTS = 12
STARTS_WITHIN_SECONDS = 15


class NoDemo(HourbookError):
    """The site for trying the embed was asked for on a platform that is no demo school."""


def start(chosen: Settings, *, host: str, app_port: int) -> str:
    """Start the site on the next free port; returns its address. It ends with this process.

    Raises NoDemo where the platform is not a demo school.
    """
    import demo
    from cli.running import is_taken

    if not chosen.demo or not demo.is_demo(chosen.platform_url):
        raise NoDemo("The site for trying the embed needs the demo school: run `hourbook demo`.")
    port = next(number for number in range(app_port + 1, 65_536) if not is_taken(host, number))
    facts = {
        "app": f"http://{host}:{app_port}", "token": _token(chosen), "address": host, "port": port,
        "parent": os.getpid(), "students": _students(),
    }
    _admit(chosen, [f"http://{name}:{port}" for name in ("localhost", "127.0.0.1")])
    process = subprocess.Popen([sys.executable, "-m", "demo.host_page"], cwd=ROOT, stdin=subprocess.PIPE, text=True)
    assert process.stdin is not None
    with process.stdin as channel:
        json.dump(facts, channel)
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while not is_taken(host, port) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    return f"http://{host}:{port}"


def _token(chosen: Settings) -> str:
    """A service token that may open pages of this one school's students; earlier ones of the demo end."""
    import store
    from store import tokens

    engine, now = store.engine(chosen.store_url), chosen.clock()
    for token in tokens.listed(engine):
        if token.name == TOKEN_NAME and token.revoked_at is None:
            tokens.revoke(engine, token.id, now=now)
    _, secret = tokens.create(
        engine, name=TOKEN_NAME, permissions={"embed"}, school_ids=(SCHOOL_ID,), expires_at=now + TOKEN_LASTS,
        created_by="demo", now=now,
    )
    return secret


def _admit(chosen: Settings, origins: list[str]) -> None:
    import store
    from store import embeds

    embeds.set_origins(store.engine(chosen.store_url), SCHOOL_ID, origins)


def _students() -> list[dict[str, Any]]:
    """Maria first, then others of her school."""
    import queries
    from access.scope import Scope
    from cli.options import published

    answer = queries.ask(published(), Scope.schools([SCHOOL_ID]), "balances_page", limit=100)
    found = [{"id": row["student_id"], "name": row["name"] or "–"} for row in answer.as_dicts()]
    known = queries.ask(published(), Scope.schools([SCHOOL_ID]), "students_found", search="maria.silva@example.com")
    first = [{"id": row["student_id"], "name": row["name"]} for row in known.as_dicts()]
    rest = [student for student in found if student not in first]
    return [*first, *rest][:MOST_STUDENTS]
