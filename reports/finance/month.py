"""The monthly report: a month's figures one below the other, with the lists of who and what led it.

Every row says in which section it stands, so that the same rows make a paper with headings and a file to pivot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from reports.finance.definition import Asking
from reports.speech import marked as _
from reports.table import Cells, Column, Kind

COLUMNS = (
    Column("section", _("Section"), share=20),
    Column("line", _("Figure"), share=34),
    Column("count", _("Number"), Kind.COUNT, share=9),
    Column("hours", _("Hours"), Kind.HOURS, share=11),
    Column("currency", _("Currency"), share=8),
    Column("amount", _("Amount"), Kind.MONEY, share=14),
)
QUESTIONS = (
    "money_of_period", "usage_in_all", "expirations_of_period", "refunds_in_ledger", "revenue_by_plan",
    "usage_by_teacher", "students_by_hours_used",
)
DRAWN = (_("Deferred money"), _("Plans that sold most"))
"""Sections that have a picture."""

LEADERS = 5
"""How many the lists of leaders name."""

_CASH = (("cash_in", _("Money taken")), ("cash_out", _("Money given back")), ("cash", _("Cash")))
_REVENUE = (("recognised", _("Recognised")), ("breakage", _("Breakage")), ("revenue", _("Revenue")))
_ROLL_FORWARD = (
    ("opening_deferred", _("Opening")), ("sold", _("Sold (+)")), ("recognised", _("Recognised (−)")),
    ("breakage", _("Breakage (−)")), ("refunded", _("Refunded (−)")), ("closing_deferred", _("Closing (=)")),
)
_USAGE = (
    ("classes", _("Classes")), ("students", _("Places")), ("no_shows", _("No-shows")),
    ("cancellations", _("Cancelled")), ("trials", _("Trials")),
)


def rows(asking: Asking) -> Iterator[Cells]:
    """The month's lines; none where nothing happened."""
    lines = [
        *_money(asking), *_refunds(asking), *_usage(asking), *_expirations(asking), *_plans(asking),
        *_teachers(asking), *_students(asking),
    ]
    if any(count or hours or amount for _section, _line, count, hours, _currency, amount in lines):
        yield from lines


def _money(asking: Asking) -> Iterator[Cells]:
    names = {name for name, _title in (*_CASH, *_REVENUE, *_ROLL_FORWARD)}
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in asking.ask("money_of_period"):
        for name in names:
            sums[row["currency"]][name] += row[name]
    say = asking.speech.say
    for section, figures in ((_("Cash"), _CASH), (_("Revenue"), _REVENUE), (_("Deferred money"), _ROLL_FORWARD)):
        for currency in sorted(sums):
            for name, title in figures:
                yield say(section), say(title), None, None, currency, sums[currency][name]


def _refunds(asking: Asking) -> Iterator[Cells]:
    say = asking.speech.say
    for currency, (count, hours, amount) in _summed(asking.ask("refunds_in_ledger"), "hours", "amount").items():
        yield say(_("Refunds")), say(_("Refunds of the month")), count, hours, currency, amount


def _usage(asking: Asking) -> Iterator[Cells]:
    say = asking.speech.say
    for row in asking.ask("usage_in_all"):
        for name, title in _USAGE:
            hours = row["hours"] if name == "classes" else None
            yield say(_("Usage")), say(title), row[name], hours, None, None


def _expirations(asking: Asking) -> Iterator[Cells]:
    say = asking.speech.say
    found = [row for row in asking.ask("expirations_of_period") if row["is_expired"]]
    for currency, (count, hours, amount) in _summed(found, "hours_expired", "amount_breakage").items():
        yield say(_("Expirations")), say(_("Expired in the month")), count, hours, currency, amount
    following = asking.ask("expirations_of_period", from_date=asking.period.end, until_date=_month_after(asking))
    coming = [row for row in following if not row["is_expired"]]
    for currency, (count, hours, amount) in _summed(coming, "hours_at_stake", "amount_at_stake").items():
        yield say(_("Expirations")), say(_("At stake in the month after")), count, hours, currency, amount


def _month_after(asking: Asking) -> date:
    return (asking.period.end + timedelta(days=32)).replace(day=1)


def _plans(asking: Asking) -> Iterator[Cells]:
    say = asking.speech.say
    sold: dict[str, dict[str, tuple[int, Decimal]]] = defaultdict(dict)
    for row in asking.ask("revenue_by_plan"):
        plan = row["plan_name"] or say(_("no plan"))
        packages, amount = sold[row["currency"]].get(plan, (0, Decimal(0)))
        sold[row["currency"]][plan] = (packages + row["packages"], amount + row["sold"])
    for currency, plans in sorted(sold.items()):
        leading = sorted(plans.items(), key=lambda found: (-found[1][1], found[0]))[:LEADERS]
        for plan, (packages, amount) in leading:
            if amount:
                yield say(_("Plans that sold most")), plan, packages, None, currency, amount


def _teachers(asking: Asking) -> Iterator[Cells]:
    say = asking.speech.say
    for row in asking.ask("usage_by_teacher")[:LEADERS]:
        if row["hours"]:
            teacher = row["teacher_name"] or say(_("no teacher"))
            yield say(_("Teachers with most hours")), teacher, row["classes"], row["hours"], None, None


def _students(asking: Asking) -> Iterator[Cells]:
    say = asking.speech.say
    for row in asking.ask("students_by_hours_used", limit=LEADERS):
        student = row["student_name"] or say(_("student {id}"), id=row["student_id"])
        yield say(_("Students with most hours")), student, row["classes"], row["hours"], None, None


def _summed(found: list[dict[str, Any]], hours: str, amount: str) -> dict[str, tuple[int, Decimal, Decimal]]:
    """How many, how many hours and how much money, per currency."""
    sums: dict[str, tuple[int, Decimal, Decimal]] = {}
    for row in found:
        count, all_hours, all_money = sums.get(row["currency"], (0, Decimal(0), Decimal(0)))
        sums[row["currency"]] = (count + 1, all_hours + row[hours], all_money + row[amount])
    return dict(sorted(sums.items()))
