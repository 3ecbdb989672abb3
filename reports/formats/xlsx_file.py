"""Writes a report as XLSX: real numbers and days, texts that are never formulas or links, and a sheet about it.

A spreadsheet keeps numbers as doubles. With two decimals they are exact to the cent below 10^13, which is checked;
a larger amount is written as text, so that no digit is lost.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO

from reports.formats.blocking import refuse_if_blocked
from reports.speech import marked as _
from reports.table import Cells, Column, Kind, Table

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TEXT = 32_767
"""Characters that a cell can hold."""

_EXACT_BELOW = 10**13
"""Two decimals of anything smaller survive the way through a double: fifteen digits always do."""

_SYMBOLS = {"EUR": "[$€-x-euro2]", "GBP": "[$£-809]", "USD": "[$$-409]", "BRL": "[$R$-416]", "CHF": "[$CHF-807]"}
_WIDTHS = {Kind.TEXT: 24, Kind.COUNT: 11, Kind.ID: 11, Kind.HOURS: 12, Kind.MONEY: 16, Kind.DAY: 12, Kind.MONTH: 11}


def to_xlsx(table: Table, sink: BinaryIO, *, totals: bool = True) -> int:
    """Writes the report into `sink` and returns how many rows it has, totals not counted.

    Rows go to a temporary file as they come. Raises ExportBlocked where the report may not be handed out.
    """
    refuse_if_blocked(table)
    from xlsxwriter import Workbook

    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }
    with tempfile.TemporaryDirectory() as folder, Workbook(sink, {**options, "tmpdir": folder}) as book:
        # A day of its own, not the machine's: the same figures make the same bytes.
        book.set_properties({
            "title": table.title, "author": "Hourbook", "created": table.stamp.as_of.replace(tzinfo=None),
        })
        rows = _write_rows(book, table, totals=totals)
        _write_about(book, table, rows)
    return rows


def _write_rows(book: Workbook, table: Table, *, totals: bool) -> int:
    sheet = book.add_worksheet(_sheet_name(table.title))
    styles = _Styles(book)
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, max(_WIDTHS[column.kind], min(len(table.heads[at]) + 3, 40)))
        sheet.write_string(0, at, table.heads[at], styles.head(column))
    sheet.freeze_panes(1, 0)
    currency = table.position(table.currency)
    rows = 0
    for row, line in enumerate(table.lines(), start=1):
        if line.is_total and not totals:
            break
        _write_line(sheet, row, line.cells, table, styles, currency, strong=line.is_total)
        rows += not line.is_total
    if rows == 0:
        sheet.write_string(1, 0, table.empty, styles.plain)
        return 0
    sheet.autofilter(0, 0, rows, len(table.columns) - 1)
    sheet.repeat_rows(0)
    return rows


def _write_line(
    sheet: Worksheet, row: int, cells: Cells, table: Table, styles: _Styles, currency: int | None, *, strong: bool,
) -> None:
    code = str(cells[currency] or "") if currency is not None else ""
    for at, (cell, column) in enumerate(zip(cells, table.columns, strict=True)):
        style = styles.cell(column.kind, code, strong=strong)
        if cell is None:
            if strong:
                sheet.write_blank(row, at, None, style)
        elif isinstance(cell, str):
            sheet.write_string(row, at, cell[:LONGEST_TEXT], styles.text(strong=strong))
        elif isinstance(cell, date):
            sheet.write_datetime(row, at, cell, style)
        elif -_EXACT_BELOW < cell < _EXACT_BELOW:
            sheet.write_number(row, at, float(cell) if isinstance(cell, Decimal) else cell, style)
        else:
            sheet.write_string(row, at, format(cell, "f") if isinstance(cell, Decimal) else str(cell), style)


def _write_about(book: Workbook, table: Table, rows: int) -> None:
    say = table.speech.say
    sheet = book.add_worksheet(say(_("About")))
    strong, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90)
    facts = [(say(_("Report")), table.title), *table.stamp.facts(table.speech), (say(_("Rows")), str(rows))]
    if rows == 0:
        facts.append((say(_("Remark")), table.empty))
    facts += [(say(_("Remark")), remark) for remark in table.stamp.remarks]
    for row, (name, value) in enumerate(facts):
        sheet.write_string(row, 0, name, strong)
        sheet.write_string(row, 1, value, wrapped)


def _sheet_name(title: str) -> str:
    """A title without what a sheet's name must not hold."""
    return "".join(" " if letter in "[]:*?/\\'" else letter for letter in title)[:31].strip() or "Report"


class _Styles:
    """The cell formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[Any, Format] = {}
        self.plain = book.add_format()

    def head(self, column: Column) -> Format:
        align = "right" if column.kind.is_number else "left"
        return self._once(("head", align), lambda: {
            "bold": True, "bottom": 1, "align": align, "valign": "top", "text_wrap": True,
        })

    def text(self, *, strong: bool) -> Format:
        return self._once(("text", strong), lambda: {"num_format": "@", **_strength(strong)})

    def cell(self, kind: Kind, currency: str, *, strong: bool) -> Format:
        key = (kind, currency if kind is Kind.MONEY else "", strong)
        return self._once(key, lambda: {"num_format": number_format(kind, currency), **_strength(strong)})

    def _once(self, key: Any, properties: Callable[[], dict[str, Any]]) -> Format:
        if key not in self._made:
            self._made[key] = self._book.add_format(properties())
        return self._made[key]


def _strength(strong: bool) -> dict[str, Any]:
    return {"bold": True, "top": 1} if strong else {}


def number_format(kind: Kind, currency: str) -> str:
    """How a spreadsheet shows the numbers and days of a column, with the symbol of the row's money."""
    if kind is Kind.MONEY:
        symbol = _SYMBOLS.get(currency) or (f'"{currency}"' if currency.isalpha() else "")
        return f"#,##0.00 {symbol}".strip()
    return {
        Kind.HOURS: "#,##0.00", Kind.COUNT: "#,##0", Kind.ID: "0", Kind.DAY: "yyyy-mm-dd", Kind.MONTH: "mmm yyyy",
        Kind.TEXT: "@",
    }[kind]
