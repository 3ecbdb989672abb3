"""Finds out which columns hold money, from the types of the snapshot's own tables.

Hours are decimal(12,2); every wider decimal is an amount (`etl/schema.sql`). So an amount that is added to a table
is covered from its first day, for whoever may not see it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

PUBLIC = frozenset({("plans", "price")})
"""Amounts that anybody may see: the price list."""

_KEPT = 8
_SQL = """
select table_name, list(column_name order by column_index)
from duckdb_columns()
where database_name = current_database()
    and data_type like 'DECIMAL(%'
    and numeric_precision > 12
group by table_name
"""
_known: OrderedDict[Any, dict[str, tuple[str, ...]]] = OrderedDict()
_lock = threading.Lock()


def amount_columns(cursor: duckdb.DuckDBPyConnection, snapshot: Any) -> dict[str, tuple[str, ...]]:
    """The columns of each table that hold amounts. Read once per snapshot."""
    with _lock:
        if (known := _known.get(snapshot)) is not None:
            return known
    found = {
        table: tuple(column for column in columns if (table, column) not in PUBLIC)
        for table, columns in cursor.execute(_SQL).fetchall()
    }
    with _lock:
        _known[snapshot] = found
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return found
