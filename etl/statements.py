"""Knows the SQL files of the sync and the order in which they run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Statement:
    """One SQL file: its name, and its one statement without the header."""

    name: str
    text: str
    header: tuple[str, ...]

    def said(self, key: str) -> str:
        """The value of ``-- key: value`` in the header; KeyError when it is not there."""
        for line in self.header:
            if line.startswith(f"-- {key}: "):
                return line.removeprefix(f"-- {key}: ")
        raise KeyError(f"{self.name}.sql has no line '-- {key}: …'")


@cache
def statements(folder: str) -> tuple[Statement, ...]:
    """The statements of ``etl/<folder>``, in order of their names."""
    found = []
    for path in sorted((FOLDER / folder).glob("*.sql")):
        text = path.read_text()
        header = tuple(line for line in text.splitlines() if line.startswith("-- "))
        found.append(Statement(path.stem, text, header))
    return tuple(found)


@cache
def script(name: str) -> str:
    """A file of several statements, such as ``schema`` or ``macros``."""
    return (FOLDER / f"{name}.sql").read_text()


@cache
def rules_fingerprint() -> str:
    """Changes when any rule the ledger is built by changes: SQL files, contract, or the ledger core."""
    digest = hashlib.sha256()
    core = FOLDER.parent / "ledger"
    for path in sorted(
        [*FOLDER.rglob("*.sql"), *FOLDER.glob("contract.py"), *FOLDER.glob("replaying.py"), *core.glob("*.py")]
    ):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
