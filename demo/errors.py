"""Failures of the demo school's generator.

HourbookError
├── NotADemoDatabase
└── BadDemoSize
"""

from __future__ import annotations

from errors import HourbookError


class NotADemoDatabase(HourbookError):
    """The database holds the platform's tables but no demo marker: it may be somebody's real school."""

    def __init__(self, url: str, tables: list[str]) -> None:
        found = ", ".join(sorted(tables)[:3])
        super().__init__(
            f"{url} holds {len(tables)} of the platform's tables ({found}, …) but no hourbook_demo marker, so it was "
            "not made by the demo and is left as it is. Give an empty database, or one made by the demo."
        )


class BadDemoSize(HourbookError):
    """The size asked for cannot be held by the platform's columns, or makes no school."""

    def __init__(self, what: str, value: object, allowed: str) -> None:
        super().__init__(f"A demo school with {what} = {value!r} cannot be made; give {allowed}.")
