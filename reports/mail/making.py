"""Makes a message when it is sent, from what is true then: an old reminder of hours that were used is not sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

import queries
from reports.mail import outcome, reporting, students
from reports.mail.addresses import Address, BadAddress, read
from reports.mail.letters import Attachment, Letter
from reports.mail.outcome import Made, NotMade, Outcome
from reports.mail.schools import School, people, schools
from reports.mail.words import Words, words_of
from reports.receipts import facts as receipt_facts
from reports.receipts import workshop
from reports.speech import marked as _
from store import receipts
from store.outbox import Message

if TYPE_CHECKING:
    from settings import Settings


@dataclass(frozen=True)
class Maker:
    """What messages are made from."""

    engine: Engine
    books: queries.Snapshots
    settings: Settings

    def make(self, message: Message) -> Outcome:
        """The letter of a message of the outbox, or why there is none."""
        if message.kind in ("report", "report_notice"):
            return reporting.make(self.engine, self.books, self.settings, message)
        found = schools(self.engine, self.books, message.school_id)
        if message.school_id is None or not found:
            return outcome.NOT_TRUE_ANY_MORE
        school, words = found[0], words_of(message.language)
        person = _person(self.books, message, school)
        if person is None:
            return outcome.PERSON_GONE
        try:
            address = read(person["email"] or "")
        except BadAddress:
            return NotMade("failed", "bad_address" if (person["email"] or "").strip() else "no_address")
        return _MAKERS[message.kind](self, message, school, words, address)

    def receipt(self, message: Message, school: School, words: Words, address: Address) -> Outcome:
        """A receipt or a credit note with its document."""
        asked = message.said.get("asked", False)
        if not school.settings.email_at_issue and not asked:
            return outcome.SWITCHED_OFF
        found = receipts.by_id(self.engine, message.said["receipt_id"])
        # A crash between number and document leaves the document to whoever comes next: that is us.
        receipt = workshop.finish(self.engine, self.settings, found, now=self.settings.clock())
        content = receipts.kept(self.engine, receipt.document_sha256 or "")
        if content is None:
            return NotMade("failed", "document_gone")
        said = receipt_facts.from_kept(receipt.said)
        values = {"number": receipt.number_text, "original": said.original_number, "school": words.name(school.name)}
        credit = receipt.kind == "credit_note"
        texts = _CREDIT_NOTE if credit else _RECEIPT
        rows = [
            (words.say(_("Number")), receipt.number_text),
            (words.say(_("Date of issue")), words.day(receipt.issued_on)),
            (words.say(_("Student")), words.name(said.student_name)),
            (words.say(_("Purchase")), words.name(said.plan_name)),
            *([(words.say(_("Hours")), words.hours(said.hours))] if said.hours is not None else []),
        ]
        paid = _("given back on {day}") if credit else _("paid on {day}")
        return Made(Letter(
            language=words.language, school_name=words.name(school.name), color=school.color, reply_to=school.reply_to,
            subject=words.say(texts[0], **values), headline=words.say(texts[1]),
            figure=words.money(said.total, said.currency), figure_note=words.say(paid, day=words.day(said.paid_on)),
            paragraphs=(words.say(texts[2], **values),), rows=tuple(rows),
            why=students.why(words, school, _ASKED if asked else texts[3]),
            attachments=(Attachment(
                name=f"{receipt.number_text}.pdf", media_type="application/pdf", content=content,
            ),),
        ), address)

    def reminder(self, message: Message, school: School, words: Words, address: Address) -> Outcome:
        """Hours of a package are about to expire."""
        said = message.said
        if said["days"] not in school.settings.reminder_days:
            return outcome.SWITCHED_OFF
        row, today = students.package(self.books, school, said["package_id"]), school.day_of(self.settings.clock())
        if row is None or row["expires_date"] != date.fromisoformat(said["expires"]) or row["expires_date"] < today:
            return outcome.NOT_TRUE_ANY_MORE
        return Made(students.reminder(self.books, school, words, row, today), address)

    def low_balance(self, message: Message, school: School, words: Words, address: Address) -> Outcome:
        """A student has few hours left."""
        threshold = school.settings.low_balance_hours
        if threshold is None:
            return outcome.SWITCHED_OFF
        row = students.balance(self.books, school, message.said["student_id"])
        if row is None or row["hours_usable"] > threshold:
            return outcome.NOT_TRUE_ANY_MORE
        return Made(students.low_balance(self.books, school, words, row, threshold), address)


_MAKERS: dict[str, Callable[[Maker, Message, School, Words, Address], Outcome]] = {
    "receipt": Maker.receipt, "credit_note": Maker.receipt, "reminder": Maker.reminder,
    "low_balance": Maker.low_balance,
}
_ASKED = _("{school} sent you this document because it was asked for.")
_RECEIPT = (
    _("Receipt {number}"), _("Your receipt"), _("Receipt {number} is attached as a PDF."),
    _("{school} sends a receipt for each purchase."),
)
_CREDIT_NOTE = (
    _("Credit note {number}"), _("Your credit note"),
    _("Money was given back on receipt {original}. Credit note {number} is attached as a PDF."),
    _("{school} sends a credit note for each refund."),
)


def _person(books: queries.Snapshots, message: Message, school: School) -> dict[str, Any] | None:
    """The person of the message, as long as they still have to do with the student."""
    student_id = int(message.said["student_id"])
    reached = people(books, (student_id,), school.school_id or 0).get(student_id, [])
    return next((one for one in reached if f"user:{one['user_id']}" == message.recipient), None)
