"""Makes the message of a scheduled report: its files, or in plain words why there are none."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

import queries
from access.scope import Scope
from reports import finance, formats
from reports.finance import Period
from reports.finance.running import pin
from reports.mail import outcome
from reports.mail.addresses import BadAddress, read
from reports.mail.letters import Attachment, Letter
from reports.mail.outcome import Made, NotMade, NotYet, Outcome
from reports.mail.schools import schools
from reports.mail.words import Words, words_of
from reports.speech import marked as _
from reports.speech import speaking
from reports.table import Table
from store import outbox, schedules
from store.outbox import Message
from store.schedules import Schedule

if TYPE_CHECKING:
    from settings import Settings

_TYPES = {
    "csv": "text/csv", "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_LARGEST = 15_000_000
_AGAIN_AFTER = timedelta(hours=1)
_GRACE = timedelta(hours=24)
"""So long the books may take to reach the end of a period before its reader hears of it."""
_GIVEN_UP_AFTER = timedelta(days=14)


@dataclass(frozen=True)
class _Late:
    """Why the reports cannot be made now, and whether their reader is told already."""

    why: str
    told: bool


def make(engine: Engine, books: queries.Snapshots, settings: Settings, message: Message) -> Outcome:
    """The message of one period of a schedule, or the notice that it is late."""
    schedule = schedules.by_id(engine, message.said["schedule_id"])
    if schedule.ended_at is not None:
        return outcome.SCHEDULE_ENDED
    try:
        address = read(message.recipient)
    except BadAddress:
        return NotMade("failed", "bad_address")
    period = Period(date.fromisoformat(message.said["start"]), date.fromisoformat(message.said["end"]))
    pinned, words = pin(books), words_of(message.language)
    tables = _tables(engine, pinned, settings, schedule, period)
    late = _late(pinned, settings, period, tables, _zone(engine, pinned, schedule, settings))
    if message.kind == "report_notice":
        if late is None:
            return outcome.NOT_TRUE_ANY_MORE
        return Made(_notice(engine, pinned, schedule, period, words, late.why), address)
    if late is None:
        return Made(_letter(engine, pinned, schedule, period, words, tables), address)
    if message.enqueued_at + _GIVEN_UP_AFTER < settings.clock():
        return NotMade("failed", "report_blocked")
    return NotYet("report_blocked", _AGAIN_AFTER, _announced(message) if late.told else None)


def _tables(
    engine: Engine, books: queries.Snapshots, settings: Settings, schedule: Schedule, period: Period,
) -> list[Table]:
    scope = Scope.business() if schedule.school_id is None else Scope.schools([schedule.school_id])
    tables = []
    for name in schedule.reports:
        report = finance.report_named(name)
        days = Period(period.last_day, period.end) if report.span == "day" else period
        tables.append(finance.run(
            books, scope, settings, name, days, language=schedule.language,
            engine=engine if report.needs_store else None,
        ))
    return tables


def _zone(engine: Engine, books: queries.Snapshots, schedule: Schedule, settings: Settings) -> str:
    """The zone whose midnight ends a period: the school's, or the business's."""
    found = schools(engine, books, schedule.school_id) if schedule.school_id is not None else []
    return found[0].timezone if found else settings.timezone


def _late(
    books: queries.Snapshots, settings: Settings, period: Period, tables: list[Table], zone: str,
) -> _Late | None:
    blocked = next((table.blocked for table in tables if table.blocked), None)
    snapshot = books.current()
    as_of, end = snapshot.as_of, _ended(period, zone)
    if as_of < end:
        words = words_of(tables[0].speech.language)
        instant = tables[0].speech.instant(as_of, zone)
        said = words.say(_("The books are as of {instant}, before the end of the period."), instant=instant)
        return _Late(said, told=settings.clock() - end > _GRACE)
    return None if blocked is None else _Late(blocked, told=True)


def _ended(period: Period, zone: str) -> datetime:
    return datetime.combine(period.end, time.min, ZoneInfo(zone))


def _announced(message: Message) -> outbox.Letter:
    """The notice of a late report; once per report, however long it takes."""
    return outbox.Letter(
        effect=f"notice:{message.effect}", kind="report_notice", recipient=message.recipient,
        language=message.language, facts=message.said, school_id=message.school_id,
        domain=message.message_id.rpartition("@")[2].rstrip(">"),
    )


def _letter(
    engine: Engine, books: queries.Snapshots, schedule: Schedule, period: Period, words: Words, tables: list[Table],
) -> Letter:
    rows, attachments, size = [], [], 0
    for table in tables:
        made, count, remark = _file(table, schedule.format, words)
        if count == 0:
            rows.append((table.title, words.say(_("nothing in this period"))))
        elif size + len(made.content) > _LARGEST:
            rows.append((table.title, words.say(_("too large for a message; make it in Hourbook"))))
        else:
            attachments.append(made)
            size += len(made.content)
            lines = words.say(_("1 row")) if count == 1 else words.say(_("{count} rows"), count=count)
            rows.append((table.title, f"{lines}{remark}"))
    stamp = tables[0].stamp
    rows += [(words.say(_("For")), stamp.scope), (words.say(_("As of")), stamp.as_of_words)]
    said = words.say(_("The reports are attached.")) if attachments else words.say(_(
        "There was nothing to report in this period, so no file is attached."
    ))
    when = period.words(speaking(words.language))
    subject = (
        f"{tables[0].title}, {when}" if len(tables) == 1 else words.say(_("Reports of {period}"), period=when)
    )
    return _of_schedule(
        engine, books, schedule, words, subject=subject, headline=subject,
        paragraphs=(said, *_remarks(tables)),
        rows=tuple(rows), attachments=tuple(attachments),
    )


def _remarks(tables: list[Table]) -> list[str]:
    """What readers must know, each once; what is so for some of the reports only is said with their title."""
    found = dict.fromkeys(remark for table in tables for remark in table.stamp.remarks)
    of_all = {remark for remark in found if all(remark in table.stamp.remarks for table in tables)}
    return [*(remark for remark in found if remark in of_all), *(
        f"{table.title}: {remark}" for table in tables for remark in table.stamp.remarks if remark not in of_all
    )]


def _file(table: Table, format_: str, words: Words) -> tuple[Attachment, int, str]:
    """The file, how many rows it has, and what is to be said about it."""
    sink, remark = io.BytesIO(), ""
    try:
        count = {"csv": formats.to_csv, "xlsx": formats.to_xlsx, "pdf": formats.to_pdf}[format_](table, sink)
    except formats.TooLongForPaper:
        sink, format_, remark = io.BytesIO(), "csv", ", " + words.say(_("too many for paper, so as CSV"))
        count = formats.to_csv(table, sink)
    name = formats.file_name(table, format_)
    return Attachment(name=name, media_type=_TYPES[format_], content=sink.getvalue()), count, remark


def _notice(
    engine: Engine, books: queries.Snapshots, schedule: Schedule, period: Period, words: Words, why: str,
) -> Letter:
    subject = words.say(
        _("Reports of {period} are not made yet"), period=period.words(speaking(words.language)),
    )
    return _of_schedule(
        engine, books, schedule, words, subject=subject, headline=subject,
        paragraphs=(why, words.say(_("They are sent as soon as that is settled; nobody needs to ask for them again."))),
        rows=(),
    )


def _of_schedule(
    engine: Engine, books: queries.Snapshots, schedule: Schedule, words: Words, *, subject: str, headline: str,
    paragraphs: tuple[str, ...], rows: tuple[tuple[str, str], ...], attachments: tuple[Attachment, ...] = (),
) -> Letter:
    found = schools(engine, books, schedule.school_id) if schedule.school_id is not None else []
    rhythm = _("You get the reports of this schedule every week.") if schedule.rhythm == "weekly" else _(
        "You get the reports of this schedule every month."
    )
    return Letter(
        language=words.language, school_name=words.name(found[0].name) if found else "Hourbook",
        color=found[0].color if found else None, reply_to=None, subject=subject, headline=headline,
        paragraphs=paragraphs, rows=rows, why=words.say(rhythm), attachments=attachments,
    )
