"""Answers whether the process lives, whether it can serve, and how it does: /healthz, /readyz, /metrics."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from sqlalchemy import text
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import store
import warehouse
from settings import Settings
from web import client, paths
from web.metrics import Metrics

PATIENCE_SECONDS = 3.0


def routes(chosen: Settings, metrics: Metrics) -> list[Route]:
    """The three addresses."""

    async def live(request: Request) -> Response:
        return _said({"status": "live"})

    async def ready(request: Request) -> Response:
        parts = {"snapshot": _snapshot_opens, "store": _store_answers}
        answers = await asyncio.gather(*(_works(part, chosen) for part in parts.values()))
        said = {name: "ready" if works else "not ready" for name, works in zip(parts, answers, strict=True)}
        age = await run_in_threadpool(_age_seconds, chosen)
        body = {"status": "ready" if all(answers) else "not ready", "parts": said, "snapshot_age_seconds": age,
                "is_stale": age is not None and age > chosen.stale_after * 60}
        return _said(body, 200 if all(answers) else 503)

    async def measured(request: Request) -> Response:
        if not _may_measure(request, chosen):
            return _said({"status": "refused"}, 403)
        body = await run_in_threadpool(generate_latest, metrics.registry)
        return Response(body, headers={"content-type": CONTENT_TYPE_PLAIN_1_0_0, "cache-control": "no-store"})

    return [Route(paths.LIVE, live), Route(paths.READY, ready), Route(paths.METRICS, measured)]


def _said(body: Mapping[str, object], status: int = 200) -> Response:
    return JSONResponse(body, status, {"cache-control": "no-store"})


def _may_measure(request: Request, chosen: Settings) -> bool:
    """With a token, who sends it; without one, programs on this machine."""
    if chosen.metrics_token is None:
        return client.is_this_machine(request.scope)
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    expected = chosen.metrics_token.get_secret_value()
    return scheme.lower() == "bearer" and hmac.compare_digest(sent.strip().encode(), expected.encode())


async def _works(part: Callable[[Settings], None], chosen: Settings) -> bool:
    """The part answers in time. Why it does not is for `hourbook doctor`, not for whoever asks here."""
    try:
        await asyncio.wait_for(run_in_threadpool(part, chosen), PATIENCE_SECONDS)
    except Exception:  # noqa: BLE001 - whatever is wrong, the answer is the same
        return False
    return True


def _snapshot_opens(chosen: Settings) -> None:
    with warehouse.open(chosen.warehouse).lease() as cursor:
        cursor.execute("select as_of from sync").fetchone()


def _store_answers(chosen: Settings) -> None:
    with store.engine(chosen.store_url).connect() as connection:
        connection.execute(text("select 1 from adjustments where false"))


def _age_seconds(chosen: Settings) -> int | None:
    try:
        snapshot = warehouse.open(chosen.warehouse).current()
    except Exception:  # noqa: BLE001 - no age is an answer too
        return None
    if snapshot is None or snapshot.as_of is None:
        return None
    return round((chosen.clock() - snapshot.as_of).total_seconds())
