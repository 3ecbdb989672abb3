"""Embedded pages: a one-use nonce opens a session that slides, ends, and can be revoked at any moment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Engine, Table, and_, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from errors import HourbookError
from store import hidden
from store.tables import api_tokens, embed_origins, embed_requests, embed_sessions

Reason = Literal["unknown", "spent", "expired", "revoked"]
SLIDES_EVERY = timedelta(minutes=1)
KEPT_AFTER_END = timedelta(days=1)
"""How long what has ended is kept, so that a late try can be told why it is refused."""

MOST_ORIGINS = 20
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN = re.compile(rf"(?:https://{_LABEL}(?:\.{_LABEL})*|http://(?:localhost|127\.0\.0\.1))(?::([1-9]\d{{0,4}}))?")

_SENTENCES: dict[Reason, str] = {
    "unknown": "it was never given out, or long ago",
    "spent": "it was already used",
    "expired": "its time is over",
    "revoked": "it was revoked",
}


class NonceRefused(HourbookError):
    """The nonce opens nothing; ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"This address opens no page: {_SENTENCES[reason]}. Reload the page that shows it.")
        self.reason: Reason = reason


class NonceTaken(HourbookError):
    """The nonce to be given out was given out before."""


class OriginRefused(HourbookError):
    """What was given is not the origin of a page."""


class NothingNamed(HourbookError):
    """Revoking everything at once is not offered: somebody forgot to say whose."""


@dataclass(frozen=True, kw_only=True)
class EmbedSession:
    """One opened page: whose hours it shows, how, and until when. Its secret is not kept."""

    id: int
    request_id: int
    student_id: int
    school_id: int
    only_schools: tuple[int, ...] | None
    locale: str | None
    theme: str | None
    token_id: int | None
    started_at: datetime
    seen_at: datetime
    expires_at: datetime
    longest_at: datetime
    revoked_at: datetime | None


_CARRIED = ("student_id", "school_id", "only_schools", "locale", "theme", "token_id")
_SHOWN = [embed_sessions.c[field.name] for field in fields(EmbedSession)]


def open(
    engine: Engine, *, student_id: int, school_id: int, only_schools: Iterable[int] | None, locale: str | None,
    theme: str | None, token_id: int | None, now: datetime, seconds: int, nonce: str | None = None,
) -> tuple[int, str]:
    """Give out a nonce for one student's page, good once and for so many seconds: the request's id and the nonce.

    What ended long ago is swept away. Raises NonceTaken when a nonce of the caller's choice was given out before.
    """
    secret = nonce or hidden.made()
    values = {
        "student_id": student_id, "school_id": school_id,
        "only_schools": None if only_schools is None else tuple(only_schools), "locale": locale, "theme": theme,
        "token_id": token_id, "nonce_hash": hidden.hashed(secret), "created_at": now,
        "expires_at": now + timedelta(seconds=seconds),
    }
    try:
        with engine.execution_options(writes=True).begin() as connection:
            _swept(connection, now)
            new_id = connection.execute(
                insert(embed_requests).values(**values).returning(embed_requests.c.id),
            ).scalar_one()
    except IntegrityError as taken:
        raise NonceTaken("The nonce was given out before: leave it out, and a random one is made.") from taken
    return int(new_id), secret


def spend(
    engine: Engine, nonce: str, *, now: datetime, idle: timedelta, longest: timedelta,
) -> tuple[EmbedSession, str]:
    """Open the page of a nonce: its session and the session's secret. One statement decides who was first.

    Raises NonceRefused.
    """
    table, wanted = embed_requests, embed_requests.c.nonce_hash == hidden.hashed(nonce)
    spent = update(table).where(
        wanted, table.c.spent_at.is_(None), table.c.revoked_at.is_(None), table.c.expires_at > now,
        _opened_rightly(table),
    ).values(spent_at=now).returning(table)
    with engine.execution_options(writes=True).begin() as connection:
        request = connection.execute(spent).mappings().first()
        if request is None:
            raise NonceRefused(_why(connection, wanted, now))
        secret = hidden.made()
        begun = insert(embed_sessions).values(
            secret_hash=hidden.hashed(secret), request_id=request["id"], started_at=now, seen_at=now,
            idle_seconds=int(idle.total_seconds()), expires_at=now + min(idle, longest), longest_at=now + longest,
            **{name: request[name] for name in _CARRIED},
        ).returning(*_SHOWN)
        return EmbedSession(**connection.execute(begun).mappings().one()), secret


def session(engine: Engine, secret: str, now: datetime) -> EmbedSession | None:
    """The live session with this secret, kept alive by being asked for; None when it ended, for whatever reason."""
    table = embed_sessions
    query = select(*_SHOWN, table.c.idle_seconds).where(
        table.c.secret_hash == hidden.hashed(secret), *_alive(now), _opened_rightly(table),
    )
    with engine.connect() as connection:
        row = connection.execute(query).mappings().first()
    if row is None:
        return None
    found = EmbedSession(**{field.name: row[field.name] for field in fields(EmbedSession)})
    if now - found.seen_at < SLIDES_EVERY:
        return found
    until = min(now + timedelta(seconds=row["idle_seconds"]), found.longest_at)
    slid = update(table).where(table.c.id == found.id, *_alive(now), table.c.seen_at < now)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(slid.values(seen_at=now, expires_at=until))
        again = connection.execute(query).mappings().first()  # it may have been revoked in between
    return None if again is None else EmbedSession(**{field.name: again[field.name] for field in fields(EmbedSession)})


