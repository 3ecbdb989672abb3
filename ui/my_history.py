"""The parts of "History": the classes, the purchases, and how all of them add up to the hours left."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import streamlit as st

from ui import exports, formats, lists, proof, screens, words
from ui.choices import choose
from ui.session import Here
from ui.text import _, _n

PAGE_ROWS = 20


def choice() -> str:
    """What of the history is shown."""
    kinds = {
        "classes": _("Classes"),
        "purchases": _("Purchases"),
        "proof": _("How it adds up"),
        "statement": _("Statement"),
    }
    return choose(st.segmented_control, _("Show"), kinds, key="show", default="classes", required=True, wrap=True)


def classes(here: Here, who: dict[str, Any]) -> None:
    """Classes booked, taken, missed and given back, newest first."""
    states = {
        "any": _("All classes"),
        "to_come": _("To come"),
        "taken": _("Taken"),
        "missed": _("Missed"),
        "returned": _("Given back"),
    }
    left, right = st.columns(2)
    state = choose(left.selectbox, _("Which classes"), states, key="state", default="any")
    since = _since(right, who)
    asked = {"student_id": who["student_id"], "state": state, "from_date": since}
    page = _page()
    answer = here.ask("student_classes", **asked, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
    rows = answer.as_dicts()
    if not rows:
        _none_here(page, state == "any" and since is None, _("No classes yet."), _("Classes appear here when booked."))
        return
    matching = rows[0]["classes_in_all"]
    st.caption(_n("{number} class, newest first.", "{number} classes, newest first.", matching))
    lists.show(map(_class, rows), label=_("Classes"))
    _pages(
        here,
        matching,
        lambda: here.ask("student_classes", **asked, limit=1_000_000),
        file_name=f"student-{who['student_id']}-classes.csv",
        student_id=who["student_id"],
    )


def purchases(here: Here, who: dict[str, Any]) -> None:
    """What was bought, or tried to be, newest first."""
    states = {
        "any": _("All purchases"),
        "completed": _("Paid"),
        "pending": _("Not yet paid"),
        "refunded": _("Refunded"),
        "failed": _("Failed"),
    }
    left, right = st.columns(2)
    state = choose(left.selectbox, _("Which purchases"), states, key="payment", default="any")
    since = _since(right, who)
    asked = {
        "student_id": who["student_id"],
        "payment_status": None if state == "any" else state,
        "from_date": since,
    }
    page = _page()
    answer = here.ask("student_transactions", **asked, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
    rows = answer.as_dicts()
    if not rows:
        nothing = state == "any" and since is None
        _none_here(page, nothing, _("No purchases yet."), _("Ask your school for a package of hours."))
        return
    matching = rows[0]["transactions_matching"]
    st.caption(_n("{number} purchase, newest first.", "{number} purchases, newest first.", matching))
    lists.show((_purchase(here, row) for row in rows), label=_("Purchases"))
    _pages(
        here,
        matching,
        lambda: here.ask("student_transactions", **asked, limit=1_000_000),
        file_name=f"student-{who['student_id']}-purchases.csv",
        student_id=who["student_id"],
    )


def adding_up(here: Here, who: dict[str, Any]) -> None:
    """The sum behind the hours left, then every entry of it with the sum so far."""
    figures = here.ask("student_balance_as_of", student_id=who["student_id"]).one()
    terms = [
        lists.Row(f"{sign} {proof.title(name)}", "", formats.duration(figures[f"hours_{name}"]))
        for name, sign in proof.FIGURES
        if name in proof.ALWAYS or figures[f"hours_{name}"]
    ]
    lists.show(terms, label=_("How it adds up"))
    answer = here.ask("student_ledger", student_id=who["student_id"], figure="remaining")
    rows = _without_ended_bookings(answer.as_dicts())[::-1]
    if not rows:
        screens.empty(_("No entries yet."), _("Purchases and classes make the entries."))
        return
    st.caption(
        _n(
            "{number} entry makes the hours left; the newest first, each with the sum so far.",
            "{number} entries make the hours left; the newest first, each with the sum so far.",
            len(rows),
        )
    )
    page = min(_page(), -(-len(rows) // PAGE_ROWS))
    lists.show(map(_entry, rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]), label=_("Entries"))
    _pages(
        here,
        len(rows),
        lambda: answer,
        file_name=f"student-{who['student_id']}-entries.csv",
        student_id=who["student_id"],
    )


def _class(row: dict[str, Any]) -> lists.Row:
    when = f"{formats.weekday_day_and_year(row['class_date'])}, {(row['class_time'] or '')[:5]}"
    kind = words.session_type(row["session_type"]) if row["session_type"] else ""
    what = " · ".join(part for part in (kind, " ".join((row["teacher_name"] or "").split())) if part)
    notes = [words.session_status(row["session_status"])]
    if row["hours_returned"] > 0:
        notes.append(_("{hours} given back", hours=formats.duration(row["hours_returned"])))
    if row["hours_overdrawn"] > 0:
        notes.append(_("{hours} not covered", hours=formats.duration(row["hours_overdrawn"])))
    return lists.Row(when, what, formats.duration(row["hours_effective"]), ", ".join(note for note in notes if note))


def _purchase(here: Here, row: dict[str, Any]) -> lists.Row:
    name = " ".join((row["plan_name"] or "").split())
    bought = _("bought {day}", day=formats.medium_day(row["created_date"]))
    until = _("until {day}", day=formats.medium_day(row["expires_date"])) if row["expires_date"] else ""
    hours = formats.duration(row["hours"]) if row["grants"] else formats.NOTHING
    notes = [words.payment_status(row["payment_status"])]
    if here.sees_money:
        notes.append(formats.money(row["amount"], row["currency"]))
        if row["amount_refunded"]:
            given = formats.money(row["amount_refunded"], row["currency"])
            notes.append(_("{amount} refunded", amount=given))
    return lists.Row(name, " · ".join(part for part in (bought, until) if part), hours, " · ".join(notes))


def _entry(row: dict[str, Any]) -> lists.Row:
    day = formats.medium_day(row["effective_date"])
    so_far = _("sum {hours}", hours=formats.duration(row["running"]))
    return lists.Row(day, words.kind(row["kind"], row["hours"]), formats.signed_duration(row["hours_counted"]), so_far)


def _without_ended_bookings(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries without bookings that ended: these took and gave the same hours, and only the class matters now."""
    held: dict[Any, Decimal] = defaultdict(Decimal)
    for entry in entries:
        if entry["kind"] == "reserved":
            held[_booking(entry)] += entry["hours_counted"]
    running = Decimal(0)
    kept = []
    for entry in entries:
        if entry["kind"] != "reserved" or held[_booking(entry)]:
            running += entry["hours_counted"]
            kept.append({**entry, "running": running})
    return kept


