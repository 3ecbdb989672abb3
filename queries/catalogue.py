"""Reads the questions: each file's header, its declared grain and parameters, and the values given for them.

-- question: Which students run out within a time?
-- grain: student_id
-- note: days are the school's                (any number of notes)
-- param: days integer 14                     (a default; without one the parameter must be given)
-- param: sort name|remaining name            (one of these words)
-- param: search text null                    (null: may be left out)
-- param: student_ids integers                (any number of them; none gives no rows)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from errors import HourbookError

FOLDER = Path(__file__).parent
_HEADER = re.compile(r"--\s*(question|grain|note|param|step):\s*(.*)")


class QuestionError(HourbookError):
    """A question is unknown, badly written, or was asked with a parameter that does not fit."""


@dataclass(frozen=True)
class Parameter:
    """One `$name` of a question. `words` lists the values allowed for a word; otherwise it is empty."""

    name: str
    type: str
    default: str | None = None
    words: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Must be given, because there is no default."""
        return self.default is None

    def convert(self, question: str, value: Any) -> Any:
        """The value as the type says, from text (command line, address) or from itself. Raises QuestionError."""
        if value is None or (value == "null" and self.default == "null"):
            if self.default == "null":
                return None
            raise QuestionError(f"Question {question}: parameter {self.name} is empty. Give {self.wanted}.")
        try:
            return self.words[self.words.index(value)] if self.words else _TYPES[self.type](value)
        except (_IllTypedError, ValueError, TypeError, KeyError, InvalidOperation):
            raise QuestionError(
                f"Question {question}: parameter {self.name} is {value!r}. Give {self.wanted}."
            ) from None

    @property
    def wanted(self) -> str:
        """What the parameter takes, in words."""
        return f"one of {', '.join(self.words)}" if self.words else _WANTED[self.type]


@dataclass(frozen=True)
class Question:
    """One file: what it answers, one row per what, and how it may be asked."""

    name: str
    question: str
    grain: tuple[str, ...]
    notes: tuple[str, ...]
    params: tuple[Parameter, ...]
    sql: str = field(repr=False)

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """A converted value for every parameter. Raises QuestionError naming the parameter and the value."""
        known = {parameter.name for parameter in self.params}
        for name in given:
            if name not in known:
                takes = ", ".join(sorted(known)) or "no parameters"
                raise QuestionError(
                    f"Question {self.name} has no parameter {name} (given as {given[name]!r}). It takes {takes}."
                )
        return {parameter.name: self._value(parameter, given) for parameter in self.params}

    def _value(self, parameter: Parameter, given: Mapping[str, Any]) -> Any:
        if parameter.name not in given and parameter.required:
            raise QuestionError(f"Question {self.name} needs parameter {parameter.name}. Give {parameter.wanted}.")
        return parameter.convert(self.name, given.get(parameter.name, parameter.default))


def question(name: str) -> Question:
    """The question of that name. Raises QuestionError where there is none."""
    try:
        return questions()[name]
    except KeyError:
        raise QuestionError(f"There is no question {name!r}. Run `hourbook ask --list` to see them.") from None


@cache
def questions() -> dict[str, Question]:
    """Every question by name, in the order of the names."""
    return {path.stem: read(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.sql"))}


def read(name: str, text: str) -> Question:
    """Parses one file. Raises QuestionError where its header is incomplete."""
    header: dict[str, list[str]] = {"question": [], "grain": [], "note": [], "param": [], "step": []}
    body: list[str] = []
    for line in text.splitlines():
        if found := _HEADER.match(line):
            header[found[1]].append(found[2].strip())
        elif line.strip() or body:
            body.append(line)
    asked = " ".join(header["question"])
    if not asked.endswith("?"):
        raise QuestionError(f"Question {name} says {asked!r} in its header; write -- question: … ending in '?'.")
    if not header["grain"]:
        raise QuestionError(f"Question {name} declares no grain; write -- grain: with its columns.")
    return Question(
        name=name,
        question=asked,
        grain=tuple(column.strip() for column in ",".join(header["grain"]).split(",")),
        notes=tuple(header["note"]),
        params=tuple(_parameter(name, line) for line in header["param"]),
        sql=with_steps(_steps(name, header["step"]), "\n".join(body).strip().rstrip(";")),
    )


def with_steps(steps: Mapping[str, str], sql: str) -> str:
    """`sql` with named steps put before its own; not materialized, so that its filters reach them."""
    if not steps:
        return sql
    before = ",\n".join(f"{name} as not materialized (\n{body}\n)" for name, body in steps.items())
    if sql[:4].lower() == "with" and sql[4:5].isspace():
        return f"with {before},\n{sql[5:].lstrip()}"
    return f"with {before}\n{sql}"


def _steps(question: str, names: list[str]) -> dict[str, str]:
    """Bodies of the steps that several questions share, without their comments."""
    bodies = {}
    for name in names:
        try:
            text = (FOLDER / "steps" / f"{name}.sql").read_text("utf-8")
        except FileNotFoundError:
            raise QuestionError(f"Question {question} uses step {name!r}; there is no steps/{name}.sql.") from None
        bodies[name] = "\n".join(line for line in text.splitlines() if not line.startswith("--")).strip()
    return bodies


def _parameter(question: str, line: str) -> Parameter:
    name, type_, default = [*line.split(maxsplit=2), None, None][:3]
    if not name or not type_ or ("|" not in type_ and type_ not in _TYPES):
        raise QuestionError(f"Question {question}: -- param: {line!r} is not `name type default?`.")
    words = tuple(type_.split("|")) if "|" in type_ else ()
    return Parameter(name, "word" if words else type_, default, words)


class _IllTypedError(Exception):
    """A value that Python would accept, but that is not what the parameter means."""


def _integer(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and value != int(value)):
        raise _IllTypedError
    number = int(value)
    if not -(2**63) <= number < 2**63:
        raise _IllTypedError
    return number


def _integers(value: Any) -> tuple[int, ...]:
    if isinstance(value, str):
        value = value.split(",") if value.strip() else ()
    if isinstance(value, bytes | Mapping) or not isinstance(value, Iterable):
        raise _IllTypedError
    return tuple(_integer(one) for one in value)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[str(value).lower()]


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        raise _IllTypedError
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _instant(value: Any) -> datetime:
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if instant.tzinfo is None:
        raise _IllTypedError
    return instant.astimezone(UTC)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, float):
        raise _IllTypedError
    number = Decimal(value)
    if not number.is_finite():
        raise _IllTypedError
    return number


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _IllTypedError
    return value


_TYPES: dict[str, Callable[[Any], Any]] = {
    "integer": _integer,
    "integers": _integers,
    "text": _text,
    "date": _date,
    "instant": _instant,
    "decimal": _decimal,
    "boolean": _boolean,
}
_WANTED = {
    "integer": "a whole number",
    "integers": "whole numbers, apart by commas",
    "text": "text",
    "date": "a day such as 2026-11-23",
    "instant": "an instant with its zone, such as 2026-11-23T05:00:00+00:00",
    "decimal": "an exact decimal number such as 1.50",
    "boolean": "true or false",
}
