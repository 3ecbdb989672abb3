"""Finance reports: `REPORTS` defines them, `run` makes one; `reports.formats` writes it to a file."""

from __future__ import annotations

from reports.finance.catalogue import REPORTS, UnknownReport, report_named
from reports.finance.definition import Report
from reports.finance.guard import ExportBlocked
from reports.finance.period import BadPeriod, Period
from reports.finance.running import CurrencyUnfit, ReportOutOfReach, run

__all__ = [
    "REPORTS", "BadPeriod", "CurrencyUnfit", "ExportBlocked", "Period", "Report", "ReportOutOfReach", "UnknownReport",
    "report_named", "run",
]
