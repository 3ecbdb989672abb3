"""What one request is to the layers of the edge: its headers, its cookies, and notes on it that they share."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from starlette.types import Scope

NOTES = "hourbook"
"""Where the notes on a request lie in its ASGI scope's ``state``."""
DOCUMENT_METHODS = frozenset({"GET", "HEAD"})

Headers = list[tuple[bytes, bytes]]


def new_number() -> str:
    """A number by which the log and a reader can speak of the same failure."""
    return secrets.token_hex(8)


@dataclass
class Notes:
    """What the layers know about one request."""

    request_id: str = field(default_factory=new_number)
    framed_by: tuple[str, ...] | None = ()
    """Origins whose pages may show this document in a frame; None: any (a page without content of anybody)."""


def notes_on(scope: Scope) -> Notes:
    """The notes on this request, begun when there are none yet."""
    state = scope.setdefault("state", {})
    found = state.get(NOTES)
    if not isinstance(found, Notes):
        found = state[NOTES] = Notes()
    return found


def values(scope: Scope, name: str) -> list[str]:
    """Every value of a header, in the order sent."""
    wanted = name.encode("latin-1")
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == wanted]


def only(scope: Scope, name: str) -> str | None:
    """The value of a header that was sent exactly once, else None."""
    found = values(scope, name)
    return found[0] if len(found) == 1 else None


def cookies(scope: Scope) -> list[tuple[str, str]]:
    """Every cookie sent, also those sent twice."""
    pairs = (pair.partition("=") for line in values(scope, "cookie") for pair in line.split(";"))
    return [(name.strip(), value.strip()) for name, mark, value in pairs if mark]


def cookie(scope: Scope, name: str) -> str | None:
    """The value of a cookie; None also where two with this name disagree, since one of them is not ours."""
    found = {value for key, value in cookies(scope) if key == name}
    return found.pop() if len(found) == 1 else None


def without_cookies(headers: Headers, dropped: re.Pattern[str]) -> Headers:
    """The headers with every cookie taken out whose name matches."""
    return list(_filtered(headers, dropped))


def _filtered(headers: Iterable[tuple[bytes, bytes]], dropped: re.Pattern[str]) -> Iterator[tuple[bytes, bytes]]:
    for key, value in headers:
        if key.lower() != b"cookie":
            yield key, value
            continue
        pairs = [pair.strip() for pair in value.decode("latin-1").split(";")]
        kept = [pair for pair in pairs if pair and not dropped.fullmatch(pair.partition("=")[0].strip())]
        if kept:
            yield key, "; ".join(kept).encode("latin-1")
