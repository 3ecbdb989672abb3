"""Gives a school's own site the address that opens a student's page, once and for a short time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

import audit
import queries
from api import repeating, shapes, whose
from api.access_rules import EMBED
from api.calls import Answer, Asking, Call
from api.problems import FieldError, Kind, bad_values, no_such_student
from api.repeating import Done
from api.values import Id, described, one_of
from api.whose import OfStudent, Whose
from store import embeds


class AskedEmbed(OfStudent):
    """Whose page, and how it shall look."""

    place: ClassVar[str] = "body"
    shown: ClassVar[tuple[str, ...]] = ("email", "locale")

    school_id: Id | None = described("The school that shows the page; the student's first when left out.", 1)
    locale: one_of("pt", "en") | None = described("Language; the school's when left out.", "pt")  # type: ignore[valid-type]
    theme: one_of("light", "dark") | None = described("The browser's when left out.", "light")  # type: ignore[valid-type]


def _work(asking: Asking, asked: AskedEmbed) -> Answer:
    def opened(key: str | None) -> Done:
        salt = secrets.token_hex(16)
        body = _opened(asking, asked, salt=None if key is None else (key, salt))
        # The nonce itself is not kept: who can read our tables could open the page with it.
        return Done(Answer(body, 201), {"id": body["id"], "expires_at": body["expires_at"], "salt": salt})

    def again(key: str, status: int, said: Any) -> Answer:
        nonce = _nonce(asking, key, said["salt"])
        return Answer({"id": said["id"], "url": _url(asking, nonce), "expires_at": said["expires_at"]}, status)

    return repeating.once(asking, asked, opened, again)


def _opened(asking: Asking, asked: AskedEmbed, *, salt: tuple[str, str] | None) -> dict[str, Any]:
    found = whose.find_for_embed(asking, asked)
    school_id = _school(asking, asked, found)
    seconds = asking.service.settings.embed_nonce_seconds
    number, nonce = embeds.open(
        asking.engine, student_id=found.student_id, school_id=school_id, only_schools=asking.viewer.only_schools,
        locale=asked.locale, theme=asked.theme, token_id=_token_id(asking.viewer.key), now=asking.now, seconds=seconds,
        nonce=None if salt is None else _nonce(asking, *salt),
    )
    audit.record(
        asking.engine, event=audit.Event.EMBED_REQUESTED, actor=asking.viewer.key, now=asking.now, school_id=school_id,
        student_id=found.student_id, object=f"embed_request:{number}",
    )
    expires = (asking.now + timedelta(seconds=seconds)).isoformat()
    return {"id": number, "url": _url(asking, nonce), "expires_at": expires}


def _school(asking: Asking, asked: AskedEmbed, found: Whose) -> int:
    """The school whose page it is: the one named, if the student is there, else the student's first."""
    card: Mapping[str, Any] = queries.ask(
        asking.books, found.scope, "student_card", student_id=found.student_id
    ).one()
    if not card:
        raise no_such_student()
    schools = card["school_ids"] or ()
    if asked.school_id is None and schools:
        return int(schools[0])
    if asked.school_id in schools:
        return int(asked.school_id or 0)
    if asked.school_id is not None:
        raise bad_values([FieldError("school_id", "is no school of this student's that you may see", "body")])
    raise bad_values([FieldError("school_id", "is needed, but the student belongs to no school", "body")])


def _nonce(asking: Asking, key: str, salt: str) -> str:
    """The nonce of a request with a key: always the same, and not to be guessed without our secret."""
    secret = bytes.fromhex(asking.service.settings.key("embed nonce"))
    return hmac.new(secret, f"{asking.viewer.key}\n{key}\n{salt}".encode(), hashlib.sha256).hexdigest()


def _url(asking: Asking, nonce: str) -> str:
    return f"{asking.base_url}/embed/enter?n={nonce}"


def _token_id(actor: str) -> int | None:
    kind, _, number = actor.partition(":")
    return int(number) if kind == "token" and number.isdecimal() else None


CALLS = (
    Call(
        path="/embed/sessions/",
        name="openEmbed",
        method="POST",
        summary="An address that opens a student's page inside the school's own site",
        description="The address is good once, within a minute. Put it into an iframe for the student whom your site "
        "has signed in. With an `Idempotency-Key` the same request gets the same answer for a day.",
        access=EMBED,
        asked=AskedEmbed,
        shape=shapes.EmbedSession,
        work=_work,
        problems=(Kind.UNREADABLE, Kind.NOT_FOUND, Kind.CONFLICT, Kind.NOT_JSON, Kind.TOO_LARGE),
        group="Embedding",
    ),
)
