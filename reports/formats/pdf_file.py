"""Writes a report as PDF: what it is and as of when, its pictures, its rows with heads on every page.

Laying out takes memory and time that grow with the rows, so a long report is laid out in pieces, each on pages of its
own that go on counting, and the pieces are put together. Beyond some thousand rows paper helps nobody: it says so.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import BinaryIO

from errors import HourbookError
from reports.formats.bars import drawn
from reports.formats.blocking import refuse_if_blocked
from reports.render import Metadata, pdf, printable
from reports.speech import marked as _
from reports.table import Line, Table

MEDIA_TYPE = "application/pdf"
MOST_ROWS = 5_000
ROWS_AT_ONCE = 500
_WIDE = 9
"""Columns from which on the paper lies on its side."""


class TooLongForPaper(HourbookError):
    """The report has more rows than a PDF is made of."""


def to_pdf(table: Table, sink: BinaryIO, *, totals: bool = True) -> int:
    """Writes the report into `sink` and returns how many rows it has, totals not counted.

    Raises TooLongForPaper, and ExportBlocked where the report may not be handed out.
    """
    refuse_if_blocked(table)
    lines = _lines(table, totals=totals)
    rows = sum(not line.is_total for line in lines)
    if len(lines) <= ROWS_AT_ONCE:
        sink.write(_laid_out(table, _start(table, lines) + _body(table, lines) + _end(table, rows), pages_before=None))
        return rows
    _in_pieces(table, lines, rows, sink)
    return rows


def _lines(table: Table, *, totals: bool) -> list[Line]:
    """The report's lines; no more of them than paper may have."""
    lines: list[Line] = []
    for line in table.lines():
        if len(lines) >= MOST_ROWS and not line.is_total:
            raise TooLongForPaper(
                f"{table.title} has more than {MOST_ROWS:,} rows, too many for paper: export CSV or XLSX, or choose a "
                "shorter period."
            )
        if totals or not line.is_total:
            lines.append(line)
    return lines


def _in_pieces(table: Table, lines: list[Line], rows: int, sink: BinaryIO) -> None:
    from pypdf import PdfReader, PdfWriter

    whole, pages = PdfWriter(), 0
    for piece_lines in _pieces(lines):
        html = _start(table, lines) if piece_lines[0] is lines[0] else ""
        html += _body(table, piece_lines)
        if piece_lines[-1] is lines[-1]:
            html += _end(table, rows)
        piece = PdfReader(io.BytesIO(_laid_out(table, html, pages_before=pages)))
        pages += len(piece.pages)
        whole.append(piece, import_outline=False)
    whole.compress_identical_objects(remove_unreferenced=True)  # one copy of each font's part and of the page furniture
    whole.add_metadata({"/Title": table.title, "/Author": "Hourbook", "/Creator": "Hourbook"})
    whole.root_object.pop("/ID", None)
    whole.write(sink)


def _pieces(lines: list[Line]) -> Iterator[list[Line]]:
    """The lines, so many at once; a short rest goes with the piece before, so that totals stand below rows."""
    first = 0
    while first < len(lines):
        last = first + ROWS_AT_ONCE
        if len(lines) - last < ROWS_AT_ONCE // 5:
            last = len(lines)
        yield lines[first:last]
        first = last


def _laid_out(table: Table, body: str, *, pages_before: int | None) -> bytes:
    """One document; of a piece, how many pages stand before it."""
    metadata = Metadata(
        title=table.title, language="pt-PT" if table.speech.language == "pt" else "en-GB",
        created=table.stamp.as_of, author="Hourbook", subject=f"{table.stamp.scope}, {table.stamp.period}",
    )
    html = (
        f'<!doctype html><html lang="{metadata.language}"><head><title>{escape(printable(table.title))}</title>'
        f"<style>{_page_rules(table, pages_before)}</style></head><body>{body}</body></html>"
    )
    return pdf(
        html, metadata=metadata, variant="pdf/a-3a" if pages_before is None else "plain", stylesheets=[_css()]
    )


