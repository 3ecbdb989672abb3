"""A school's own site on another origin, for the demo: shows a student's hours in a frame, as `docs/embed.md` tells.

``python -m demo.host_page`` reads what it needs as JSON from its standard input, so that the token stands in no list of
processes, and ends with the program that started it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = Path(__file__).with_name("host_page.html")
LANGUAGES, THEMES = ("pt", "en"), ("light", "dark")
_WAIT_SECONDS = 30


@dataclass(frozen=True)
class Site:
    """What the school's site knows: where Hourbook is, its own token there, and who its students are."""

    app: str
    token: str
    address: str
    port: int
    parent: int
    """The process that started it, with which it ends."""
    students: tuple[dict[str, Any], ...]

    def knows(self, student_id: str) -> bool:
        """One of the site's own students; a real site takes the one who is signed in to it."""
        return any(str(student["id"]) == student_id for student in self.students)


def embed_url(app: str, token: str, body: dict[str, Any]) -> str:
    """The address for the frame, good once and for a minute. The token stays on this side; browsers never see it."""
    request = urllib.request.Request(
        f"{app}/api/embed/sessions/", data=json.dumps(body).encode(), method="POST",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=_WAIT_SECONDS) as answer:
        return str(json.load(answer)["url"])


class Pages(BaseHTTPRequestHandler):
    """GET / is the site's page; GET /frame gives the frame's address to its script."""

    site: Site

    def do_GET(self) -> None:
        """Answer one request."""
        address = urlsplit(self.path)
        if address.path == "/":
            page = PAGE.read_text("utf-8").replace("{{students}}", _options(self.site.students))
            self._answer(page.encode(), "text/html; charset=utf-8")
        elif address.path == "/frame":
            self._frame({name: found[0] for name, found in parse_qs(address.query).items()})
        else:
            self._answer(b"There is no such page.", "text/plain; charset=utf-8", HTTPStatus.NOT_FOUND)

    def _frame(self, wished: dict[str, str]) -> None:
        student, language, theme = (wished.get(name, "") for name in ("student", "language", "theme"))
        if not self.site.knows(student) or language not in LANGUAGES or theme not in THEMES:
            self._answer(b'{"error": "No such student."}', "application/json", HTTPStatus.BAD_REQUEST)
            return
        try:
            url = embed_url(self.site.app, self.site.token, {
                "student_id": int(student), "locale": language, "theme": theme,
            })
        except (OSError, ValueError, KeyError) as failure:
            said = json.dumps({"error": f"Hourbook does not answer yet ({type(failure).__name__})."})
            self._answer(said.encode(), "application/json", HTTPStatus.BAD_GATEWAY)
            return
        self._answer(json.dumps({"url": url}).encode(), "application/json")

    def _answer(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: the terminal belongs to the app."""


def _options(students: tuple[dict[str, Any], ...]) -> str:
    """The choices of the picker; names are text, whatever they hold."""
    from html import escape

    return "\n".join(
        f'<option value="{int(student["id"])}">{escape(str(student["name"]))}</option>' for student in students
    )


def serve(site: Site) -> None:
    """Serve the site until the program that started it is gone."""
    handler = type("SitePages", (Pages,), {"site": site})
    server = ThreadingHTTPServer((site.address, site.port), handler)
    threading.Thread(target=_end_with, args=(site.parent, server), daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def _end_with(parent: int, server: ThreadingHTTPServer) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    server.shutdown()


def main() -> None:
    """Read the site's facts and serve it."""
    facts = json.load(sys.stdin)
    serve(Site(**{**facts, "students": tuple(facts["students"])}))


if __name__ == "__main__":
    main()
