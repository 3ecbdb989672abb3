"""Decides whether a Postgres platform is what we expect, and names everything that is not in one message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from etl import contract
from etl.contract import ContractTable
from etl.errors import ContractViolated, SourceRefused
from etl.readers.shapes import Shape, SourceColumn, quoted, shape_of

Ask = Callable[[str, tuple[Any, ...]], list[tuple[Any, ...]]]

_TABLE = """
select n.nspname, c.relkind, c.oid
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.oid = to_regclass(%s)
"""
_COLUMNS = """
select a.attname,
    format_type(
        coalesce(nullif(t.typbasetype, 0), a.atttypid),
        case when t.typbasetype <> 0 then t.typtypmod else a.atttypmod end
    ),
    has_column_privilege(a.attrelid, a.attnum, 'select')
from pg_attribute a join pg_type t on t.oid = a.atttypid
where a.attrelid = %s and a.attnum > 0 and not a.attisdropped
"""


@dataclass
class PlatformTables:
    """What was found: the contract's tables, how each column is read, and the schema of each table.

    ``has_versions`` is false when some table is a view, whose rows carry no version, or partitioned: a partition may be
    exchanged for another without any row changing its version.
    """

    tables: dict[str, ContractTable] = field(default_factory=dict)
    shapes: dict[str, list[Shape]] = field(default_factory=dict)
    schemas: dict[str, str] = field(default_factory=dict)
    has_versions: bool = True
    problems: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)


def validate(ask: Ask, where: str, role: str) -> PlatformTables:
    """Look at every table of the contract.  Raises ContractViolated or SourceRefused naming every problem."""
    found = PlatformTables()
    for table in contract.tables():
        rows = ask(_TABLE, (table.name,))
        if rows:
            schema, relkind, oid = rows[0]
            found.has_versions = found.has_versions and relkind in ("r", "m")
            found.schemas[table.name] = schema
            found.tables[table.name] = table
            found.shapes[table.name] = _columns(ask(_COLUMNS, (oid,)), table, found)
        elif table.optional is None:
            found.problems.append(f"table {table.name} is missing")
    if found.problems:
        raise ContractViolated(
            f"The platform {where} is not as expected: {'; '.join(found.problems)}. Nothing was changed; "
            "point HOURBOOK_PLATFORM_URL at the platform's database, or tell us about its new version."
        )
    if found.refused:
        grants = ", ".join(sorted(found.refused))
        raise SourceRefused(
            f"The role {role!r} may not read {grants} on the platform {where}. "
            f"Run there: GRANT SELECT ON {grants} TO {quoted(role)};"
        )
    return found


def _columns(rows: list[tuple[Any, ...]], table: ContractTable, found: PlatformTables) -> list[Shape]:
    columns = {name: (SourceColumn(name, kind), allowed) for name, kind, allowed in rows}
    shapes = []
    for column in table.columns:
        if column.name not in columns:
            found.problems.append(f"column {table.name}.{column.name} is missing")
            continue
        source, allowed = columns[column.name]
        shape = shape_of(column, source)
        if shape is None:
            found.problems.append(
                f"column {table.name}.{column.name} is {source.type}, which cannot hold an exact {column.stage}"
            )
        elif not allowed:
            found.refused.add(f"{found.schemas[table.name]}.{table.name}")
        else:
            shapes.append(shape)
    return shapes
