"""Opens a figure into the entries that make it, with a running sum that ends at the figure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from queries import Answer
from ui import exports, formats, tables, words
from ui.choices import choose
from ui.page import section
from ui.session import Here
from ui.text import _, _n

FIGURES = (
    ("purchased", "+"), ("added", "+"), ("returned", "+"), ("extended", "+"), ("consumed", "−"), ("reserved", "−"),
    ("deducted", "−"), ("expired", "−"), ("voided", "−"), ("remaining", "="), ("overdrawn", "−"),
)  # fmt: skip
"""The figures of a balance and how they add up: all before "=" are remaining less overdrawn."""

ALWAYS = ("purchased", "consumed", "reserved", "remaining")
"""Figures that are shown even when they are zero."""


def proof(here: Here, card: dict[str, Any]) -> None:
    """The figures of one student as of a day; choosing one shows its entries."""
    section(_("Proof"), _("Every figure is a sum of entries. Choose one to see the entries that make it."))
    day = _as_of_day(card)
    as_of = None if day == card["today"] else _end_of(day, card["timezone"])
    student = {"student_id": card["student_id"], "as_of": as_of}
    figures = here.ask("student_balance_as_of", **student).one()
    shown = {name: sign for name, sign in FIGURES if name in ALWAYS or figures[f"hours_{name}"]}
    labels = {name: f"{sign} {formats.hours(figures[f'hours_{name}'])} {title(name)}" for name, sign in shown.items()}
    figure = choose(
        st.pills, _("Figure"), labels, key="figure", default="remaining", required=True, label_visibility="collapsed"
    )
    entries = here.ask("student_ledger", figure=figure, **student)
    _said(figure, figures[f"hours_{figure}"], entries, day)
    if entries.rows:
        _entries(entries)
        exports.button(
            here,
            _("Download the entries as CSV"),
            lambda: entries,
            file_name=f"student-{card['student_id']}-{figure}-{day}.csv",
            key="proof-csv",
            student_id=card["student_id"],
        )


def title(figure: str) -> str:
    """A figure's name."""
    return {
        "purchased": _("bought"),
        "added": _("added"),
        "returned": _("returned"),
        "extended": _("given back"),
        "consumed": _("charged for classes"),
        "reserved": _("charged for classes to come"),
        "deducted": _("deducted"),
        "expired": _("expired"),
        "voided": _("refunded"),
        "remaining": _("left"),
        "overdrawn": _("overdrawn"),
    }[figure]


def _as_of_day(card: dict[str, Any]) -> date:
    first = min(day for day in (card["joined_date"], card["first_class_date"], card["today"]) if day)
    picked = st.date_input(
        _("As of the end of"),
        value=card["today"],
        min_value=first,
        max_value=card["today"],
        format="DD/MM/YYYY",
        key="as_of",
        width=200,
    )
    return picked if isinstance(picked, date) else card["today"]


def _end_of(day: date, zone: str) -> datetime:
    """The last microsecond of a school's day: what became effective at midnight belongs to the next day."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    return midnight - timedelta(microseconds=1)


def _said(figure: str, expected: Decimal, entries: Answer, day: date) -> None:
    """The sentence over the entries; it warns where their sum is not the figure, which must never be."""
    found = entries.rows[-1][entries.columns.index("running")] if entries.rows else Decimal(0)
    words_ = _n("{number} entry", "{number} entries", len(entries))
    if found == expected:
        st.markdown(
            _(
                "**{hours} {figure}** on {day} = the sum of {entries}.",
                hours=formats.hours(expected),
                figure=title(figure),
                day=formats.day(day),
                entries=words_,
            )
        )
    else:
        st.error(
            _(
                "{hours} are shown, but the sum of {entries} is {sum}. Please report this.",
                hours=formats.hours(expected),
                entries=words_,
                sum=formats.hours(found),
            )
        )


def _entries(entries: Answer) -> None:
    """Newest first, so that the first row's running sum is the figure."""
    rows = entries.as_dicts()[::-1]
    if len(rows) > tables.MOST_ROWS:
        st.caption(
            _(
                "The newest {shown} of {all} entries are shown; the file has all.",
                shown=formats.count(tables.MOST_ROWS),
                all=formats.count(len(rows)),
            )
        )
        rows = rows[: tables.MOST_ROWS]
    tables.show(
        [
            tables.days(_("Day"), (row["effective_date"] for row in rows)),
            tables.text(_("Entry"), (words.kind(row["kind"], row["hours"]) for row in rows)),
            tables.hours(_("Hours"), (row["hours_counted"] for row in rows)),
            tables.hours(_("Sum so far"), (row["running"] for row in rows)),
            tables.text(_("Package"), (_package(row["package_id"]) for row in rows)),
            tables.text(_("From"), (words.source(row["source_table"], row["source_id"]) for row in rows)),
            tables.text(_("Note"), (row["note"] for row in rows)),
        ],
        key="entries",
        alt=_("The entries that make the figure, newest first, with the sum so far."),
        height="content" if len(rows) <= 10 else 400,
    )


def _package(package_id: int | None) -> str:
    if package_id is None:
        return formats.NOTHING
    return f"{package_id}" if package_id >= 0 else _("goodwill {id}", id=-package_id)
