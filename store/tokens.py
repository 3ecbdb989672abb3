"""API tokens of our own: shown once, kept as a hash, limited in what they may do, revocable."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert, select, update

from errors import HourbookError
from store import hidden
from store.tables import api_tokens

PERMISSIONS = ("read", "embed", "audit", "issue")
_FORM = re.compile(r"hb_[a-z0-9]{8}_[A-Za-z0-9_-]{43}")


class TokenRefused(HourbookError):
    """A token with these limits makes no sense."""


@dataclass(frozen=True, kw_only=True)
class Token:
    """What is known of a token; its secret is not. ``user_id`` is None for a service's token."""

    id: int
    name: str
    prefix: str
    permissions: frozenset[str]
    user_id: int | None
    school_ids: tuple[int, ...] | None
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def works(self, now: datetime) -> bool:
        """True when it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def create(
    engine: Engine, *, name: str, permissions: Iterable[str], user_id: int | None = None,
    school_ids: Iterable[int] | None = None, expires_at: datetime | None = None, created_by: str, now: datetime,
) -> tuple[Token, str]:
    """Make a token; the secret that comes with it is ``hb_<8>_<43>`` and cannot be had again.

    ``school_ids`` None does not limit it to schools. Raises TokenRefused.
    """
    wanted, schools = frozenset(permissions), None if school_ids is None else tuple(school_ids)
    _check(name, wanted, schools, expires_at, now)
    prefix = "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(8))
    secret = f"hb_{prefix}_{hidden.made()}"
    values = {
        "name": name.strip(), "prefix": prefix, "secret_hash": hidden.hashed(secret),
        "permissions": ",".join(sorted(wanted)), "user_id": user_id, "school_ids": schools,
        "created_by": created_by, "created_at": now, "expires_at": expires_at,
    }
    with engine.execution_options(writes=True).begin() as connection:
        row = connection.execute(insert(api_tokens).values(**values).returning(api_tokens)).mappings().one()
    return _token(row), secret


def find(engine: Engine, secret: str, now: datetime) -> Token | None:
    """The working token with this secret; what does not even look like one costs no look-up."""
    if not _FORM.fullmatch(secret):
        return None
    query = select(api_tokens).where(api_tokens.c.secret_hash == hidden.hashed(secret))
    with engine.connect() as connection:
        row = connection.execute(query).mappings().first()
    token = None if row is None else _token(row)
    return token if token is not None and token.works(now) else None


def listed(engine: Engine) -> tuple[Token, ...]:
    """Every token ever made, also revoked and expired ones, oldest first."""
    with engine.connect() as connection:
        return tuple(_token(row) for row in connection.execute(select(api_tokens).order_by(api_tokens.c.id)).mappings())


def revoke(engine: Engine, token_id: int, *, now: datetime) -> bool:
    """End a token for good, and with it every embedded page it opened; False when there was none to revoke."""
    query = update(api_tokens).where(api_tokens.c.id == token_id, api_tokens.c.revoked_at.is_(None))
    with engine.execution_options(writes=True).begin() as connection:
        return connection.execute(query.values(revoked_at=now)).rowcount == 1


def _check(
    name: str, permissions: frozenset[str], schools: tuple[int, ...] | None, expires_at: datetime | None, now: datetime,
) -> None:
    if not name.strip() or len(name.strip()) > 100:
        raise TokenRefused(f"A token needs a name of up to 100 characters, {name!r} is none: say what it is for.")
    unknown = ", ".join(sorted(permissions - set(PERMISSIONS)))
    if unknown or not permissions:
        raise TokenRefused(f"A token may be given {', '.join(PERMISSIONS)}; {unknown or 'nothing'} is not one of them.")
    if schools == ():
        raise TokenRefused("A token limited to no school could see nothing: name its schools.")
    if expires_at is not None and expires_at <= now:
        raise TokenRefused(f"The token would have expired already, at {expires_at.isoformat()}: choose a later day.")


def _token(row: Any) -> Token:
    values = {key: value for key, value in row.items() if key != "secret_hash"}
    return Token(**{**values, "permissions": frozenset(row["permissions"].split(","))})
