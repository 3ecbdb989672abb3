"""Makes a viewer of what a machine shows: one of our tokens, or a token that the platform signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from access.viewer import Via, Viewer
from identity import people, signed
from identity.errors import BadBearer
from store import tokens

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from identity.people import Books
    from settings import Settings

OURS = "hb_"
LONGEST = 8192
"""Characters of a bearer that are looked at; a signed token of a platform has some hundreds."""

_REFUSED = "The token does not hold here: it is unknown, expired or withdrawn. Ask for a new one."


def by_bearer(engine: Engine, books: Books, settings: Settings, bearer: str, now: datetime) -> Viewer:
    """The viewer of a bearer token: the service or the user it was made for.

    Raises BadBearer where the token does not hold, NotAdmitted where its user is nobody here.
    """
    if not bearer or len(bearer) > LONGEST or not bearer.isascii():
        raise BadBearer("The token is no token: send `Authorization: Bearer` with the token as it was given out.")
    if bearer.startswith(OURS):
        return _of_token(engine, books, settings, bearer, now)
    return people.by_user_id(books, settings, signed.user_id(settings, bearer, now), Via.jwt)


def _of_token(engine: Engine, books: Books, settings: Settings, bearer: str, now: datetime) -> Viewer:
    token = tokens.find(engine, bearer, now)
    if token is None:
        raise BadBearer(_REFUSED)
    if token.user_id is None:  # a service: the school's own software, which sees all that its schools see
        viewer = Viewer(key="", user_id=None, name=token.name, via=Via.token, is_platform_staff=True)
    else:
        viewer = people.by_user_id(books, settings, token.user_id, Via.token)
    return replace(
        viewer, key=f"token:{token.id}", only_schools=token.school_ids, permissions=frozenset(token.permissions)
    )
