"""Writes answers as JSON: decimals as text with two places, instants with their offset, days as they are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson


def rendered(body: Any) -> bytes:
    """The body as JSON text."""
    return orjson.dumps(body, default=_exact)


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON here")
