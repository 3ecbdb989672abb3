"""``ask``: puts one of the questions to the published snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import BadOption, Csv, Json, published, scope_of
from cli.output import print_csv, print_json, print_table

if TYPE_CHECKING:
    from queries import Answer

_WIDE = 8


def add_to(app: typer.Typer) -> None:
    """Register the commands of this subject."""
    app.command(epilog="Example: hourbook ask students_at_risk --param days=14 --csv")(ask)


def ask(
    question: Annotated[str | None, typer.Argument(help="Name of the question.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List every question.")] = False,
    param: Annotated[list[str] | None, typer.Option(help="A parameter, as name=value.", metavar="NAME=VALUE")] = None,
    school: Annotated[list[int] | None, typer.Option(help="Ask within this school only.", metavar="ID")] = None,
    student: Annotated[list[int] | None, typer.Option(help="Ask within this student only.", metavar="ID")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Answer a question from the published snapshot."""
    import queries

    if list_:
        _list_questions(as_json=as_json)
        return
    if question is None:
        raise typer.BadParameter("name a question, or see them all by --list", param_hint="QUESTION")
    answer = queries.ask(published(), scope_of(school, student), question, **_named(param or []))
    if as_json:
        print_json({
            "question": question, "snapshot_id": answer.snapshot_id, "as_of": answer.as_of,
            "columns": answer.columns, "rows": answer.as_dicts(),
        })
    elif as_csv:
        print_csv(answer.columns, answer.rows)
    else:
        _print_answer(question, answer)


def _print_answer(question: str, answer: Answer) -> None:
    """A table; one wide row stands upright, a name and a value per line."""
    import queries

    title = queries.question(question).question
    caption = f"{len(answer.rows)} rows, snapshot {answer.snapshot_id}, as of {answer.as_of}"
    if len(answer.rows) == 1 and len(answer.columns) > _WIDE:
        print_table(title, ("", ""), list(zip(answer.columns, answer.rows[0], strict=True)), caption=caption)
    else:
        print_table(title, answer.columns, answer.rows, caption=caption)


def _list_questions(*, as_json: bool) -> None:
    import queries

    found = queries.questions()
    if as_json:
        print_json([
            {"name": name, "question": asked.question, "grain": asked.grain,
             "params": [{"name": p.name, "wanted": p.wanted, "default": p.default} for p in asked.params]}
            for name, asked in found.items()
        ])
        return
    rows = [(name, asked.question, ", ".join(p.name + ("" if p.required else "?") for p in asked.params))
            for name, asked in found.items()]
    print_table("Questions", ("name", "question", "parameters (? may be left out)"), rows)


def _named(parameters: list[str]) -> dict[str, str]:
    named = {}
    for text in parameters:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise BadOption(f"--param {text!r} has no value; write it as name=value, for example days=14.")
        named[name.strip()] = value
    return named
