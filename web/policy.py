"""What a browser may do with an answer: the content policy and the other headers that protect its reader."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from settings import Settings
from web import exchange, paths

_INLINE = re.compile(r"<script>(.*?)</script>", re.S)
_PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), midi=()"
_YEAR_SECONDS = 365 * 24 * 60 * 60
_THEIR_COOKIES = re.compile(r"_streamlit[a-z_0-9]*=", re.I)


@cache
def inline_script_hashes() -> tuple[str, ...]:
    """Hashes of the scripts inside Streamlit's own page, which change with its version."""
    package = find_spec("streamlit")
    if package is None or package.origin is None:
        return ()
    page = (Path(package.origin).parent / "static" / "index.html").read_text("utf-8")
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(page))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def content_policy(*, connect: str = "'self'", framed_by: tuple[str, ...] | None = ()) -> str:
    """The policy of a document: only our own scripts, nothing from elsewhere, framed by these origins only."""
    rules = [
        "default-src 'self'",
        f"script-src 'self' {' '.join(inline_script_hashes())}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        f"connect-src {connect}",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
    if framed_by is not None:
        rules.append(f"frame-ancestors {' '.join(framed_by) or chr(39) + 'none' + chr(39)}")
    return "; ".join(rules)


FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
"""Of a file that was made for somebody: opened by itself, it may run nothing."""
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""Of an answer that is no page."""


class SecurityHeaders:
    """Puts the protecting headers on every answer, and keeps cookies to https where people use it."""

    def __init__(self, app: ASGIApp, chosen: Settings) -> None:
        self.app = app
        self._secure = chosen.secure
        self._public = urlsplit(chosen.public_url or "").netloc
        self._login_seconds = chosen.session_hours * 3600

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Adds the headers as the answer leaves."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]  # as the client wrote it: the embed's layer passes on a copy

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                self._protect(scope, path, headers)
                self._cookies(headers)
            await send(message)

        await self.app(scope, receive, protected)

    def _protect(self, scope: Scope, path: str, headers: MutableHeaders) -> None:
        embedded = paths.in_embed(path)
        notes = exchange.notes_on(scope)
        framed_by = notes.framed_by if embedded else ()
        headers["x-content-type-options"] = "nosniff"
        headers["referrer-policy"] = "no-referrer" if embedded else "same-origin"
        headers["permissions-policy"] = _PERMISSIONS
        headers["cross-origin-opener-policy"] = "same-origin"
        headers["cross-origin-resource-policy"] = "same-origin"
        headers["x-request-id"] = notes.request_id
        if framed_by == ():
            headers["x-frame-options"] = "DENY"
        if self._secure:
            headers["strict-transport-security"] = f"max-age={_YEAR_SECONDS}"
        is_page = headers.get("content-type", "").startswith("text/html")
        if is_page:
            headers["cache-control"] = "no-store"
        if "/media/" in path:
            headers["content-security-policy"] = FILE_POLICY
            headers["cache-control"] = "private, no-store"
        elif is_page:
            connect = self._inside_embed(scope) if embedded else "'self'"
            headers.setdefault("content-security-policy", content_policy(connect=connect, framed_by=framed_by))
        else:
            headers.setdefault("content-security-policy", DATA_POLICY)
        if path.startswith("/api"):
            headers.setdefault("cache-control", "no-store")

    def _inside_embed(self, scope: Scope) -> str:
        """Where an embedded page may connect to: below its prefix only, never to the app outside it."""
        host = exchange.only(scope, "host") or self._public
        return f"http://{host}{paths.EMBED}/ ws://{host}{paths.EMBED}/"  # browsers read these as https and wss too

    def _cookies(self, headers: MutableHeaders) -> None:
        """Streamlit sets its cookies without Secure and for 30 days; a login ends sooner here."""
        for index, (key, value) in enumerate(headers.raw):
            if key != b"set-cookie":
                continue
            line = value.decode("latin-1")
            if not _THEIR_COOKIES.match(line):
                continue
            if line.startswith("_streamlit_user"):
                line = re.sub(
                    r"(?i)max-age=(\d+)", lambda found: f"Max-Age={min(int(found[1]), self._login_seconds)}", line,
                )
            if self._secure and not re.search(r";\s*secure\b", line, re.I):
                line += "; Secure"
            headers.raw[index] = (key, line.encode("latin-1"))
