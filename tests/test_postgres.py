"""The PostgreSQL that tests run on is real, their own, and gone afterwards."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy.engine import make_url

from bench import postgres
from bench.postgres import PostgresMissing


def _count_databases(url: str) -> int:
    parts = make_url(url)
    connection = psycopg2.connect(host=parts.host, port=parts.port, user=parts.username, dbname=parts.database)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_tables where schemaname = 'public'")
        row = cursor.fetchone()
    connection.close()
    assert row is not None
    return int(row[0])


def test_a_test_s_database_starts_empty(postgres_url: str) -> None:
    assert _count_databases(postgres_url) == 0


def test_a_missing_server_names_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    with pytest.raises(PostgresMissing, match="apt-get install -y postgresql"):
        postgres.find_bin_folder()


@pytest.mark.slow
def test_the_server_ends_with_the_process_that_started_it_even_when_killed() -> None:
    program = (
        "import time\nfrom bench import postgres\n"
        "with postgres.running() as server:\n    print(server.pid, flush=True)\n    time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    server_pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{server_pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{server_pid}").exists()
