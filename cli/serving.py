"""The process that serves: `python -m cli.serving`, which the commands become. One process, its own signals."""

from __future__ import annotations

import argparse
import json
import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

import api.app
import settings
import web.build
from cli import mail_worker
from settings import Settings
from web.embedding import VIEWER_HEADER

ROOT = Path(__file__).resolve().parent.parent
LARGEST_MESSAGE = 256 * 1024
"""What a page may send at once: the state of its own filters and buttons."""


def main() -> None:
    """Serve until told to end."""
    given = _arguments()
    chosen = settings.load()
    os.environ.update(streamlit_settings(chosen, host=given.host, port=given.port))
    options = server_options(chosen, host=given.host, port=given.port)
    with mail_worker.beside() if given.worker else nullcontext():
        if given.api_only:
            uvicorn.run("cli.serving:api_app", factory=True, **options)
        else:
            uvicorn.run("app:app", **options)


def api_app() -> Starlette:
    """The API and health behind the same edge, without the screens: they do not wait for each other then."""
    chosen = settings.load()
    edge = web.build.edge(chosen)
    return Starlette(routes=[*edge.routes, Mount("/api", api.app.build(chosen))], middleware=edge.middleware)


def server_options(chosen: Settings, *, host: str, port: int) -> dict[str, Any]:
    """How uvicorn serves: it says neither its name nor what was asked, and believes no forwarding header itself."""
    own_notes = "info" if chosen.log_level == "DEBUG" else "warning"
    return {
        "host": host, "port": port, "log_level": own_notes, "access_log": False,
        "server_header": False, "proxy_headers": False, "ws": "websockets-sansio", "ws_max_size": LARGEST_MESSAGE,
        "timeout_graceful_shutdown": 3, "use_colors": False, "app_dir": str(ROOT),
    }


def streamlit_settings(chosen: Settings, *, host: str, port: int) -> dict[str, str]:
    """What Streamlit must know of this process; the rest is in `.streamlit/config.toml`."""
    return {
        "STREAMLIT_SERVER_ADDRESS": host,
        "STREAMLIT_SERVER_PORT": str(port),
        "STREAMLIT_SERVER_HEADLESS": "true",
        "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
        "STREAMLIT_LOGGER_LEVEL": chosen.log_level.lower(),
        "STREAMLIT_SERVER_TRUSTED_USER_HEADERS": json.dumps({VIEWER_HEADER.decode(): "hourbook_embed"}),
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m cli.serving", description=__doc__)
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--worker", action="store_true", help="send mail beside the app, in a process of its own")
    parser.add_argument("--api-only", action="store_true", help="the API and health, without the screens")
    return parser.parse_args()


if __name__ == "__main__":
    main()
