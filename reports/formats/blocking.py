"""Refuses to make a file of a report that may not be handed out."""

from __future__ import annotations

from reports.finance.guard import ExportBlocked
from reports.table import Table


def refuse_if_blocked(table: Table) -> None:
    """Raises ExportBlocked, saying why, where the checks or the age of the snapshot forbid a file."""
    if table.blocked:
        raise ExportBlocked(f"{table.title}: {table.blocked}")
