"""Writes a report to a file: CSV, XLSX or PDF, all from the same exact cells."""

from __future__ import annotations

from reports.finance.guard import ExportBlocked
from reports.formats.csv_file import BadSeparator, to_csv
from reports.formats.file_names import file_name
from reports.formats.pdf_file import TooLongForPaper, to_pdf
from reports.formats.xlsx_file import to_xlsx

__all__ = ["BadSeparator", "ExportBlocked", "TooLongForPaper", "file_name", "to_csv", "to_pdf", "to_xlsx"]
