"""Choosing whom to be is for invented schools, and offers one of each role there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import demo
import store
import warehouse
from access.viewer import Role, Via
from etl import sync
from identity import NotAdmitted, Reason, by_demo, by_user_id, demo_people
from settings import Settings
from tests.identity import school
from tests.identity.school import books, people, settings_of

REAL, INVENTED = books(), books(people(is_demo=True))


def test_nobody_can_be_chosen_in_a_real_school() -> None:
    assert demo_people(REAL, settings_of()) == []
    for user_id in (None, school.ADMIN):
        with pytest.raises(NotAdmitted) as refused:
            by_demo(REAL, settings_of(), user_id)
        assert refused.value.reason is Reason.no_demo
    with pytest.raises(NotAdmitted):
        by_user_id(REAL, settings_of(), school.ADMIN, Via.demo)


def test_the_whole_business_can_be_chosen_in_an_invented_school() -> None:
    viewer = by_demo(INVENTED, settings_of(), None)
    assert (viewer.key, viewer.user_id, viewer.via, viewer.sees_business) == ("demo:business", None, Via.demo, True)


def test_a_person_chosen_is_that_person() -> None:
    viewer = by_demo(INVENTED, settings_of(), school.STAFF)
    assert (viewer.key, viewer.via) == (f"demo:{school.STAFF}", Via.demo)
    assert viewer.roles == {Role.school_staff}


def test_an_invented_school_offers_nobody_who_may_not_come_in() -> None:
    for person in demo_people(INVENTED, settings_of(["13:1"])):
        assert person.role in by_demo(INVENTED, settings_of(["13:1"]), person.user_id).roles


@pytest.mark.slow
def test_the_demo_school_has_somebody_of_every_role(tmp_path: Path) -> None:
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    chosen = Settings(
        platform_url=f"sqlite:///{tmp_path}/platform.db", store_url=f"sqlite:///{tmp_path}/store.db",
        warehouse=tmp_path / "warehouse", now=now,
    )  # fmt: skip
    report = demo.generate(chosen.platform_url, students=40, years=1, today=now)
    store.migrate(chosen.store_url)
    sync.run(chosen)
    found = demo_people(warehouse.open(chosen.warehouse), chosen)
    assert [person.role for person in found] == list(Role)
    assert {person.role: person.user_id for person in found}[Role.parent] == report.persona("parent").user_id
    assert {person.role: person.user_id for person in found}[Role.student] == report.persona("maria").user_id
