"""The parts of "Receipts" that find: the month, its figures, what is looked for, and the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

import streamlit as st

import queries
from access.viewer import Area
from reports import receipts
from reports.receipts import overview
from reports.receipts.overview import Overview, Row, Status
from reports.speech import speaking
from store import receipt_lists, receipt_overview
from store.receipts import Receipt
from ui import cards, formats, receipt_words, screens, tables
from ui.cards import card
from ui.choices import choose
from ui.receipt_rights import one_school, schools_seen
from ui.session import Here, engine
from ui.text import _, language

MOST_MONTHS, MOST_FOUND, PAGE_ROWS = 120, 200, 100
NOT_ISSUED: tuple[Status, ...] = ("missing", "vat_undecided", "credit_note_missing")


def month(here: Here) -> tuple[date, date] | None:
    """The first day of the month chosen and of the next one; None where nothing was ever bought."""
    rows = here.ask_school("money_by_month", months=MOST_MONTHS).as_dicts()
    months = sorted({row["month"] for row in rows if row["sold"] or row["refunded"]}, reverse=True)
    if not months:
        return None
    said = speaking(language()).long_month
    names = {f"{one:%Y-%m}": said(one)[:1].upper() + said(one)[1:] for one in months}
    chosen = choose(st.selectbox, _("Month"), names, key="month", default=f"{months[0]:%Y-%m}", width=240)
    since = date.fromisoformat(f"{chosen}-01")
    return since, date(since.year + since.month // 12, since.month % 12 + 1, 1)


def of_month(here: Here, since: date, until: date) -> Overview:
    """What was bought and given back in the month, and what was issued for it."""
    return overview.of_month(
        engine(), here.books, here.scope, since=since, until=until,
        school_id=one_school(here), school_ids=schools_seen(here),
    )  # fmt: skip


def figures(found: Overview) -> None:
    """The month in one line."""
    lacking = found.count("missing", "vat_undecided")
    credited = [one for one in found.sums if one.credited]
    cards.show(
        card(
            _("Receipts issued"),
            formats.count(found.issued),
            _("of {number} purchases that can have one", number=formats.count(found.issued + lacking)),
        ),
        card(_("Missing"), formats.count(lacking), _("paid, and no receipt yet")),
        card(
            _("Credit notes missing"),
            formats.count(found.count("credit_note_missing")),
            _("{number} issued", number=formats.count(found.count("credit_note"))),
        ),
        card(
            _("Total with VAT"),
            [formats.money(one.total, one.currency) for one in found.sums] or formats.NOTHING,
            _("of it VAT: {amounts}", amounts=formats.money_each((one.vat, one.currency) for one in found.sums))
            if not credited
            else _(
                "credited: {amounts}", amounts=formats.money_each((one.credited, one.currency) for one in credited)
            ),
        ),
    )


def asked() -> tuple[str, Status | None]:
    """What is looked for: words and a state. Words are not kept in the address: they are people's names."""
    states = {"any": _("All states")}
    states |= {str(code): _first_large(receipt_words.status(code)) for code in overview.STATUSES}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(
            _("Find in all months"), key="find-receipt", placeholder=_("Number, name or e-mail"), max_chars=200,
            width=340,
        ).strip()
        state = choose(st.selectbox, _("State"), states, key="receipt_state", default="any", width=340)
    return words, None if state == "any" else cast(Status, state)


def rows(here: Here, found: Overview, words: str, state: Status | None) -> list[Row]:
    """The month's rows, or what the words find in all months, in one state or in any."""
    chosen = found.rows if not words else [*_found(here, words), *_not_issued(found, words)]
    return [row for row in chosen if state in (None, row.status)]


def table(here: Here, shown: Sequence[Row]) -> Row | None:
    """The list, a page of it at a time; the row that was clicked."""
    if not shown:
        screens.empty(_("No receipt fits."), _("Choose another month or state, or other words."))
        return None
    pages = -(-len(shown) // PAGE_ROWS)
    page = min(max(st.session_state.get("page") or 1, 1), pages)
    part = shown[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    at = tables.show_choice(
        _columns(here, part),
        key=f"receipts-{page}-{len(shown)}-{part[0].transaction_id}-{part[0].receipt_id}",
        alt=_("Receipts. A click shows one."),
        height="content" if len(part) <= 12 else 460,
    )
    if pages > 1:
        st.pagination(pages, key="page", bind="query-params", max_visible_pages=5)
    return None if at is None else part[at]


def _columns(here: Here, part: Sequence[Row]) -> list[tables.Column]:
    schools = {school.school_id: school.name for school in here.schools}
    columns = [
        tables.text(_("Number"), (row.number or formats.NOTHING for row in part), width="medium"),
        tables.days(_("Day"), (row.day for row in part)),
        tables.text(_("Student"), (_student(row) for row in part), width="medium"),
        tables.text(_("Plan"), (row.plan for row in part), width="medium"),
        tables.money(_("Amount"), ((row.total, row.currency) for row in part)),
        tables.text(_("State"), (receipt_words.status(row.status) for row in part), width="large"),
    ]
    if one_school(here) is None:
        columns.append(tables.text(_("School"), (schools.get(row.school_id, "") for row in part)))
    return columns


def _student(row: Row) -> str:
    return row.student or _("student {id}", id=row.student_id)


def _found(here: Here, words: str) -> list[Row]:
    """What was issued, by number or name; by e-mail through the students who have it."""
    seen = schools_seen(here)
    records: dict[int, Receipt] = {}
    for receipt in receipts.listed(engine(), school_ids=seen, text=words, limit=MOST_FOUND):
        records[receipt.id] = receipt
    students = _with_email(here, words)
    if students:
        for receipt in receipts.listed(engine(), school_ids=seen, student_ids=students, limit=MOST_FOUND):
            records[receipt.id] = receipt
    newest = sorted(records.values(), key=lambda one: -one.id)[:MOST_FOUND]
    lines = receipt_overview.of_transactions(engine(), (one.transaction_id for one in newest), school_ids=seen)
    return list(overview.of_records(newest, lines))


def _not_issued(found: Overview, words: str) -> list[Row]:
    wanted = receipt_lists.searchable(words).split()
    return [
        row for row in found.rows
        if row.status in NOT_ISSUED
        and all(word in receipt_lists.searchable(f"{row.student} {row.transaction_id}") for word in wanted)
    ]  # fmt: skip


def _with_email(here: Here, words: str) -> list[int]:
    scope = here.viewer.scope(Area.students)
    if scope is None or "@" not in words:
        return []
    return [int(id_) for id_ in queries.ask(here.books, scope, "students_found", search=words).column("student_id")]


def _first_large(text: str) -> str:
    return text[:1].upper() + text[1:]
