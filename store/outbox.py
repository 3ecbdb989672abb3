"""The outbox: what is to be sent, once per effect, by whom it is being sent, and how it ended.

A message is claimed for a time (a lease).  Whoever claimed it says so again just before its text is handed to the mail
server, so that after a crash it is known whether the text may have left: see docs/decisions/0017.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from errors import HourbookError
from store.mail_tables import outbox as table

Kind = Literal["receipt", "credit_note", "reminder", "low_balance", "report", "report_notice"]
State = Literal["waiting", "sending", "sent", "failed", "dropped"]
STATES: tuple[State, ...] = ("waiting", "sending", "sent", "failed", "dropped")
KINDS: tuple[Kind, ...] = ("receipt", "credit_note", "reminder", "low_balance", "report", "report_notice")
MOST_TRIES = 14
NO_DOMAIN = "hourbook.invalid"


class MessageUnknown(HourbookError):
    """No message of the outbox has this id, or none that could be sent again."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is to be sent. ``effect`` says of what it is the one message; ``facts`` are ids, never contents."""

    effect: str
    kind: Kind
    recipient: str
    """``user:<id>`` of the platform, whose address is looked up when it is sent, or the address of somebody else."""
    language: str
    facts: Mapping[str, Any]
    school_id: int | None = None
    domain: str = NO_DOMAIN
    """Right side of the Message-ID."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A row of the outbox."""

    id: int
    effect: str
    kind: Kind
    school_id: int | None
    recipient: str
    language: str
    facts: str
    message_id: str
    state: State
    tries: int
    next_try_at: datetime | None
    claimed_by: str | None
    claimed_until: datetime | None
    handed_at: datetime | None
    error: str | None
    reply: str | None
    enqueued_at: datetime
    closed_at: datetime | None

    @property
    def said(self) -> dict[str, Any]:
        """The facts as they were given."""
        facts: dict[str, Any] = json.loads(self.facts)
        return facts


@dataclass(frozen=True)
class Recovered:
    """What became of messages whose worker died: not handed over, perhaps handed over, and given up."""

    again: int
    unsure: int
    failed: int


