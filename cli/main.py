"""Runs one command and turns its end into an exit code: 0 done, 1 failed with one sentence, 2 misused."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer
from typer.exceptions import TyperException

from cli import books, connections, documents, questions, running, syncing, testing
from cli.output import print_failure, say
from errors import HourbookError

EXIT_DONE, EXIT_FAILED, EXIT_MISUSED, EXIT_INTERRUPTED = 0, 1, 2, 130
LOG_FOLDER = Path(__file__).resolve().parent.parent / "var" / "log"

app = typer.Typer(
    name="hourbook",
    help="The account book of a tutoring school that sells hours.",
    epilog="Example: hourbook demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for subject in (running, syncing, connections, questions, books, testing, documents):
    subject.add_to(app)


def main(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name; never lets an exception through."""
    as_json = "--json" in arguments
    try:
        outcome = app(args=list(arguments), prog_name="hourbook", standalone_mode=False)
    except TyperException as misuse:
        show = getattr(misuse, "show", None)
        show() if show else say(misuse.format_message())
        return EXIT_MISUSED
    except typer.Exit as leave:
        return leave.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stdout = None  # the reader went away, as `| head` does; nothing is left to say
        return EXIT_DONE
    except HourbookError as failure:
        print_failure(failure.kind, failure.message, as_json=as_json)
        return EXIT_FAILED
    except Exception as unexpected:  # noqa: BLE001 - the last door: the trace goes to a file, a sentence to the person
        name = type(unexpected).__name__
        sentence = f"Something unexpected happened ({name}); the details are in {_log(unexpected)}."
        print_failure("Unexpected", sentence, as_json=as_json)
        return EXIT_FAILED
    return outcome if isinstance(outcome, int) else EXIT_DONE


def _log(unexpected: Exception) -> Path:
    LOG_FOLDER.mkdir(parents=True, exist_ok=True)
    file = LOG_FOLDER / f"failure-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.txt"
    file.write_text("".join(traceback.format_exception(unexpected)), encoding="utf-8")
    return file
