"""Decides what a parameter's text may be, one kind at a time, and says what is wrong in words.

A value that is not exactly of its kind is refused: nothing is trimmed, rounded or guessed, so that a mistake can
never widen an answer.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

LARGEST_ID = 2**63 - 1
LAST_PAGE = 10**9
LONGEST_TEXT = 200

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.A)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.A)
_HOURS = re.compile(r"\d{1,4}(\.\d{1,2})?", re.A)


def shown(value: Any) -> str:
    """A value as it may be repeated in a message: short, and on one line."""
    text = value if isinstance(value, str) else repr(value)
    return repr(text if len(text) <= 60 else f"{text[:60]}…")


def _whole(least: int, most: int) -> BeforeValidator:
    def read(value: Any) -> int:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if isinstance(text, str) and re.fullmatch(r"\d{1,19}", text, re.A) and least <= int(text) <= most:
            return int(text)
        raise ValueError(f"{shown(value)} is not a whole number from {least} to {most}")

    return BeforeValidator(read)


def _read_day(value: Any) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError(f"{shown(value)} is not a day; write for example 2026-11-23")


def _read_instant(value: Any) -> datetime:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    hint = "; in an address, + is written %2B" if isinstance(value, str) and " " in value else ""
    raise ValueError(
        f"{shown(value)} is not an instant with its offset; write for example 2026-11-23T05:00:00Z{hint}"
    )


def _read_hours(value: Any) -> Decimal:
    if isinstance(value, str) and _HOURS.fullmatch(value) and Decimal(value) > 0:
        return Decimal(value)
    raise ValueError(f"{shown(value)} is not a number of hours above zero with up to two decimals, such as 1.50")


def _read_boolean(value: Any) -> bool:
    known = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, str) and value in known:
        return known[value]
    raise ValueError(f"{shown(value)} is neither true nor false")


def _read_text(value: Any) -> str:
    if isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and value.isprintable() and value.strip():
        return value
    raise ValueError(f"{shown(value)} is not a text of 1 to {LONGEST_TEXT} characters")


def _read_email(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[^@\s]{1,200}@[^@\s]{1,200}", value) and value.isprintable():
        return value
    raise ValueError(f"{shown(value)} is not an e-mail address")


def one_of(*words: str) -> Any:
    """The type of a parameter that takes one of these words."""

    def read(value: Any) -> str:
        if isinstance(value, str) and value in words:
            return value
        raise ValueError(f"{shown(value)} is not one of {', '.join(words)}")

    return Annotated[str, BeforeValidator(read), WithJsonSchema({"type": "string", "enum": list(words)})]


def described(text: str, example: Any = None, default: Any = None) -> Any:
    """A parameter that may be left out: what it does, and a value that can be tried."""
    return Field(default, description=text, examples=None if example is None else [example])


def needed(text: str, example: Any) -> Any:
    """A parameter that must be given."""
    return Field(..., description=text, examples=[example])



_ID_SCHEMA = WithJsonSchema({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
Id = Annotated[int, _whole(1, LARGEST_ID), _ID_SCHEMA]
Page = Annotated[int, _whole(1, LAST_PAGE), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": LAST_PAGE})]
PageSize = Annotated[int, _whole(1, 100), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 100})]
DaysAhead = Annotated[int, _whole(0, 3650), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 3650})]
_DAY_SCHEMA = {"type": "string", "format": "date"}
Day = Annotated[date, BeforeValidator(_read_day), WithJsonSchema(_DAY_SCHEMA)]
_INSTANT_SCHEMA = {"type": "string", "format": "date-time"}
Instant = Annotated[datetime, BeforeValidator(_read_instant), WithJsonSchema(_INSTANT_SCHEMA)]
_DURATION_SCHEMA = {"type": "string", "pattern": r"^(?!0+(\.0+)?$)[0-9]{1,4}(\.[0-9]{1,2})?$"}
Duration = Annotated[Decimal, BeforeValidator(_read_hours), WithJsonSchema(_DURATION_SCHEMA)]
Flag = Annotated[bool, BeforeValidator(_read_boolean), WithJsonSchema({"type": "boolean"})]
_TEXT_SCHEMA = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}
Text = Annotated[str, BeforeValidator(_read_text), WithJsonSchema(_TEXT_SCHEMA)]
Email = Annotated[str, BeforeValidator(_read_email), WithJsonSchema({"type": "string", "format": "email"})]
CursorText = Annotated[str, WithJsonSchema({"type": "string", "maxLength": 2000})]
