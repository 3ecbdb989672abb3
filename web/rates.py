"""Limits how often one address may try to sign in, to open embedded pages, or to check receipts."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Receive, Scope, Send

from settings import Settings
from web import client, notices, paths
from web.metrics import Metrics


class RateLimits:
    """Counts attempts by client address over a minute that moves; 429 beyond the limit."""

    def __init__(self, app: ASGIApp, chosen: Settings, metrics: Metrics) -> None:
        self.app = app
        self._chosen = chosen
        self._metrics = metrics
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        signing_in = ("login", RateLimitItemPerMinute(chosen.login_per_minute))
        self._limits = {
            paths.LOGIN: signing_in,
            paths.CALLBACK: signing_in,
            paths.ENTER: ("embed", RateLimitItemPerMinute(chosen.embed_per_minute)),
            paths.VERIFY: ("verify", RateLimitItemPerMinute(chosen.verify_per_minute)),
        }

    def _limit(self, path: str) -> tuple[str, RateLimitItemPerMinute] | None:
        return self._limits.get(paths.VERIFY if paths.is_check(path) else path.rstrip("/"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is within its limit."""
        limit = self._limit(scope["path"]) if scope["type"] == "http" else None
        if limit is None:
            await self.app(scope, receive, send)
            return
        kind, item = limit
        key = (kind, client.address(scope, self._chosen.trusted_proxies))
        if self._limiter.hit(item, *key):
            await self.app(scope, receive, send)
            return
        self._metrics.limited.labels(kind).inc()
        resets = self._limiter.get_window_stats(item, *key).reset_time
        wait = max(1, math.ceil(resets - time.time()))
        answer = notices.refusal(
            scope, status=429, reason=f"Too many attempts. Try again in {wait} seconds.",
            headers={"retry-after": str(wait)},
        )
        await answer(scope, receive, send)
