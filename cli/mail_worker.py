"""The worker that sends mail: round after round, each message written down, alone or beside the app."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.failures import described
from cli.options import published
from cli.output import say

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from reports.mail import Note, Run
    from settings import Settings

ROOT = Path(__file__).resolve().parent.parent
ACTOR = "worker:mail"
_BESIDE = (sys.executable, "-m", "cli", "mail", "run", "--every", "30s", "--while-stdin")
_RESTARTS_AFTER = 10.0
_ENDS_WITHIN = 3.0


def one_round(chosen: Settings, engine: Engine, most: int | None, ending: threading.Event) -> Run:
    """Plan what is due and send it; each message that left is written into the audit log."""
    from reports import mail

    return mail.run(engine, published(), chosen, most=most, stop=ending.is_set, note=noting(engine, chosen))


def noting(engine: Engine, chosen: Settings) -> Note:
    """Writes what left, or may have left, into the audit log; what did not leave stands in the outbox."""
    import audit

    def note(event: str, facts: Mapping[str, Any]) -> None:
        unsure = facts.get("reason") == "unsure"
        if event != "mail_sent" and not unsure:
            return
        receipt, message = facts.get("receipt_id"), facts["message"]
        audit.record(
            engine, event=audit.Event.MAIL_SENT if receipt is None else audit.Event.RECEIPT_EMAILED, actor=ACTOR,
            now=chosen.clock(), school_id=facts["school"], student_id=facts.get("student_id"),
            object=f"message:{message}" if receipt is None else f"receipt:{receipt}",
            details={
                "kind": facts["kind"], "message": message,
                **{name: facts[name] for name in ("user_id", "package_id", "schedule_id") if facts.get(name)},
                **({"unsure": True} if unsure else {}),
            },
        )

    return note


def until_told(
    chosen: Settings, engine: Engine, pause: float, most: int | None, *, show: Callable[[Run], None],
    while_stdin: bool,
) -> None:
    """Round after round until told to end, which lets the message at hand finish; a trouble is said once."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    if while_stdin:
        threading.Thread(target=_end_with_stdin, args=(ending,), daemon=True).start()
    said: object = (None, [])
    while not ending.is_set():
        try:
            done = one_round(chosen, engine, most, ending)
            news = (done.sent.stopped, done.planned.held)
            if news != said or _moved(done):
                show(done)
            said = news
        except Exception as failure:  # noqa: BLE001 - the next round may work, whatever went wrong in this one
            if repr(failure) != said:
                say(described(failure)[1])
            said = repr(failure)
        ending.wait(pause)


def _moved(done: Run) -> bool:
    """Something is otherwise than before the round; that all still waits is no news."""
    sent, planned = done.sent, done.planned
    return any((
        sent.sent, sent.failed, sent.dropped, sent.again, planned.reminders, planned.low_balances, planned.reports,
    ))


def _end_with_stdin(ending: threading.Event) -> None:
    """Whoever started us holds the other end of our standard input, which closes however they end."""
    sys.stdin.buffer.read()
    ending.set()


@contextmanager
def beside() -> Iterator[None]:
    """Keep a worker running in a process of its own; it ends with this one, however this one ends."""
    ending = threading.Event()
    keeper = threading.Thread(target=_keep, args=(ending,), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join(_ENDS_WITHIN)  # a message at hand may take longer: the worker finishes it by itself


def _keep(ending: threading.Event) -> None:
    while not ending.is_set():
        worker = subprocess.Popen(_BESIDE, cwd=ROOT, stdin=subprocess.PIPE)
        while worker.poll() is None and not ending.wait(0.2):
            pass
        if worker.stdin is not None:
            worker.stdin.close()
        worker.wait()
        ending.wait(_RESTARTS_AFTER)