def revoke(
    engine: Engine, *, student_id: int | None = None, school_id: int | None = None, session_id: int | None = None,
    now: datetime,
) -> int:
    """End what fits every limit given, live sessions and unspent nonces: how many. Raises NothingNamed."""
    named = {"student_id": student_id, "school_id": school_id}
    limits = {name: value for name, value in named.items() if value is not None}
    if not limits and session_id is None:
        raise NothingNamed("Name a student, a school or a session whose embedded pages shall end.")

    def fitting(table: Table) -> list[ColumnElement[bool]]:
        return [table.c[name] == value for name, value in limits.items()]

    sessions = update(embed_sessions).where(*fitting(embed_sessions), *_alive(now))
    requests = update(embed_requests).where(
        *fitting(embed_requests), embed_requests.c.spent_at.is_(None), embed_requests.c.revoked_at.is_(None),
        embed_requests.c.expires_at > now,
    )
    with engine.execution_options(writes=True).begin() as connection:
        if session_id is not None:
            chosen = sessions.where(embed_sessions.c.id == session_id)
            return connection.execute(chosen.values(revoked_at=now)).rowcount
        # nonces first: one that is being spent waits here, and its session is then found below
        ended = connection.execute(requests.values(revoked_at=now)).rowcount
        return ended + connection.execute(sessions.values(revoked_at=now)).rowcount


def sessions(
    engine: Engine, *, now: datetime, student_id: int | None = None, school_id: int | None = None, limit: int = 100,
) -> tuple[EmbedSession, ...]:
    """The live sessions, newest first."""
    query = select(*_SHOWN).where(*_alive(now), _opened_rightly(embed_sessions))
    if student_id is not None:
        query = query.where(embed_sessions.c.student_id == student_id)
    if school_id is not None:
        query = query.where(embed_sessions.c.school_id == school_id)
    with engine.connect() as connection:
        found = connection.execute(query.order_by(embed_sessions.c.id.desc()).limit(limit)).mappings()
        return tuple(EmbedSession(**row) for row in found)


def origins(engine: Engine, school_id: int) -> tuple[str, ...]:
    """Where the school's pages may be framed, in order; empty when nowhere."""
    query = select(embed_origins.c.origin).where(embed_origins.c.school_id == school_id)
    with engine.connect() as connection:
        return tuple(sorted(connection.execute(query).scalars()))


def all_origins(engine: Engine) -> dict[int, tuple[str, ...]]:
    """The origins of every school that has any."""
    query = select(embed_origins).order_by(embed_origins.c.school_id, embed_origins.c.origin)
    found: dict[int, tuple[str, ...]] = {}
    with engine.connect() as connection:
        for row in connection.execute(query):
            found[row.school_id] = (*found.get(row.school_id, ()), row.origin)
    return found


def set_origins(engine: Engine, school_id: int, origins: Iterable[str]) -> tuple[str, ...]:
    """Replace the school's origins by these, as they are then kept. Raises OriginRefused and changes nothing."""
    kept = as_origins(origins)
    if len(kept) > MOST_ORIGINS:
        raise OriginRefused(f"A school may have up to {MOST_ORIGINS} origins, {len(kept)} are too many.")
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(delete(embed_origins).where(embed_origins.c.school_id == school_id))
        if kept:
            rows = [{"school_id": school_id, "origin": origin} for origin in kept]
            connection.execute(insert(embed_origins), rows)
    return kept


def as_origins(texts: Iterable[str]) -> tuple[str, ...]:
    """The origins as they are kept, in order and each once; raises OriginRefused."""
    return tuple(sorted({_origin(one) for one in texts}))


def _origin(text: str) -> str:
    """As browsers write an origin: lower case, without the usual port."""
    found = _ORIGIN.fullmatch(text.strip().lower().removesuffix("/"))
    if not found or int(found[1] or 1) > 65535 or len(text) > 300:
        raise OriginRefused(
            f"{text!r} is not an origin: write https:// and the host, with a port if there is one, without path or "
            "star, for example https://www.school.pt; http:// is for localhost only."
        )
    return found[0].removesuffix(":443" if found[0].startswith("https") else ":80")


def sweep(engine: Engine, *, now: datetime) -> int:
    """Delete nonces and sessions that ended more than a day ago: how many."""
    with engine.execution_options(writes=True).begin() as connection:
        return _swept(connection, now)


def _swept(connection: Connection, now: datetime) -> int:
    ended = 0
    for table in (embed_requests, embed_sessions):
        ended += connection.execute(delete(table).where(table.c.expires_at < now - KEPT_AFTER_END)).rowcount
    return ended


def _alive(now: datetime) -> list[ColumnElement[bool]]:
    table = embed_sessions
    return [table.c.revoked_at.is_(None), table.c.expires_at > now, table.c.longest_at > now]


def _opened_rightly(table: Table) -> ColumnElement[bool]:
    """The token that asked for the page, if any, is not revoked: who stole one loses its pages with it."""
    kept = exists().where(and_(api_tokens.c.id == table.c.token_id, api_tokens.c.revoked_at.is_(None)))
    return or_(table.c.token_id.is_(None), kept)


def _why(connection: Connection, wanted: ColumnElement[bool], now: datetime) -> Reason:
    row: Any = connection.execute(select(embed_requests).where(wanted)).mappings().first()
    if row is None:
        return "unknown"
    if row["spent_at"] is not None:
        return "spent"
    return "expired" if row["revoked_at"] is None and row["expires_at"] <= now else "revoked"
