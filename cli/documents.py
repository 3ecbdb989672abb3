"""``docs``: writes the documents that are made from the code."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from cli.output import say

FOLDER = Path(__file__).resolve().parent.parent / "docs"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this subject."""
    app.command(hidden=True, epilog="Example: hourbook docs")(docs)


def docs() -> None:
    """Write docs/tables.md and docs/questions.md anew."""
    for name, text in generated().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        say(f"docs/{name} written.")


def generated() -> dict[str, str]:
    """File names in docs/ and what they must hold."""
    return {"tables.md": _tables(), "questions.md": _questions()}


def _tables() -> str:
    """The dictionary of the published snapshot, read from the database that etl/schema.sql makes."""
    import duckdb

    schema = (FOLDER.parent / "etl" / "schema.sql").read_text(encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(schema)
        tables = connection.execute(
            "select table_name, comment from duckdb_tables() where not internal union all "
            "select view_name, comment from duckdb_views() where not internal order by all"
        ).fetchall()
        columns = connection.execute(
            "select table_name, column_name, data_type, comment from duckdb_columns() where not internal "
            "order by table_name, column_index"
        ).fetchall()
        views = dict(connection.execute("select view_name, sql from duckdb_views() where not internal").fetchall())
    meanings = {(table, column): meaning for table, column, _, meaning in columns}
    lines = [
        "# Summary tables", "",
        "Made by `./hourbook docs` from `etl/schema.sql`; do not edit. These are all the tables of a published",
        "snapshot. Hours are `decimal(12,2)`; money is in the row's currency; instants are UTC; a `*_date` is a day",
        "of the school.",
    ]
    for table, comment in tables:
        lines += ["", f"## {table}", "", _escaped(comment), "", "| column | type | meaning |", "|---|---|---|"]
        lines += [
            f"| `{column}` | {kind.lower()} | {_escaped(meaning or _meaning_below(views[table], column, meanings))} |"
            for of, column, kind, meaning in columns if of == table
        ]
    return "\n".join(lines) + "\n"


def _meaning_below(view: str, column: str, meanings: dict[tuple[str, str], str | None]) -> str:
    """A view's column means what it means in the first table of the view's query that has it."""
    found = [meanings.get((name, column)) for name in re.findall(r"\w+", view)]
    return next((meaning for meaning in found if meaning), "")


def _questions() -> str:
    import queries

    lines = [
        "# Questions", "",
        "Made by `./hourbook docs` from the headers of `queries/*.sql`; do not edit. Ask one by",
        "`./hourbook ask <name> --param name=value`; the answer holds only what the asker may see.",
    ]
    for name, asked in queries.questions().items():
        lines += ["", f"## {name}", "", f"{_escaped(asked.question)} One row per {', '.join(asked.grain)}."]
        lines += [f"{_escaped(note[0].upper() + note[1:])}." for note in asked.notes]
        if asked.params:
            lines += ["", "| parameter | takes | when left out |", "|---|---|---|"]
            lines += [
                f"| `{p.name}` | {_escaped(p.wanted)} | {'must be given' if p.required else f'`{p.default}`'} |"
                for p in asked.params
            ]
    return "\n".join(lines) + "\n"


def _escaped(text: str | None) -> str:
    return (text or "").replace("|", "\\|")
