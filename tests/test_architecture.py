"""The shape of the code: who may import whom (the table in docs/architecture.md), and how large things may grow."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "architecture.md"
DRAWERS = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "managers", "shared", "lib"}
MAY_CONNECT = {
    "warehouse.py": "the readers' only door",
    "etl/": "builds the snapshots",
    "bench/": "measures DuckDB itself",
    "cli/documents.py": "reads the dictionary from an empty database in memory",
    "cli/probes.py": "tries whether the extension loads, in memory",
}
OUTSIDE_THE_TABLE = {"tests"}
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_PAGE = 300, 60, 80


def sources() -> list[Path]:
    """Every Python file of the project, relative to its root."""
    return sorted(
        path.relative_to(ROOT) for path in ROOT.rglob("*.py")
        if not {".venv", "var", "__pycache__"} & set(path.relative_to(ROOT).parts)
    )


def area_of(path: Path) -> str:
    """The row of the table that a file belongs to: its top folder, or its own name at the root."""
    return f"{path.parts[0]}/" if len(path.parts) > 1 else path.parts[0]


@cache
def tree(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse((ROOT / path).read_text("utf-8"))


@cache
def allowed() -> dict[str, set[str]]:
    """The table of docs/architecture.md: area -> the areas it may import; ``*`` stands for all."""
    rows = re.findall(r"^\| `([\w./]+)` \|[^|]*\| ([^|]*) \|$", TABLE.read_text("utf-8"), flags=re.M)
    return {area: {"*"} if "everything" in may else set(re.findall(r"`([\w./]+)`", may)) for area, may in rows}


def imported(path: Path) -> Iterator[str]:
    """Top names of everything a file imports, inside functions and for types too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def own_area(name: str) -> str | None:
    """The area that a top name stands for, or None when it is not ours."""
    if (ROOT / f"{name}.py").exists():
        return f"{name}.py"
    return f"{name}/" if any((ROOT / name).glob("*.py")) and (ROOT / name).is_dir() else None


def test_every_folder_is_a_row_of_the_table() -> None:
    areas = {area_of(path) for path in sources()} - {f"{name}/" for name in OUTSIDE_THE_TABLE}
    assert areas - set(allowed()) == set()


def for_every_source(rule: Callable[[Path], None]) -> Callable[[], None]:
    """One test of a rule over all sources: a test for each would take longer to count than to run."""

    def over_all() -> None:
        faults = []
        for path in sources():
            try:
                rule(path)
            except AssertionError as fault:
                faults.append(f"{path}: {fault}")
        assert not faults, "\n".join(faults)

    over_all.__doc__ = rule.__doc__
    return over_all


@for_every_source
def test_a_file_imports_only_what_the_table_allows(path: Path) -> None:
    area = area_of(path)
    if area.rstrip("/") in OUTSIDE_THE_TABLE or "*" in allowed()[area]:
        return
    ours = {own for name in imported(path) if (own := own_area(name))} - {area, "errors.py"}
    assert ours - allowed()[area] == set()


def test_the_pure_core_imports_the_standard_library_only() -> None:
    foreign = {
        (str(path), name) for path in sources() if area_of(path) == "ledger/"
        for name in imported(path)
        if name not in sys.stdlib_module_names and own_area(name) not in ("ledger/", "errors.py")
    }
    assert foreign == set()


def test_the_pure_core_has_no_floats() -> None:
    found = [
        f"{path}:{node.lineno}" for path in sources() if area_of(path) == "ledger/"
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]
    assert found == []


def test_only_the_screens_know_streamlit() -> None:
    knowing = {area_of(path) for path in sources() if "streamlit" in imported(path)}
    assert knowing - {"ui/", "pages/", "app.py", "tests/", "bench/"} == set()


def test_run_time_code_needs_only_run_time_requirements() -> None:
    """A package that only developers install must not be needed by the app."""
    pinned = {
        re.sub(r"[-_.]+", "-", name.lower())
        for name in re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), flags=re.M)
    }
    providers = packages_distributions()
    missing = set()
    for path in sources():
        if area_of(path) in ("tests/", "bench/"):
            continue
        for name in imported(path):
            if name in sys.stdlib_module_names or own_area(name):
                continue
            if not {re.sub(r"[-_.]+", "-", one.lower()) for one in providers.get(name, ())} & pinned:
                missing.add((str(path), name))
    assert missing == set()


@for_every_source
def test_there_are_no_drawers(path: Path) -> None:
    assert not DRAWERS & {part.removesuffix(".py").lower() for part in path.parts}


@for_every_source
def test_files_and_functions_stay_small(path: Path) -> None:
    limit = LONGEST_PAGE if area_of(path) == "pages/" else LONGEST_FILE
    lines = len((ROOT / path).read_text("utf-8").splitlines())
    assert lines <= limit, f"{path} has {lines} lines, {limit} at most: split it by subject"
    long = {
        node.name: length for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}, f"{path}: functions of more than {LONGEST_FUNCTION} lines"


def test_pages_hold_no_sql() -> None:
    found = [
        f"{path}:{node.lineno}" for path in sources() if area_of(path) == "pages/"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and re.search(r"\bselect\b.+\bfrom\b", node.value, flags=re.I | re.S)
    ]
    assert found == []


def test_only_the_warehouse_and_the_sync_open_duckdb() -> None:
    found = {
        str(path) for path in sources() if area_of(path) != "tests/"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "connect"
        and isinstance(node.value, ast.Name) and node.value.id == "duckdb"
    }
    assert [path for path in found if not path.startswith(tuple(MAY_CONNECT))] == []


@for_every_source
def test_a_module_says_in_its_first_line_what_it_does(path: Path) -> None:
    if path.name == "__init__.py" and not tree(path).body:
        return
    if area_of(path) == "tests/" and path.name.startswith("test_"):
        return
    docstring = ast.get_docstring(tree(path))
    assert docstring
    assert docstring.splitlines()[0].endswith((".", ":", "?"))


def test_every_failure_is_one_of_ours() -> None:
    """A class that ends up as a sentence derives from HourbookError; private signals begin with an underscore."""
    plain = ("Exception", "ValueError", "RuntimeError")
    foreign = [
        f"{path}:{node.name}" for path in sources() if area_of(path) != "tests/"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and node.name != "HourbookError"
        and any(isinstance(base, ast.Name) and base.id in plain for base in node.bases)
    ]
    assert foreign == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    kinds = {".py", ".md", ".sql", ".toml", ".txt", ".in", ".sh", ".yaml", ".po", ""}
    found = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if not path.is_file() or path.suffix not in kinds or {".git", ".venv", "var"} & set(parts):
            continue
        if any(part.startswith(".") and part.endswith("_cache") for part in parts) or parts[0] == ".hypothesis":
            continue
        text = path.read_text("utf-8", errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {hit}" for hit in re.findall(r"/(?:home|root|Users|work)/\w+", text)]
    assert found == []
