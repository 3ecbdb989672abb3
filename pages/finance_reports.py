"""What does finance take away? One report, one period: the table, and the same figures as CSV, XLSX and PDF."""

import streamlit as st

from errors import HourbookError
from ui import formats, report_choice, report_files, report_table, screens
from ui.page import header
from ui.session import require_viewer
from ui.text import _

here = require_viewer("finance_reports")
header(here, _("Reports"))

wanted = report_choice.asked(here)
if wanted is None:
    st.stop()
try:
    table = report_choice.made(here, wanted)
    seen = report_table.look_at(table)
except HourbookError as failure:
    screens.empty(_("This report cannot be made."), formats.one_line(failure.message))
    st.stop()
report_table.head(table)
report_files.offer(
    here,
    table,
    lambda: report_choice.made(here, wanted),
    period=wanted.period,
    key=f"report_{wanted.report.name}",
    rows=seen.count,
)
report_table.show(table, seen)
