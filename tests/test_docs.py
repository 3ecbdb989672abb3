"""The documents say what is so: commands exist, links lead somewhere, generated ones are up to date."""

import re
from pathlib import Path

import duckdb
import pytest
import typer

import settings
from bench import report
from cli import documents
from cli.main import app
from etl import contract

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    path.relative_to(ROOT) for path in ROOT.rglob("*.md")
    if not {".venv", "var", ".pytest_cache"} & set(path.relative_to(ROOT).parts)
)


def commands() -> dict[str, set[str]]:
    """Every command with its options; a command of a group under both names, such as ``token create``."""
    found = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    for name, group in list(found.items()):
        found |= {f"{name} {inner}": command for inner, command in getattr(group, "commands", {}).items()}
    return {
        name: {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
        for name, command in found.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_the_commands_in_a_document_exist(document: Path) -> None:
    text = (ROOT / document).read_text("utf-8")
    code = "\n".join(re.findall(r"`[^`]*`|^\s*\./.*$", text, re.M))
    for line in re.findall(r"(?:\./)?hourbook ((?!<)[a-z][^`\n|]*)", code):
        name, *rest = line.split()
        if rest and f"{name} {rest[0]}" in commands():
            name = f"{name} {rest[0]}"
        assert name in commands(), f"{document}: hourbook {line}"
        named = {option.partition("=")[0] for option in rest if re.fullmatch(r"--[a-z-]+(=.*)?", option)}
        assert named - commands()[name] - {"--help"} == set(), f"{document}: hourbook {line}"


def test_the_readme_names_every_command() -> None:
    named = set(re.findall(r"^\| `\./hourbook ([a-z]+)", (ROOT / "README.md").read_text("utf-8"), re.M))
    visible = {name for name, command in typer.main.get_command(app).commands.items()  # type: ignore[attr-defined]
               if not command.hidden}
    assert named == visible


def test_every_command_shows_an_example() -> None:
    found = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    silent = {name for name, command in found.items() if f"Example: hourbook {name}" not in (command.epilog or "")}
    assert silent == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / document).read_text("utf-8"), flags=re.S)
    targets = [target for target in re.findall(r"\]\(([^)#]+)", text) if "://" not in target]
    assert [target for target in targets if not (ROOT / document.parent / target).exists()] == []


@pytest.mark.parametrize("name", ["tables.md", "questions.md"])
def test_generated_documents_are_up_to_date(name: str) -> None:
    assert (ROOT / "docs" / name).read_text("utf-8") == documents.generated()[name], "run ./hourbook docs"


def test_every_summary_table_and_column_is_explained() -> None:
    with duckdb.connect() as connection:
        connection.execute((ROOT / "etl" / "schema.sql").read_text("utf-8"))
        silent = connection.execute(
            "select table_name, '' from duckdb_tables() where not internal and comment is null union all "
            "select table_name, column_name from duckdb_columns() where not internal and comment is null "
            "and table_name in (select table_name from duckdb_tables())"
        ).fetchall()
    assert silent == []
    assert " |  |" not in documents.generated()["tables.md"]


def test_the_grants_in_the_readme_are_exactly_the_contract() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    granted = re.search(r"grant select on(.*?)to hourbook_reader", text, re.S)
    assert granted
    assert set(re.findall(r"\w+_\w+", granted[1])) == {table.name for table in contract.tables()}


def test_every_variable_in_a_document_is_a_setting() -> None:
    known = {f"HOURBOOK_{name.upper()}" for name in settings.Settings.model_fields}
    for document in DOCUMENTS:
        named = set(re.findall(r"\bHOURBOOK_[A-Z_]*[A-Z]\b", (ROOT / document).read_text("utf-8")))
        assert named - known == set(), document


def test_the_glossary_gives_each_word_one_meaning() -> None:
    table = (ROOT / "docs" / "glossary.md").read_text("utf-8").split("## ")[0]
    words = re.findall(r"^\| ([a-z][^|]*?) \|", table, re.M)
    assert len(words) == len(set(words))
    assert [word for word in words if word != "word"] == sorted(word for word in words if word != "word")


def test_the_page_of_measurements_is_made_from_the_results() -> None:
    assert (ROOT / "docs" / "performance.md").read_text("utf-8") == report.text(ROOT / "bench" / "results")
