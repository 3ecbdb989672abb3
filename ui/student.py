"""The parts of a student's page: the balance in words, packages, classes, purchases, drift."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import streamlit as st

from ui import bars, cards, exports, formats, graphs, screens, tables, words
from ui.cards import card
from ui.page import section
from ui.session import Here
from ui.text import _, _n

MOST_BARS = 6
CLASS_ROWS = 25


def balance_line(who: dict[str, Any]) -> str:
    """The balance as one would say it on the phone; safe Markdown."""
    sentences = []
    if who["hours_usable"] > 0:
        sentences.append(_("**{hours}** can be booked.", hours=formats.hours(who["hours_usable"])))
        if who["next_expiry_date"]:
            sentences.append(
                _(
                    "{hours} of them expire on {day} ({when}).",
                    hours=formats.hours(who["next_expiry_hours"]),
                    day=formats.day(who["next_expiry_date"]),
                    when=formats.days_until((who["next_expiry_date"] - who["today"]).days),
                )
            )
    else:
        sentences.append(_("**No hours are left** to book."))
    if who["hours_overdrawn"] > 0:
        sentences.append(
            _("**{hours}** are overdrawn: no package covers them.", hours=formats.hours(who["hours_overdrawn"]))
        )
    if who["hours_booked_ahead"] > 0:
        ahead = formats.hours(who["hours_booked_ahead"])
        sentences.append(_("{hours} are booked for classes still to come.", hours=ahead))
    if who["pace_per_week"] and who["hours_usable"] > 0:
        weeks = (who["hours_usable"] + who["hours_booked_ahead"]) / who["pace_per_week"]
        sentences.append(
            _(
                "At {hours} a week, the pace of the last 8 weeks, that lasts about {weeks}.",
                hours=formats.hours(who["pace_per_week"]),
                weeks=_n("{number} week", "{number} weeks", int(weeks.to_integral_value())),
            )
        )
    return " ".join(sentences)


def headline(who: dict[str, Any]) -> None:
    """The student's figures on one line."""
    cards.show(
        card(
            _("Can be booked"),
            formats.hours(who["hours_usable"]),
            _n("in {number} package", "in {number} packages", who["active_packages"]),
        ),
        card(
            _("Booked ahead"),
            formats.hours(who["hours_booked_ahead"]),
            _when(_("next class"), who["next_class_date"]),
        ),
        card(_("Used"), formats.hours(who["hours_used"]), _when(_("last class"), who["last_class_date"])),
        card(
            _("Used in 30 days"),
            formats.hours(who["hours_last_30_days"]),
            _("{hours} a week", hours=formats.hours(who["pace_per_week"])),
        ),
        card(_("Overdrawn"), formats.hours(who["hours_overdrawn"]), _("no package covers them"))
        if who["hours_overdrawn"]
        else None,
    )


def packages(here: Here, student_id: int) -> None:
    """What became of each package's hours: bars for those that matter now, a table of all."""
    section(_("Packages"))
    answer = here.ask("student_packages", student_id=student_id)
    rows = answer.as_dicts()
    if not rows:
        screens.empty(_("No packages."), _("This student has bought no hours yet."))
        return
    drawn = [row for row in rows if row["hours_granted"]][:MOST_BARS]
    if drawn:
        bars.show(drawn)
        if len(drawn) < len(rows):
            st.caption(
                _("The bars show {drawn} of {all} packages; the table has all.", drawn=len(drawn), all=len(rows))
            )
    tables.show(
        [
            tables.text(_("Package"), (f"{row['plan_name']} #{row['package_id']}" for row in rows), width="medium"),
            tables.text(_("State"), (words.package_status(row["status"]) for row in rows)),
            tables.hours(_("Granted"), (row["hours_granted"] + row["hours_upcoming"] for row in rows)),
            tables.hours(_("Left"), answer.column("hours_remaining")),
            tables.days(_("Bought"), answer.column("purchased_date")),
            tables.days(_("Expires"), answer.column("expires_date")),
            *(_package_money(rows) if here.sees_money else ()),
        ],
        key="package-table",
        alt=_("All packages of the student."),
        height="content" if len(rows) <= 10 else 400,
    )


def usage(here: Here, student_id: int) -> None:
    """Hours of classes per month."""
    answer = here.ask("student_usage_by_month", student_id=student_id)
    rows = answer.as_dicts()
    if not rows:
        screens.empty(_("No classes."), _("This student has not been charged for a class yet."))
        return
    graphs.by_month({row["class_month"]: row["hours"] for row in rows}, key="student-usage")


