"""Files of reports are safe to open, exact to the last digit, and never half of something."""

from __future__ import annotations

import io
import math
import re
import tempfile
import tracemalloc
import unicodedata
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.formats import BadSeparator, ExportBlocked, TooLongForPaper, file_name, to_csv, to_pdf, to_xlsx
from reports.formats.csv_file import safe
from reports.formats.xlsx_file import number_format
from reports.table import Cells, Column, Kind
from tests.reports.finance import reading
from tests.reports.finance.tables import COLUMNS, table_of

STARTS = "=+-@\u2212\uff1d\uff0b\uff0d\uff20"
BEFORE = st.text(alphabet=" \t\r\n\x00\x0b\x1f\u00a0\u200b\u200f\u2028\u3000\ufeff\u202e", max_size=4)
dangerous = st.builds(lambda before, start, rest: before + start + rest, BEFORE, st.sampled_from(STARTS), st.text())
texts = st.one_of(st.text(), dangerous)
amounts = st.decimals(min_value=Decimal("-999999999999.99"), max_value=Decimal("999999999999.99"), places=2)


def is_formula(cell: str) -> bool:
    """What a spreadsheet would take for one: after everything it cannot see, the sign that begins it."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", cell) if unicodedata.category(c)[0] not in "CZ")
    return seen[:1] in set("=+-@\u2212") if seen else False


@given(texts)
def test_no_text_in_csv_runs_as_a_formula(text: str) -> None:
    written = safe(text)
    assert not is_formula(written)
    assert not any(is_formula(part) for part in re.split("[,;\t]", written.strip("\t")))
    assert reading.unmarked(written) == reading.unmarked(text)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "\t=1", "\r=1", " +1", "＝1", "\u200b@SUM(A1)", "-2+3", "\n-1", "\t", "\uaaf7=1", "\u207c1", "\ufe621"],
)
def test_a_text_that_looks_like_a_formula_is_marked(text: str) -> None:
    assert safe(text).startswith("'")
    assert reading.unmarked(safe(text)) == text


@pytest.mark.parametrize("text", ["Ana;=1+1", "Ana, +1", 'Ana;"=1', "Ana\t-1+2"])
def test_a_part_that_another_separator_would_cut_off_runs_no_more_than_the_whole(text: str) -> None:
    assert "'" in safe(text)
    assert reading.unmarked(safe(text)) == text


@pytest.mark.parametrize("text", ["Ana", "10-hour package", "ana@example.org", "'quoted'", "Ünïcode", ""])
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


@given(st.lists(st.tuples(texts, st.sampled_from(["EUR", "GBP"]), amounts, amounts), min_size=1, max_size=5))
def test_csv_read_again_gives_the_same_cells(rows: list[Cells]) -> None:
    table = table_of(rows)
    for separator, decimal in ((",", "."), (";", ",")):
        heads, *read = reading.csv_rows(table, separator=separator, decimal=decimal)
        assert tuple(heads) == table.heads
        assert all(len(row) == len(heads) for row in read)
        again = [
            tuple(reading.from_csv(text, column, decimal) for text, column in zip(row, table.columns, strict=True))
            for row in read
        ]
        assert [_marked(cells) for cells in again] == [_marked(line.cells) for line in table.lines()]


def _marked(cells: Cells) -> Cells:
    """Apart from the apostrophes that keep spreadsheets from running a text."""
    return tuple(reading.unmarked(cell) if isinstance(cell, str) else cell for cell in cells)


@given(st.lists(st.tuples(texts, st.sampled_from(["EUR", "GBP"]), amounts, amounts), min_size=1, max_size=5))
@settings(max_examples=max(10, settings().max_examples // 10))
def test_xlsx_read_again_gives_the_same_cells_and_no_formula(rows: list[Cells]) -> None:
    table = table_of(rows)
    _heads, *read = reading.xlsx_rows(table)
    again = [
        tuple(reading.from_xlsx(value, column) for value, column in zip(row, table.columns, strict=True))
        for row in read
    ]
    assert again == [tuple(cell if cell != "" else None for cell in line.cells) for line in table.lines()]


@given(amounts)
def test_a_double_keeps_every_cent_below_ten_million_million(amount: Decimal) -> None:
    assert Decimal(f"{float(amount):.16G}").quantize(Decimal("0.01")) == amount


def test_the_largest_amounts_survive_xlsx_and_larger_ones_are_text() -> None:
    rows: list[Cells] = [
        ("a", "EUR", Decimal("0.01"), Decimal("999999999999.99")),
        ("b", "EUR", Decimal("0.01"), Decimal("9999999999999.99")),
        ("c", "EUR", Decimal("0.01"), Decimal("12345678901234567.89")),
    ]
    _heads, first, second, third, _total = reading.xlsx_rows(table_of(rows))
    assert reading.from_xlsx(first[3], COLUMNS[3]) == Decimal("999999999999.99")
    assert reading.from_xlsx(second[3], COLUMNS[3]) == Decimal("9999999999999.99")
    assert third[3] == "12345678901234567.89"
    assert math.isclose(first[2], 0.01)


def test_money_in_xlsx_is_shown_in_its_currency() -> None:
    rows: list[Cells] = [("a", code, Decimal(1), Decimal(1)) for code in ("EUR", "GBP", "AOA", "")]
    sheet = reading.workbook(table_of(rows)).worksheets[0]
    assert [sheet.cell(row, 4).number_format for row in range(2, 6)] == [
        "#,##0.00 [$€-x-euro2]", "#,##0.00 [$£-809]", '#,##0.00 "AOA"', "#,##0.00",
    ]
    assert number_format(Kind.MONEY, '";evil') == "#,##0.00"


def test_a_long_text_is_cut_to_what_a_cell_holds() -> None:
    [_heads, row, _total] = reading.xlsx_rows(table_of([("x" * 40_000, "EUR", Decimal(1), Decimal(1))]))
    assert len(row[0]) == 32_767


@pytest.mark.parametrize(("separator", "decimal"), [(",", ","), ("\t", "."), (";", "·"), ("", ".")])
def test_separators_that_make_no_csv_are_refused(separator: str, decimal: str) -> None:
    with pytest.raises(BadSeparator):
        to_csv(table_of([]), io.BytesIO(), separator=separator, decimal=decimal)


@pytest.mark.parametrize("write", [to_csv, to_xlsx, to_pdf])
def test_a_blocked_report_becomes_no_file(write: object) -> None:
    sink = io.BytesIO()
    with pytest.raises(ExportBlocked, match="the snapshot is stale"):
        write(table_of([], blocked="the snapshot is stale"), sink)  # type: ignore[operator]
    assert sink.getvalue() == b""


def test_an_empty_report_says_so() -> None:
    table = table_of([])
    assert reading.csv_rows(table) == [list(table.heads)]
    assert "Nothing was sold." in reading.pdf_text(table)
    assert [cell for row in reading.xlsx_rows(table)[1:] for cell in row if cell] == ["Nothing was sold."]
    about = dict(list(reading.workbook(table).worksheets[1].iter_rows(values_only=True)))
    assert about["Rows"] == "0"


def test_csv_keeps_to_the_standard() -> None:
    sink = io.BytesIO()
    rows: list[Cells] = [('He said "hi", twice', "EUR", Decimal("-1.50"), None)]
    assert to_csv(table_of(rows), sink) == 1
    assert sink.getvalue().startswith(b"\xef\xbb\xbfStudent,Currency,Hours,Amount\r\n")
    assert b'"He said ""hi"", twice",EUR,-1.50,\r\n' in sink.getvalue()
    assert not re.search(rb"(?<!\r)\n", sink.getvalue())


def test_the_stamp_stands_in_the_name_and_in_the_file_only_when_asked_for() -> None:
    table = table_of([("Ana", "EUR", Decimal(1), Decimal(2))])
    assert file_name(table, "csv") == "test_2026-09_school-1_as-of-20261123T0900Z_snapshot-7.csv"
    assert len(reading.csv_rows(table)) == 3
    first = reading.csv_rows(table, stamped=True)[0]
    assert len(first) == 1
    assert first[0].startswith("# A test")
    assert "Snapshot: 7" in first[0]
    assert len(reading.csv_rows(table, totals=False)) == 2


def test_the_same_report_makes_the_same_bytes() -> None:
    table = table_of([("Ana", "EUR", Decimal(1), Decimal(2))])
    for write in (to_csv, to_xlsx, to_pdf):
        first, second = io.BytesIO(), io.BytesIO()
        write(table, first)
        write(table, second)
        assert first.getvalue() == second.getvalue()


def test_text_of_users_is_never_markup_on_paper() -> None:
    nasty = "<b>x</b> & </style><script>1</script> \\0022 {}"
    table = replace(table_of([(nasty, "EUR", Decimal(1), Decimal(2))]), title=nasty)
    text = reading.squeezed(reading.pdf_text(table))
    assert text.count(reading.squeezed(nasty)) == 3  # the title, the cell, the foot


def test_paper_has_an_end() -> None:
    rows: list[Cells] = [("Ana", "EUR", Decimal(1), Decimal(2))] * 5_001
    with pytest.raises(TooLongForPaper, match="CSV or XLSX"):
        to_pdf(table_of(rows), io.BytesIO())


@pytest.mark.slow
def test_three_thousand_rows_are_put_together_with_heads_and_numbers_on_every_page() -> None:
    from pypdf import PdfReader

    columns = (Column("id", "Package", Kind.ID), Column("amount", "Amount", Kind.MONEY))
    table = table_of([(number, Decimal(number)) for number in range(3_000)], columns)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(reading.pdf_bytes(table))).pages]
    assert all("Package" in page and "Amount" in page for page in pages)
    assert all(re.search(rf"Page\s+{number}\b", page) for number, page in enumerate(pages, start=1))
    found = re.findall(r"(\d+)\s+[\d,]+\.00", "\n".join(pages))
    assert [int(number) for number in found] == list(range(3_000))
    assert "Rows: 3000" in pages[-1]


@pytest.mark.slow
@pytest.mark.parametrize(("write", "most_megabytes"), [(to_csv, 4), (to_xlsx, 6)])
def test_a_report_of_thirty_thousand_rows_is_written_without_being_held(write: Any, most_megabytes: int) -> None:
    row: Cells = ("Ana Araújo", "EUR", Decimal("1.50"), Decimal("19.90"))
    table = replace(table_of([]), source=lambda: (row for _number in range(30_000)))
    with tempfile.TemporaryFile() as sink:
        tracemalloc.start()
        try:
            assert write(table, sink) == 30_000
            assert tracemalloc.get_traced_memory()[1] < most_megabytes * 2**20
        finally:
            tracemalloc.stop()
