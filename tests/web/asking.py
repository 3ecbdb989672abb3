"""Asks the layers of the edge in this process, and tells what came out on both sides."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.middleware import Middleware
from starlette.routing import Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from settings import Settings
from web.build import edge

HTML = b"<!doctype html><html></html>"


@dataclass
class Answer:
    """What the client got, and the scope that the app behind the layers saw (None when it was never asked)."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    seen: Scope | None = None

    def header(self, name: str) -> str | None:
        """The last value of a header."""
        return next((value for key, value in reversed(self.headers) if key == name), None)

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def every(self, name: str) -> list[str]:
        """All values of a header."""
        return [value for key, value in self.headers if key == name]

    def seen_header(self, name: str) -> list[str]:
        """What the app was told by a header."""
        assert self.seen is not None
        return [value.decode() for key, value in self.seen["headers"] if key.decode().lower() == name]


class Asker:
    """One edge with its own addresses, around an app that notes what it sees and answers with a page."""

    def __init__(self, chosen: Settings, app: ASGIApp | None = None) -> None:
        self._answer: Answer = Answer()
        made = edge(chosen)
        self._own = Router(made.routes, default=app or self._page)
        self.app: ASGIApp = self._note
        for layer in reversed(made.middleware):
            self.app = _wrapped(layer, self.app)

    async def _note(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._answer.seen = scope
        await self._own(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": HTML})

    def get(self, path: str, *headers: tuple[str, str], **more: Any) -> Answer:
        """A request for a raw path (with its query), by default to localhost from this machine."""
        return self.ask(path, headers, **more)

    def ask(
        self, path: str, headers: Iterable[tuple[str, str]] = (), *, method: str = "GET", kind: str = "http",
        peer: str = "127.0.0.1", host: str | None = "localhost:8501", body: Iterable[bytes] = (b"",),
    ) -> Answer:
        """One request or websocket, from beginning to end."""
        raw, _, query = path.partition("?")
        sent = [(key.encode(), value.encode()) for key, value in headers]
        scope: Scope = {
            "type": kind, "http_version": "1.1", "scheme": "http", "client": (peer, 5000), "server": ("x", 80),
            "path": _decoded(raw), "raw_path": raw.encode("latin-1"), "query_string": query.encode("latin-1"),
            "root_path": "", "headers": [*([(b"host", host.encode())] if host is not None else []), *sent],
        }
        if kind == "http":
            scope["method"] = method
        self._answer = Answer()
        asyncio.run(self._run(scope, list(body)))
        return self._answer

    async def _run(self, scope: Scope, body: list[bytes]) -> None:
        answer = self._answer

        async def receive() -> Message:
            if scope["type"] == "websocket":
                return {"type": "websocket.connect"}
            part = body.pop(0) if body else b""
            return {"type": "http.request", "body": part, "more_body": bool(body)}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = [(key.decode().lower(), value.decode()) for key, value in message["headers"]]
            elif message["type"] == "http.response.body":
                answer.body += message.get("body", b"")
            elif message["type"] == "websocket.accept":
                answer.status = 101
            elif message["type"] == "websocket.close" and not answer.status:
                answer.status = 403

        await self.app(scope, receive, send)


def _wrapped(layer: Middleware, app: ASGIApp) -> ASGIApp:
    return layer.cls(app, *layer.args, **layer.kwargs)


def _decoded(raw: str) -> str:
    from urllib.parse import unquote

    return unquote(raw)
