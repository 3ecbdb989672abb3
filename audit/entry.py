"""Decides what an entry may say: which events there are, and that it holds ids, numbers and words of ours only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from errors import HourbookError

ACTOR = re.compile(r"[a-z][a-z_]{0,19}(:[a-z0-9][a-z0-9_-]{0,39})?")
"""``user:12``, ``token:3``, ``demo:business``: a kind and an id."""
OBJECT = re.compile(r"[a-z][a-z0-9_]{0,39}(:[a-z0-9][a-z0-9_-]{0,39})?")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_MOST_DETAILS, _MOST_LISTED, _LARGEST = 20, 100, 2**63


class Event(StrEnum):
    """What can be recorded."""

    SESSION_STARTED = "session_started"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_OUT = "sign_out"
    VIEW_AS_STARTED = "view_as_started"
    VIEW_AS_ENDED = "view_as_ended"
    STUDENT_VIEWED = "student_viewed"
    EXPORTED = "exported"
    DOWNLOADED = "downloaded"
    PROOF_READ = "proof_read"
    TOKEN_CREATED = "token_created"
    TOKEN_REVOKED = "token_revoked"
    TOKEN_REFUSED = "token_refused"
    EMBED_REQUESTED = "embed_requested"
    EMBED_OPENED = "embed_opened"
    EMBED_REFUSED = "embed_refused"
    EMBED_REVOKED = "embed_revoked"
    ORIGINS_CHANGED = "origins_changed"
    SETTINGS_CHANGED = "settings_changed"
    RECEIPT_ISSUED = "receipt_issued"
    RECEIPT_EMAILED = "receipt_emailed"
    RECEIPT_CREDITED = "receipt_credited"
    CERTIFICATE_REVOKED = "certificate_revoked"
    SCHEDULE_CHANGED = "schedule_changed"
    MAIL_SENT = "mail_sent"
    ACCESS_REFUSED = "access_refused"
    AUDIT_READ = "audit_read"
    AUDIT_VERIFIED = "audit_verified"


class NotForTheLog(HourbookError):
    """What was to be recorded is not an id, a number or a word of ours; it may be personal, so it is not repeated."""


class LogDamaged(HourbookError):
    """An entry cannot be read as one of ours: it was changed after it was written."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the log. ``event`` is text: a later version may know events that this one does not."""

    id: int
    at: datetime
    event: str
    actor: str
    school_id: int | None
    student_id: int | None
    object: str | None
    details: Mapping[str, Any]
    hash: str


def checked_actor(actor: str) -> str:
    """The actor; raises NotForTheLog for anything but a kind and an id."""
    if not ACTOR.fullmatch(actor):
        raise NotForTheLog("The actor of an audit entry is a kind and an id, such as user:12 or token:3; got neither.")
    return actor


def checked_object(named: str | int | None) -> str | None:
    """What the event was about, as text; raises NotForTheLog."""
    text = None if named is None else str(named)
    if text is not None and not (OBJECT.fullmatch(text) or re.fullmatch(r"\d{1,19}", text)):
        raise NotForTheLog("The object of an audit entry is a kind and an id, such as snapshot:6; got neither.")
    return text


def checked_id(name: str, number: int | None) -> int | None:
    """A row's number or None; raises NotForTheLog."""
    if number is not None and (type(number) is not int or not -_LARGEST <= number < _LARGEST):
        raise NotForTheLog(f"{name} of an audit entry is a whole number, not {type(number).__name__}.")
    return number


def checked_details(details: Mapping[str, Any] | None) -> dict[str, Any]:
    """The details, lists made plain; raises NotForTheLog naming the key, never the value."""
    given = dict(details or {})
    if len(given) > _MOST_DETAILS:
        raise NotForTheLog(f"An audit entry has up to {_MOST_DETAILS} details, {len(given)} are too many.")
    if not all(isinstance(key, str) and _KEY.fullmatch(key) for key in given):
        raise NotForTheLog("A detail's name is a short word in lower case, such as rows or snapshot_id.")
    return {key: _checked(key, value) for key, value in given.items()}


def _checked(key: str, value: Any) -> Any:
    if isinstance(value, list | tuple) and len(value) <= _MOST_LISTED:
        return [_scalar(key, one) for one in value]
    return _scalar(key, value)


def _scalar(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and -_LARGEST <= value < _LARGEST:
        return int(value)
    if isinstance(value, str) and _WORD.fullmatch(value):
        return str(value)
    raise NotForTheLog(
        f"The detail {key!r} of an audit entry holds what is not for the log: an id, a whole number, yes or no, or a "
        "short word in lower case may stand there; never a name, an e-mail or free text."
    )
