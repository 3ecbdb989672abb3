"""Draws bars as small SVG from the rows of a report: one picture per group, the values written beside the bars."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from html import escape

from reports.render import printable
from reports.speech import marked as _
from reports.table import Cell, Cells, Chart, Table

MOST_BARS = 24
_WIDTH, _LABEL, _VALUE, _STEP, _BAR = 520, 170, 90, 15, 9
_LETTERS = 34
"""Of a label, as many as fit beside the bars; the whole text stands in the table below."""


def drawn(table: Table, rows: Iterable[Cells], chart: Chart) -> list[tuple[str, str]]:
    """A title and an SVG for each group of at least two values."""
    return [(title, _svg(title, bars, table)) for title, bars in pictures(table, rows, chart)]


def pictures(table: Table, rows: Iterable[Cells], chart: Chart) -> list[tuple[str, list[tuple[str, Decimal]]]]:
    """A title and the bars, each with its label and value, for each group of at least two values."""
    found = []
    for group, values in _values(table, rows, chart).items():
        if len(values) > 1:
            title = " · ".join([*group, table.speech.say(chart.title)] if not chart.within else group)
            found.append((title, list(values.items())[:MOST_BARS]))
    return found


def _values(table: Table, rows: Iterable[Cells], chart: Chart) -> dict[tuple[str, ...], dict[str, Decimal]]:
    """Values by label, by group, in the order of the rows; rows of one label are added up."""
    label, value = table.position(chart.label), table.position(chart.value)
    groups = [at for at in map(table.position, chart.groups) if at is not None]
    within = {table.speech.say(heading) for heading in chart.within}
    found: dict[tuple[str, ...], dict[str, Decimal]] = {}
    if label is None or value is None:
        return found
    for cells in rows:
        group = tuple(str(cells[at] or "") for at in groups)
        if isinstance(cells[value], Decimal) and (not within or within & set(group)):
            values = found.setdefault(group, {})
            name = _label(table, cells[label], label)
            values[name] = values.get(name, Decimal(0)) + Decimal(str(cells[value]))
    return found


def _label(table: Table, cell: Cell, at: int) -> str:
    return table.written(cell, table.columns[at])


def _svg(title: str, bars: list[tuple[str, Decimal]], table: Table) -> str:
    longest = max((abs(value) for _label, value in bars), default=Decimal(0)) or Decimal(1)
    room = _WIDTH - _LABEL - _VALUE
    parts = []
    for at, (label, value) in enumerate(bars):
        top = at * _STEP
        width = round(float(abs(value) / longest) * room, 1)
        shown = label if len(label) <= _LETTERS else label[: _LETTERS - 1] + "…"
        colour = "#1f6f5c" if value >= 0 else "#b3542f"
        parts.append(
            f'<text x="{_LABEL - 6}" y="{top + 10}" text-anchor="end">{escape(printable(shown))}</text>'
            f'<rect x="{_LABEL}" y="{top + 2}" width="{max(width, 0.5)}" height="{_BAR}" fill="{colour}"/>'
            f'<text x="{_LABEL + width + 4}" y="{top + 10}">{escape(table.speech.number(value))}</text>'
        )
    height = len(bars) * _STEP + 2
    said = table.speech.say(_("Bars: {title}"), title=title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'font-family="Inter, Noto Sans" font-size="8"><title>{escape(said)}</title>{"".join(parts)}</svg>'
    )
