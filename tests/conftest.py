"""Fixtures shared by all tests: a clean environment, and a real PostgreSQL."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import psycopg2
import pytest

import settings
from bench import postgres
from bench.postgres import PostgresServer

# A commit is judged by the same examples each time; `./hourbook test --hypothesis-profile explore` looks for new ones.
hypothesis.settings.register_profile("explore", max_examples=1000, deadline=None)
hypothesis.settings.register_profile("full", max_examples=1000, deadline=None, derandomize=True)
hypothesis.settings.register_profile("quick", max_examples=50, deadline=None, derandomize=True)
hypothesis.settings.load_profile("full")  # --hypothesis-profile comes after


def pytest_addoption(parser: pytest.Parser) -> None:
    """Texts that a person reviewed can be written anew."""
    parser.addoption("--update-golden", action="store_true", help="write golden files anew; review the difference")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting of whoever runs the tests must not change what they find."""
    for variable in [name for name in os.environ if name.upper().startswith("HOURBOOK_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setattr(settings, "ENV_FILE", Path("/nowhere/.env"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server of this test process's own; fails (never skips) where PostgreSQL is not installed."""
    with postgres.running() as server:
        yield server


@contextmanager
def database(postgres_server: PostgresServer) -> Iterator[str]:
    """Address of a new database, dropped at the end."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin = psycopg2.connect(
        host=postgres_server.host, port=postgres_server.port, user="postgres", dbname="postgres",
    )
    admin.autocommit = True
    try:
        with admin.cursor() as cursor:
            cursor.execute(f"create database {name} template template0 encoding 'UTF8'")
        yield postgres_server.url(name)
        with admin.cursor() as cursor:
            cursor.execute(f"drop database if exists {name} with (force)")
    finally:
        admin.close()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Address of a database that only this test uses, dropped afterwards."""
    with database(postgres_server) as url:
        yield url


@pytest.fixture(scope="module")
def shared_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Address of a database that the tests of one module read, dropped afterwards."""
    with database(postgres_server) as url:
        yield url
