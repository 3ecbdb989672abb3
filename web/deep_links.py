"""Remembers which page somebody wanted before signing in, and goes there afterwards: only ever a page of ours."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from settings import Settings
from web import exchange, paths

COOKIE = "hb_next"
LOGGED_IN = "_streamlit_user"
REMEMBERED_SECONDS = 600
LONGEST_LINK = 1500
_QUERY = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*")
_NOT_WORTH_IT = frozenset({"overview", "sign_in"})


class DeepLinks:
    """Signing in always ends at the first page; this leads on to the one that was asked for."""

    def __init__(self, app: ASGIApp, chosen: Settings) -> None:
        self.app = app
        self._secure = chosen.secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Leads on, remembers, or lets the request pass."""
        if scope["type"] != "http" or scope["method"] != "GET" or paths.in_embed(scope["path"]):
            await self.app(scope, receive, send)
            return
        remembered = exchange.cookie(scope, COOKIE)
        logged_in = exchange.cookie(scope, LOGGED_IN) is not None
        if scope["path"] == "/" and logged_in and remembered is not None:
            answer = RedirectResponse(link_in(remembered) or "/", 303)
            answer.headers.append("set-cookie", self._line("", 0))
            await answer(scope, receive, send)
            return
        wanted = self._wanted(scope, logged_in=logged_in)
        if wanted is None:
            await self.app(scope, receive, send)
            return

        async def remembering(message: Message) -> None:
            if message["type"] == "http.response.start":
                line = self._line(quote(wanted, safe=""), REMEMBERED_SECONDS)
                MutableHeaders(scope=message).append("set-cookie", line)
            await send(message)

        await self.app(scope, receive, remembering)

    def _wanted(self, scope: Scope, *, logged_in: bool) -> str | None:
        """The page that a stranger opens, or from which signing in begins."""
        if scope["path"] == paths.LOGIN:
            return _referring_page(scope)
        if logged_in or not _asks_for_a_document(scope):
            return None
        return link(scope["path"], scope.get("query_string", b"").decode("latin-1"))

    def _line(self, value: str, seconds: int) -> str:
        secure = "; Secure" if self._secure else ""
        return f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"


def link(path: str, query: str) -> str | None:
    """The address of one of our pages; None for any other, and for one that is too long or not written plainly."""
    page = paths.page_of(path)
    if page is None or page in _NOT_WORTH_IT or not _QUERY.fullmatch(query):
        return None
    found = f"/{page}?{query}" if query else f"/{page}"
    return found if len(found) <= LONGEST_LINK else None


def link_in(cookie: str) -> str | None:
    """The address in a cookie, which anybody may have written."""
    path, _, query = unquote(cookie, errors="replace").partition("?")
    return link(path, query)


def _referring_page(scope: Scope) -> str | None:
    referrer = urlsplit(exchange.only(scope, "referer") or "")
    if not referrer.netloc or referrer.netloc != exchange.only(scope, "host"):
        return None
    return link(referrer.path, referrer.query)


def _asks_for_a_document(scope: Scope) -> bool:
    destination = exchange.only(scope, "sec-fetch-dest")
    if destination is not None:
        return destination == "document"
    return "text/html" in (exchange.only(scope, "accept") or "")
