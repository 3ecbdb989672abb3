"""Decides how a source column becomes a mirrored one, and how both sides add up the same checksum.

A checksum is a sum of whole numbers, so each side can compute it in one pass, in any order and in parallel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from etl.contract import ContractColumn, ContractTable

_TEXT = re.compile(r"^(text|character varying|character|citext|name|uuid|inet|json|jsonb|xml|\")")
_LAST_INSTANT = "9999-12-31 23:59:59.999999+00"
_FIRST_INSTANT = "0001-01-02 00:00:00+00"


@dataclass(frozen=True)
class SourceColumn:
    """A column as Postgres has it: its type in Postgres's own words, e.g. ``numeric(5,2)``."""

    name: str
    type: str


@dataclass(frozen=True)
class Shape:
    """How one Postgres column is read: ``expression`` over the column, ``odd`` finds values it cannot hold.

    ``plain`` columns need no expression: their type is what the mirror holds.
    """

    column: ContractColumn
    expression: str
    odd: str | None
    plain: bool


def quoted(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def shape_of(column: ContractColumn, source: SourceColumn) -> Shape | None:
    """How to read ``source`` into ``column``, or None when its type cannot hold what is needed."""
    name = quoted(column.name)
    kind = source.type
    makers = {
        "bigint": _integer,
        "varchar": _text,
        "decimal(18,2)": _decimal,
        "boolean": _boolean,
        "timestamptz": _instant,
        "date": _date,
        "time": _time,
    }
    return makers[column.stage](column, name, kind)


def _integer(column: ContractColumn, name: str, kind: str) -> Shape | None:
    if kind in ("bigint", "integer", "smallint"):
        return Shape(column, f"{name}::int8", None, True)
    return None


def _text(column: ContractColumn, name: str, kind: str) -> Shape | None:
    plain = kind.startswith(("text", "character varying", "jsonb"))
    return Shape(column, f"{name}::text", None, plain)


def _decimal(column: ContractColumn, name: str, kind: str) -> Shape | None:
    if kind in ("bigint", "integer", "smallint"):
        return Shape(column, f"{name}::numeric(18,2)", None, False)
    sized = re.fullmatch(r"numeric\((\d+),(-?\d+)\)", kind)
    unheld = f"{name} = 'NaN' or abs({name}) >= 1e15"
    careful = f"case when {unheld} then null else round({name}, 2) end::numeric(18,2)"
    if sized and 0 <= int(sized[2]) <= 2 and int(sized[1]) - int(sized[2]) <= 15:
        return Shape(column, careful, f"{name} = 'NaN'", True)
    if kind == "numeric" or sized:
        return Shape(column, careful, f"{unheld} or {name} <> round({name}, 2)", False)
    return None


def _boolean(column: ContractColumn, name: str, kind: str) -> Shape | None:
    return Shape(column, name, None, True) if kind == "boolean" else None


def _instant(column: ContractColumn, name: str, kind: str) -> Shape | None:
    if kind == "timestamp with time zone":
        value, plain = name, True
    elif kind in ("timestamp without time zone", "date"):
        value, plain = f"({name}::timestamp at time zone 'UTC')", False
    else:
        return None
    careful = f"least(greatest({value}, '{_FIRST_INSTANT}'::timestamptz), '{_LAST_INSTANT}'::timestamptz)"
    odd = f"{value} < '{_FIRST_INSTANT}' or {value} > '{_LAST_INSTANT}'"
    return Shape(column, f"case when {name} is not null then {careful} end", odd, plain)


def _date(column: ContractColumn, name: str, kind: str) -> Shape | None:
    if kind != "date":
        return None
    careful = f"case when {name} is not null then least(greatest({name}, '0001-01-02'::date), '9999-12-31'::date) end"
    return Shape(column, careful, f"{name} < '0001-01-02' or {name} > '9999-12-31'", True)


def _time(column: ContractColumn, name: str, kind: str) -> Shape | None:
    if kind == "time without time zone":
        return Shape(column, name, None, True)
    return Shape(column, f"{name}::time", None, False) if kind == "time with time zone" else None


def quoted_text(text: str) -> str:
    """``text`` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


_KEYS = "coalesce(sum((id % 1000003) * (id % 999983)), 0)"

_DUCKDB_TERMS = {
    "bigint": "coalesce({c} % 1000000007, 11)",
    "boolean": "case when {c} then 3 when not {c} then 5 else 7 end",
    "decimal(18,2)": "coalesce(({c} * 100)::bigint % 1000000007, 13)",
    "timestamptz": "coalesce(floor(epoch_us({c})::double / 1000000.0)::bigint"
    " + 7 * (((epoch_us({c}) % 60000000) + 60000000) % 60000000), 17)",
    "date": "coalesce(date_diff('day', date '1970-01-01', {c}), 19)",
    "time": "coalesce(epoch_us({c}) // 1000000, 23)",
    "varchar": "coalesce(length({c}) * 31, 29)",
    "varchar deep": "coalesce(length({c}) * 31 + ('0x' || substr(md5({c}), 1, 7))::bigint, 29)",
}
_POSTGRES_TERMS = {
    **_DUCKDB_TERMS,
    "decimal(18,2)": "coalesce(({c} * 100)::int8 % 1000000007, 13)",
    "timestamptz": "coalesce(floor(date_part('epoch', {c}))::int8 + 7 * date_part('microseconds', {c})::int8, 17)",
    "date": "coalesce({c} - date '1970-01-01', 19)",
    "time": "coalesce(floor(date_part('epoch', {c}))::int8, 23)",
    "varchar deep": "coalesce(length({c}) * 31 + ('x' || substr(md5({c}), 1, 7))::bit(28)::int8, 29)",
}


def checksums(
    table: ContractTable, dialect: str, *, deep: bool, values: dict[str, str] | None = None
) -> tuple[str, str]:
    """Two SQL aggregates, of the set of ids and of all values, as ``dialect`` ("duckdb" or "postgres") writes them.

    ``values`` gives the expression of a column where it is not the column itself.  ``deep`` hashes every text;
    otherwise only documents are hashed and a text counts by its length (large tables, whose texts are short codes).
    """
    terms = _DUCKDB_TERMS if dialect == "duckdb" else _POSTGRES_TERMS
    parts = []
    for number, column in enumerate(table.columns):
        hashed = column.stage == "varchar" and (deep or column.is_document)
        kind = f"{column.stage} deep" if hashed else column.stage
        value = (values or {}).get(column.name, quoted(column.name))
        parts.append(f"{2 * number + 3} * ({terms[kind].format(c=f'({value})')})")
    return _KEYS, f"coalesce(sum(({' + '.join(parts)}) * (id % 61 + 1)), 0)"
