"""Files of a report or a statement: written when they are pressed for, into a file and not into memory, and recorded.

Between the drawing of a button and the press anything may have happened, so whoever presses is admitted anew, and the
report is made anew: its checks and its age are judged at that moment, on the snapshot that the page shows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any, BinaryIO

import streamlit as st

from reports import formats as written
from reports.finance import Period
from reports.formats import csv_file, pdf_file, xlsx_file
from reports.table import Table
from ui import exports, formats, trail
from ui.choices import choose
from ui.navigation import opens
from ui.session import Here
from ui.text import _, language

WRITERS: dict[str, Callable[..., int]] = {"csv": written.to_csv, "xlsx": written.to_xlsx, "pdf": written.to_pdf}
MEDIA_TYPES = {"csv": csv_file.MEDIA_TYPE, "xlsx": xlsx_file.MEDIA_TYPE, "pdf": pdf_file.MEDIA_TYPE}
SIGNS = {"point": (",", "."), "comma": (";", ","), "both": (";", ".")}
"""Separator and decimal sign of CSV files, by what the address calls them."""


def offer(
    here: Here, table: Table, again: Callable[[], Table], *, period: Period, key: str, rows: int = 0,
    forms: tuple[str, ...] = ("csv", "xlsx", "pdf"), student_id: int | None = None,
) -> None:  # fmt: skip
    """The buttons of a report; `again` makes it anew. Where no file may be made, the reason and what to do instead."""
    if table.blocked:
        _blocked(here, table.blocked)
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{key}-files"):
        separator, decimal = _signs() if rows else SIGNS[_own_signs()]
        for form in forms:
            too_long = form == "pdf" and rows > pdf_file.MOST_ROWS
            options = {"separator": separator, "decimal": decimal} if form == "csv" else {}
            st.download_button(
                _title(form),
                writer(here, again, form, what=key, period=period, student_id=student_id, **options),
                file_name=written.file_name(table, form),
                mime=exports.unguessable(MEDIA_TYPES[form]),
                on_click="ignore",
                key=f"{key}-{form}",
                disabled=too_long,
                help=_("Too many rows for paper: take Excel or CSV, or a shorter period.") if too_long else None,
            )


def writer(
    here: Here, again: Callable[[], Table], form: str, *, what: str, period: Period, student_id: int | None = None,
    **options: Any,
) -> Callable[[], BinaryIO]:  # fmt: skip
    """Writes the file when it is called. Raises DownloadRefused and ExportBlocked."""

    def write() -> BinaryIO:
        exports.refuse_who_left(here)
        table = again()
        with tempfile.NamedTemporaryFile(prefix="hourbook-", suffix=f".{form}") as sink:
            rows = WRITERS[form](table, sink, **options)
            sink.flush()
            said = {"form": form, "snapshot": table.stamp.snapshot_id}
            days = {"since": period.start.isoformat(), "until": period.last_day.isoformat()}
            trail.exported(here, what, rows, student_id, **said, **days)
            return open(sink.name, "rb")  # its name goes now, its bytes when they were read

    return write


def _title(form: str) -> str:
    return {"csv": "CSV", "xlsx": _("Excel (XLSX)"), "pdf": "PDF"}[form]


def _signs() -> tuple[str, str]:
    """How numbers stand in CSV: as spreadsheets of the viewer's language read them, unless chosen otherwise."""
    names = {code: f"1234{decimal}50  ({separator})" for code, (separator, decimal) in SIGNS.items()}
    label = _("Number (separator) in CSV")
    return SIGNS[choose(st.selectbox, label, names, key="signs", default=_own_signs(), width=190)]


def _own_signs() -> str:
    return "comma" if language() == "pt" else "point"


def _blocked(here: Here, reason: str) -> None:
    refused = _("No file can be made of these figures now.")
    st.warning(f"**{refused}** {formats.plain(reason)}")
    if opens(here.viewer, "health"):
        st.page_link("health.py", label=_("See on Data health what was checked"))
    else:
        st.caption(_("An administrator of your school sees on Data health what was checked."))
