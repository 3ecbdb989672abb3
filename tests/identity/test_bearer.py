"""Our own tokens and embedded pages: what they open ends with the token, the session, or the person's role."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from access.scope import Scope
from access.viewer import Area, Role, Via
from identity import BadBearer, NotAdmitted, by_bearer, by_embed
from settings import Settings
from store import embeds, tokens
from tests.identity import school
from tests.identity.school import Published, books, people
from tests.memory import AS_OF

SCHOOL = books()
SETTINGS = Settings()
LATER = AS_OF + timedelta(hours=1)


def made(engine: Engine, permissions: tuple[str, ...] = ("read",), **more: Any) -> str:
    return tokens.create(engine, name="platform", permissions=permissions, created_by="cli", now=AS_OF, **more)[1]


def test_a_service_sees_every_school_as_far_as_it_is_permitted(engine: Engine) -> None:
    viewer = by_bearer(engine, SCHOOL, SETTINGS, made(engine), AS_OF)
    assert viewer.key.startswith("token:")
    assert (viewer.via, viewer.user_id, viewer.name) == (Via.token, None, "platform")
    assert viewer.scope(Area.students) == Scope.business()
    assert not viewer.may(Area.embed)
    assert not viewer.may(Area.audit)


def test_a_service_bound_to_schools_sees_those(engine: Engine) -> None:
    secret = made(engine, ("read", "embed"), school_ids=[2])
    viewer = by_bearer(engine, SCHOOL, SETTINGS, secret, AS_OF)
    assert viewer.scope(Area.students) == Scope.schools([2])
    assert viewer.scope(Area.embed) == Scope.schools([2])


def test_a_users_token_is_the_user_within_its_bounds(engine: Engine) -> None:
    secret = made(engine, ("read",), user_id=school.BUSY, school_ids=[2])
    viewer = by_bearer(engine, SCHOOL, SETTINGS, secret, AS_OF)
    assert viewer.scope(Area.students) == Scope.schools([2], money=[])
    assert viewer.scope(Area.own) == Scope.students([school.BUSY, 62], schools=[2])
    assert viewer.scope(Area.health) is None
    assert viewer.as_student(school.STUDENT, key="token:1") is None


def test_a_users_token_loses_what_the_user_loses(engine: Engine) -> None:
    secret = made(engine, user_id=school.ADMIN)
    published = Published(people())
    assert by_bearer(engine, published, SETTINGS, secret, AS_OF).roles == {Role.school_admin}
    rows = people()
    rows["users"] = [{**row, "is_active": row["user_id"] != school.ADMIN} for row in rows["users"]]
    published.publish(rows)
    with pytest.raises(NotAdmitted):
        by_bearer(engine, published, SETTINGS, secret, AS_OF)


def test_a_token_that_expired_or_was_revoked_opens_nothing(engine: Engine) -> None:
    short, long = made(engine, expires_at=AS_OF + timedelta(minutes=5)), made(engine)
    with pytest.raises(BadBearer):
        by_bearer(engine, SCHOOL, SETTINGS, short, LATER)
    assert tokens.revoke(engine, 2, now=AS_OF)
    with pytest.raises(BadBearer):
        by_bearer(engine, SCHOOL, SETTINGS, long, AS_OF)


def test_a_token_that_was_never_given_out_opens_nothing(engine: Engine) -> None:
    secret = made(engine)
    others = [secret[:-1], secret + "a", secret.upper(), secret[:12] + "A" * 43, "hb_", "hb_%_%", "hb_' or '1'='1"]
    for forged in others:
        with pytest.raises(BadBearer) as refused:
            by_bearer(engine, SCHOOL, SETTINGS, forged, AS_OF)
        assert forged[3:] not in refused.value.message or forged == "hb_"


def opened(engine: Engine, student_id: int, **more: Any) -> str:
    told = {"school_id": 1, "only_schools": None, "locale": None, "theme": None, "token_id": None, **more}
    nonce = embeds.open(engine, student_id=student_id, now=AS_OF, seconds=60, **told)[1]
    return embeds.spend(engine, nonce, now=AS_OF, idle=timedelta(minutes=30), longest=timedelta(hours=8))[1]


def test_an_embedded_page_is_its_student_in_its_language_as_far_as_its_schools_go(engine: Engine) -> None:
    secret = opened(engine, school.STUDENT, only_schools=[1], locale="pt")
    viewer = by_embed(engine, SCHOOL, SETTINGS, secret, AS_OF)
    assert viewer is not None
    assert viewer.key.startswith("embed:")
    assert (viewer.via, viewer.user_id, viewer.language, viewer.name) == (Via.embed, None, "pt", "User 21")
    assert {area for area in Area if viewer.may(area)} == {Area.own}
    assert viewer.scope(Area.own) == Scope.students([school.STUDENT], schools=[1])


def test_an_embedded_page_of_an_administrator_who_learns_opens_no_administration(engine: Engine) -> None:
    viewer = by_embed(engine, SCHOOL, SETTINGS, opened(engine, school.BUSY), AS_OF)
    assert viewer is not None
    assert {area for area in Area if viewer.may(area)} == {Area.own}
    assert viewer.scope(Area.own) == Scope.students([school.BUSY])


def test_an_embedded_page_ends_with_its_session(engine: Engine) -> None:
    secret = opened(engine, school.STUDENT)
    assert by_embed(engine, SCHOOL, SETTINGS, secret, AS_OF) is not None
    assert by_embed(engine, SCHOOL, SETTINGS, secret, LATER) is None
    other = opened(engine, school.STUDENT)
    embeds.revoke(engine, student_id=school.STUDENT, now=AS_OF)
    assert by_embed(engine, SCHOOL, SETTINGS, other, AS_OF) is None


@pytest.mark.parametrize("secret", ["", "a", "%", "' or 1=1", "\x00"])
def test_a_session_that_was_never_opened_is_nobody(secret: str, engine: Engine) -> None:
    opened(engine, school.STUDENT)
    assert by_embed(engine, SCHOOL, SETTINGS, secret, AS_OF) is None


@pytest.mark.parametrize("student", [school.FORMER, school.GONE, school.ADMIN, 999])
def test_a_page_opened_for_who_is_no_student_shows_nothing(student: int, engine: Engine) -> None:
    assert by_embed(engine, SCHOOL, SETTINGS, opened(engine, student), AS_OF) is None


def test_an_embedded_page_ends_when_the_student_is_switched_off_on_the_platform(engine: Engine) -> None:
    secret, published = opened(engine, school.STUDENT), Published(people())
    assert by_embed(engine, published, SETTINGS, secret, AS_OF) is not None
    rows = people()
    rows["users"] = [{**row, "is_active": row["user_id"] != school.STUDENT} for row in rows["users"]]
    published.publish(rows)
    assert by_embed(engine, published, SETTINGS, secret, AS_OF) is None
