"""Hazards about classes and consumptions: odd hours, odd times, odd links between rows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from demo.odd_people import odd_student, with_a_package
from demo.report import Hazard
from demo.story import Row, Story, hours, school

_SESSIONS, _CONSUMPTIONS = "finances_classsession", "finances_hourconsumption"
_RIBEIRA = school(1)


def _hazard(name: str, table: str, rows: list[Row], note: str, *accounts: Row) -> Hazard:
    return Hazard(name, table, tuple(r["id"] for r in rows), note, tuple(a["student_id"] for a in accounts))


def hours_negative_zero_huge(story: Story) -> Hazard:
    """Consumptions of -1, 0 and 99.99 hours, as old imports left them; the counters were set by hand."""
    rows = []
    account = odd_student(story, "spent")
    package = with_a_package(story, account)
    for days_ago, spent in ((35, "-1.00"), (28, "0.00"), (21, "99.99")):
        _, consumption = story.take_class(account, _RIBEIRA, package, days_ago)
        consumption.update(hours_consumed=hours(spent), hours_originally_reserved=hours(spent))
        account["hours_consumed"] += hours(spent) - hours(1)
        rows.append(consumption)
    return _hazard("hours negative, zero and 99.99", _CONSUMPTIONS, rows, "Negative hours count 0.", account)


def classes_on_dst_nights(story: Story) -> Hazard:
    """Classes at an hour that comes twice, and at one that does not come at all."""
    rows, accounts = [], []
    for number, minute in ((1, time(1, 30)), (2, time(1, 15)), (3, time(0, 30))):
        account = odd_student(story, f"night.{number}", number=number)
        package = story.buy(account, school(number), school(number).plan(20), story.ago(268))
        for day in _last_sundays(story.today.date()):
            booked = datetime.combine(day, time(12), story.today.tzinfo) - timedelta(days=2)
            if booked <= package["created_at"]:
                continue
            session = story.session(
                school(number), day, start=minute, students=[account["student_id"]], booked=booked
            )
            story.charge(account, session, package, hours(1), booked)
            rows.append(session)
        accounts.append(account)
    return _hazard("classes on the nights the clocks change", _SESSIONS, rows, "A class belongs to its local day.")


def _last_sundays(today: date) -> list[date]:
    """The latest last Sunday of March and of October that are past."""
    days = []
    for month in (3, 10):
        end = date(today.year, month, 31)
        if end >= today:
            end = date(today.year - 1, month, 31)
        days.append(end - timedelta(days=(end.weekday() + 1) % 7))
    return days


def classes_at_the_edge_of_a_day(story: Story) -> Hazard:
    """A class that ends at 23:59:59, one that ends after midnight, one of no length."""
    account = odd_student(story, "edge_of_day")
    package = with_a_package(story, account)
    rows = []
    times = ((30, time(23), time(23, 59, 59)), (23, time(23, 30), time(0, 30)), (16, time(7), time(7)))
    for days_ago, start, end in times:
        booked, day = story.ago(days_ago + 3), story.lesson_day(_RIBEIRA, days_ago)
        session = story.session(
            _RIBEIRA, day, start=start, students=[account["student_id"]], booked=booked, end_time=end
        )
        story.charge(account, session, package, hours(1), booked)
        rows.append(session)
    return _hazard("classes at the edge of a day", _SESSIONS, rows, "The start decides the day.", account)


def classes_without_students(story: Story) -> Hazard:
    """A class that nobody is in, and a group of which the count says four and the list nothing."""
    day = story.lesson_day(_RIBEIRA, 18)
    rows = [
        story.session(_RIBEIRA, day, start=time(20), booked=story.ago(22)),
        story.session(_RIBEIRA, day, start=time(21), booked=story.ago(22), student_count=4, session_type="group"),
    ]
    return _hazard("classes without students", _SESSIONS, rows, "They take no hours.")


def consumption_of_a_stranger(story: Story) -> Hazard:
    """A consumption for a class whose list does not hold the student."""
    account, other = odd_student(story, "not_in_class"), odd_student(story, "in_class")
    package = with_a_package(story, account)
    booked = story.ago(20)
    session = story.session(_RIBEIRA, story.lesson_day(_RIBEIRA, 17), students=[other["student_id"]], booked=booked)
    row = story.charge(account, session, package, hours(1), booked)
    return _hazard("consumption for a class the student was not in", _CONSUMPTIONS, [row], "It counts.", account)


def consumption_on_a_foreign_package(story: Story) -> Hazard:
    """A class charged on another student's package."""
    account, owner = odd_student(story, "foreign_package"), odd_student(story, "package_owner")
    with_a_package(story, account, taught=0)
    package = with_a_package(story, owner)
    _, row = story.take_class(account, _RIBEIRA, package, 24)
    return _hazard(
        "consumption on another student's package", _CONSUMPTIONS, [row],
        "Taken from the student's own packages; the other's hours are untouched.", account, owner,
    )  # fmt: skip


