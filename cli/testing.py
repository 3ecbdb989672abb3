"""``test`` and ``bench``: judges the code, and measures it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.options import Json
from cli.output import say

ROOT = Path(__file__).resolve().parent.parent
_QUICK = ("-m", "not slow", "--hypothesis-profile", "quick", "--dist", "loadfile")
"""Fewer generated histories, nothing that takes long by its nature, and what a file sets up is set up once."""


def add_to(app: typer.Typer) -> None:
    """Register the commands of this subject."""
    app.command(
        "test", epilog="Example: hourbook test --quick",
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    )(judge)
    app.command(epilog="Example: hourbook bench read --consumptions 1000000")(bench)


def judge(
    context: typer.Context,
    quick: Annotated[bool, typer.Option("--quick", help="Leave out what takes long.")] = False,
) -> int:
    """Run ruff, mypy and the tests; more goes on to pytest."""
    python = sys.executable
    commands = {
        "ruff": [python, "-m", "ruff", "check", "."],
        "mypy": [python, "-m", "mypy", "."],
        "pytest": [python, "-m", "pytest", "-n", "2", *(_QUICK if quick else []), *context.args],
    }
    failed = []
    for name, command in commands.items():
        say(f"— {name}")
        if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
            failed.append(name)
            if name != "pytest":
                say(f"{name} found something: see above.")
    return 1 if failed else 0


def bench(
    name: Annotated[str, typer.Argument(help="read, sync, pages, api, sessions, receipts or exports.")],
    rounds: Annotated[int, typer.Option(help="Rounds, of which the median is taken.", min=1)] = 5,
    consumptions: Annotated[int | None, typer.Option(help="Rows (read and exports).", min=1)] = None,
    size: Annotated[str, typer.Option(help="School size: S, M or L (not of read, receipts, exports).")] = "S",
    only: Annotated[list[str] | None, typer.Option(help="Measure these only.")] = None,
    as_json: Json = False,
) -> None:
    """Measure ours against others, in interleaved rounds."""
    from bench import run

    run.run(name, rounds=rounds, consumptions=consumptions, size=size, only=only, as_json=as_json)