def classes(here: Here, student_id: int) -> None:
    """The classes, newest first, page by page."""
    page = st.session_state.get("classes") or 1
    answer = here.ask("student_classes", student_id=student_id, limit=CLASS_ROWS, offset=(page - 1) * CLASS_ROWS)
    rows = answer.as_dicts()
    if not rows:
        if page == 1:
            return
        st.session_state["classes"] = 1
        st.rerun()
    tables.show(
        [
            tables.days(_("Day"), answer.column("class_date")),
            tables.text(_("Time"), ((row["class_time"] or "")[:5] for row in rows)),
            tables.text(_("Teacher"), answer.column("teacher_name")),
            tables.text(_("Kind of class"), (words.session_type(row["session_type"]) for row in rows)),
            tables.text(_("State"), (words.session_status(row["session_status"]) for row in rows)),
            tables.hours(_("Booked"), answer.column("hours_booked")),
            tables.hours(_("Returned"), answer.column("hours_returned")),
            tables.hours(_("Cost"), answer.column("hours_effective")),
            tables.text(_("Paid by"), answer.column("charged_to")),
        ],
        key=f"classes-{page}",
        alt=_("Classes the student was charged for, newest first."),
        height="content" if len(rows) <= 10 else 400,
    )
    pages = -(-rows[0]["classes_in_all"] // CLASS_ROWS)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if pages > 1:
            st.pagination(pages, key="classes")
        exports.button(
            here,
            _("Download all as CSV"),
            lambda: here.ask("student_classes", student_id=student_id, limit=1_000_000),
            file_name=f"student-{student_id}-classes.csv",
            key="classes-csv",
            student_id=student_id,
        )


def purchases(here: Here, student_id: int) -> None:
    """Every purchase, whatever became of it."""
    answer = here.ask("student_purchases", student_id=student_id)
    rows = answer.as_dicts()
    if not rows:
        screens.empty(_("No purchases."), _("This student has bought nothing yet."))
        return
    tables.show(
        [
            tables.days(_("Day"), answer.column("created_date")),
            tables.text(_("Plan"), answer.column("plan_name"), width="medium"),
            tables.text(_("Payment"), (words.payment_status(row["payment_status"]) for row in rows)),
            tables.hours(_("Hours"), answer.column("hours")),
            *(_purchase_money(rows) if here.sees_money else ()),
            tables.text(_("Number"), answer.column("transaction_id")),
        ],
        key="purchases",
        alt=_("All purchases of the student, newest first."),
        height="content" if len(rows) <= 10 else 400,
    )


def drift(here: Here, who: dict[str, Any]) -> None:
    """The platform's counter beside the ledger, and why they differ."""
    if who["platform_remaining"] is None:
        st.caption(
            _(
                "The platform's counter cannot be compared: there is none for this student, or it also counts "
                "another school's hours."
            )
        )
        return
    if not who["drift"]:
        st.caption(
            _("The platform's own counter says the same: {hours}.", hours=formats.hours(who["platform_remaining"]))
        )
        return
    st.markdown(
        _(
            "The platform's own counter says **{platform}**, the ledger **{ledger}**: a drift of **{drift}**.",
            platform=formats.hours(who["platform_remaining"]),
            ledger=formats.hours(who["hours_remaining"]),
            drift=formats.signed_hours(who["drift"]),
        )
    )
    rows = here.ask("student_drift", student_id=who["student_id"]).as_dicts()
    tables.show(
        [
            tables.text(_("Cause"), (row["cause"] for row in rows)),
            tables.hours(_("Hours"), (row["hours"] for row in rows)),
            tables.text(_("What shows it"), (row["evidence"] for row in rows), width="large"),
            tables.text(
                _("Rows"), (" ".join([row["source_table"] or "", *map(str, row["source_ids"] or [])]) for row in rows)
            ),
        ],
        key="drift",
        alt=_("The causes of the drift and their hours."),
    )


def _package_money(rows: list[dict[str, Any]]) -> tuple[tables.Column, ...]:
    """What the packages cost and what became of the money; nothing where a school's amounts are not the viewer's."""
    prices = ((_sum(row["price"], row["amount_upcoming"]), row["currency"]) for row in rows)
    return (
        tables.money(_("Price"), prices),
        tables.money(_("Earned"), ((row["amount_recognised"], row["currency"]) for row in rows)),
        tables.money(_("Deferred"), ((row["amount_deferred"], row["currency"]) for row in rows)),
    )


def _purchase_money(rows: list[dict[str, Any]]) -> tuple[tables.Column, ...]:
    return (
        tables.money(_("Amount"), ((row["amount"], row["currency"]) for row in rows)),
        tables.money(_("Given back"), ((row["amount_refunded"], row["currency"]) for row in rows)),
    )


def _sum(price: Decimal | None, upcoming: Decimal | None) -> Decimal | None:
    return None if price is None or upcoming is None else price + upcoming


def _when(what: str, day: Any) -> str:
    return f"{what}: {formats.medium_day(day)}" if day else f"{what}: {_('none')}"
