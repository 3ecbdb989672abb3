"""Starts a real PostgreSQL server of its own in a temporary folder, and stops it again.

Debian's package holds everything needed.  The server listens on a unix socket and on a free port of the
loopback, writes nothing durable (a crash of the machine may lose it), and dies with the process that
started it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from errors import HourbookError

INSTALL_LINE = "apt-get install -y postgresql"
_START_SECONDS = 60


class PostgresMissing(HourbookError):
    """No PostgreSQL server program was found on this machine."""


class PostgresNotStarted(HourbookError):
    """The server program ended, or never answered."""


@dataclass(frozen=True)
class PostgresServer:
    """A running server: where it listens, and where its files and programs are."""

    host: str
    port: int
    folder: Path
    bin_folder: Path
    pid: int

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        """SQLAlchemy address of one of its databases."""
        return f"postgresql+psycopg2://{user}@{self.host}:{self.port}/{database}"


def find_bin_folder() -> Path:
    """The folder that holds initdb and postgres, the newest version first; raises PostgresMissing."""
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).resolve().parent / "postgres").exists():
        return Path(on_path).resolve().parent
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: float(folder.parent.name), reverse=True,
    )
    for folder in packaged:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresMissing(f"PostgreSQL's server was not found on this machine: install it by `{INSTALL_LINE}`.")


@contextmanager
def running(*, shared_buffers: str = "128MB", **options: str) -> Iterator[PostgresServer]:
    """A server for the length of the block; ``options`` are settings of postgresql.conf."""
    bin_folder = find_bin_folder()
    folder = Path(tempfile.mkdtemp(prefix="hourbook-postgres-"))
    process: subprocess.Popen[bytes] | None = None
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = folder / "data"
        subprocess.run(
            [*_as_postgres(), str(bin_folder / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust",
             "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, cwd=folder,
        )
        port = _free_port()
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [*_as_postgres(dies_with_parent=True), str(bin_folder / "postgres"), "-D", str(data),
                 *_arguments(folder, port, {"shared_buffers": shared_buffers, **options})],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder, start_new_session=True,
            )
        _wait_until_ready(process, port, folder)
        yield PostgresServer("127.0.0.1", port, folder, bin_folder, process.pid)
    finally:
        if process is not None:
            _stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _as_postgres(*, dies_with_parent: bool = False) -> list[str]:
    """The command in front of a server program: PostgreSQL refuses to run as root."""
    root = os.geteuid() == 0
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return ["runuser", "-u", "postgres", "--"] if root else []
    who = ["--reuid", "postgres", "--regid", "postgres", "--init-groups"] if root else []
    return [setpriv, *who, *(["--pdeathsig", "QUIT"] if dies_with_parent else []), "--"]


def _arguments(folder: Path, port: int, options: dict[str, str]) -> list[str]:
    fixed = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "100",
        "max_wal_size": "4GB",
        "autovacuum": "off",
        "timezone": "UTC",
    }
    return [part for name, value in {**fixed, **options}.items() for part in ("-c", f"{name}={value}")]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    import psycopg2

    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg2.connect(host="127.0.0.1", port=port, user="postgres", dbname="postgres").close()
            return
        except psycopg2.OperationalError:
            time.sleep(0.05)
    last_lines = (folder / "server.log").read_text(errors="replace").splitlines()[-3:]
    raise PostgresNotStarted(f"PostgreSQL did not start within {_START_SECONDS} s; it said: {' | '.join(last_lines)}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask for an immediate end: nothing in the folder is kept."""
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
