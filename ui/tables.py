"""Shows rows as tables: exact figures as people write them, and a click on a row that opens the student.

Cells are text that the browser draws as it is, so what users wrote is never run as markup. Figures are padded to one
length, so that a click on a column's head sorts them by value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa
import streamlit as st

from ui import formats
from ui.text import _

MOST_ROWS = 500
"""Rows a table shows at most; a longer list has pages, or is exported."""


@dataclass(frozen=True)
class Column:
    """One column: its head, its cells as text or days, and how they are set."""

    label: str
    cells: Sequence[Any]
    kind: Literal["text", "figure", "day"] = "text"
    width: Literal["small", "medium", "large"] | None = None


def text(label: str, values: Iterable[object], width: Literal["small", "medium", "large"] | None = None) -> Column:
    """Words as they were written, on one line."""
    return Column(label, [" ".join(str(value).split()) if value is not None else "" for value in values], width=width)


def hours(label: str, values: Iterable[Decimal | None]) -> Column:
    """Hours; the unit is in the column's head."""
    return _figures(label if label == _("Hours") else f"{label} (h)", values, formats.number)


def counts(label: str, values: Iterable[int | None]) -> Column:
    """Whole numbers."""
    return _figures(label, values, formats.count)


def money(label: str, amounts: Iterable[tuple[Decimal | None, str | None]]) -> Column:
    """Amounts, each with its currency."""
    return _figures(label, amounts, lambda pair: formats.money(*pair))


def shares(label: str, values: Iterable[tuple[int | Decimal | None, int | Decimal | None]]) -> Column:
    """Parts of a whole in per cent."""
    return _figures(label, values, lambda pair: formats.share(*pair))


def days(label: str, values: Iterable[date | None]) -> Column:
    """Days, as numbers in the order day, month, year."""
    return Column(label, list(values), "day")


def show(columns: Sequence[Column], *, key: str, alt: str, height: int | Literal["content"] = "content") -> None:
    """Draws a table; `alt` says in words what it holds."""
    st.dataframe(
        _arrow(columns), column_config=_set(columns), hide_index=True, key=key, alt=alt, height=height, placeholder=""
    )


def show_students(
    columns: Sequence[Column],
    student_ids: Sequence[int],
    *,
    key: str,
    alt: str,
    height: int | Literal["content"] = "content",
) -> None:
    """Draws a table of students; a click anywhere in a row opens that student's page."""
    row = show_choice(columns, key=key, alt=alt, height=height)
    if row is not None and row < len(student_ids):
        st.switch_page("student.py", query_params={"student": str(student_ids[row])})


def show_choice(
    columns: Sequence[Column], *, key: str, alt: str, height: int | Literal["content"] = "content"
) -> int | None:
    """Draws a table and returns the row that was clicked, None before that."""
    chosen = st.dataframe(
        _arrow(columns),
        column_config=_set(columns),
        hide_index=True,
        key=key,
        alt=alt,
        height=height,
        placeholder="",
        on_select="rerun",
        selection_mode="single-cell",
    )
    cells = chosen["selection"]["cells"]
    return int(cells[0][0]) if cells and cells[0][0] < len(columns[0].cells) else None


def _figures(label: str, values: Iterable[Any], write: Callable[[Any], str]) -> Column:
    cells = [write(value) for value in values]
    length = max(map(len, cells), default=0)
    return Column(label, [cell.rjust(length) for cell in cells], "figure")


def _arrow(columns: Sequence[Column]) -> pa.Table:
    types = {"text": pa.string(), "figure": pa.string(), "day": pa.date32()}
    arrays = [pa.array(column.cells, type=types[column.kind]) for column in columns]
    return pa.Table.from_arrays(arrays, names=[column.label for column in columns])


def _set(columns: Sequence[Column]) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for column in columns:
        if column.kind == "day":
            config[column.label] = st.column_config.DateColumn(format="DD/MM/YYYY")
        else:
            config[column.label] = st.column_config.TextColumn(
                alignment="right" if column.kind == "figure" else "left", width=column.width
            )
    return config
