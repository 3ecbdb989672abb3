"""Commands end with what was asked for, or with one sentence and an exit code; never with a stack trace."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import settings
from cli import failures
from cli.main import app
from tests.cli.conftest import Ran

ROOT = Path(__file__).resolve().parent.parent.parent
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example(command: str, ran: Ran) -> None:
    code, out, _ = ran(command, "--help")
    assert code == 0
    assert f"Example: hourbook {command}" in out


@pytest.mark.parametrize(("group", "command"), [
    (name, command) for name, group in typer.main.get_command(app).commands.items()  # type: ignore[attr-defined]
    for command in getattr(group, "commands", ())
])
def test_help_shows_an_example_of_each_command_of_a_group(group: str, command: str, ran: Ran) -> None:
    code, out, _ = ran(group, command, "--help")
    assert code == 0
    assert f"Example: hourbook {group} {command}" in out


@pytest.mark.parametrize("wrong", [
    ["token"], ["token", "create"], ["token", "revoke", "x"], ["audit"], ["embed", "nosuch"],
    ["nosuch"], ["ask"], ["proof"], ["sync", "--nosuch"], ["bench"], ["serve", "--port", "x"], ["snapshots", "drop"],
    ["snapshots", "use"], [],
])
def test_misuse_ends_with_2_and_says_why(wrong: list[str], ran: Ran) -> None:
    code, _, err = ran(*wrong)
    assert code == 2
    assert "Usage: hourbook" in err


def test_a_wrong_setting_ends_with_1_and_a_sentence(
    monkeypatch: pytest.MonkeyPatch, ran: Ran
) -> None:
    monkeypatch.setenv("HOURBOOK_PORT", "many")
    sentence = "HOURBOOK_PORT is 'many' (from the environment): it is not a whole number.\n"
    assert ran("doctor") == (1, "", sentence)


def test_a_failure_is_a_document_for_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: Ran
) -> None:
    monkeypatch.setenv("HOURBOOK_WAREHOUSE", str(tmp_path))
    code, out, err = ran("ask", "schools", "--json")
    found = json.loads(out)
    assert (code, found["ok"], found["kind"]) == (1, False, "NoSnapshot")
    assert err == found["message"] + "\n"


def test_something_unexpected_is_one_sentence_and_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: Ran
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("by design")

    monkeypatch.setattr(failures, "LOG_FOLDER", tmp_path)
    monkeypatch.setattr(settings, "load", broken)
    code, out, err = ran("doctor")
    assert (code, out) == (1, "")
    file = re.search(r"\(ZeroDivisionError\); the details are in (\S+)\.\n", err)
    assert file
    assert "by design" in Path(file[1]).read_text("utf-8")
    assert "Traceback" not in err


def test_ctrl_c_says_nothing(monkeypatch: pytest.MonkeyPatch, ran: Ran) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(settings, "load", interrupted)
    assert ran("doctor") == (130, "", "")


def test_help_comes_at_once() -> None:
    """Nothing heavy is imported before it is needed."""
    heavy = {"duckdb", "streamlit", "sqlalchemy", "pydantic"}
    program = f"import sys, cli.main; print(sorted({heavy} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"
