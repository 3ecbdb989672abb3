"""Decides who makes a request: reads the bearer's token, finds the viewer, and counts how often it asks.

Who was found is remembered for a second at most, and not across any change of our own tables that can be noticed, so
that a busy token is not looked up for every request and a withdrawn one still ends at once (on PostgreSQL: within
that second).
"""

from __future__ import annotations

import hashlib
import math
import os
import threading
import time
from dataclasses import dataclass
from typing import Any

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter

import identity
from access.viewer import Viewer
from api.problems import Kind, Problem
from api.service import Service

REMEMBERED_SECONDS = 1.0
MOST_REMEMBERED = 10_000
CHALLENGE = 'Bearer realm="hourbook"'


@dataclass(frozen=True)
class _Known:
    viewer: Viewer
    until: float
    state: Any


class Admission:
    """The one way in for calls that need a viewer."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._known: dict[bytes, _Known] = {}
        self._lock = threading.Lock()
        chosen = service.settings
        self._per_viewer = RateLimitItemPerMinute(chosen.api_per_minute)
        self._per_address = RateLimitItemPerMinute(chosen.login_per_minute)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._failures = MovingWindowRateLimiter(MemoryStorage())
        file = chosen.store_url.removeprefix("sqlite:///") if chosen.store_url.startswith("sqlite:") else None
        self._store_files = (file, f"{file}-wal") if file else ()

    def remembered(self, bearer: str) -> Viewer | None:
        """The viewer of a token that was found right now; costs no look-up."""
        known = self._known.get(_digest(bearer))
        if known is None or known.until < time.monotonic() or known.state != self._state():
            return None
        return known.viewer

    def admit(self, bearer: str, address: str) -> Viewer:
        """The viewer of a token, looked up. Raises Problem where there is none; blocks."""
        state = self._state()
        service = self._service
        now = service.settings.clock()
        try:
            viewer = identity.by_bearer(service.engine, service.books, service.settings, bearer, now)
        except identity.KeysUnavailable as missing:
            raise Problem(Kind.UNAVAILABLE, missing.message, headers={"retry-after": "30"}) from missing
        except identity.BadBearer as bad:
            raise self._refused(address) from bad
        except identity.NotAdmitted as closed:
            raise Problem(Kind.NOT_ALLOWED, closed.message) from closed
        with self._lock:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[_digest(bearer)] = _Known(viewer, time.monotonic() + REMEMBERED_SECONDS, state)
        return viewer

    def count(self, who: str) -> None:
        """One more request of a viewer, or of an address where no viewer is needed. Raises Problem beyond the limit."""
        if not self._limiter.hit(self._per_viewer, who):
            reset = self._limiter.get_window_stats(self._per_viewer, who).reset_time
            raise _too_many(f"more than {self._per_viewer.amount} requests within a minute", reset)

    def _refused(self, address: str) -> Problem:
        if not self._failures.hit(self._per_address, address):
            reset = self._failures.get_window_stats(self._per_address, address).reset_time
            return _too_many("too many tokens that do not hold", reset)
        challenge = f'{CHALLENGE}, error="invalid_token"'
        return Problem(
            Kind.NOT_SIGNED_IN, "The token does not hold: it is unknown, expired or withdrawn.",
            headers={"www-authenticate": challenge},
        )

    def _state(self) -> Any:
        """What changes whenever the snapshot or, as far as can be seen, our own tables do."""
        return self._service.books.current(), tuple(_stamp(file) for file in self._store_files)


def bearer_of(headers: list[tuple[bytes, bytes]]) -> str:
    """The token of a request. Raises Problem where there is none, or no single one."""
    said = [value for name, value in headers if name == b"authorization"]
    scheme, _, token = said[0].partition(b" ") if len(said) == 1 else (b"", b"", b"")
    if scheme.lower() != b"bearer" or not token.strip() or not token.isascii():
        raise Problem(
            Kind.NOT_SIGNED_IN, "Send the header Authorization: Bearer with your token.",
            headers={"www-authenticate": CHALLENGE},
        )
    return token.strip().decode("ascii")


def _too_many(what: str, reset: float) -> Problem:
    wait = max(1, math.ceil(reset - time.time()))
    return Problem(
        Kind.TOO_MANY, f"There were {what}. Try again in {wait} seconds.", headers={"retry-after": str(wait)}
    )


def _digest(bearer: str) -> bytes:
    return hashlib.sha256(bearer.encode()).digest()


def _stamp(file: str) -> tuple[int, int] | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
