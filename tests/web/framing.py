"""A page of somebody's site on an origin of its own, that shows one address in a frame."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SANDBOX = "allow-scripts allow-same-origin"


@contextmanager
def site(name: str = "127.0.0.1") -> Iterator[str]:
    """The origin of a site; `/?frame=<address>` is a page with that address in a frame."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            source = escape(asked.get("frame", ["about:blank"])[0])
            frame = f'<iframe sandbox="{SANDBOX}" style="width:100%;height:900px" src="{source}"></iframe>'
            body = f"<!doctype html><title>site</title><h1>Site</h1>{frame}".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer((name, 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{name}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
