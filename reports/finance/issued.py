"""The register of receipts and the VAT in them: read from what was issued, where numbers have no gap and no twin.

A credit note counts with a minus. Copies repeat a receipt and are not counted. A receipt is in the period of its day of
issue, which is a day of its school.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from access.scope import Reach
from errors import HourbookError
from reports.finance import columns as c
from reports.finance.definition import Asking
from reports.speech import Speech
from reports.speech import marked as _
from reports.table import Cells, Column

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

KINDS = {"receipt": _("receipt"), "credit_note": _("credit note")}
RATE = Column("vat_rate", _("VAT rate"), share=9)
REGISTER = (
    c.day("issued_on", _("Issued")), Column("number_text", _("Number"), share=17),
    Column("kind", _("Type"), words=KINDS), c.SCHOOL, c.STUDENT_ID,
    Column("buyer", _("Billed to"), missing=_("no name"), share=18), RATE, c.CURRENCY,
    c.money("net", _("Net")), c.money("vat", _("VAT")), c.money("total", _("Amount")),
)
SUMMARY = (
    c.SCHOOL, RATE, Column("vat_exemption", _("Exemption"), share=30), c.CURRENCY, c.count("receipts", _("Receipts")),
    c.count("credit_notes", _("Credit notes")), c.money("net", _("Net")), c.money("vat", _("VAT")),
    c.money("total", _("Amount")),
)
NOTE = _("Read from the receipts that were issued when the report was made.")
_BLOCK = 1_000


class NoStore(HourbookError):
    """The report is made of what was issued, and no connection to it was handed over."""


def register(asking: Asking) -> Iterator[Cells]:
    """One row per receipt and credit note, in the order of issue."""
    names = _school_names(asking)
    for row in _issued(asking):
        facts = json.loads(row["facts"])
        yield (
            row["issued_on"], row["number_text"], row["kind"], names.get(row["school_id"]), row["student_id"],
            facts["buyer"]["name"], _rate(facts, asking.speech), row["currency"], _signed(row, "net"),
            _signed(row, "vat"), _signed(row, "total"),
        )


def vat_summary(asking: Asking) -> Iterator[Cells]:
    """One row per school, rate, exemption and currency."""
    sums: dict[tuple[Any, ...], list[Any]] = {}
    for row in _issued(asking):
        facts = json.loads(row["facts"])
        exemption = "" if facts["vat_rate"] else facts["vat_exemption"]
        key = (row["school_id"], Decimal(facts["vat_rate"] or 0), exemption, row["currency"])
        sum_ = sums.setdefault(key, [0, 0, Decimal(0), Decimal(0), Decimal(0)])
        sum_[1 if row["kind"] == "credit_note" else 0] += 1
        for at, name in enumerate(("net", "vat", "total"), start=2):
            sum_[at] += _signed(row, name)
    names = _school_names(asking)
    for (school_id, rate, exemption, currency), summed in sorted(sums.items()):
        shown = _rate({"vat_rate": rate}, asking.speech)
        yield names.get(school_id), shown, exemption, currency, *summed


def _issued(asking: Asking) -> Iterator[RowMapping]:
    """Receipts and credit notes of the period, within the scope, read in blocks."""
    from sqlalchemy import select

    from store.receipt_tables import receipts

    if asking.engine is None:
        raise NoStore("Receipts are read from Hourbook's own store: hand its engine over.")
    read = (
        "issued_on", "number_text", "kind", "school_id", "student_id", "currency", "net", "vat", "total", "facts",
    )
    query = select(*(receipts.c[name] for name in read)).where(
        receipts.c.issued_on >= asking.period.start, receipts.c.issued_on < asking.period.end,
        receipts.c.kind.in_(list(KINDS)),
    )
    if asking.school_id is not None:
        query = query.where(receipts.c.school_id == asking.school_id)
    if asking.scope.reach is Reach.SCHOOLS:
        query = query.where(receipts.c.school_id.in_(asking.scope.ids))
    query = query.order_by(receipts.c.school_id, receipts.c.position)
    with asking.engine.connect().execution_options(stream_results=True, yield_per=_BLOCK) as connection:
        yield from connection.execute(query).mappings()


def _signed(row: RowMapping, name: str) -> Decimal:
    """The amount, less than nothing for a credit note; nothing itself has no sign."""
    amount: Decimal = row[name]
    return Decimal(0) - amount if row["kind"] == "credit_note" else amount


def _school_names(asking: Asking) -> dict[int, str]:
    return {row["school_id"]: row["name"] for row in asking.ask("schools")}


def _rate(facts: dict[str, Any], speech: Speech) -> str:
    """A rate as a person writes it; exempt where there is none."""
    rate = Decimal(facts["vat_rate"] or 0)
    if not rate:
        return speech.say(_("exempt"))
    places = 0 if rate == rate.to_integral_value() else 2
    return f"{speech.number(rate, places)}%"

