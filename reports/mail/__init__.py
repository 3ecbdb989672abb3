"""Mail: what is to be sent is planned once per effect, made when it is sent, and sent until it arrived or cannot."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine

import queries
from reports.mail import letters
from reports.mail.addresses import BadAddress, read
from reports.mail.folder import Folder, office_of
from reports.mail.making import Maker
from reports.mail.planning import Planned, domain_of, plan
from reports.mail.scheduling import ScheduleRefused, checked
from reports.mail.sending import Note, Sender, Sent, unnoted
from reports.mail.smtp import NotDelivered, Server
from reports.mail.words import words_of
from reports.speech import marked as _
from store.single_worker import WorkerRunning, only_worker

if TYPE_CHECKING:
    from settings import Settings

WORK = "mail"


@dataclasses.dataclass(frozen=True)
class Run:
    """What one run planned and sent."""

    planned: Planned
    sent: Sent


def run(
    engine: Engine, books: queries.Snapshots, settings: Settings, *, note: Note = unnoted, most: int | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Run:
    """Plan what is due and send it, at most so many messages, or until told to stop.

    ``note`` is the one place where sending is recorded.  Raises SettingsError without a mail server or folder,
    WorkerRunning beside another worker, and NoSnapshot before the first sync.
    """
    office = office_of(settings)
    with only_worker(engine, WORK):
        planned = plan(engine, books, settings, now=settings.clock())
        sender = Sender(
            engine=engine, maker=Maker(engine, books, settings), office=office, note=note,
            send_unsure=settings.mail_unsure == "again",
        )
        return Run(planned, sender.send_due(most, stop=stop))


def send_test(settings: Settings, to: str, *, language: str = "en") -> None:
    """Send a message that says that mail works.  Raises BadAddress, NotDelivered and SettingsError."""
    office, recipient, words = office_of(settings), read(to), words_of(language)
    letter = letters.Letter(
        language=words.language, school_name="Hourbook", color=None, reply_to=None,
        subject=words.say(_("Mail from Hourbook works")), headline=words.say(_("Mail from Hourbook works")),
        paragraphs=(words.say(_("This message was sent to try the mail server. Nothing needs to be done.")),),
        why=words.say(_("Somebody who runs Hourbook asked for this message.")),
    )
    now = datetime.now(UTC)
    text = letters.as_bytes(
        letter, sender=office.sender, recipient=recipient, now=now,
        message_id=f"<test-{now:%Y%m%d%H%M%S%f}@{domain_of(settings)}>",
    )
    line = office.opened()
    try:
        line.deliver(text, recipient, lambda: None)
    finally:
        line.close()


__all__ = [
    "WORK", "BadAddress", "Folder", "NotDelivered", "Note", "Planned", "Run", "ScheduleRefused", "Sent", "Server",
    "WorkerRunning", "checked", "office_of", "plan", "run", "send_test",
]