def enqueue(connection: Connection, letter: Letter, *, now: datetime) -> bool:
    """Write down that this is to be sent, within the caller's transaction; False where it was written before."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    done = connection.execute(dialect.insert(table).values(
        effect=letter.effect, kind=letter.kind, school_id=letter.school_id, recipient=letter.recipient,
        language=letter.language, facts=json.dumps(letter.facts, sort_keys=True), state="waiting", tries=0,
        message_id=f"<{secrets.token_hex(16)}@{letter.domain}>", enqueued_at=now,
    ).on_conflict_do_nothing(index_elements=["effect"]))
    return done.rowcount == 1


def enqueue_all(engine: Engine, letters: Sequence[Letter], *, now: datetime) -> int:
    """Write these down in one transaction; how many were new."""
    if not letters:
        return 0
    with engine.execution_options(writes=True).begin() as connection:
        return sum(enqueue(connection, letter, now=now) for letter in letters)


def enqueue_again(engine: Engine, letter: Letter, *, now: datetime) -> bool:
    """Write down what somebody asks for by hand, however often it was sent before.

    False while one that was asked for is still on its way: whoever asks twice in a hurry gets one.
    """
    with engine.execution_options(writes=True).begin() as connection:
        asked = table.c.effect.startswith(f"{letter.effect}:asked:", autoescape=True)
        states = connection.execute(select(table.c.state).where(asked)).scalars().all()
        if any(state in ("waiting", "sending") for state in states):
            return False
        return enqueue(connection, replace(letter, effect=f"{letter.effect}:asked:{len(states) + 1}"), now=now)


def claim(engine: Engine, *, now: datetime, lease: timedelta) -> Message | None:
    """The next message that is due, for this caller alone until the lease ends; None where none is."""
    due = and_(table.c.state == "waiting", or_(table.c.next_try_at.is_(None), table.c.next_try_at <= now))
    first = select(table.c.id).where(due).order_by(table.c.id).limit(1).with_for_update(skip_locked=True)
    with engine.execution_options(writes=True).begin() as connection:
        found = connection.execute(first).scalar()
        if found is None:
            return None
        connection.execute(update(table).where(table.c.id == found).values(
            state="sending", claimed_by=secrets.token_hex(16), claimed_until=now + lease, handed_at=None,
            tries=table.c.tries + 1,
        ))
        return _by_id(connection, found)


def extend(engine: Engine, message: Message, *, until: datetime) -> bool:
    """Hold a claim for longer; False where it was lost meanwhile, and nothing may be sent."""
    return _change(engine, message, claimed_until=until)


def handing(engine: Engine, message: Message, *, now: datetime, until: datetime) -> bool:
    """Say that the text is about to be handed over; False where the claim was lost, and nothing may be sent."""
    return _change(engine, message, handed_at=now, claimed_until=until)


def sent(engine: Engine, message: Message, *, now: datetime) -> None:
    """The server took it: that is so whoever holds the claim now."""
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(update(table).where(table.c.id == message.id, table.c.state != "sent").values(
            state="sent", closed_at=now, error=None, reply=None, next_try_at=None, **_UNCLAIMED,
        ))


def later(
    engine: Engine, message: Message, *, error: str, reply: str | None, at: datetime, counted: bool = True,
) -> bool:
    """Let it wait until then; ``counted`` is False where the try says nothing about this message."""
    tries = message.tries if counted else message.tries - 1
    return _change(
        engine, message, state="waiting", error=error, reply=reply, next_try_at=at, tries=tries, **_UNCLAIMED,
    )


def close(
    engine: Engine, message: Message, state: Literal["failed", "dropped"], *, error: str, reply: str | None = None,
    now: datetime,
) -> bool:
    """It will not be sent: it failed, or it would not be true any more."""
    return _change(
        engine, message, state=state, error=error, reply=reply, closed_at=now, next_try_at=None, **_UNCLAIMED,
    )


def recover(engine: Engine, *, now: datetime, send_unsure: bool) -> Recovered:
    """Give back what a dead worker held.  What may have left already is sent again only with ``send_unsure``."""
    ended = and_(table.c.state == "sending", table.c.claimed_until < now)
    with engine.execution_options(writes=True).begin() as connection:
        exhausted = _recovered(
            connection, and_(ended, table.c.tries >= MOST_TRIES), state="failed", closed_at=now, error="worker_died",
        )
        unsure = and_(ended, table.c.handed_at.is_not(None))
        if send_unsure:
            doubtful = _recovered(connection, unsure, state="waiting", next_try_at=None, error="unsure")
        else:
            doubtful = _recovered(connection, unsure, state="failed", closed_at=now, error="unsure")
        clean = _recovered(connection, ended, state="waiting", next_try_at=None, error="worker_died")
    return Recovered(again=clean, unsure=doubtful, failed=exhausted)


def _recovered(connection: Connection, rule: ColumnElement[bool], **values: Any) -> int:
    return connection.execute(update(table).where(rule).values(**values, **_UNCLAIMED)).rowcount


def retry(engine: Engine, ids: Iterable[int] | None) -> int:
    """Let failed messages, all or these, be tried at once and from the beginning; waiting ones at once.

    Raises MessageUnknown for an id that is neither.
    """
    open_: ColumnElement[bool] = table.c.state.in_(["failed", "waiting"] if ids is not None else ["failed"])
    with engine.execution_options(writes=True).begin() as connection:
        if ids is not None:
            wanted = sorted(set(ids))
            found = set(connection.execute(select(table.c.id).where(open_, table.c.id.in_(wanted))).scalars())
            missing = [str(one) for one in wanted if one not in found]
            if missing:
                raise MessageUnknown(
                    f"No failed or waiting message has the id {', '.join(missing)}: see them by `hourbook mail list`."
                )
            open_ = and_(open_, table.c.id.in_(wanted))
        return connection.execute(update(table).where(open_).values(
            state="waiting", tries=0, next_try_at=None, closed_at=None, error=None, reply=None, handed_at=None,
        )).rowcount


def listed(
    engine: Engine, *, states: Sequence[State] | None = None, kinds: Sequence[Kind] | None = None,
    school_ids: Sequence[int] | None = None, before: int | None = None, limit: int = 50,
) -> list[Message]:
    """Messages newest first; ``before`` is the id of the last one seen. None as a list means all."""
    rules: list[ColumnElement[bool]] = []
    for column, wanted in ((table.c.state, states), (table.c.kind, kinds), (table.c.school_id, school_ids)):
        if wanted is not None:
            rules.append(column.in_(list(wanted)))
    if before is not None:
        rules.append(table.c.id < before)
    query = select(table).where(and_(True, *rules)).order_by(table.c.id.desc()).limit(limit)
    with engine.connect() as connection:
        return [Message(**row) for row in connection.execute(query).mappings()]


def counts(engine: Engine, *, school_ids: Sequence[int] | None = None) -> dict[State, int]:
    """How many messages are in each state, of these schools or of all."""
    query = select(table.c.state, func.count()).group_by(table.c.state)
    if school_ids is not None:
        query = query.where(table.c.school_id.in_(list(school_ids)))
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    found = {row[0]: int(row[1]) for row in rows}
    return {state: found.get(state, 0) for state in STATES}


def known_effects(engine: Engine, effects: Sequence[str]) -> set[str]:
    """Those of these effects that were written down before."""
    found: set[str] = set()
    with engine.connect() as connection:
        for start in range(0, len(effects), 500):
            some = list(effects[start:start + 500])
            found.update(connection.execute(select(table.c.effect).where(table.c.effect.in_(some))).scalars())
    return found


def _change(engine: Engine, message: Message, **values: Any) -> bool:
    """Change a message that is still this caller's."""
    mine = and_(table.c.id == message.id, table.c.state == "sending", table.c.claimed_by == message.claimed_by)
    with engine.execution_options(writes=True).begin() as connection:
        return connection.execute(update(table).where(mine).values(**values)).rowcount == 1


def _by_id(connection: Connection, message_id: int) -> Message:
    return Message(**connection.execute(select(table).where(table.c.id == message_id)).mappings().one())


_UNCLAIMED: dict[str, Any] = {"claimed_by": None, "claimed_until": None}
