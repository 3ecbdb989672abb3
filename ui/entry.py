"""Decides, anew at every run, who looks: an embedded page, someone signed in, someone of the demo school, or nobody.

Nothing is remembered between runs but what the browser's session proves again: roles, memberships and revocations of a
newer snapshot or of the store count from the next run on. Where several could apply the first of the list above does,
so that a page inside a school's own site can never fall back to somebody's sign-in.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

import identity
from access.roles import Role
from access.viewer import Area, Via, Viewer
from errors import HourbookError
from store import embeds
from ui.session import books, current_settings, engine

EMBED_CLAIM = "hourbook_embed"
"""Where the web layer leaves the secret of an embedded page's session; browsers cannot set it."""

EMBED_PATH = "/embed"
DEMO_PERSON = "as"
BUSINESS = "business"
MOST_SESSIONS = 1000
VIEW_AS = "view_as"


class Closed(StrEnum):
    """Why nobody is looking."""

    sign_in = "sign_in"
    session_ended = "session_ended"
    not_admitted = "not_admitted"
    embed_ended = "embed_ended"
    no_books = "no_books"
    broken = "broken"


@dataclass(frozen=True)
class Entrance:
    """Who looks, or why nobody does. `behind` is the person who looks as a student, where somebody does."""

    viewer: Viewer | None
    closed: Closed | None = None
    failure: HourbookError | None = None
    behind: Viewer | None = None
    embedded: bool = False

    @property
    def is_signed_in(self) -> bool:
        """There is a sign-in to end: also of somebody who is not admitted."""
        person = self.behind or self.viewer
        if person is not None:
            return person.via is Via.login
        return self.closed in (Closed.session_ended, Closed.not_admitted)


def enter() -> Entrance:
    """Who is looking in this run."""
    secret = st.user.get(EMBED_CLAIM)
    if secret or _is_below_embed():
        return _embedded(str(secret or ""))
    try:
        signed_in = bool(st.user.get("is_logged_in"))
        if books().current() is None and (signed_in or (current_settings().demo and not providers())):
            return Entrance(None, Closed.no_books)
        if signed_in:
            return _viewing(_signed_in(dict(st.user)))
        if demo_people():
            return _viewing(Entrance(_demo_person()))
    except HourbookError as failure:
        return Entrance(None, Closed.broken, failure)
    return Entrance(None, Closed.sign_in)


def providers() -> tuple[str, ...]:
    """The names of the sign-in providers that the secrets set up; a single one without a name is "default"."""
    try:
        section = st.secrets.get("auth") or {}
    except FileNotFoundError:
        return ()
    named = tuple(name for name, value in section.items() if isinstance(value, Mapping) and "client_id" in value)
    return named or (("default",) if "client_id" in section else ())


def demo_people() -> dict[str, identity.DemoPerson]:
    """Who may be picked instead of signing in, by what the address calls them; nobody where one can sign in."""
    if providers():
        return {}
    people = identity.demo_people(books(), current_settings())
    found = {BUSINESS if person.user_id is None else f"user-{person.user_id}": person for person in people}
    asked = str(st.session_state.get(DEMO_PERSON) or st.query_params.get(DEMO_PERSON) or "")
    number = asked.removeprefix("user-")
    if found and asked not in found and asked.startswith("user-") and number.isdecimal() and len(number) < 19:
        with suppress(identity.NotAdmitted):  # anybody of an invented school may be looked in on, by a link
            viewer = identity.by_demo(books(), current_settings(), int(number))
            role = min(viewer.roles, key=list(Role).index)
            found[asked] = identity.DemoPerson(role, viewer.name, None, int(number))
    return found


def _is_below_embed() -> bool:
    """The browser's word: it decides what an unknown visitor is told, never what is shown."""
    path = urlsplit(str(st.context.url or "")).path
    return path == EMBED_PATH or path.startswith(f"{EMBED_PATH}/")


def _embedded(secret: str) -> Entrance:
    try:
        viewer = identity.by_embed(engine(), books(), current_settings(), secret, _now()) if secret else None
    except HourbookError as failure:
        return Entrance(None, Closed.broken, failure, embedded=True)
    return Entrance(viewer, None if viewer else Closed.embed_ended, embedded=True)


def _signed_in(claims: Mapping[str, Any]) -> Entrance:
    if _has_ended(claims, _now()):
        return Entrance(None, Closed.session_ended)
    try:
        return Entrance(identity.by_login(books(), current_settings(), claims))
    except identity.NotAdmitted as refusal:
        return Entrance(None, Closed.not_admitted, refusal)


def _has_ended(claims: Mapping[str, Any], now: datetime) -> bool:
    """The sign-in is older than the settings allow, or does not say when it was."""
    signed_at = claims.get("iat") or claims.get("auth_time")
    try:
        since = datetime.fromtimestamp(int(str(signed_at)), UTC)
    except (ValueError, OverflowError, OSError):
        return True
    return now - since > timedelta(hours=current_settings().session_hours)


def _demo_person() -> Viewer:
    """The person picked, else the one who sees the whole business."""
    picked = st.session_state.get(DEMO_PERSON) or st.query_params.get(DEMO_PERSON)
    person = demo_people().get(str(picked))
    return identity.by_demo(books(), current_settings(), person.user_id if person else None)


def _viewing(entrance: Entrance) -> Entrance:
    """The same, unless the address asks to look as a student and this person may."""
    person = entrance.viewer
    asked = st.query_params.get(VIEW_AS) or st.session_state.get(VIEW_AS) or ""
    if person is None or not asked.isdecimal() or len(asked) > 18 or not person.may(Area.view_as):
        return entrance
    seen = person.as_student(int(asked), key=person.key)
    return Entrance(seen, behind=person) if seen else entrance


def _now() -> datetime:
    return current_settings().clock()


def is_still_admitted(viewer: Viewer) -> bool:
    """Whether a viewer of an earlier run would be let in now, as the same.

    For what happens between runs: a file is written when it is pressed for, and the page may be from before somebody
    lost a role or an embedded page was ended.
    """
    if viewer.via is Via.embed:
        open_now = embeds.sessions(engine(), now=_now(), student_id=viewer.student_ids[0], limit=MOST_SESSIONS)
        return viewer.key in {f"embed:{session.id}" for session in open_now}
    try:
        if viewer.key.startswith("demo:"):
            person = identity.by_demo(books(), current_settings(), viewer.user_id)
        else:
            person = identity.by_user_id(books(), current_settings(), viewer.user_id or 0, Via.login)
    except identity.NotAdmitted:
        return False
    if viewer.via is Via.view_as:
        return person.as_student(viewer.student_ids[0], key=person.key) == viewer
    return person == viewer
