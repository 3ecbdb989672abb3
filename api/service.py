"""Holds what all calls of one process share: settings, the books, our own tables, and answers given before."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from anyio import CapacityLimiter
from sqlalchemy import Engine

import queries
import store
import warehouse
from access.scope import Scope
from api.trail import Trail, Viewed
from settings import Settings

THREADS = 8
"""Questions answered side by side; more would only wait for each other."""
KEPT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Kept:
    """An answer given before. ``viewed``: whom it shows, where looking at it is written down."""

    body: bytes
    viewed: Viewed | None = None


class Answers:
    """Answers used last, by their tag, as many as fit. A tag names snapshot, scope and request: none is ever stale."""

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._bytes = 0
        self._most = most_bytes

    def get(self, tag: str) -> Kept | None:
        """The answer with this tag, if it is still kept."""
        with self._lock:
            kept = self._kept.get(tag)
            if kept is not None:
                self._kept.move_to_end(tag)
            return kept

    def put(self, tag: str, kept: Kept) -> None:
        """Keeps an answer; those used longest ago go first."""
        with self._lock:
            before = self._kept.pop(tag, None)
            self._bytes += len(kept.body) - (len(before.body) if before else 0)
            self._kept[tag] = kept
            while self._bytes > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest.body)


class Service:
    """One per app."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.books = warehouse.open(settings.warehouse)
        self.answers = Answers()
        self.threads = CapacityLimiter(THREADS)

    def warm(self) -> None:
        """Loads what the first question would make its asker wait for."""
        with suppress(warehouse.NoSnapshot):
            queries.ask(self.books, Scope.students([]), "sync")

    @cached_property
    def engine(self) -> Engine:
        """Our own tables, brought to their present shape when first needed."""
        store.migrate(self.settings.store_url)
        return store.engine(self.settings.store_url)

    @cached_property
    def trail(self) -> Trail:
        """Where it is written down who looked at whom."""
        return Trail(self.engine)

    @cached_property
    def tag_key(self) -> bytes:
        """With it tags are made, so that nobody can make one up."""
        return bytes.fromhex(self.settings.key("api etag"))
