"""``bench pages``: what opening a page costs, against PostgreSQL answering the page's questions itself."""

from __future__ import annotations

import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text

from bench import postgres
from bench.measure import ROOT, in_child
from bench.syncing import school

PAGES = ("overview", "balances", "student", "usage", "expirations", "health")
_SQL = Path(__file__).resolve().parent / "platform_sql"
_INDEXES = (
    "finances_hourconsumption (purchase_transaction_id)", "finances_hourconsumption (class_session_id)",
    "finances_hourconsumption (student_account_id, created_at)",
    "finances_purchasetransaction (student_id, created_at)", "finances_purchasetransaction (expires_at)",
    "finances_classsession (date)", "finances_classsession (school_id)",
)
"""What the platform itself has besides its primary keys."""


def run(*, rounds: int, size: str, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure every page; the result is ready for JSON."""
    folder = Path(tempfile.mkdtemp(prefix="hourbook-bench-"))
    try:
        with postgres.running(shared_buffers="512MB") as server:
            url = server.url()
            consumptions = school(url, size, say=say)
            add_indexes(url)
            say("Syncing …")
            in_child("bench.syncing:sync", {"platform_url": url, "folder": str(folder), "full": True})
            student_id = _busy_student(url)
            theirs: dict[str, list[float]] = {page: [] for page in PAGES}
            ours = []
            for number in range(1, rounds + 1):
                for page in PAGES:
                    theirs[page].append(_ask_postgres(url, page, student_id))
                ours.append(in_child("bench.paging:opened", {"folder": str(folder), "student_id": student_id})["found"])
                say(f"round {number}/{rounds}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    pages = [_summed_up(page, [one[page] for one in ours], theirs[page]) for page in PAGES]
    return {"size": size, "consumptions": consumptions, "pages": pages}


def _summed_up(page: str, ours: list[dict[str, Any]], theirs: list[float]) -> dict[str, Any]:
    warm = [value for one in ours for value in one["warm_cpu_ms"]]
    return {
        "name": page,
        "warm_cpu_ms": round(statistics.median(warm), 2),
        "slowest_cpu_ms": round(sorted(warm)[int(len(warm) * 0.95)], 2),
        "first_ms": round(statistics.median(one["first_ms"] for one in ours), 1),
        "postgres_ms": round(statistics.median(theirs), 1),
    }


def opened(folder: str, student_id: int, runs: int = 15) -> Callable[[], dict[str, Any]]:
    """Opens each page in this process: once anew, then again and again."""
    import os

    os.environ["HOURBOOK_WAREHOUSE"] = str(Path(folder) / "warehouse")
    os.environ["HOURBOOK_STORE_URL"] = f"sqlite:///{folder}/store.db"
    os.environ.pop("HOURBOOK_PLATFORM_URL", None)  # a demo school's screens, for nobody can sign in here
    from streamlit.testing.v1 import AppTest

    import queries

    def read() -> dict[str, Any]:
        found = {}
        test = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=300)
        test.run()  # loads the libraries
        queries.forget()
        for page in PAGES:
            test.switch_page(f"{page}.py")
            if page == "student":
                test.query_params["student"] = str(student_id)
            started = time.perf_counter()
            test.run()
            first = time.perf_counter() - started
            if test.exception:
                raise RuntimeError(f"the page {page} failed: {test.exception[0].message}")
            found[page] = {"first_ms": first * 1000, "warm_cpu_ms": [_cpu_ms(test) for _ in range(runs)]}
        return found

    return read


def _cpu_ms(test: Any) -> float:
    before = time.process_time()
    test.run()
    return (time.process_time() - before) * 1000


def _ask_postgres(url: str, page: str, student_id: int) -> float:
    """Milliseconds until every statement of the page's file is answered and fetched."""
    engine = create_engine(url)
    statements = [part for part in (_SQL / f"{page}.sql").read_text("utf-8").split(";") if part.strip()]
    with engine.connect() as connection:
        connection.execute(text("select 1"))
        started = time.perf_counter()
        for statement in statements:
            given = {"student_id": student_id} if re.search(r":student_id\b", statement) else {}
            connection.execute(text(statement), given).all()
        seconds = time.perf_counter() - started
    engine.dispose()
    return seconds * 1000


def add_indexes(url: str) -> None:
    """Give the platform's tables the indexes that the platform itself has."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for columns in _INDEXES:
            connection.execute(text(f"create index on {columns}"))
        connection.execute(text("analyze"))
    engine.dispose()


def _busy_student(url: str) -> int:
    engine = create_engine(url)
    found = _first(engine)
    engine.dispose()
    return found


def _first(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(
            "select student_id from finances_purchasetransaction where payment_status = 'completed'"
            " group by student_id order by count(*) desc, student_id offset 20 limit 1"
        )).scalar_one())
