"""Sends what is due, message by message, and keeps the outbox true whatever happens on the way."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from errors import HourbookError
from reports.mail import letters
from reports.mail.folder import Folder, FolderUnusable
from reports.mail.making import Maker
from reports.mail.outcome import Made, NotMade, NotYet
from reports.mail.smtp import Line, NotDelivered, Server, Verdict
from store import outbox
from store.outbox import Message

LEASE = timedelta(minutes=5)
"""How long a claim lasts before the text is handed over: time enough to make a report and to dial."""
_FIRST_WAIT, _LONGEST_WAIT = 60.0, 12 * 3600.0
_SERVER_WAIT = timedelta(minutes=1)

Note = Callable[[str, Mapping[str, Any]], None]
"""Told of each message that ends: ``mail_sent``, ``mail_failed`` or ``mail_dropped``, with ids only."""


def unnoted(event: str, facts: Mapping[str, Any]) -> None:
    """Records nothing: until somebody gives a place where sending is recorded."""


@dataclass
class Sent:
    """What one run did.  ``stopped`` says why it ended before everything was tried."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    dropped: int = 0
    again: int = 0
    """Given back after a worker died."""
    stopped: str | None = None


class _ClaimLost(Exception):
    """Another worker holds the message now."""


@dataclass(frozen=True, kw_only=True)
class Sender:
    """How messages are sent; ``now`` is the real clock, whatever instant the books are shown at."""

    engine: Engine
    maker: Maker
    office: Server | Folder
    send_unsure: bool = True
    """What may have left already is sent again, with the same Message-ID."""
    note: Note = unnoted
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    lease: timedelta = LEASE
    wait_for_text: timedelta | None = None

    def send_due(self, most: int | None = None, *, stop: Callable[[], bool] = lambda: False) -> Sent:
        """Send everything that is due, at most so many, or until told to stop.

        Ends early where the mail server itself is the trouble: no other message would fare better.
        """
        done = Sent()
        recovered = outbox.recover(self.engine, now=self.now(), send_unsure=self.send_unsure)
        done.again = recovered.again + recovered.unsure
        line, tried = self.office.opened(), 0
        try:
            while done.stopped is None and (most is None or tried < most) and not stop():
                message = outbox.claim(self.engine, now=self.now(), lease=self.lease)
                if message is None:
                    break
                tried += 1
                self._send(line, message, done)
        finally:
            line.close()
        return done

    def _send(self, line: Line | Folder, message: Message, done: Sent) -> None:
        try:
            made = self.maker.make(message)
        except HourbookError as failure:
            self._later(message, failure.kind[:40], None, done)
            return
        except Exception as failure:  # noqa: BLE001 - one message that cannot be made must not stop the others
            self._later(message, f"unexpected_{type(failure).__name__}"[:40], None, done)
            return
        if isinstance(made, NotMade):
            self._close(message, made.state, made.reason, None, done)
        elif isinstance(made, NotYet):
            if made.notice is not None:
                outbox.enqueue_all(self.engine, [made.notice], now=self.now())
            outbox.later(
                self.engine, message, error=made.reason, reply=None, at=self.now() + made.wait, counted=False,
            )
            done.later += 1
        else:
            self._deliver(line, message, made, done)

    def _deliver(self, line: Line | Folder, message: Message, made: Made, done: Sent) -> None:
        text = letters.as_bytes(
            made.letter, sender=self.office.sender, recipient=made.recipient, message_id=message.message_id,
            now=self.now(),
        )
        # Making may have taken long: whoever lost the claim meanwhile stops here.
        if not outbox.extend(self.engine, message, until=self.now() + self.lease):
            return
        try:
            line.deliver(text, made.recipient, lambda: self._handing(message))
        except _ClaimLost:
            return
        except FolderUnusable as failure:
            self._undelivered(message, NotDelivered(Verdict.SERVER, "unreachable", failure.message), done)
            return
        except NotDelivered as failure:
            self._undelivered(message, failure, done)
            return
        outbox.sent(self.engine, message, now=self.now())
        done.sent += 1
        self._tell("mail_sent", message)

    def _handing(self, message: Message) -> None:
        wait = self.wait_for_text or timedelta(seconds=self.office.wait_for_text + 60)
        if not outbox.handing(self.engine, message, now=self.now(), until=self.now() + wait):
            raise _ClaimLost

    def _undelivered(self, message: Message, failure: NotDelivered, done: Sent) -> None:
        if failure.verdict is Verdict.SERVER:
            at = self.now() + _SERVER_WAIT
            outbox.later(self.engine, message, error=failure.reason, reply=failure.reply, at=at, counted=False)
            done.later += 1
            done.stopped = failure.message
        elif failure.verdict is Verdict.NEVER or (failure.verdict is Verdict.UNSURE and not self.send_unsure):
            self._close(message, "failed", failure.reason, failure.reply, done)
        else:
            self._later(message, failure.reason, failure.reply, done)

    def _later(self, message: Message, reason: str, reply: str | None, done: Sent) -> None:
        if message.tries >= outbox.MOST_TRIES:
            self._close(message, "failed", reason, reply, done)
            return
        at = self.now() + backoff(message.tries)
        if outbox.later(self.engine, message, error=reason, reply=reply, at=at):
            done.later += 1

    def _close(self, message: Message, state: Any, reason: str, reply: str | None, done: Sent) -> None:
        if outbox.close(self.engine, message, state, error=reason, reply=reply, now=self.now()):
            setattr(done, state, getattr(done, state) + 1)
            self._tell(f"mail_{state}", message, reason=reason)

    def _tell(self, event: str, message: Message, **more: str) -> None:
        """Tell the one place where sending is recorded."""
        kind, _, number = message.recipient.partition(":")
        self.note(event, {
            "message": message.id, "user_id": int(number) if kind == "user" else None, "kind": message.kind,
            "school": message.school_id,
            **{name: value for name, value in message.said.items() if name.endswith("_id")}, **more,
        })


def backoff(tries: int) -> timedelta:
    """How long to wait after so many tries: twice as long each time, up to half a day, never all at one instant."""
    wait = min(_FIRST_WAIT * 2 ** max(0, tries - 1), _LONGEST_WAIT)
    return timedelta(seconds=wait * random.uniform(0.8, 1.2))