def _booking(entry: dict[str, Any]) -> tuple[Any, ...]:
    return entry["package_id"], entry["session_id"], entry["source_table"], entry["source_id"]


def _since(place: Any, who: dict[str, Any]) -> date | None:
    spans = {0: _("Any time"), 30: _("30 days"), 92: _("3 months"), 365: _("12 months")}
    days = choose(place.selectbox, _("Since"), spans, key="since", default=0)
    return who["today"] - timedelta(days=days) if days else None


def _page() -> int:
    return max(st.session_state.get("page") or 1, 1)


def _none_here(page: int, at_all: bool, what: str, next_step: str) -> None:
    """Nothing was found: a page beyond the last goes back to the first, a filter is named as the reason."""
    if page > 1:
        st.session_state["page"] = 1
        st.rerun()
    if at_all:
        screens.empty(what, next_step)
    else:
        screens.empty(_("Nothing fits this choice."), _("Choose a longer time, or all of them."))


def _pages(here: Here, matching: int, answer: Any, *, file_name: str, student_id: int) -> None:
    """The pages of a list, and all of it as a file."""
    pages = -(-matching // PAGE_ROWS)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if pages > 1:
            st.pagination(pages, key="page", bind="query-params", max_visible_pages=5)
        exports.button(
            here, _("Download all as CSV"), answer, file_name=file_name, key="history-csv", student_id=student_id
        )
