"""Decides which page of a list is asked for, by number or by cursor, and where the next one is.

A cursor names the last row seen, so rows that come in between neither repeat nor hide any. It is signed, and belongs to
the call and the filters it was given for; under others it is refused rather than read wrongly.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

import orjson
from pydantic import model_validator

from api.problems import FieldError, bad_values
from api.reading import Asked
from api.values import CursorText, Page, PageSize, described

USUAL_SIZE = 20
_SIGNED = 16


class Paged(Asked):
    """A page by `page` and `page_size`, or, once `cursor` or `limit` is given, by cursor."""

    page: Page | None = described("Number of the page, from 1.", 1)
    page_size: PageSize | None = described("Rows on a page; 20 when left out.", 20)
    cursor: CursorText | None = described("`next_cursor` of the answer before; empty for the first rows.")
    limit: PageSize | None = described("Rows at a time with a cursor; 20 when left out.")
    _paging: ClassVar[frozenset[str]] = frozenset({"page", "page_size", "cursor", "limit"})

    @model_validator(mode="after")
    def _one_way(self) -> Paged:
        by_cursor = self.cursor is not None or self.limit is not None
        if by_cursor and (self.page is not None or self.page_size is not None):
            raise ValueError("cursor: is given beside page; use page and page_size, or cursor and limit")
        return self

    @property
    def by_cursor(self) -> bool:
        """Whether a cursor is used."""
        return self.cursor is not None or self.limit is not None

    @property
    def size(self) -> int:
        """Rows wanted."""
        return (self.limit if self.by_cursor else self.page_size) or USUAL_SIZE

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return 0 if self.by_cursor else ((self.page or 1) - 1) * self.size

    def filters(self) -> dict[str, Any]:
        """Everything asked but which page."""
        return {name: value for name, value in self.model_dump(mode="json").items() if name not in self._paging}


Rows = Sequence[Mapping[str, Any]]


def page(
    asked: Paged, path: str, *, secret: bytes, ask: Callable[[Mapping[str, Any]], Rows], counted: str,
    keys: Mapping[str, str], shown: Callable[[Rows], list[Any]],
) -> dict[str, Any]:
    """The page asked for.

    ``secret`` signs cursors; ``ask`` answers with limit, offset and the keys of the last row seen; ``counted`` is the
    column that counts all that match; ``keys`` says which column of the last row seen goes into which parameter.
    """
    signed = _Signed(asked, path, secret)
    after = signed.after()
    rows = ask({**after, "limit": asked.size + 1, "offset": asked.offset})
    more = len(rows) > asked.size
    rows = rows[: asked.size]
    results = shown(rows)
    if asked.by_cursor:
        last = {name: rows[-1][column] for name, column in keys.items()} if more else None
        return {"next_cursor": None if last is None else signed.cursor(last), "results": results}
    count = rows[0][counted] if rows else _count(ask, counted, asked)
    number = asked.page or 1
    return {
        "count": count,
        "next": _address(asked, path, number + 1) if more else None,
        "previous": _address(asked, path, min(number - 1, _last_page(count, asked.size))) if number > 1 else None,
        "results": results,
    }


def _count(ask: Callable[[Mapping[str, Any]], Rows], counted: str, asked: Paged) -> int:
    """How many match, when the page itself is empty."""
    rows = ask({"limit": 1, "offset": 0}) if asked.offset else ()
    return int(rows[0][counted]) if rows else 0


def _last_page(count: int, size: int) -> int:
    return max(1, -(-count // size))


def _address(asked: Paged, path: str, number: int) -> str:
    """Where a page is: a path on the same host, so that it cannot lead elsewhere."""
    said = asked.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    words = {name: str(value).lower() if isinstance(value, bool) else value for name, value in said.items()}
    return f"{path}?{urlencode({**words, 'page': number})}"


class _Signed:
    """Cursors of one call with its filters."""

    def __init__(self, asked: Paged, path: str, secret: bytes) -> None:
        self._asked = asked
        self._about = orjson.dumps([path, asked.filters()])
        self._secret = secret

    def cursor(self, last: Mapping[str, Any]) -> str:
        """The cursor that goes on after this row."""
        said = orjson.dumps(last, default=str)
        return base64.urlsafe_b64encode(self._signature(said) + said).decode().rstrip("=")

    def after(self) -> Mapping[str, Any]:
        """The last row seen, by the cursor asked with; nothing where rows begin. Raises Problem."""
        if not self._asked.cursor:
            return {}
        try:
            text = self._asked.cursor.encode("ascii")
            both = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except ValueError:
            both = b""
        signature, said = both[:_SIGNED], both[_SIGNED:]
        if not hmac.compare_digest(signature, self._signature(said)):
            reason = "is not one that this call gave for these filters; begin anew without it"
            raise bad_values([FieldError("cursor", reason)])
        last: Mapping[str, Any] = orjson.loads(said)
        return last

    def _signature(self, said: bytes) -> bytes:
        return hmac.digest(self._secret, self._about + said, "sha256")[:_SIGNED]