def _page_rules(table: Table, pages_before: int | None) -> str:
    """Size, foot and page numbers, which differ from report to report."""
    say, stamp = table.speech.say, table.stamp
    foot = " · ".join([
        "Hourbook", table.title, stamp.period, f"{say(_('As of'))} {stamp.as_of_words}",
        f"{say(_('Snapshot'))} {stamp.snapshot_id}",
    ])
    page, of = _css_text(say(_("Page")) + " "), _css_text(" " + say(_("of")) + " ")
    number = f"{page} counter(page)" + (f" {of} counter(pages)" if pages_before is None else "")
    style = 'font: 7pt "Inter", "Noto Sans"; color: #5b6660; vertical-align: top; padding-top: 3mm'
    shown = len(table.columns) - (table.grouped_by is not None)
    side = " landscape" if shown >= _WIDE else ""
    rules = (
        f"@page {{ size: A4{side}; @bottom-left {{ content: {_css_text(foot)}; width: 85%; {style} }} "
        f"@bottom-right {{ content: {number}; {style} }} }}"
    )
    if pages_before:
        rules += f" @page :first {{ counter-reset: page {pages_before}; counter-increment: page 1 }}"
    return rules


def _css_text(text: str) -> str:
    """A text as CSS holds it: everything but letters and digits by its code point."""
    return '"' + "".join(c if c.isalnum() and c.isascii() else f"\\{ord(c):06x}" for c in printable(text)) + '"'


def _start(table: Table, lines: list[Line]) -> str:
    """Title, stamp, remarks and pictures."""
    stamp = table.stamp
    facts = "".join(f"<p><b>{_text(name)}</b> {_text(value)}</p>" for name, value in stamp.facts(table.speech))
    remarks = "".join(f"<p>{_text(remark)}</p>" for remark in stamp.remarks)
    parts = [f"<h1>{_text(table.title)}</h1>", f'<div class="facts">{facts}</div>']
    if remarks:
        parts.append(f'<div class="remarks">{remarks}</div>')
    if table.chart:
        rows = (line.cells for line in lines if not line.is_total)
        for title, svg in drawn(table, rows, table.chart):
            parts.append(f'<div class="chart"><h2>{_text(title)}</h2>{svg}</div>')
    return "".join(parts)


def _body(table: Table, lines: list[Line]) -> str:
    """The rows, with the heads that are repeated on every page; under headings where the report has them."""
    if not lines:
        return f'<p class="empty">{_text(table.empty)}</p>'
    group = table.position(table.grouped_by) if table.grouped_by else None
    shown = [at for at in range(len(table.columns)) if at != group]
    shares = sum(table.columns[at].share for at in shown)
    columns = "".join(f'<col style="width: {table.columns[at].share * 100 / shares:.2f}%">' for at in shown)
    heads = "".join(f'<th scope="col"{_side(table, at)}>{_text(table.heads[at])}</th>' for at in shown)
    body = "".join(_rows(table, lines, shown, group))
    return f"<table><colgroup>{columns}</colgroup><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _rows(table: Table, lines: list[Line], shown: list[int], group: int | None) -> Iterator[str]:
    under = None
    for line in lines:
        if group is not None and not line.is_total and line.cells[group] != under:
            under = line.cells[group]
            yield f'<tr class="group"><td colspan="{len(shown)}">{_text(str(under or ""))}</td></tr>'
        cells = "".join(
            f"<td{_side(table, at)}>{_text(table.written(line.cells[at], table.columns[at]))}</td>"
            if line.cells[at] is not None or not line.is_total else "<td></td>"
            for at in shown
        )
        yield f'<tr class="total">{cells}</tr>' if line.is_total else f"<tr>{cells}</tr>"


def _side(table: Table, at: int) -> str:
    return ' class="n"' if table.columns[at].kind.is_number else ""


def _end(table: Table, rows: int) -> str:
    """Says that nothing is missing after it."""
    if rows == 0:
        return ""
    said = table.speech.say(_("End of the report. Rows: {rows}."), rows=rows)
    return f'<p class="end">{_text(said)}</p>'


def _text(text: str) -> str:
    return escape(printable(text))


@cache
def _css() -> str:
    return (Path(__file__).parent / "paper.css").read_text("utf-8")
