"""Writes a report as CSV: RFC 4180, UTF-8 with a mark, numbers as numbers, and no text that runs as a formula.

A file holds the heads, the rows and the totals, and nothing else, so that programs read it as it is: the stamp stands
in the file's name. Who wants it inside asks for it and gets it as one comment line before the heads.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from errors import HourbookError
from reports.formats.blocking import refuse_if_blocked
from reports.table import Cell, Column, Kind, Remembered, Table

MEDIA_TYPE = "text/csv; charset=utf-8"
SEPARATORS, DECIMALS = (",", ";"), (".", ",")
_BATCH = 2_000

_SIGNS = frozenset("=+-@\u2212")
"""What begins a formula, as typed on any keyboard; full-width, raised and small forms are brought to these."""

_CUTS = re.compile("([,;\t])")


class BadSeparator(HourbookError):
    """The separator or the decimal sign is none that a CSV file can have, or both are the same."""


def to_csv(
    table: Table, sink: BinaryIO, *, separator: str = ",", decimal: str = ".", stamped: bool = False,
    totals: bool = True,
) -> int:
    """Writes the report into `sink` and returns how many rows it has, totals not counted.

    Raises BadSeparator, and ExportBlocked where the report may not be handed out.
    """
    _check(separator, decimal)
    refuse_if_blocked(table)
    general, fast = _writer(decimal), [_column_writer(column, decimal) for column in table.columns]
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\r\n")
    buffer.write("\ufeff")
    if stamped:
        writer.writerow(["# " + one_comment(table)])
    writer.writerow([safe(head) for head in table.heads])
    rows = 0
    for line in table.lines():
        if line.is_total:
            if totals:
                writer.writerow([general(cell) for cell in line.cells])
            continue
        writer.writerow([write(cell) for write, cell in zip(fast, line.cells, strict=True)])
        rows += 1
        if rows % _BATCH == 0:
            _flush(buffer, sink)
    _flush(buffer, sink)
    return rows


def safe(text: str) -> str:
    """The text so that no spreadsheet runs it: with an apostrophe where it would begin a formula.

    Also behind a comma, a semicolon or a tab within it: a spreadsheet of another country splits lines there.
    """
    if text[:1].isalnum() and not _CUTS.search(text):
        return text
    first, *rest = _CUTS.split(text)
    marked = first + "".join(
        f"{cut}'{part}" if _runs(part, after="\"'") else f"{cut}{part}"
        for cut, part in zip(rest[::2], rest[1::2], strict=True)
    )
    return f"'{marked}" if _runs(marked) or marked[:1] in ("\t", "\r", "\n") else marked


def _runs(text: str, *, after: str = "") -> bool:
    """The first character that can be seen begins a formula, also where it stands `after` some of these."""
    for character in text:
        if unicodedata.category(character)[0] not in "CZ" and character not in after:
            return unicodedata.normalize("NFKC", character)[:1] in _SIGNS
    return False


def one_comment(table: Table) -> str:
    """The stamp in one line."""
    return " · ".join([table.title, *(f"{name}: {value}" for name, value in table.stamp.facts(table.speech))])


def _check(separator: str, decimal: str) -> None:
    if separator not in SEPARATORS:
        raise BadSeparator(f"The separator is {separator!r}: choose a comma or a semicolon.")
    if decimal not in DECIMALS:
        raise BadSeparator(f"The decimal sign is {decimal!r}: choose a point or a comma.")
    if separator == decimal:
        raise BadSeparator("Separator and decimal sign are both a comma: separate by a semicolon.")


def _column_writer(column: Column, decimal: str) -> Callable[[Cell], str]:
    """How the rows' cells of a column are written, by the shortest way there is."""
    if column.kind in (Kind.HOURS, Kind.MONEY, Kind.COUNT, Kind.ID):
        return _writer(decimal)
    write = _writer(decimal, months=column.kind is Kind.MONTH)
    return Remembered(write).__getitem__


def _writer(decimal: str, *, months: bool = False) -> Callable[[Cell], str]:
    """How a cell is written. A text in a column of numbers is the title of a total."""
    comma = decimal == ","

    def write(cell: Cell) -> str:
        if cell is None:
            return ""
        if isinstance(cell, (Decimal, int)):  # the books' decimals have a fixed scale and no exponent
            return str(cell).replace(".", ",") if comma else str(cell)
        if isinstance(cell, date):
            return f"{cell:%Y-%m}" if months else cell.isoformat()
        return safe(cell)

    return write


def _flush(buffer: io.StringIO, sink: BinaryIO) -> None:
    sink.write(buffer.getvalue().encode("utf-8", "replace"))
    buffer.seek(0)
    buffer.truncate()
