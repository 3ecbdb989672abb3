"""The finance reports: each once, as its screen, CSV, XLSX and PDF all show it."""

from __future__ import annotations

from errors import HourbookError
from reports.finance import columns as c
from reports.finance import issued, month
from reports.finance.definition import Report
from reports.finance.guard import HOURS_CHECKS, MONEY_CHECKS
from reports.speech import marked as _
from reports.table import Chart, Column


class UnknownReport(HourbookError):
    """There is no report of that name."""


_MONTHS = (
    Report(
        "month", _("Monthly report"), _("What a month brought: cash, revenue, deferred money, usage and expirations."),
        "month", month.COLUMNS, month.QUESTIONS, _("Nothing happened in {period}."),
        source=month.rows, checks=tuple(sorted({*MONEY_CHECKS, *HOURS_CHECKS})), grouped_by="section",
        chart=Chart(_("Amounts"), "line", "amount", ("section", "currency"), month.DRAWN),
    ),
    Report(
        "roll_forward", _("Deferred revenue roll-forward"),
        _("How deferred money moved: opening + sold − recognised − breakage − refunded = closing."),
        "months",
        (
            c.MONTH, c.SCHOOL, c.CURRENCY, c.money("opening_deferred", _("Opening"), total=False),
            c.money("sold", _("Sold")), c.money("recognised", _("Recognised")), c.money("breakage", _("Breakage")),
            c.money("refunded", _("Refunded")), c.money("closing_deferred", _("Closing"), total=False),
        ),
        ("money_of_period",), _("No money was deferred or moved in {period}."),
        chart=Chart(_("Deferred money at the end of each month"), "month", "closing_deferred", ("currency",)),
    ),
    Report(
        "revenue_by_month", _("Revenue and cash by month"), _("What was earned, taken and given back in each month."),
        "months",
        (
            c.MONTH, c.SCHOOL, c.CURRENCY, c.money("recognised", _("Recognised")),
            c.money("breakage", _("Breakage")), c.money("revenue", _("Revenue")), c.money("cash_in", _("Money taken")),
            c.money("cash_out", _("Money given back")), c.money("cash", _("Cash")),
        ),
        ("money_of_period",), _("There was no revenue and no cash in {period}."),
        chart=Chart(_("Revenue of each month"), "month", "revenue", ("currency",)),
    ),
)

