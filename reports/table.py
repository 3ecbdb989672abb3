"""A report as exact cells with a stamp: what every screen and every file of it is made from.

A cell is None, a text, a whole number, a Decimal, or a day; which it is, and how it is written, its column's kind says.
Rows are read anew from the snapshot each time they are gone through, so that a long report is never held as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from reports.speech import NOTHING, Speech
from reports.speech import marked as _

Cell = str | int | Decimal | date | None
Cells = tuple[Cell, ...]


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    COUNT = "count"
    ID = "id"
    HOURS = "hours"
    MONEY = "money"
    DAY = "day"
    MONTH = "month"

    @property
    def is_number(self) -> bool:
        """Stands at the right of its column."""
        return self in (Kind.COUNT, Kind.HOURS, Kind.MONEY)


@dataclass(frozen=True)
class Column:
    """One column: its name in the question, its title, and what it holds."""

    name: str
    title: str
    kind: Kind = Kind.TEXT
    total: bool = False
    """Rows add up to something that means something; never over two currencies."""
    words: Mapping[str, str] = field(default_factory=dict)
    """What short codes of the books are called; unknown ones stay as written."""
    missing: str = ""
    """What stands where a text is missing."""
    share: int = 10
    """Its width beside the others, on paper."""


@dataclass(frozen=True)
class Chart:
    """Bars drawn from a report's own rows: one picture per currency or other group, so that like stands by like."""

    title: str
    label: str
    value: str
    groups: tuple[str, ...]
    within: tuple[str, ...] = ()
    """Only rows under these headings; all when none is named."""


class Line(NamedTuple):
    """One line of a report: a row, or the total of the rows of one currency."""

    cells: Cells
    is_total: bool = False


@dataclass(frozen=True)
class Stamp:
    """What a report was made from; the texts are in the report's language."""

    as_of: datetime
    as_of_words: str
    snapshot_id: int
    scope: str
    period: str
    filters: str = ""
    remarks: tuple[str, ...] = ()
    is_demo: bool = False

    def facts(self, speech: Speech) -> list[tuple[str, str]]:
        """Names and values, in the order in which they are shown."""
        said = [
            (speech.say(_("Period")), self.period),
            (speech.say(_("Scope")), self.scope),
            (speech.say(_("Filters")), self.filters),
            (speech.say(_("As of")), self.as_of_words),
            (speech.say(_("Snapshot")), str(self.snapshot_id)),
        ]
        if self.is_demo:
            said.append((speech.say(_("Source")), speech.say(_("an invented demo school"))))
        return [(name, value) for name, value in said if value]


@dataclass(frozen=True)
class Table:
    """A report that can be gone through: on a screen, or into a file."""

    name: str
    title: str
    columns: tuple[Column, ...]
    stamp: Stamp
    speech: Speech
    source: Callable[[], Iterator[Cells]] = field(repr=False)
    empty: str
    """What is said where there are no rows."""
    blocked: str | None = None
    """Why no file may be made of it; None when one may."""
    slug: str = ""
    """Period and scope in a file's name."""
    chart: Chart | None = None
    grouped_by: str | None = None
    """The column under whose values the rows stand together, in that order."""
    currency: str = "currency"
    """The column that says the currency of a row's money."""

    @property
    def heads(self) -> tuple[str, ...]:
        """The titles of the columns."""
        return tuple(self.speech.say(column.title) for column in self.columns)

    def position(self, name: str) -> int | None:
        """Where a column stands, if there is one of that name."""
        return next((at for at, column in enumerate(self.columns) if column.name == name), None)

    def rows(self) -> Iterator[Cells]:
        """The rows, as the words of the report's language say them."""
        return _worded(self.source(), self.columns, self.speech)

    def lines(self) -> Iterator[Line]:
        """The rows, then their totals: one per currency, none where there is nothing to add up."""
        totals = Totals(self.columns, self.position(self.currency))
        for cells in self.rows():
            totals.add(cells)
            yield Line(cells)
        for cells in totals.cells(self.speech.say(_("Total"))):
            yield Line(cells, is_total=True)

    def written(self, cell: Cell, column: Column) -> str:
        """A cell as a person reads it."""
        return written(cell, column.kind, self.speech)


class Totals:
    """Adds rows up, each currency for itself."""

    def __init__(self, columns: tuple[Column, ...], currency: int | None) -> None:
        self._width = len(columns)
        self._currency = currency
        self._summed = [at for at, column in enumerate(columns) if column.total]
        self._sums: dict[Cell, list[Any]] = {}

    def add(self, cells: Cells) -> None:
        """Takes one row into the sums of its currency."""
        if not self._summed:
            return
        key = cells[self._currency] if self._currency is not None else None
        sums = self._sums.get(key)
        if sums is None:
            sums = self._sums[key] = [None] * len(self._summed)
        for index, at in enumerate(self._summed):
            value = cells[at]
            if value is not None:
                sums[index] = value if sums[index] is None else sums[index] + value

    def cells(self, title: str) -> Iterator[Cells]:
        """One row per currency, in the order of their codes."""
        for key in sorted(self._sums, key=lambda key: str(key or "")):
            row: list[Cell] = [None] * self._width
            if self._currency is not None:
                row[self._currency] = key
            for index, at in enumerate(self._summed):
                row[at] = self._sums[key][index]
            row[0] = title
            yield tuple(row)


def written(cell: Cell, kind: Kind, speech: Speech) -> str:
    """A cell as a person reads it, on a screen and on paper."""
    if cell is None or cell == "":
        return NOTHING
    if isinstance(cell, str):
        return cell
    if isinstance(cell, date):
        return speech.month(cell) if kind is Kind.MONTH else speech.day(cell)
    if kind is Kind.ID:
        return str(cell)
    return speech.number(cell, 0 if isinstance(cell, int) else 2)


_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


def one_line(text: str) -> str:
    """A text as a cell holds it: nothing that breaks lines or that no file format can hold, no blanks around."""
    return (text if text.isprintable() else _UNPRINTABLE.sub(" ", text)).strip()


def _worded(rows: Iterable[Cells], columns: tuple[Column, ...], speech: Speech) -> Iterator[Cells]:
    """Rows with their codes named and their texts made fit for any file."""
    said = [(at, _Said(column, speech)) for at, column in enumerate(columns) if column.kind is Kind.TEXT]
    for row in rows:
        cells = list(row)
        for at, words in said:
            cells[at] = words[cells[at]]
        yield tuple(cells)


class Remembered(dict[Any, Any]):
    """What was worked out for a cell, by the cell; the same names come again and again. Holds some thousand at most."""

    _MOST = 10_000

    def __init__(self, work: Callable[[Any], Any]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, cell: Any) -> Any:
        if len(self) >= self._MOST:
            self.clear()
        found = self[cell] = self._work(cell)
        return found


class _Said(Remembered):
    """How the texts of one column are said."""

    def __init__(self, column: Column, speech: Speech) -> None:
        codes = {code: speech.say(word) for code, word in column.words.items()}
        missing = speech.say(column.missing) or None

        def say(cell: Cell) -> Cell:
            return codes.get(str(cell)) or one_line(str(cell or "")) or missing

        super().__init__(say)
