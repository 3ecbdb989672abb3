"""Reads the files of reports again, as other programs would."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl

from reports.formats import to_csv, to_pdf, to_xlsx
from reports.render import printable
from reports.table import Cell, Cells, Column, Kind, Table

_RIGHT_TO_LEFT = {"R", "AL", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "PDF", "PDI", "BN"}


def csv_rows(table: Table, **options: Any) -> list[list[str]]:
    """Every row of the CSV file, the heads first."""
    sink = io.BytesIO()
    to_csv(table, sink, **options)
    text = sink.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=options.get("separator", ","), strict=True))


def unmarked(text: str) -> str:
    """The text without the apostrophes that keep spreadsheets from running it; they stand at the start of a cell, and
    where a spreadsheet with another separator would begin one."""
    return re.sub("([,;\t])'+", r"\1", text).removeprefix("'")


def from_csv(text: str, column: Column, decimal: str) -> Cell:
    """The exact value of a cell in CSV."""
    if text == "":
        return None
    if column.kind is Kind.TEXT:
        return unmarked(text)
    try:
        if column.kind in (Kind.HOURS, Kind.MONEY):
            assert decimal in text
            return Decimal(text.replace(",", "."))
        if column.kind is Kind.DAY:
            return date.fromisoformat(text)
        if column.kind is Kind.MONTH:
            return date.fromisoformat(f"{text}-01")
        return int(text)
    except ValueError:
        return text  # the title of a total


def workbook(table: Table) -> Any:
    sink = io.BytesIO()
    to_xlsx(table, sink)
    return openpyxl.load_workbook(sink)


def xlsx_rows(table: Table) -> list[list[Any]]:
    """Every row of the first sheet, the heads first, as a program reads it."""
    sheet = workbook(table).worksheets[0]
    assert sheet.freeze_panes == "A2"
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type != "f"
            assert cell.hyperlink is None
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def from_xlsx(value: Any, column: Column) -> Cell:
    """The exact value of a number, a day or a text that was read."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, (int, float)) and column.kind in (Kind.HOURS, Kind.MONEY):
        return Decimal(repr(value)).quantize(Decimal("0.01"))
    assert not isinstance(value, float)
    return value  # type: ignore[no-any-return]


def pdf_bytes(table: Table) -> bytes:
    sink = io.BytesIO()
    to_pdf(table, sink)
    return sink.getvalue()


def pdf_text(table: Table) -> str:
    """All text in the order in which it was laid out: cells may have been broken anywhere."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf_bytes(table), capture_output=True, check=True)
    return done.stdout.decode()


def squeezed(text: str) -> str:
    """Without spaces and without words that run from right to left, which programs read off paper in either order."""
    return "".join(c for c in printable(text) if not c.isspace() and unicodedata.bidirectional(c) not in _RIGHT_TO_LEFT)


def right_to_left(text: str) -> list[str]:
    """The letters that `squeezed` leaves out, as plain letters in the order of the alphabet."""
    plain = unicodedata.normalize("NFKC", printable(text))
    return sorted(c for c in plain if unicodedata.bidirectional(c) in ("R", "AL") and not c.isspace())


def expected_on_paper(table: Table, cells: Cells, *, is_total: bool) -> str:
    """What a row's cells look like on paper, one after the other."""
    group = table.position(table.grouped_by) if table.grouped_by else None
    said = [
        table.written(cell, column)
        for at, (cell, column) in enumerate(zip(cells, table.columns, strict=True))
        if at != group and not (is_total and cell is None)
    ]
    return squeezed("".join(said))
