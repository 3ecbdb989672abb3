"""Decides whether files may be made of a snapshot: only while its money is proved and it is not stale.

A figure on a screen stands beside what is known about it; a file goes away and is believed. So a report may be looked
at whatever the checks say, and handed out only when those it rests on hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import queries
from access.scope import Scope
from errors import HourbookError
from reports.speech import Speech
from reports.speech import marked as _
from settings import Settings

MONEY_CHECKS = (
    "closing_is_what_packages_defer", "ledger_adds_up_to_balances", "months_roll_forward", "nothing_is_dated_ahead",
    "package_money_adds_up", "rows_are_counted_once", "the_certificate_matches",
)
"""Checks that everything made of money rests on."""

HOURS_CHECKS = (
    "balance_figures_add_up", "days_add_up_to_the_total", "ledger_adds_up_to_balances", "nothing_is_dated_ahead",
    "package_hours_add_up", "rows_are_counted_once", "the_certificate_matches",
)
"""Checks that everything made of hours rests on."""

WORTH_SAYING = (
    "deferred_money_has_hours", "every_purchase_has_a_school", "no_row_was_left_out", "nobody_is_overdrawn",
)
"""Checks that stop nothing, and whose findings a reader of figures should know."""


class ExportBlocked(HourbookError):
    """A finance check failed, the certificate does not match, or the snapshot is stale: no file is made."""


def reason(books: queries.Snapshots, settings: Settings, needed: Iterable[str], speech: Speech) -> str | None:
    """Why no file may be made of this snapshot, in the language of the report; None when one may."""
    # Whether the books are sound is the same for every viewer; no row of anybody is said here.
    whole = Scope.business()
    tried = {row["name"]: row for row in queries.ask(books, whole, "checks").as_dicts()}
    for name in sorted(needed):
        check = tried.get(name)
        if check is None:
            return speech.say(_("The check {name} was not tried on this snapshot. Sync again."), name=name)
        if not check["passed"]:
            return speech.say(
                _("A check failed: “{sentence}” ({found} rows contradict it). See Data health."),
                sentence=_sentence(check, speech), found=check["found"],
            )
    certificate = queries.ask(books, whole, "certificate").as_dicts()
    if not certificate:
        return speech.say(_("The snapshot has no certificate: nothing proves that it holds what the platform held."))
    for table in certificate:
        if not table["matches"]:
            return speech.say(
                _("The certificate does not match in {table}: the snapshot is not what the platform held. Sync again."),
                table=table["table_name"],
            )
    return _stale(books, settings, speech)


def _stale(books: queries.Snapshots, settings: Settings, speech: Speech) -> str | None:
    snapshot = books.current()
    as_of = snapshot.as_of if snapshot else None
    if as_of is not None and settings.clock() - as_of <= timedelta(minutes=settings.stale_after):
        return None
    return speech.say(
        _("The snapshot is stale: its figures are as of {instant}. Sync again, then export."),
        instant=speech.instant(as_of, settings.timezone) if as_of else "?",
    )


def remarks(books: queries.Snapshots, speech: Speech) -> tuple[str, ...]:
    """What else the checks found: nothing that stops a report, and nothing its reader should not know."""
    found = queries.ask(books, Scope.business(), "checks").as_dicts()
    return tuple(
        speech.say(
            _("Does not hold everywhere: “{sentence}” ({found} rows)."),
            sentence=_sentence(row, speech), found=row["found"],
        )
        for row in found if not row["passed"] and row["name"] in WORTH_SAYING
    )


def _sentence(check: dict[str, Any], speech: Speech) -> str:
    """What must hold, in words."""
    sentence: str = check["sentence"] or check["name"]
    return speech.say(sentence)
