"""Which reports are mailed when: each period that is over once, and never an empty or unproved one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from reports import mail
from reports.mail import periods
from store import outbox, schedules
from store.schedules import Schedule
from tests.reports.mail.post_office import PostOffice, text_of
from tests.reports.mail.world import NOW, World, run


def schedule(world: World, **changes: object) -> Schedule:
    return schedules.add(world.engine, mail.checked(world.books, Schedule(**{
        "school_id": 1, "rhythm": "monthly", "reports": ("sales",), "format": "csv", "language": "pt",
        "recipients": ("desk@school.pt", "boss@school.pt"), "actor": "test",
        "recorded_at": datetime(2026, 9, 20, tzinfo=UTC), **changes,
    })))  # type: ignore[arg-type]


def test_periods_that_are_over_are_reported_and_none_twice() -> None:
    found = periods.over("monthly", since=date(2026, 9, 20), today=date(2026, 11, 23))
    assert [str(one.start) for one in found] == ["2026-09-01", "2026-10-01"]
    assert periods.over("monthly", since=date(2026, 10, 1), today=date(2026, 10, 31)) == []
    weeks = periods.over("weekly", since=date(2026, 11, 10), today=date(2026, 11, 23))
    assert [(str(one.start), str(one.end)) for one in weeks] == [
        ("2026-11-09", "2026-11-16"), ("2026-11-16", "2026-11-23"),
    ]
    assert len(periods.over("weekly", since=date(2020, 1, 1), today=date(2026, 11, 23))) == periods.MOST_BEHIND


def test_a_schedule_sends_each_period_to_each_address_once(world: World, office: PostOffice) -> None:
    schedule(world)
    assert run(world).planned.reports == 4
    assert run(world).planned.reports == 0
    assert sorted(address for address, _ in office.taken) == ["boss@school.pt"] * 2 + ["desk@school.pt"] * 2
    september = office.messages[0]
    assert "setembro de 2026" in september["Subject"]
    [file] = list(september.iter_attachments())
    assert str(file.get_filename()).startswith("sales_2026-09_school-1_")
    assert "10 hours" in file.get_content()


def test_an_empty_period_is_said_and_has_no_file(world: World, office: PostOffice) -> None:
    schedule(world, recipients=("desk@school.pt",))
    run(world)
    october = office.messages[-1]
    assert list(october.iter_attachments()) == []
    assert "nada neste período" in text_of(october)
    assert "Não houve nada a reportar" in text_of(october)


def test_a_failed_check_is_said_once_and_the_report_follows(world: World, office: PostOffice) -> None:
    schedule(world, recipients=("desk@school.pt",), recorded_at=datetime(2026, 10, 20, tzinfo=UTC), language="en")
    world.publish("update checks set passed = false, found = 3 where name = 'package_money_adds_up'")
    for _ in range(3):
        run(world)
    [notice] = office.messages
    assert notice["Subject"] == "Reports of October 2026 are not made yet"
    assert "A check failed" in text_of(notice)
    [waiting] = outbox.listed(world.engine, states=["waiting"])
    assert (waiting.kind, waiting.error) == ("report", "report_blocked")
    world.publish()
    outbox.retry(world.engine, [waiting.id])
    run(world)
    assert office.messages[1]["Subject"].endswith("October 2026")
    assert outbox.counts(world.engine)["sent"] == 2


def test_books_that_do_not_reach_the_end_of_the_period_are_waited_for(world: World, office: PostOffice) -> None:
    schedule(world, recipients=("desk@school.pt",), recorded_at=NOW, language="en")
    world.at(datetime(2026, 12, 1, 1, tzinfo=UTC), stale_after=100_000)
    assert run(world).planned.reports == 1
    assert office.taken == []
    outbox.retry(world.engine, [outbox.listed(world.engine)[0].id])
    world.at(datetime(2026, 12, 2, 1, tzinfo=UTC))
    run(world)
    run(world)
    assert "before the end of the period" in text_of(office.messages[0])


@pytest.mark.parametrize("changes", [
    {"reports": ()}, {"reports": ("nothing",)}, {"recipients": ("nobody",)}, {"recipients": ()}, {"school_id": 99},
    {"rhythm": "weekly", "reports": ("roll_forward",)},
])
def test_a_schedule_that_cannot_be_is_refused(world: World, changes: dict) -> None:
    with pytest.raises(Exception, match=r"nothing|nobody|1 to 20|school 99|monthly"):
        schedule(world, **changes)
