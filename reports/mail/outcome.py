"""What can come of making a message: a letter to somebody, nothing any more, or not yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from reports.mail.addresses import Address
from reports.mail.letters import Letter
from store import outbox


@dataclass(frozen=True)
class Made:
    """A letter, and to whom it goes."""

    letter: Letter
    recipient: Address


@dataclass(frozen=True)
class NotMade:
    """There is nothing to send: it would not be true any more, or there is nobody to send it to."""

    state: Literal["failed", "dropped"]
    reason: str


@dataclass(frozen=True)
class NotYet:
    """It is made later; ``notice`` says so to its reader, once."""

    reason: str
    wait: timedelta
    notice: outbox.Letter | None = None


Outcome = Made | NotMade | NotYet
SWITCHED_OFF = NotMade("dropped", "switched_off")
NOT_TRUE_ANY_MORE = NotMade("dropped", "not_true_any_more")
PERSON_GONE = NotMade("dropped", "person_gone")
SCHEDULE_ENDED = NotMade("dropped", "schedule_ended")
