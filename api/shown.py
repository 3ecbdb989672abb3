"""Gives an example of every answer for the documentation: `examples/<call>.json`, each held to its form by a test."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(__file__).parent / "examples"


@cache
def example(call: str) -> Any:
    """What this call may answer, of the demo school."""
    return orjson.loads((FOLDER / f"{call}.json").read_bytes())
