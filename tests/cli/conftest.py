"""A small demo school that was made and synced by the command itself, and a way to run commands on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import settings
from cli.main import main

DEMO = ("demo", "--no-serve", "--students", "20", "--years", "1")

Ran = Callable[..., tuple[int, str, str]]
"""Runs one command: its exit code, standard output and standard error."""
AsJson = Callable[..., Any]
"""Runs one command with --json, which must succeed, and reads its document."""


@pytest.fixture(scope="package")
def school(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of the demo school."""
    folder = tmp_path_factory.mktemp("school")
    environment = {
        "HOURBOOK_PLATFORM_URL": f"sqlite:///{folder}/platform.db",
        "HOURBOOK_STORE_URL": f"sqlite:///{folder}/store.db",
        "HOURBOOK_WAREHOUSE": str(folder / "warehouse"),
        "HOURBOOK_NOW": "2026-11-23T09:00:00+00:00",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(settings, "ENV_FILE", Path("/nowhere/.env"))
        assert main(DEMO) == 0
    return environment


@pytest.fixture
def at_school(school: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """This test's commands work on the demo school."""
    for name, value in school.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def ran(capsys: pytest.CaptureFixture[str]) -> Ran:
    """Runs one command in this process."""
    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def as_json(ran: Ran) -> AsJson:
    """Runs one command that must succeed and reads what it prints for programs."""
    def run(*arguments: str) -> Any:
        code, out, err = ran(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)

    return run
