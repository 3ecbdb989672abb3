"""Opens an embedded page: spends the one-use nonce of its address and hands out the session's cookie instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

import audit
import store
from settings import Settings
from store import embeds
from web import embedding, exchange, notices, paths
from web.metrics import Metrics
from web.records import ACTOR

FRAMES = frozenset({"iframe", "frame"})
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,256}")
_THEMES = {"light": "light_theme", "dark": "dark_theme"}


@dataclass(frozen=True)
class Entrance:
    """GET /embed/enter?n=<nonce>."""

    chosen: Settings
    metrics: Metrics

    def route(self) -> Route:
        """The address itself."""
        return Route(paths.ENTER, self.enter, methods=["GET"])

    async def enter(self, request: Request) -> Response:
        """A redirect to the page with the session's cookie, or a page that says to reload."""
        exchange.notes_on(request.scope).framed_by = None  # either a redirect or a page without content of anybody
        if not _opens_a_frame(request):
            return self._refused(request, notices.ALONE)
        nonce = request.query_params.getlist("n")
        if len(nonce) != 1 or not _NONCE.fullmatch(nonce[0]):
            return self._refused(request, notices.ENDED)
        try:
            session, secret = await run_in_threadpool(self._spend, nonce[0])
        except embeds.NonceRefused as refused:
            await run_in_threadpool(self._note_refusal, refused.reason)
            return self._refused(request, notices.ENDED)
        self.metrics.embeds.labels("opened").inc()
        request.scope["state"][ACTOR] = f"embed:{session.id}"
        return self._opened(session, secret)

    def _spend(self, nonce: str) -> tuple[embeds.EmbedSession, str]:
        """Trade the nonce for a session and write it down; raises NonceRefused."""
        engine, now = store.engine(self.chosen.store_url), self.chosen.clock()
        session, secret = embeds.spend(
            engine, nonce, now=now, idle=timedelta(minutes=self.chosen.embed_idle_minutes),
            longest=timedelta(hours=self.chosen.embed_longest_hours),
        )
        audit.record(
            engine, event=audit.Event.EMBED_OPENED, actor=f"embed:{session.id}", now=now,
            school_id=session.school_id, student_id=session.student_id,
        )
        return session, secret

    def _note_refusal(self, reason: str) -> None:
        audit.record(
            store.engine(self.chosen.store_url), event=audit.Event.EMBED_REFUSED, actor="embed:unknown",
            now=self.chosen.clock(), details={"reason": str(reason)},
        )

    def _refused(self, request: Request, texts: dict[str, tuple[str, str]]) -> Response:
        self.metrics.embeds.labels("refused").inc()
        wished = request.query_params.get("lang")
        return notices.page(texts, lang=notices.language(request.scope, wished), status=403)

    def _opened(self, session: embeds.EmbedSession, secret: str) -> Response:
        """Without the nonce in its address; 303, so that going back does not try it again."""
        query = {"embed": "true"}
        if session.theme in _THEMES:
            query["embed_options"] = _THEMES[session.theme]
        if session.locale:
            query["lang"] = session.locale[:2].lower()
        answer = RedirectResponse(f"{paths.EMBED}/?{urlencode(query)}", 303, {"cache-control": "no-store"})
        answer.headers.append("set-cookie", (
            f"{embedding.COOKIE}={secret}; Path={paths.EMBED}; HttpOnly; Secure; SameSite=None; Partitioned; "
            f"Max-Age={self.chosen.embed_longest_hours * 3600}"
        ))
        return answer


def _opens_a_frame(request: Request) -> bool:
    """A frame is about to show it: not a tab, a script, a preview that loads ahead, or a HEAD."""
    destination = request.headers.get("sec-fetch-dest")
    ahead = "prefetch" in request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
    return request.method == "GET" and not ahead and (destination is None or destination in FRAMES)
