"""Writes one line about each request and counts it; turns an unexpected failure into a page with its number."""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from settings import Settings
from web import exchange, notices, paths
from web.metrics import Metrics

ACCESS = logging.getLogger("hourbook.access")
FAILURES = logging.getLogger("hourbook.failures")
ACTOR = "actor"
"""Where a layer that knows who asks leaves the actor's key (such as "token:3") in the ASGI scope's state."""
_QUIET = ("/static/{file}", "/_stcore/health", "/_stcore/host-config", paths.LIVE, paths.READY, paths.METRICS)


class LineFormat(logging.Formatter):
    """One line per record: JSON, or the same as words."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """The record's facts, its instant first."""
        facts = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "event": record.getMessage(), **getattr(record, "facts", {}),
        }
        if self._as_json:
            return json.dumps(facts, ensure_ascii=True, default=str)
        return " ".join(f"{name}={value}" for name, value in facts.items())


def set_up(chosen: Settings) -> None:
    """Our own loggers write to standard error in the form chosen; calling it again changes nothing more."""
    for logger in (ACCESS, FAILURES):
        if not logger.handlers:
            handler = logging.StreamHandler(sys.stderr)
            handler.setFormatter(LineFormat(as_json=chosen.log_format == "json"))
            logger.addHandler(handler)
        logger.setLevel(chosen.log_level)
        logger.propagate = False
    # It would print whole addresses, and with them the nonces of embedded pages.
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("streamlit.error_util").disabled = True  # whole traces; `write_failure` says what is needed
    server = logging.getLogger("uvicorn.error")
    if chosen.log_level != "DEBUG" and _is_worth_reading not in server.filters:
        server.addFilter(_is_worth_reading)  # a level would be set anew by Streamlit


def _is_worth_reading(record: logging.LogRecord) -> bool:
    """The server's own words only where something is wrong: it also tells every connection with its address."""
    return record.levelno >= logging.WARNING


class Records:
    """The outermost layer: knows every request's beginning and end."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets the request through and writes down how it ended."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        notes, begun, status = exchange.notes_on(scope), time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as failure:  # noqa: BLE001 - the last door of the web: nobody outside reads a trace
            write_failure(failure, request_id=notes.request_id)
            if not status:
                await notices.failure(scope, notes.request_id)(scope, receive, watched)
        finally:
            self._end(scope, notes.request_id, status or 499, time.perf_counter() - begun)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        notes, begun, accepted = exchange.notes_on(scope), time.perf_counter(), False
        kind = "embed" if paths.in_embed(scope["path"]) else "app"

        async def watched(message: Message) -> None:
            nonlocal accepted
            if message["type"] == "websocket.accept" and not accepted:
                accepted = True
                self._metrics.sockets.labels(kind).inc()
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as failure:  # noqa: BLE001 - as above
            write_failure(failure, request_id=notes.request_id)
            if not accepted:
                await WebSocketClose(code=1011)(scope, receive, send)
        finally:
            if accepted:
                self._metrics.sockets.labels(kind).dec()
            self._end(scope, notes.request_id, 101 if accepted else 403, time.perf_counter() - begun)

    def _end(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route, method = _route(scope), str(scope.get("method", "WEBSOCKET"))
        method = method if method in _METHODS else "OTHER"
        self._metrics.requests.labels(route, method, str(status)).inc()
        if status != 101:
            self._metrics.seconds.labels(route).observe(seconds)
        facts: dict[str, Any] = {
            "request": request_id, "method": method, "route": route, "status": status,
            "milliseconds": round(seconds * 1000, 1),
        }
        actor = scope.get("state", {}).get(ACTOR)
        if isinstance(actor, str):
            facts["actor"] = actor
        quiet = status < 400 and route.removeprefix(paths.EMBED) in _QUIET
        ACCESS.log(logging.DEBUG if quiet else logging.INFO, "request", extra={"facts": facts})


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WEBSOCKET"})


def _route(scope: Scope) -> str:
    """The route's template: the API's own names its parameters, others are known here."""
    path = str(scope["path"])
    template = getattr(scope.get("route"), "path", None)
    if path.startswith("/api/") and isinstance(template, str) and template not in ("", "/api"):
        return template if template.startswith("/api/") else f"/api{template}"
    return paths.template(path)


def write_failure(failure: BaseException, *, request_id: str) -> None:
    """The failure's kind and where it arose. Its message is left out: it may quote what somebody wrote."""
    frames = traceback.extract_tb(failure.__traceback__)[-8:]
    FAILURES.error("failure", extra={"facts": {
        "request": request_id, "kind": type(failure).__name__,
        "where": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }})
