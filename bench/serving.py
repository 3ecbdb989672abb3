"""``bench api`` and ``bench sessions``: many askers at once, against the platform's own way and a plain page."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from bench import postgres, served
from bench.measure import in_child
from bench.paging import add_indexes
from bench.syncing import school

CONNECTIONS = 50
SECONDS = 8.0
_BALANCE = "/api/student-balance/?student_id={student}"


@contextmanager
def _world(size: str, say: Callable[[str], None]) -> Iterator[tuple[str, Path, int]]:
    """A platform of this size on a PostgreSQL of its own, synced into a folder: address, folder, classes."""
    folder = Path(tempfile.mkdtemp(prefix="hourbook-bench-"))
    try:
        with postgres.running(shared_buffers="512MB") as server:
            url = server.url()
            consumptions = school(url, size, say=say)
            add_indexes(url)
            say("Syncing …")
            in_child("bench.syncing:sync", {"platform_url": url, "folder": str(folder), "full": True})
            yield url, folder, consumptions
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def api(*, rounds: int, size: str, say: Callable[[str], None]) -> dict[str, Any]:
    """Balances of students picked at random, over 50 connections; the result is ready for JSON."""
    with _world(size, say) as (url, folder, consumptions):
        students = _students(url)
        ours, theirs = served.free_port(), served.free_port()
        python = sys.executable
        with (
            served.running(
                [python, "-m", "cli", "serve", "--api-only", "--port", str(ours)],
                port=ours, path="/healthz", log=folder / "ours.log", environment=_environment(url, folder),
            ),
            served.running(
                [python, "-m", "uvicorn", "bench.platform_view:app", "--port", str(theirs), "--no-access-log"],
                port=theirs, path="/docs", log=folder / "theirs.log", environment={"BENCH_PLATFORM_URL": url},
            ),
        ):
            service = in_child("bench.serving:bearer", {"store_url": _store(folder), "users": []})["found"]
            own = in_child("bench.serving:bearer", {"store_url": _store(folder), "users": students[:1000]})["found"]
            ways: dict[str, dict[str, Any]] = {
                "hourbook, the platform's token": {"port": ours, "students": students, "bearers": service},
                "hourbook, each student's own": {"port": ours, "students": students[:1000], "bearers": own},
                "platform's own view": {"port": theirs, "students": students, "bearers": []},
            }
            found = _rounds(ways, rounds, say)
    return {"size": size, "consumptions": consumptions, "connections": CONNECTIONS, "ways": found}


def _rounds(ways: dict[str, dict[str, Any]], rounds: int, say: Callable[[str], None]) -> list[dict[str, Any]]:
    results: dict[str, list[dict[str, Any]]] = {name: [] for name in ways}
    for number in range(rounds + 1):  # the first warms every server up and is not counted
        for name, way in ways.items():
            one = in_child("bench.load:asked", {
                **way, "path": _BALANCE, "connections": CONNECTIONS, "seconds": SECONDS, "seed": number,
            })["found"]
            say(f"round {number}/{rounds}  {name:<32} {one['requests_per_second']:8.0f}/s  p99 {one['p99_ms']:6.1f} ms"
                f"  {json.dumps(one['codes'])}")
            if number:
                results[name].append(one)
    return [{"name": name, **_medians(ones)} for name, ones in results.items()]


def _medians(ones: list[dict[str, Any]]) -> dict[str, Any]:
    measures = ("requests_per_second", "p50_ms", "p95_ms", "p99_ms")
    codes: dict[str, int] = {}
    for one in ones:
        for code, count in one["codes"].items():
            codes[code] = codes.get(code, 0) + count
    return {**{measure: round(statistics.median(one[measure] for one in ones), 2) for measure in measures},
            "codes": codes}


def sessions(*, rounds: int, size: str, say: Callable[[str], None]) -> dict[str, Any]:
    """The usage page in 50 sessions at once; the result is ready for JSON."""
    with _world(size, say) as (url, folder, consumptions):
        ours, theirs = served.free_port(), served.free_port()
        (folder / "plain").mkdir()
        streamlit = [sys.executable, "-m", "streamlit", "run"]
        options = ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.port"]
        plain = Path(__file__).with_name("plain_page.py")
        snapshot = next((folder / "warehouse").glob("snap_*.duckdb"))
        found: dict[str, list[dict[str, Any]]] = {"hourbook": [], "a plain page": []}
        with (
            served.running(
                [sys.executable, "-m", "cli", "serve", "--port", str(ours), "--host", "127.0.0.1"],
                port=ours, path="/_stcore/health", log=folder / "ours.log", environment=_environment(url, folder),
            ),
            served.running(
                ["env", "-C", str(folder / "plain"), *streamlit, str(plain), *options, str(theirs)],
                port=theirs, path="/_stcore/health", log=folder / "theirs.log",
                environment={"BENCH_SNAPSHOT": str(snapshot)},
            ),
        ):
            for number in range(rounds + 1):
                for name, port, page in (("hourbook", ours, "usage"), ("a plain page", theirs, "")):
                    one = in_child("bench.visiting:opened", {"port": port, "sessions": CONNECTIONS, "page": page})
                    say(f"round {number}/{rounds}  {name:<28} {one['found']['last_seconds']:6.2f} s")
                    if number:
                        found[name].append(one["found"])
    ways = [
        {"name": name, **{key: round(statistics.median(one[key] for one in ones), 3) for key in ones[0]}}
        for name, ones in found.items()
    ]
    return {"size": size, "consumptions": consumptions, "sessions": CONNECTIONS, "ways": ways}


def bearer(store_url: str, users: list[int]) -> Callable[[], list[str]]:
    """One service token that may read, or one token of each of these users."""
    import store
    from store import tokens

    engine = store.engine(store_url)

    def create() -> list[str]:
        whom: list[int | None] = list(users) or [None]
        now = datetime.now(UTC)
        return [
            tokens.create(engine, name="bench", permissions={"read"}, user_id=user, created_by="bench", now=now)[1]
            for user in whom
        ]

    return create


def _environment(url: str, folder: Path) -> dict[str, str]:
    return {
        "HOURBOOK_PLATFORM_URL": url, "HOURBOOK_STORE_URL": _store(folder),
        "HOURBOOK_WAREHOUSE": str(folder / "warehouse"), "HOURBOOK_API_PER_MINUTE": "100000000",
    }


def _store(folder: Path) -> str:
    return f"sqlite:///{folder}/store.db"


def _students(url: str) -> list[int]:
    """All students with an account, in a fixed order that says nothing about them."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text(
            "select student_id from finances_studentaccountbalance order by md5(student_id::text)"
        )).scalars().all()
    engine.dispose()
    return [int(one) for one in found]
