"""Turns an answer into a CSV file that a spreadsheet opens without running anything.

Numbers stay numbers, exact and with a point; days and instants are ISO 8601. Text that a spreadsheet would take for a
formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import streamlit as st

from errors import HourbookError
from queries import Answer
from ui import entry, trail
from ui.session import Here

AMOUNTS = ("DECIMAL(14,2)", "DECIMAL(18,2)")
"""Types of columns that hold money; hours have another. Who sees no money gets no such columns."""

CSV = "text/csv; charset=utf-8"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class DownloadRefused(HourbookError):
    """Who asks for a file has lost what let them see it since the page was drawn."""


def csv_bytes(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """UTF-8 with a mark that spreadsheets recognise, one line per row, columns by their names in the questions."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def button(
    here: Here, label: str, answer: Callable[[], Answer], *, file_name: str, key: str, student_id: int | None = None
) -> None:
    """A button that asks, writes the file and says so in the audit trail, all only when it is pressed.

    The file's name carries ids only: names end up in download folders and mail subjects.
    """

    def write() -> bytes:
        refuse_who_left(here)
        answered = answer()
        trail.exported(here, answered.question, len(answered), student_id)
        kept = [at for at, type_ in enumerate(answered.types) if here.sees_money or type_ not in AMOUNTS]
        return csv_bytes([answered.columns[at] for at in kept], [[row[at] for at in kept] for row in answered.rows])

    st.download_button(label, write, file_name=file_name, mime=unguessable(CSV), on_click="ignore", key=key)


def rows_button(
    here: Here,
    label: str,
    rows: Callable[[], tuple[Sequence[str], Sequence[Sequence[Any]]]],
    *,
    file_name: str,
    key: str,
) -> None:
    """The same for columns and rows that no question answers, such as the audit trail's."""

    def write() -> bytes:
        refuse_who_left(here)
        columns, found = rows()
        trail.exported(here, key, len(found))
        return csv_bytes(columns, found)

    st.download_button(label, write, file_name=file_name, mime=unguessable(CSV), on_click="ignore", key=key)


def unguessable(media_type: str) -> str:
    """The media type with a mark that makes the file's address random.

    Streamlit names a file by a hash of its content, kind and name: without the mark, who can guess a small file could
    ask whether it was made, and two large ones that differ only in places not hashed would be one.
    """
    return f"{media_type}; mark={secrets.token_hex(16)}"


def refuse_who_left(here: Here) -> None:
    """Raises DownloadRefused where the viewer of an earlier run would not be let in now."""
    if not entry.is_still_admitted(here.viewer):
        raise DownloadRefused("You may not download this any more. Reload the page to see what is open to you.")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (Decimal, int, float)):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
