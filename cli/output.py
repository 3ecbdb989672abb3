"""Prints what commands found: tables for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
"""Kinds of characters that move the cursor, colour the window or turn the direction of what follows."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def print_json(value: Any) -> None:
    """One JSON document; decimals are text, so that no digit is lost."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A header and the rows; text that a spreadsheet would run as a formula is marked as text."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, caption: str = "") -> None:
    """A table as wide as it needs to be in a file, and as wide as the window on a screen."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(printable(title)), caption=Text(printable(caption)), box=SIMPLE_HEAD,
        title_justify="left", caption_justify="left",
    )
    listed = [list(row) for row in rows]
    for at, column in enumerate(columns):
        numbers = any(isinstance(row[at], int | Decimal) and not isinstance(row[at], bool) for row in listed)
        table.add_column(Text(column), justify="right" if numbers else "left", overflow="fold")
    for row in listed:
        table.add_row(*(Text(printable(_shown(value))) for value in row))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def printable(text: str) -> str:
    """The text without what a terminal would obey or hide: a name is data, whoever wrote it. New lines stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _UNSEEN)


def say(sentence: str) -> None:
    """One line of progress or outcome for the person, apart from the result itself."""
    sys.stderr.write(printable(sentence) + "\n")


def print_failure(kind: str, sentence: str, *, as_json: bool) -> None:
    """The sentence for the person; with ``--json`` also a document for the program."""
    if as_json:
        print_json({"ok": False, "kind": kind, "message": sentence})
    say(sentence)


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return _shown(value) if value is not None else ""


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_shown(item) for item in value)
    return str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | Path):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