def consumption_before_purchase(story: Story) -> Hazard:
    """A class taught ten days before the package that paid for it was bought."""
    account = odd_student(story, "before_purchase")
    day = story.lesson_day(_RIBEIRA, 40)
    session = story.session(_RIBEIRA, day, students=[account["student_id"]], booked=story.ago(43))
    package = story.buy(account, _RIBEIRA, _RIBEIRA.plan(10), story.ago(25))
    row = story.charge(account, session, package, hours(1), story.ago(43))
    return _hazard(
        "consumption before the purchase", _CONSUMPTIONS, [row], "Overdrawn until the package covers it.", account
    )


def classes_far_ahead(story: Story) -> Hazard:
    """Classes booked for next year and for the last day of the year 9999."""
    account = odd_student(story, "class_far_ahead")
    package = with_a_package(story, account)
    rows = []
    for day in (story.lesson_day(_RIBEIRA, -400), date(9999, 12, 31)):
        booked = story.ago(6)
        session = story.session(
            _RIBEIRA, day, students=[account["student_id"]], status="scheduled", booked=booked
        )
        story.charge(account, session, package, hours(1), booked)
        rows.append(session)
    return _hazard("classes far ahead and in the year 9999", _SESSIONS, rows, "Reserved, not consumed.", account)


def class_words_unknown(story: Story) -> Hazard:
    """Statuses and kinds of class that nobody announced, and text where a grade is expected."""
    account = odd_student(story, "class_words")
    package = with_a_package(story, account)
    rows = []
    for days_ago, values in (
        (34, {"status": "rescheduled"}), (27, {"session_type": "workshop"}), (20, {"grade_level": "<b>9º</b>"}),
        (13, {"status": ""}),
    ):  # fmt: skip
        session, _ = story.take_class(account, _RIBEIRA, package, days_ago)
        session.update(values)
        rows.append(session)
    return _hazard("unknown words in a class", _SESSIONS, rows, "Shown as they are; the hours count.", account)


def flags_that_contradict(story: Story) -> Hazard:
    """Cancelled and never returned; returned as cancelled and yet taught; made longer after booking."""
    rows = []
    account = odd_student(story, "flags")
    package = with_a_package(story, account)
    for days_ago, slug in ((29, "kept"), (22, "returned"), (15, "longer")):
        session, row = story.take_class(account, _RIBEIRA, package, days_ago)
        if slug == "kept":
            session.update(status="cancelled", cancelled_at=story.ago(days_ago + 1))
        elif slug == "returned":
            story.cancel(account, session, row, story.ago(days_ago - 1))
            row["refund_reason"] = "Session cancelled <i>by mistake</i>\n=1+1"
            session.update(status="completed", cancelled_at=None, actual_duration_hours=hours(1))
        else:
            row.update(hours_consumed=hours(2), updated_at=story.ago(14))
        rows.append(row)
    return _hazard("flags that contradict each other", _CONSUMPTIONS, rows, "The session's word wins.", account)
