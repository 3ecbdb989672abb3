"""Remembers the public certificates that signed documents, and which of them are not to be trusted any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select, update
from sqlalchemy.dialects import postgresql, sqlite

from errors import HourbookError
from store.receipt_tables import signing_certificates as table


class CertificateUnknown(HourbookError):
    """No certificate, or more than one, begins with the fingerprint given."""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate with its issuers as PEM; ``fingerprint`` is SHA-256."""

    fingerprint: str
    chain: str
    subject: str
    expires_at: datetime
    first_used_at: datetime
    revoked_at: datetime | None
    revoked_reason: str | None


def note(engine: Engine, *, fingerprint: str, chain: str, subject: str, expires_at: datetime, now: datetime) -> None:
    """Write a certificate down when it signs for the first time."""
    with engine.execution_options(writes=True).begin() as connection:
        if connection.execute(select(table.c.subject).where(table.c.fingerprint == fingerprint)).first() is None:
            connection.execute(_inserted(engine).values(
                fingerprint=fingerprint, chain=chain, subject=subject[:300], expires_at=expires_at, first_used_at=now,
            ).on_conflict_do_nothing())


def _inserted(engine: Engine) -> Any:
    """The insert of the database's own dialect: only those know conflicts."""
    return (postgresql if engine.dialect.name == "postgresql" else sqlite).insert(table)


def known(engine: Engine) -> list[Certificate]:
    """Every certificate that ever signed, in the order of first use."""
    with engine.connect() as connection:
        rows = connection.execute(select(table).order_by(table.c.first_used_at, table.c.fingerprint)).mappings()
        return [Certificate(**row) for row in rows]


def revoke(engine: Engine, beginning: str, *, reason: str, now: datetime) -> Certificate:
    """Say that a key is not to be trusted any more; raises CertificateUnknown unless one fingerprint begins so."""
    found = [one for one in known(engine) if one.fingerprint.startswith(beginning.lower()) and beginning]
    if len(found) != 1:
        raise CertificateUnknown(
            f"{len(found)} certificates begin with the fingerprint {beginning!r}: "
            "see them by `hourbook receipts certificates`."
        )
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(update(table).where(
            table.c.fingerprint == found[0].fingerprint, table.c.revoked_at.is_(None),
        ).values(revoked_at=now, revoked_reason=reason[:300]))
    return next(one for one in known(engine) if one.fingerprint == found[0].fingerprint)
