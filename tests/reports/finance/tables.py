"""Reports made of given cells, for tests of what writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from reports.speech import speaking
from reports.table import Cells, Column, Kind, Stamp, Table

AS_OF = datetime(2026, 11, 23, 9, tzinfo=UTC)
STAMP = Stamp(
    as_of=AS_OF, as_of_words="23 November 2026, 09:00 (Europe/Lisbon)", snapshot_id=7, scope="Colégio Aurora",
    period="September 2026",
)
COLUMNS = (
    Column("name", "Student"), Column("currency", "Currency"), Column("hours", "Hours", Kind.HOURS, total=True),
    Column("amount", "Amount", Kind.MONEY, total=True),
)


def table_of(rows: Sequence[Cells], columns: tuple[Column, ...] = COLUMNS, **more: Any) -> Table:
    """A report of these rows."""

    def source() -> Iterator[Cells]:
        return iter(rows)

    given: dict[str, Any] = {
        "name": "test", "title": "A test", "columns": columns, "stamp": STAMP, "speech": speaking("en"),
        "source": source, "empty": "Nothing was sold.", "slug": "2026-09_school-1", **more,
    }
    return Table(**given)
