"""Names the file of a report so that the name alone says what it holds: report, period, scope, as of, snapshot."""

from __future__ import annotations

from reports.table import Table


def file_name(table: Table, ending: str) -> str:
    """Such as `sales_2025-09_school-1_as-of-20261123T0900Z_snapshot-12.csv`."""
    stamp = table.stamp
    return f"{table.name}_{table.slug}_as-of-{stamp.as_of:%Y%m%dT%H%MZ}_snapshot-{stamp.snapshot_id}.{ending}"
