"""Reads what a request says, and refuses all that is wrong with it at once.

An unknown parameter is an error: a filter with a typing mistake in its name would otherwise show more than was asked
for. So is a parameter given twice, since readers disagree on which one counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qsl

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from api.problems import FieldError, Kind, Problem, bad_values

MOST_PARAMETERS = 50


class Asked(BaseModel):
    """What one call may be asked: the base of every set of parameters and of every body."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    place: ClassVar[str] = "query"
    in_path: ClassVar[tuple[str, ...]] = ()
    """Fields that the address itself names."""
    shown: ClassVar[tuple[str, ...]] = ()
    """Fields of a body that its example shows."""

    @classmethod
    def place_of(cls, name: str) -> str:
        """Where a field is given."""
        return "path" if name in cls.in_path else cls.place


A = TypeVar("A", bound=Asked)


def read_query(shape: type[A], query_string: bytes, path: Mapping[str, str] | None = None) -> A:
    """The parameters of an address, and what its path names. Raises Problem naming every one that is wrong."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except ValueError as odd:  # also where bytes are not UTF-8
        raise Problem(Kind.UNREADABLE, "The parameters of the address cannot be read as UTF-8 text.") from odd
    counted = Counter(name for name, _ in pairs)
    twice = [FieldError(name, "is given more than once") for name, times in counted.items() if times > 1]
    return _read(shape, dict(pairs), [*twice, *_beside(shape, counted)], path)


def read_body(shape: type[A], content_type: str, body: bytes, path: Mapping[str, str] | None = None) -> A:
    """The fields of a JSON body, and what the path names; no body is one without fields.

    Raises Problem naming every one that is wrong.
    """
    if not body and set(shape.model_fields) == set(shape.in_path):
        return _read(shape, {}, (), path)
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Problem(Kind.NOT_JSON, "Send the body as JSON, with the header Content-Type: application/json.")
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as odd:
        raise Problem(Kind.UNREADABLE, "The body is not JSON.") from odd
    if not isinstance(said, dict):
        raise Problem(Kind.UNREADABLE, "The body is not a JSON object.")
    return _read(shape, said, _beside(shape, said), path)


def _beside(shape: type[Asked], said: Iterable[str]) -> list[FieldError]:
    """What only the path may name."""
    return [FieldError(name, "is named by the address itself", shape.place) for name in said if name in shape.in_path]


def _read(
    shape: type[A], said: Mapping[str, Any], found: Iterable[FieldError], path: Mapping[str, str] | None = None,
) -> A:
    errors = list(found)
    try:
        asked = shape.model_validate({**said, **(path or {})})
    except ValidationError as wrong:
        details = wrong.errors(include_url=False)
        # what may be left out is a choice between its kind and nothing: "it is not nothing" helps nobody
        errors += [_in_words(shape, detail) for detail in details if detail["type"] != "none_required"]
    if errors:
        raise bad_values(sorted(set(errors), key=lambda error: (error.field, error.message)))
    return asked


def _in_words(shape: type[Asked], detail: ErrorDetails) -> FieldError:
    name = str(detail["loc"][0]) if detail["loc"] else "request"
    name = name if len(name) <= 60 else f"{name[:60]}…"
    kind = detail["type"]
    if kind == "extra_forbidden":
        takes = ", ".join(one for one in shape.model_fields if one not in shape.in_path) or "none"
        return FieldError(name, f"is not known here; this call takes {takes}", shape.place)
    if kind == "missing":
        return FieldError(name, "is needed", shape.place_of(name))
    if kind == "value_error":
        message = detail["msg"].removeprefix("Value error, ")
        field, mark, rest = message.partition(": ")
        if name == "request" and mark:  # said of several fields at once
            return FieldError(field, rest, shape.place)
        return FieldError(name, message, shape.place_of(name))
    return FieldError(name, "is not of the kind that belongs here", shape.place_of(name))
