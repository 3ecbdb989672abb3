"""Runs one command and turns its end into an exit code: 0 done, 1 failed with one sentence, 2 misused."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from cli import (
    audit_log,
    books,
    connections,
    documents,
    embedding,
    mail,
    questions,
    receipt_settings,
    receipts,
    reports,
    running,
    syncing,
    testing,
    tokens,
)
from cli.failures import described
from cli.output import print_failure, say

EXIT_DONE, EXIT_FAILED, EXIT_MISUSED, EXIT_INTERRUPTED = 0, 1, 2, 130

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
for subject in (
    running, syncing, connections, questions, books, receipts, receipt_settings, reports, mail, tokens, embedding,
    audit_log, testing, documents,
):
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
    except Exception as failure:  # noqa: BLE001 - the last door: nobody but a developer reads a trace
        print_failure(*described(failure), as_json=as_json)
        return EXIT_FAILED
    return outcome if isinstance(outcome, int) else EXIT_DONE

