"""Keeps the embedded page's identity and a login apart: one lives below /embed only, the other outside it only.

Below the prefix the login's cookies are taken out and the embed session's secret is put into a header that no client
can send; outside it there is no embed identity at all. A browser that holds both can therefore never mix them.
"""

from __future__ import annotations

import hashlib
import re
import time
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

import store
from settings import Settings
from store import embeds
from web import exchange, notices, paths

COOKIE = "hb_embed"
VIEWER_HEADER = b"x-hourbook-viewer"
NOBODY = b"-"
"""What the header says below the prefix where there is no session: the screens then know that no login counts."""
KEPT_SECONDS = 15.0
KEPT_MOST = 4096
_OURS = re.compile(rb"x[-_]hourbook[-_].*", re.I)
_NOT_BELOW = re.compile(r"_streamlit.*|hb_.*")
_NOT_OUTSIDE = re.compile(re.escape(COOKIE))
_SECRET = re.compile(r"[A-Za-z0-9_-]{20,128}")


class Embedding:
    """The last layer before the app."""

    def __init__(self, app: ASGIApp, chosen: Settings) -> None:
        self.app = app
        self._chosen = chosen
        self._framing = Framing(chosen)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Takes forged identities out, puts the true one in, and answers itself what is not there for an embed."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = [(key, value) for key, value in scope["headers"] if not _OURS.fullmatch(key)]
        path: str = scope["path"]
        if not paths.in_embed(path):
            scope["headers"] = exchange.without_cookies(headers, _NOT_OUTSIDE)
            await self.app(scope, receive, send)
        elif path == paths.ENTER:
            scope["headers"] = exchange.without_cookies(headers, _NOT_BELOW)
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, headers, receive, send)
        else:
            await self._request(scope, headers, receive, send)

    async def _socket(self, scope: Scope, headers: exchange.Headers, receive: Receive, send: Send) -> None:
        if _inner(scope["path"]) != paths.STREAM:
            await WebSocketClose(code=1008)(scope, receive, send)
            return
        await self.app(_below(scope, headers, secret_of(scope)), receive, send)

    async def _request(self, scope: Scope, headers: exchange.Headers, receive: Receive, send: Send) -> None:
        path, inner = scope["path"], _inner(scope["path"])
        secret = secret_of(scope)
        if scope["method"] not in exchange.DOCUMENT_METHODS or not (
            paths.is_own_document(inner) or paths.is_shell_part(inner)
        ):
            await notices.refusal(scope, status=404, reason="There is nothing at this address.")(scope, receive, send)
        elif path == paths.EMBED or (len(inner) > 1 and path.endswith("/")):
            query = scope.get("query_string", b"").decode("latin-1")
            plain = f"{paths.EMBED}/{inner.strip('/')}"
            await RedirectResponse(f"{plain}?{query}" if query else plain, 307)(scope, receive, send)
        elif paths.is_own_document(inner) and not await self._admitted(scope, secret):
            await self._ended(scope)(scope, receive, send)
        else:
            await self.app(_below(scope, headers, secret), receive, send)

    async def _admitted(self, scope: Scope, secret: str | None) -> bool:
        """There is a live session; its school's origins may then frame the document."""
        origins = None if secret is None else await self._framing.origins(secret)
        exchange.notes_on(scope).framed_by = origins or ()
        return origins is not None

    def _ended(self, scope: Scope) -> ASGIApp:
        """A page without content of anybody, which any site may therefore frame: elsewhere nobody could read it."""
        exchange.notes_on(scope).framed_by = None
        wished = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0]
        framed = exchange.only(scope, "sec-fetch-dest") != "document"
        return notices.page(
            notices.ENDED if framed else notices.ALONE, lang=notices.language(scope, wished), status=403,
        )


class Framing:
    """Which origins may frame a session's page; asked once in a while per session, not for every document."""

    def __init__(self, chosen: Settings) -> None:
        self._chosen = chosen
        self._kept: dict[bytes, tuple[float, tuple[str, ...] | None]] = {}

    async def origins(self, secret: str) -> tuple[str, ...] | None:
        """The origins of the session's school; None without a live session."""
        key = hashlib.sha256(secret.encode()).digest()
        now = time.monotonic()
        known = self._kept.get(key)
        if known is not None and known[0] > now:
            return known[1]
        found = await run_in_threadpool(self._read, secret)
        if len(self._kept) >= KEPT_MOST:
            self._kept.clear()
        self._kept[key] = (now + KEPT_SECONDS, found)
        return found

    def _read(self, secret: str) -> tuple[str, ...] | None:
        engine = store.engine(self._chosen.store_url)
        session = embeds.session(engine, secret, self._chosen.clock())
        if session is None:
            return None
        return embeds.origins(engine, session.school_id)


def secret_of(scope: Scope) -> str | None:
    """The session's secret in the embed's cookie, if it can be one."""
    found = exchange.cookie(scope, COOKIE)
    return found if found is not None and _SECRET.fullmatch(found) else None


def _inner(path: str) -> str:
    return path.removeprefix(paths.EMBED) or "/"


def _below(scope: Scope, headers: exchange.Headers, secret: str | None) -> Scope:
    """The request as the app sees it: without the prefix, without any login, with the session's secret or nobody."""
    kept = exchange.without_cookies(headers, _NOT_BELOW)
    raw = (scope.get("raw_path") or scope["path"].encode()).removeprefix(paths.EMBED.encode()) or b"/"
    viewer = secret.encode() if secret else NOBODY
    return {**scope, "path": _inner(scope["path"]), "raw_path": raw, "headers": [*kept, (VIEWER_HEADER, viewer)]}
