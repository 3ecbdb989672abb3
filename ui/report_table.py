"""Shows a report: its totals, its picture and its rows, from the same cells that its files are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import groupby
from typing import Any

import streamlit as st

from reports.formats import bars
from reports.table import Cell, Cells, Kind, Table
from ui import cards, formats, screens, tables
from ui.page import section
from ui.text import _, _n


@dataclass(frozen=True)
class Seen:
    """The first rows of a report, all of its totals, and how many rows it has."""

    rows: tuple[Cells, ...]
    totals: tuple[Cells, ...]
    count: int


def look_at(table: Table) -> Seen:
    """Goes through all rows once and keeps as many as a table shows."""
    rows: list[Cells] = []
    totals: list[Cells] = []
    count = 0
    for line in table.lines():
        if line.is_total:
            totals.append(line.cells)
            continue
        count += 1
        if count <= tables.MOST_ROWS:
            rows.append(line.cells)
    return Seen(tuple(rows), tuple(totals), count)


def head(table: Table) -> None:
    """What the report is, of which period and scope, as of when, from which snapshot."""
    section(table.title)
    facts = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in table.stamp.facts(table.speech)
    )
    st.html(f'<dl class="hb-stamp">{facts}</dl>')


def show(table: Table, seen: Seen) -> None:
    """Totals, picture, rows and what their reader must know."""
    if not seen.count:
        screens.empty(table.empty, _("Choose another period, or another school."))
    else:
        _totals(table, seen)
        _pictures(table, seen)
        _rows(table, seen)
    remarks = "".join(f"<li>{escape(remark)}</li>" for remark in table.stamp.remarks)
    st.html(f'<ul class="hb-remarks">{remarks}</ul>' if remarks else "<span></span>")


def total_of(table: Table, cells: Cells, at: int, *, alone: bool) -> str:
    """A total as it is read: money in its currency; other sums with the currency that their rows share."""
    column, value = table.columns[at], cells[at]
    place = table.position(table.currency)
    currency = str(cells[place] or "") if place is not None else ""
    if column.kind is Kind.MONEY:
        return formats.money(value if isinstance(value, Decimal) else None, currency)
    said = table.written(value, column) + (f"{formats.NARROW}h" if column.kind is Kind.HOURS else "")
    return said if alone or not currency else f"{said} ({currency})"


def _totals(table: Table, seen: Seen) -> None:
    """One card for each column that adds up, with one figure per currency."""
    summed = [at for at, column in enumerate(table.columns) if column.total]
    alone = len(seen.totals) == 1
    cards.show(
        *(
            cards.card(table.heads[at], [total_of(table, cells, at, alone=alone) for cells in seen.totals])
            for at in summed
            if seen.totals
        )
    )


def _pictures(table: Table, seen: Seen) -> None:
    """The bars of the paper; left out where not all rows are at hand, for a part would look like the whole."""
    if table.chart is None or seen.count > len(seen.rows):
        return
    drawn = "".join(
        f'<figure><figcaption>{escape(title)}</figcaption><ul class="hb-lines">{_bars(table, values)}</ul></figure>'
        for title, values in bars.pictures(table, seen.rows, table.chart)
    )
    if drawn:
        st.html(f'<div class="hb-drawn">{drawn}</div>')


def _bars(table: Table, values: Sequence[tuple[str, Decimal]]) -> str:
    longest = max(abs(value) for _label, value in values) or Decimal(1)
    return "".join(
        f"<li><span>{escape(label)}</span>"
        f'<i class="{"hb-less" if value < 0 else ""}" style="width:{float(abs(value) / longest) * 55:.1f}%"></i>'
        f"<b>{escape(table.speech.number(value))}</b></li>"
        for label, value in values
    )


def _rows(table: Table, seen: Seen) -> None:
    if seen.count > len(seen.rows):
        st.caption(
            _(
                "The first {shown} of {all} rows; totals and files hold all of them.",
                shown=formats.count(len(seen.rows)),
                all=formats.count(seen.count),
            )
        )
    else:
        st.caption(_n("{number} row", "{number} rows", seen.count))
    for number, (title, rows) in enumerate(_groups(table, seen.rows)):
        if title:
            section(title)
        tables.show(
            columns(table, rows),
            key=f"report-{table.name}-{number}",
            alt=f"{table.title} {title}".strip(),
            height="content" if len(rows) <= 25 else 640,
        )


def _groups(table: Table, rows: Sequence[Cells]) -> Iterator[tuple[str, list[Cells]]]:
    """The rows under their headings, where the report has any."""
    at = table.position(table.grouped_by) if table.grouped_by else None
    if at is None:
        yield "", list(rows)
        return
    for title, some in groupby(rows, key=lambda cells: cells[at]):
        yield str(title or ""), list(some)


def columns(table: Table, rows: Sequence[Cells]) -> list[tables.Column]:
    """The cells as a table on the screen shows them; under a heading, without columns in which nothing stands."""
    grouped = table.position(table.grouped_by) if table.grouped_by else None
    shown = []
    for at, column in enumerate(table.columns):
        cells = [row[at] for row in rows]
        if at == grouped or (grouped is not None and all(cell is None for cell in cells)):
            continue
        shown.append(tables.Column(table.heads[at], _cells(table, at, cells), _kind(column.kind)))
    return shown


def _kind(kind: Kind) -> Any:
    if kind is Kind.DAY:
        return "day"
    return "figure" if kind.is_number else "text"


def _cells(table: Table, at: int, cells: Sequence[Cell]) -> list[Any]:
    column = table.columns[at]
    if column.kind is Kind.DAY:
        return list(cells)
    written = [table.written(cell, column) for cell in cells]
    width = max(map(len, written), default=0) if column.kind.is_number else 0
    return [text.rjust(width) for text in written]
