"""Writes the letters about a student's hours: they are about to expire, or few are left."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import queries
from reports.mail.letters import Letter
from reports.mail.schools import WHOLE, School
from reports.mail.words import Words
from reports.speech import marked as _

_FAR = 400


def package(books: queries.Snapshots, school: School, package_id: int) -> dict[str, Any] | None:
    """The package as it stands now, if it still has hours that will expire."""
    rows = queries.ask(
        books, WHOLE, "packages_to_remind", school_id=school.school_id, days=_FAR, package_id=package_id,
    ).as_dicts()
    return rows[0] if rows else None


def balance(books: queries.Snapshots, school: School, student_id: int) -> dict[str, Any] | None:
    """The student's hours at the school now, if still present there."""
    rows = queries.ask(
        books, WHOLE, "hours_left_by_student", school_id=school.school_id, student_id=student_id,
    ).as_dicts()
    return rows[0] if rows else None


def reminder(
    books: queries.Snapshots, school: School, words: Words, row: dict[str, Any], today: date,
) -> Letter:
    """Hours of a package are about to expire."""
    hours, day = words.hours(row["hours_at_stake"]), words.day(row["expires_date"])
    when = words.in_days((row["expires_date"] - today).days)
    return _letter(
        school, words, subject=words.say(_("{hours} expire on {day}"), hours=hours, day=day),
        headline=words.say(_("Hours are about to expire")), figure=hours,
        figure_note=words.say(_("expire {when}, on {day}"), when=when, day=day),
        paragraphs=(words.say(_(
            "These hours can be used for classes that take place before they expire. Book them in time, or turn to "
            "the school."
        )),),
        rows=(
            (words.say(_("Student")), words.name(_name(books, row["student_id"]))),
            (words.say(_("Package")), words.name(row["plan_name"])),
            (words.say(_("Hours left in it")), hours),
            (words.say(_("Expires on")), day),
        ),
        why=why(words, school, _("{school} reminds students and their guardians before hours expire.")),
    )


def low_balance(
    books: queries.Snapshots, school: School, words: Words, row: dict[str, Any], threshold: Decimal,
) -> Letter:
    """Few hours are left, or none."""
    hours = words.hours(row["hours_usable"])
    none = row["hours_usable"] <= 0
    rows = [
        (words.say(_("Student")), words.name(_name(books, row["student_id"]))),
        (words.say(_("Hours left")), hours),
    ]
    if row["next_expiry"] is not None and not none:
        rows.append((words.say(_("Next expiry")), words.day(school.day_of(row["next_expiry"]))))
    return _letter(
        school, words, subject=words.say(_("Hours left: {hours}"), hours=hours),
        headline=words.say(_("No hours are left")) if none else words.say(_("Few hours are left")), figure=hours,
        figure_note=words.say(_("can still be used")),
        paragraphs=(words.say(_("New hours keep the classes going without a break.")),), rows=tuple(rows),
        why=why(
            words, school, _("{school} writes once when {threshold} or less are left."),
            threshold=words.hours(threshold),
        ),
    )


def why(words: Words, school: School, reason: str, **values: object) -> str:
    """Why the reader gets the message, and where questions go."""
    said = words.say(reason, school=words.name(school.name), **values)
    answered = _("Reply to this message if you have a question.") if school.reply_to else _(
        "Please turn to the school if you have a question."
    )
    return f"{said} {words.say(answered)}"


def _letter(school: School, words: Words, **contents: Any) -> Letter:
    return Letter(
        language=words.language, school_name=words.name(school.name), color=school.color, reply_to=school.reply_to,
        **contents,
    )


def _name(books: queries.Snapshots, student_id: int) -> str | None:
    row = queries.ask(books, WHOLE, "student_card", student_id=student_id).one()
    return row["name"] if row else None
