"""Serves the page on which the calls can be read and tried: swagger-ui from our own address, without inline script."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hourbook API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{base}/docs/swagger-ui.css">
</head>
<body>
<div id="calls" data-document="{base}/openapi.json"></div>
<script src="{base}/docs/swagger-ui-bundle.js"></script>
<script src="{base}/docs/start.js"></script>
</body>
</html>
"""
_START = """\
const calls = document.getElementById("calls");
SwaggerUIBundle({
  url: calls.dataset.document,
  domNode: calls,
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
  defaultModelsExpandDepth: -1,
});
"""
FILES = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}


async def page(request: Request) -> Response:
    """The page itself."""
    base = request.scope.get("root_path", "")
    return HTMLResponse(_PAGE.format(base=base), headers={"content-security-policy": POLICY})


async def start(request: Request) -> Response:
    """The few lines that start it."""
    return Response(_START, media_type="text/javascript", headers={"cache-control": "public, max-age=3600"})


async def file(request: Request) -> Response:
    """A file of swagger-ui; the route names which."""
    name = request.url.path.rpartition("/")[2]
    return Response(_read(name), media_type=FILES[name], headers={"cache-control": "public, max-age=86400"})


@cache
def _read(name: str) -> bytes:
    """A file that the package fastapi-offline carries; the package itself is not used."""
    package = find_spec("fastapi_offline")
    assert package is not None
    assert package.origin is not None
    return (Path(package.origin).parent / "static" / name).read_bytes()
