"""Kept answers: a request that is sent again with the same Idempotency-Key gets the answer of the first time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from errors import HourbookError
from store.tables import api_answers

KEPT = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(minutes=1)
"""A request unanswered for so long was cut off; the next one with its key may try again."""


class KeyReused(HourbookError):
    """The key was used before for a request that said something else."""


class StillAnswering(HourbookError):
    """The first request with this key has not been answered yet."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An answer as it was given: its HTTP status and its body."""

    status: int
    body: str


def claim(engine: Engine, *, owner: str, key: str, request_hash: str, now: datetime) -> Kept | None:
    """The answer given before, or None: then the caller has the key and must ``keep`` an answer or ``release`` it.

    ``owner`` is who asks (a viewer's key): keys of others are others. Raises KeyReused, StillAnswering.
    """
    values = {"owner": owner, "key": key, "request_hash": request_hash, "claimed_at": now}
    try:
        with engine.execution_options(writes=True).begin() as connection:
            _forget(connection, owner, key, now)
            connection.execute(insert(api_answers).values(**values))
    except IntegrityError:
        return _given(engine, owner, key, request_hash)
    return None


def keep(engine: Engine, *, owner: str, key: str, status: int, body: str) -> None:
    """Remember what was answered; an answer that was kept before stays as it is."""
    query = update(api_answers).where(_of(owner, key), api_answers.c.status.is_(None))
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(query.values(status=status, body=body))


def release(engine: Engine, *, owner: str, key: str) -> None:
    """Give the key back unanswered, so that the request may be sent again; a kept answer stays."""
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(delete(api_answers).where(_of(owner, key), api_answers.c.status.is_(None)))


def _given(engine: Engine, owner: str, key: str, request_hash: str) -> Kept | None:
    with engine.connect() as connection:
        row: Any = connection.execute(select(api_answers).where(_of(owner, key))).mappings().first()
    if row is not None and row["request_hash"] != request_hash:
        raise KeyReused(
            f"The Idempotency-Key {key!r} was used for another request: send a new key with a new request."
        )
    if row is None or row["status"] is None:  # gone again: the first one failed just now
        raise StillAnswering(f"The first request with the Idempotency-Key {key!r} is not answered yet: try again soon.")
    return Kept(status=row["status"], body=row["body"])


def _forget(connection: Connection, owner: str, key: str, now: datetime) -> None:
    """Drop what is old, of everybody, and this key's claim when whoever made it was cut off."""
    connection.execute(delete(api_answers).where(api_answers.c.claimed_at <= now - KEPT))
    connection.execute(delete(api_answers).where(
        _of(owner, key), api_answers.c.status.is_(None), api_answers.c.claimed_at <= now - GIVEN_UP_AFTER,
    ))


def _of(owner: str, key: str) -> Any:
    return and_(api_answers.c.owner == owner, api_answers.c.key == key)
