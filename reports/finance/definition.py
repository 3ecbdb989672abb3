"""What a finance report is: one definition, from which the screen and every file of it are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal

import queries
from access.scope import Scope
from reports.finance.guard import MONEY_CHECKS
from reports.finance.period import Period
from reports.speech import Speech
from reports.table import Cells, Chart, Column
from settings import Settings

Span = Literal["month", "months", "days", "day"]
"""Which periods a report can be made for: one month, whole months, any days, or the end of one day."""


@dataclass(frozen=True)
class Asking:
    """What a report is asked with. `engine` is the store's, for reports of what was issued."""

    books: queries.Snapshots
    scope: Scope
    settings: Settings
    period: Period
    speech: Speech
    school_id: int | None = None
    engine: Any = None

    def stream(self, question: str, **params: Any) -> Any:
        """The rows of one question, batch by batch, within the scope."""
        return queries.stream(self.books, self.scope, question, **self._fitting(question, params))

    def ask(self, question: str, **params: Any) -> list[dict[str, Any]]:
        """The rows of one question that has few."""
        return queries.ask(self.books, self.scope, question, **self._fitting(question, params)).as_dicts()

    def _fitting(self, question: str, params: dict[str, Any]) -> dict[str, Any]:
        """The parameters of the report that the question takes, and those given."""
        known = {
            "from_date": self.period.start, "until_date": self.period.end, "day": self.period.last_day,
            "school_id": self.school_id, "zone": self.settings.timezone,
        }
        takes = {parameter.name for parameter in queries.question(question).params}
        return {**{name: value for name, value in known.items() if name in takes}, **params}


Source = Callable[[Asking], Iterator[Cells]]


@dataclass(frozen=True)
class Report:
    """One report. Its columns are the question's, in the order in which they are shown."""

    name: str
    title: str
    about: str
    """What it answers, in one sentence."""
    span: Span
    columns: tuple[Column, ...]
    questions: tuple[str, ...]
    empty: str
    source: Source | None = None
    """How the rows are put together where that takes more than one question."""
    checks: tuple[str, ...] = MONEY_CHECKS
    chart: Chart | None = None
    grouped_by: str | None = None
    looks_ahead: bool = False
    """May be made for days that have not come yet."""
    has_money: bool = True
    note: str = ""
    """What its reader must know."""
    needs_store: bool = False
    """Is made of what was issued: running it takes the store's engine."""

    def rows(self, asking: Asking) -> Iterator[Cells]:
        """The exact cells, in the order of the columns."""
        return self.source(asking) if self.source else of_question(asking, self.questions[0], self.columns)


def of_question(asking: Asking, question: str, columns: tuple[Column, ...]) -> Iterator[Cells]:
    """The rows of one question, with the columns of a report."""
    with asking.stream(question) as streamed:
        chosen = itemgetter(*(streamed.columns.index(column.name) for column in columns))
        with closing(streamed.rows) as rows:
            yield from map(chosen, rows)