_OF_DAYS = (
    Report(
        "revenue_by_plan", _("Revenue by plan"), _("What each plan sold, earned and gave back."),
        "days",
        (
            c.SCHOOL, c.PLAN, c.CURRENCY, c.count("packages", _("Packages sold")), c.money("sold", _("Sold")),
            c.money("recognised", _("Recognised")), c.money("breakage", _("Breakage")),
            c.money("revenue", _("Revenue")), c.money("refunded", _("Refunded")),
            c.money("deferred_change", _("Change of deferred")),
        ),
        ("revenue_by_plan",), _("No plan sold or earned anything in {period}."),
        chart=Chart(_("Revenue of each plan"), "plan_name", "revenue", ("currency",)),
    ),
    Report(
        "revenue_by_teacher", _("Revenue by teacher"),
        _("What the classes of each teacher earned; breakage belongs to no teacher and is not in it."),
        "days",
        (c.SCHOOL, c.TEACHER, c.CURRENCY, c.count("places", _("Places taught")),
         c.money("recognised", _("Recognised"))),
        ("revenue_by_teacher",), _("No class earned anything in {period}."),
        chart=Chart(_("Revenue of each teacher's classes"), "teacher_name", "recognised", ("currency",)),
    ),
    Report(
        "sales", _("Packages sold"), _("Every package bought, with its price."),
        "days",
        (
            c.day("effective_date", _("Day")), c.PACKAGE_ID, c.SCHOOL, c.STUDENT_ID, c.STUDENT, c.PLAN,
            Column("transaction_type", _("Type"), words=c.TYPES), c.hours("hours", _("Hours")), c.CURRENCY,
            c.money("amount", _("Price")),
        ),
        ("sales_of_period",), _("No package was bought in {period}."),
    ),
    Report(
        "refunds", _("Refunds"), _("Every refund, with the hours that went back with it."),
        "days",
        (
            c.day("effective_date", _("Day")), c.PACKAGE_ID, c.SCHOOL, c.STUDENT_ID, c.STUDENT, c.PLAN,
            c.hours("hours", _("Hours taken back")), c.CURRENCY, c.money("amount", _("Refunded")),
        ),
        ("refunds_in_ledger",), _("No money was given back in {period}."),
    ),
    Report(
        "usage", _("Usage"), _("Classes and hours of each teacher, and what was missed or cancelled."),
        "days",
        (
            c.SCHOOL, c.TEACHER, Column("session_type", _("Type"), words=c.TYPES, missing=_("unknown")),
            c.count("classes", _("Classes")), c.hours("hours", _("Hours")), c.count("students", _("Places")),
            c.count("no_shows", _("No-shows")), c.count("cancellations", _("Cancelled")),
            c.count("trials", _("Trials")),
        ),
        ("usage_of_period",), _("No class took place in {period}."), checks=HOURS_CHECKS, has_money=False,
        chart=Chart(_("Hours of each teacher"), "teacher_name", "hours", ("school_name",)),
    ),
    Report(
        "expirations", _("Expirations"),
        _("Packages that expire on these days: what was lost, or what is at stake while they last."),
        "days",
        (
            c.day("expires_date", _("Expires")), c.PACKAGE_ID, c.SCHOOL, c.STUDENT, c.PLAN,
            c.hours("hours_expired", _("Hours expired")), c.hours("hours_at_stake", _("Hours at stake")), c.CURRENCY,
            c.money("amount_breakage", _("Breakage")), c.money("amount_at_stake", _("Amount at stake")),
        ),
        ("expirations_of_period",), _("No package with hours left expires in {period}."),
        checks=tuple(sorted({*MONEY_CHECKS, *HOURS_CHECKS})), looks_ahead=True,
    ),
)

_OF_A_DAY = (
    Report(
        "deferred_by_package", _("Deferred revenue by package"),
        _("The packages that make the deferred money at the end of a day."),
        "day",
        (
            c.PACKAGE_ID, c.SCHOOL, c.STUDENT_ID, c.STUDENT, c.PLAN, c.day("purchased_date", _("Bought")),
            c.day("expires_date", _("Expires")), c.hours("hours_remaining", _("Hours left")), c.CURRENCY,
            c.money("price", _("Price")), c.money("deferred", _("Deferred")),
        ),
        ("deferred_by_package",), _("No money was deferred at the {period}."),
    ),
)

_OF_RECEIPTS = (
    Report(
        "receipts_register", _("Register of receipts"), _("Every receipt and credit note issued, with its VAT."),
        "days", issued.REGISTER, ("schools",), _("No receipt was issued in {period}."), source=issued.register,
        note=issued.NOTE, needs_store=True,
    ),
    Report(
        "vat_summary", _("VAT summary"), _("The VAT of the receipts and credit notes issued, by rate."),
        "days", issued.SUMMARY, ("schools",), _("No receipt was issued in {period}."), source=issued.vat_summary,
        note=issued.NOTE, needs_store=True,
    ),
)

REPORTS: dict[str, Report] = {report.name: report for report in (*_MONTHS, *_OF_A_DAY, *_OF_DAYS, *_OF_RECEIPTS)}
"""Every report by its name."""


def report_named(name: str) -> Report:
    """The report of that name. Raises UnknownReport."""
    try:
        return REPORTS[name]
    except KeyError:
        raise UnknownReport(f"There is no report {name!r}. There are: {', '.join(REPORTS)}.") from None
