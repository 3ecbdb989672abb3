"""Proves, with DuckDB's own parser, that a question is one select over bare summary tables and nothing else."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from queries.catalogue import Question, QuestionError

TABLE_FUNCTIONS = frozenset({"unnest", "generate_series", "range"})
"""Functions that make rows out of their arguments alone; every other one reads files or the catalogue."""

REFUSED_FUNCTIONS = frozenset({"getvariable", "current_setting", "getenv", "query", "query_table", "nextval"})


@dataclass(frozen=True)
class Parsed:
    """What a question was proved to name."""

    tables: frozenset[str]


def parse(cursor: duckdb.DuckDBPyConnection, question: Question, summary_tables: Container[str]) -> Parsed:
    """The summary tables a question names. Raises QuestionError for anything else it might reach."""

    def refuse(why: str) -> QuestionError:
        return QuestionError(f"Question {question.name} {why}. A question is one select over bare summary tables.")

    try:
        statements = cursor.extract_statements(question.sql)
    except duckdb.ParserException as error:
        raise refuse(f"cannot be read ({error})") from error
    if len(statements) != 1 or statements[0].type.name != "SELECT":
        raise refuse("is not one select")
    declared = {parameter.name for parameter in question.params}
    if statements[0].named_parameters != declared:
        odd = ", ".join(sorted(statements[0].named_parameters ^ declared))
        raise refuse(f"does not use just the parameters it declares ({odd})")
    row = cursor.execute("select json_serialize_sql($sql)", {"sql": question.sql}).fetchone()
    tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    if tree.get("error") or len(tree["statements"]) != 1:
        raise refuse("is not one select")

    nodes = list(_nodes(tree))
    steps = {entry["key"].lower() for node in nodes for entry in _steps(node)}
    tables: set[str] = set()
    for node in nodes:
        kind, class_ = str(node.get("type")), node.get("class")  # a constant's type is itself a node
        if kind == "RECURSIVE_CTE_NODE":
            raise refuse("is recursive")
        if kind == "BASE_TABLE":
            name = node["table_name"].lower()
            if node["schema_name"] or node["catalog_name"]:
                raise refuse(f"names {node['schema_name']}.{name} with its schema")
            if name in summary_tables:
                tables.add(name)
            elif name not in steps:
                raise refuse(f"names {name!r}, which is no summary table")
        elif kind == "TABLE_FUNCTION" and node["function"]["function_name"].lower() not in TABLE_FUNCTIONS:
            raise refuse(f"calls the table function {node['function']['function_name']!r}")
        elif class_ == "FUNCTION" and node["function_name"].lower() in REFUSED_FUNCTIONS:
            raise refuse(f"calls the function {node['function_name']!r}")
        elif kind in {"SHOW_REF", "PIVOT"}:
            raise refuse(f"uses {kind}")
    if shadowed := sorted(step for step in steps if step in summary_tables):
        raise refuse(f"gives a step the name of a summary table ({', '.join(shadowed)})")
    return Parsed(frozenset(tables))


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _steps(node: dict[str, Any]) -> list[dict[str, Any]]:
    steps = node.get("cte_map", {})
    return list(steps.get("map", [])) if isinstance(steps, dict) else []
