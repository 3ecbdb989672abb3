"""``demo`` and ``serve``: makes the demo school and opens the app."""

from __future__ import annotations

import errno
import os
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.output import say
from errors import HourbookError

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
    """Make a demo school, sync it, and open the app and a site that embeds it."""
    import settings
    from cli import demo_school, demo_site, syncing

    chosen = settings.load()
    # A database that holds a real platform's tables is refused there, before anything is written.
    demo_school.make_if_needed(chosen, students=students, years=years, seed=seed, fresh=fresh)
    syncing.sync_and_say(chosen)
    demo_school.say_vat(chosen)
    if no_serve:
        return
    at = port or chosen.port
    _require_free(host, at)
    site = demo_site.start(chosen, host=host, app_port=at)
    say(f"A school's own site that shows a student's hours is at {site} (on an origin of its own).")
    # With a mail server, invented people are written to only by whoever runs the worker themselves.
    _serve(host, at, worker=chosen.letter_folder is not None)


def serve(
    port: Port = None,
    host: Host = "localhost",
    api_only: Annotated[bool, typer.Option("--api-only", help="The API and health, without the screens.")] = False,
    worker: Annotated[bool, typer.Option("--worker", help="Send mail too, as `hourbook mail run` does.")] = False,
) -> None:
    """Open the app on the published snapshot."""
    import settings
    import store

    chosen = settings.load()
    if worker:
        from reports import mail

        mail.office_of(chosen)  # whoever wants mail sent hears at once that no server is set
    store.migrate(chosen.store_url)
    _require_free(host, port or chosen.port)
    _serve(host, port or chosen.port, api_only=api_only, worker=worker)


def _serve(host: str, port: int, *, api_only: bool = False, worker: bool = False) -> None:
    """Become the app's process: signals and the exit code are then its own."""
    what = "Hourbook's API" if api_only else "Hourbook"
    say(f"{what} is at http://{host}:{port} (stop it by Ctrl-C).")
    sys.stdout.flush()
    os.chdir(ROOT)
    command = [sys.executable, "-m", "cli.serving", "--host", host, "--port", str(port)]
    command += ["--api-only"] * api_only + ["--worker"] * worker
    os.execv(sys.executable, command)


def _require_free(host: str, port: int) -> None:
    if is_taken(host, port):
        raise PortTaken(f"Port {port} is in use by another program: stop it, or choose another by --port.")


def is_taken(host: str, port: int) -> bool:
    """Another program listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refused:
            return refused.errno == errno.EADDRINUSE
    return False
