"""``demo`` and ``serve``: makes the demo school and opens the app."""

from __future__ import annotations

import errno
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import say
from errors import HourbookError

if TYPE_CHECKING:
    from settings import Settings

ROOT = Path(__file__).resolve().parent.parent

Port = Annotated[int | None, typer.Option(help="Port of the app.", min=1, max=65535)]
Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.")]


class PortTaken(HourbookError):
    """Another program listens on the app's port."""


def add_to(app: typer.Typer) -> None:
    """Register the commands of this subject."""
    app.command(epilog="Example: hourbook demo --students 300 --years 2")(demo)
    app.command(epilog="Example: hourbook serve --port 8600")(serve)


def demo(
    students: Annotated[int, typer.Option(help="Students of the school.", min=1)] = 300,
    years: Annotated[int, typer.Option(help="Years of history.", min=1)] = 2,
    seed: Annotated[int, typer.Option(help="The same seed makes the same school.")] = 1,
    fresh: Annotated[bool, typer.Option("--fresh", help="Make the school anew.")] = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop before the app opens.")] = False,
    port: Port = None,
    host: Host = "localhost",
) -> None:
    """Make a demo school, sync it, and open the app."""
    import settings
    from cli import demo_school, syncing

    chosen = settings.load()
    # A database that holds a real platform's tables is refused there, before anything is written.
    demo_school.make_if_needed(chosen, students=students, years=years, seed=seed, fresh=fresh)
    syncing.sync_and_say(chosen)
    if not no_serve:
        _serve(chosen, host, port or chosen.port)


def serve(port: Port = None, host: Host = "localhost") -> None:
    """Open the app on the published snapshot."""
    import settings
    import store

    chosen = settings.load()
    store.migrate(chosen.store_url)
    _serve(chosen, host, port or chosen.port)


def _serve(chosen: Settings, host: str, port: int) -> None:
    """Become the app's process: signals and the exit code are then its own."""
    if _is_taken(host, port):
        raise PortTaken(f"Port {port} is in use by another program: stop it, or choose another by --port.")
    say(f"Hourbook is at http://{host}:{port} (stop it by Ctrl-C).")
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(sys.executable, [
        sys.executable, "-m", "streamlit", "run", "app.py",
        "--server.address", host, "--server.port", str(port), "--server.headless", "true",
        "--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false",
        "--logger.level", chosen.log_level.lower(),
    ])


def _is_taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refused:
            return refused.errno == errno.EADDRINUSE
    return False
