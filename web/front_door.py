"""Turns away what no honest client sends: other hosts, deceiving paths, too much of anything, closed addresses."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from settings import Settings
from web import client, exchange, notices, paths

LONGEST_ADDRESS = 4096
LONGEST_HEADERS = 32 * 1024
MOST_HEADERS = 100
_PROBES = frozenset({paths.LIVE, paths.READY})


class _TooLarge(Exception):
    """The body went on past its limit."""


class FrontDoor:
    """Checks host, path and sizes before anything else reads the request."""

    def __init__(self, app: ASGIApp, chosen: Settings) -> None:
        self.app = app
        self._chosen = chosen
        self._most_bytes = chosen.max_body_kb * 1024

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes an honest request on; answers others itself."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refused = self._refused(scope)
        if refused is None and scope["type"] == "websocket":
            await self.app(scope, receive, send)
        elif refused is None:
            await self._measured(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(code=1008)(scope, receive, send)
        else:
            await _answer(refused, scope)(scope, receive, send)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        """Status and reason, or None for a request that may go on."""
        raw = scope.get("raw_path") or scope["path"].encode()
        if len(raw) + len(scope.get("query_string", b"")) > LONGEST_ADDRESS:
            return 414, f"The address is longer than {LONGEST_ADDRESS} characters."
        headers = scope["headers"]
        if len(headers) > MOST_HEADERS or sum(len(key) + len(value) for key, value in headers) > LONGEST_HEADERS:
            return 431, "The headers are too large; clearing this site's cookies may help."
        if not paths.is_plain(raw):
            return 400, "The address is not written plainly."
        if scope["path"] not in _PROBES:
            host = client.host_of(scope)
            if host is None or not client.is_ours(host, self._chosen):
                return 400, "This server does not answer to that host name; its administrator can add it."
        if scope["type"] == "websocket" and not _is_own_origin(scope):
            return 403, "Only our own pages may connect here."
        if paths.is_closed(scope["path"]):
            return 404, "There is nothing at this address."
        length = exchange.values(scope, "content-length")
        if length and exchange.values(scope, "transfer-encoding"):
            return 400, "A body has either a length or an encoding of its transfer."  # two readers may disagree
        most = self._most(scope)
        if length and (len(length) > 1 or not length[0].isdigit() or int(length[0]) > most):
            return 413, f"More was sent than the {most // 1024} kB allowed."
        return None

    def _most(self, scope: Scope) -> int:
        """Bytes that this request may send."""
        is_upload = paths.is_upload(str(scope.get("method", "")), scope["path"])
        return max(self._most_bytes, paths.LARGEST_UPLOAD) if is_upload else self._most_bytes

    async def _measured(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Counts what is read, since a body in chunks announces no length."""
        read, most = 0, self._most(scope)
        exceeded = begun = False

        async def counted() -> Message:
            nonlocal read, exceeded
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > most:
                    exceeded = True
                    raise _TooLarge
            return message

        async def unless_exceeded(message: Message) -> None:
            nonlocal begun
            if exceeded and not begun:
                raise _TooLarge  # whatever the app made of the failure, the answer is ours
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, counted, unless_exceeded)
        except _TooLarge:
            if begun:
                raise
            reason = f"More was sent than the {most // 1024} kB allowed."
            await _answer((413, reason), scope)(scope, receive, send)


def _is_own_origin(scope: Scope) -> bool:
    """A browser says which page connects; it must be one of this very host. Other programs say nothing."""
    said = exchange.values(scope, "origin")
    return not said or (len(said) == 1 and urlsplit(said[0]).netloc == exchange.only(scope, "host"))


def _answer(refused: tuple[int, str], scope: Scope) -> Response:
    status, reason = refused
    answer = notices.refusal(scope, status=status, reason=reason)
    if status == 413:
        answer.headers["connection"] = "close"  # what is still being sent is not read
    return answer
