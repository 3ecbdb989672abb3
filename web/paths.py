"""Which paths there are, which of them lie below the embed's prefix, and which are written to deceive."""

from __future__ import annotations

import re

from access.roles import Area
from access.rules import PAGES

EMBED = "/embed"
ENTER = "/embed/enter"
READY, LIVE, METRICS = "/readyz", "/healthz", "/metrics"
LOGIN, LOGOUT, CALLBACK = "/auth/login", "/auth/logout", "/oauth2callback"
STREAM = "/_stcore/stream"
VERIFY = "/verify"
LARGEST_UPLOAD = 5 * 1024 * 1024
"""Bytes of a document that is to be checked; ours are far smaller."""

OWN_PAGES = frozenset(page for page, area in PAGES.items() if area is Area.own)
"""Pages of a student's own hours: all that the embed shows."""

_SEGMENT = r"(?:[A-Za-z0-9_~!$&'()*+,=:@.-]|%20|%[89A-Fa-f][0-9A-Fa-f])+"
_PLAIN = re.compile(rf"/|(?:/{_SEGMENT})+/?")
"""Letters and marks as they are. An encoded slash, dot, backslash, percent sign or letter has no honest use here."""
_CLOSED = re.compile(r"/_stcore/(?:agent|upload_file|metrics|script-health-check)(?:/.*)?")
_SHELL_PARTS = re.compile(r"/(?:static|media|component)/.+|/_stcore/bidi-components/.+")
_SHELL_FILES = frozenset({"/favicon.png", "/manifest.json", "/_stcore/health", "/_stcore/host-config"})
_TEMPLATES = (
    (re.compile(r"/static/.+"), "/static/{file}"),
    (re.compile(r"/media/.+"), "/media/{file}"),
    (re.compile(r"/component/.+"), "/component/{file}"),
    (re.compile(r"/_stcore/bidi-components/.+"), "/_stcore/bidi-components/{file}"),
    (re.compile(r"/api/.*"), "/api/{call}"),
    (re.compile(r"/verify/.+"), "/verify/{number}"),
)
_FIXED = _SHELL_FILES | {"/", READY, LIVE, METRICS, LOGIN, LOGOUT, CALLBACK, STREAM, VERIFY, "/api"}


def is_plain(raw_path: bytes) -> bool:
    """True for a path that means the same to everybody who reads it."""
    text = raw_path.decode("latin-1")
    return _PLAIN.fullmatch(text) is not None and not {".", ".."} & set(text.split("/"))


def is_closed(path: str) -> bool:
    """True for what Streamlit offers and Hourbook does not: its agents, uploads and its own metrics."""
    return _CLOSED.fullmatch(path) is not None


def is_check(path: str) -> bool:
    """True for the public check of a receipt."""
    return path == VERIFY or path.startswith(f"{VERIFY}/")


def is_upload(method: str, path: str) -> bool:
    """True where a document may be sent, which is larger than anything else may be."""
    return method == "POST" and path.rstrip("/") == VERIFY


def in_embed(path: str) -> bool:
    """True below the embed's prefix, where the embed's cookie is the only identity."""
    return path == EMBED or path.startswith(f"{EMBED}/")


def page_of(path: str) -> str | None:
    """The page that a path outside the embed names, if any."""
    if path == "/":
        return "overview"
    name = path.strip("/")
    return name if name in PAGES and path in (f"/{name}", f"/{name}/") else None


def is_own_document(inner: str) -> bool:
    """True for a path below the embed that opens the student's page."""
    return inner == "/" or inner.strip("/") in OWN_PAGES


def is_shell_part(inner: str) -> bool:
    """True for a file that the student's page loads."""
    return inner in _SHELL_FILES or _SHELL_PARTS.fullmatch(inner) is not None


def template(path: str) -> str:
    """The path as it may be logged and counted: nothing a visitor made up."""
    if in_embed(path):
        if path == ENTER:
            return ENTER
        inner = path.removeprefix(EMBED) or "/"
        return EMBED + (template(inner) if inner == STREAM or is_own_document(inner) or is_shell_part(inner) else "/*")
    for pattern, name in _TEMPLATES:
        if pattern.fullmatch(path):
            return name
    return path if path in _FIXED or page_of(path) else "/*"
