"""Walks the whole chain and names the first entry that is not as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Engine, func, select

from audit import chain
from audit.anchor import Anchor
from store.tables import audit_log

Kind = Literal["changed", "missing", "added", "unlinked", "rewritten", "cut_off"]
_BLOCK = 2_000

_SENTENCES: dict[Kind, str] = {
    "changed": "entry {id} was changed after it was written",
    "missing": "entry {id} is missing",
    "added": "entry {id} was put in where none belongs",
    "unlinked": "entry {id} does not follow from the one before it",
    "rewritten": "entry {id} is not the one that was anchored: it or one before it was rewritten",
    "cut_off": "entry {id} is missing: the log ends before its anchor",
}


@dataclass(frozen=True)
class Broken:
    """The first entry that is wrong, and how."""

    id: int
    kind: Kind

    @property
    def sentence(self) -> str:
        """What is wrong, for people."""
        return _SENTENCES[self.kind].format(id=self.id)


@dataclass(frozen=True)
class Verdict:
    """How many entries are as they were written, the last of them, and what is wrong with the next, if anything."""

    entries: int
    head: Anchor
    broken: Broken | None

    @property
    def holds(self) -> bool:
        """True when nothing is wrong."""
        return self.broken is None


def verify(engine: Engine, anchor: Anchor | None = None) -> Verdict:
    """Compute every hash again, up to the entry that was newest at the start; in blocks, so memory stays the same.

    With an anchor also that the log still holds the anchored entry. Entries may be recorded meanwhile.
    """
    with engine.connect() as connection:
        return walk(_rows(connection), anchor)


def walk(rows: Iterable[Mapping[str, Any]], anchor: Anchor | None = None) -> Verdict:
    """The same for rows in the order of their numbers, wherever they come from."""
    head = Anchor(id=0, hash=chain.GENESIS)
    for row in rows:
        broken = _wrong(row, head) or _off_anchor(row, anchor)
        if broken is not None:
            return Verdict(head.id, head, broken)
        head = Anchor(id=row["id"], hash=row["hash"])
    if anchor is not None and head.id < anchor.id:
        return Verdict(head.id, head, Broken(head.id + 1, "cut_off"))
    return Verdict(head.id, head, None)


def _wrong(row: Mapping[str, Any], before: Anchor) -> Broken | None:
    expected = before.id + 1
    if row["id"] > expected:
        return Broken(expected, "missing")
    if row["id"] < expected:
        return Broken(row["id"], "added")
    if chain.hash_of(row) != row["hash"]:
        return Broken(row["id"], "changed")
    return Broken(row["id"], "unlinked") if row["previous_hash"] != before.hash else None


def _off_anchor(row: Mapping[str, Any], anchor: Anchor | None) -> Broken | None:
    if anchor is None or row["id"] != anchor.id or row["hash"] == anchor.hash:
        return None
    return Broken(anchor.id, "rewritten")


def _rows(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every row in order of its number, as stored; what cannot be read as text is made readable, not passed over."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        connection.detach()  # it is set up differently, so it is closed afterwards and not given to others
        driver.text_factory = lambda raw: raw.decode("utf-8", "replace")
    newest = connection.execute(select(func.max(audit_log.c.id))).scalar()
    query, last = select(audit_log).order_by(audit_log.c.id).limit(_BLOCK), None
    while newest is not None:
        block = query.where(audit_log.c.id <= newest)
        rows = connection.execute(block if last is None else block.where(audit_log.c.id > last)).mappings().all()
        yield from (dict(row) for row in rows)
        if len(rows) < _BLOCK:
            return
        last = rows[-1]["id"]
