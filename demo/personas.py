"""Tells the named people: stories with fixed e-mails that documents, tests and pictures rely on."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

from demo.report import Persona
from demo.story import Row, Story, hours, school

_RIBEIRA, _THORNBURY, _ATLANTIC = school(1), school(2), school(3)


def tell_personas(story: Story) -> list[Persona]:
    """All personas, in a fixed order, so that their ids are the same at every scale."""
    maria = _maria(story)
    return [
        maria,
        *_family_of(story, maria),
        _runs_out(story),
        _expires_soon(story),
        _two_schools(story),
        _drifted(story),
        _teaches_and_learns(story),
        _subscriber(story),
        _fading(story),
        _newcomer(story),
    ]


def _persona(key: str, story: Story, account: Row, schools: tuple[int, ...], text: str) -> Persona:
    user = next(u for u in story.rows["accounts_customuser"] if u["id"] == account["student_id"])
    return Persona(key, user["name"], user["email"], user["id"], schools, "student", text)


def _maria(story: Story) -> Persona:
    """The student whose parent calls: every kind of thing that can happen to hours, once."""
    account = story.student("Maria Silva", "maria.silva@example.com", 1, joined=story.ago(320))
    story.payers[account["student_id"]] = "Teresa Silva"
    spring = story.buy(account, _RIBEIRA, _RIBEIRA.plan(5), story.ago(302))
    for days_ago in (299, 292, 285, 278):
        story.take_class(account, _RIBEIRA, spring, days_ago)
    story.expire(account, spring)
    autumn = story.buy(account, _RIBEIRA, _RIBEIRA.plan(5), story.ago(75))
    for days_ago in (70, 63, 56, 49):
        story.take_class(account, _RIBEIRA, autumn, days_ago)
    package = story.buy(account, _RIBEIRA, _RIBEIRA.plan(10), story.ago(44))
    # Two hours on a package with one left: the platform books them all on it, past zero.
    story.take_class(account, _RIBEIRA, autumn, 40, minutes=120)
    session, consumption = story.take_class(account, _RIBEIRA, package, 33, minutes=90)
    story.end_early(account, session, consumption, hours("0.5"))
    session, consumption = story.take_class(account, _RIBEIRA, package, 26)
    story.cancel(account, session, consumption, story.ago(27, at=time(9, 30)))
    story.take_class(account, _RIBEIRA, package, 19, status="no_show")
    story.take_class(account, _RIBEIRA, package, 12)
    story.take_class(account, _RIBEIRA, package, 5)
    story.refund(account, package, Decimal("38.00"), story.ago(3, at=time(11, 0)))
    story.take_class(account, _RIBEIRA, package, -2)
    return _persona(
        "maria", story, account, (1,),
        "1 hour of a spring package expired; a 2-hour class was booked on a package with 1 hour left; a class of 1.5 "
        "hours ended half an hour early; one class was cancelled, one missed, one is booked; 38.00 of the 190.00 of "
        "her 10-hour package was refunded, which is 2 hours. The platform still counts those 2 hours.",
    )  # fmt: skip


def _family_of(story: Story, maria: Persona) -> list[Persona]:
    """Her mother, who may see both children, and her brother."""
    pedro = story.student("Pedro Silva", "pedro.silva@example.com", 1, joined=story.ago(200), school_year="6")
    story.payers[pedro["student_id"]] = "Teresa Silva"
    package = story.buy(pedro, _RIBEIRA, _RIBEIRA.plan(10), story.ago(60))
    for days_ago in (55, 48, 41, 34, 27, 20, 13, 6):
        story.take_class(pedro, _RIBEIRA, package, days_ago)
    mother = story.user("Teresa Silva", "teresa.silva@example.com", joined=story.ago(321))
    story.member(mother, 1, "parent")
    for child in (maria.user_id, pedro["student_id"]):
        story.add(
            "accounts_parentchildrelationship", parent_id=mother, child_id=child, school_id=1, is_active=True
        )
    return [
        _persona("sibling", story, pedro, (1,), "Maria's brother: 8 of 10 hours taught, 2 left."),
        Persona(
            "parent", "Teresa Silva", "teresa.silva@example.com", mother, (1,), "parent",
            "Mother of Maria and Pedro Silva; sees both children and nobody else.",
        ),
    ]


def _runs_out(story: Story) -> Persona:
    account = story.student("Tiago Nunes", "tiago.nunes@example.com", 1, joined=story.ago(120))
    package = story.buy(account, _RIBEIRA, _RIBEIRA.plan(10), story.ago(64))
    for days_ago in (60, 53, 46, 39, 32, 25, 18, 11, 4):
        story.take_class(account, _RIBEIRA, package, days_ago)
    return _persona("runs_out", story, account, (1,), "A class every week, 1 of 10 hours left and nothing booked.")


def _expires_soon(story: Story) -> Persona:
    account = story.student("Emily Carter", "emily.carter@example.com", 2, joined=story.ago(180))
    # The last second of the fifth day from today in London.
    end = datetime.combine(story.ago(-5).date(), time(23, 59, 59), story.today.tzinfo)
    package = story.buy(account, _THORNBURY, _THORNBURY.plan(10), story.ago(175), expires=end)
    for days_ago in (75, 68, 61, 54, 47, 20):
        story.take_class(account, _THORNBURY, package, days_ago)
    return _persona("expires_soon", story, account, (2,), "4 of 10 hours left, valid for five more days.")


def _two_schools(story: Story) -> Persona:
    account = story.student("Sofia Almeida", "sofia.almeida@example.com", 1, joined=story.ago(240))
    story.member(account["student_id"], 3, "student", joined=story.ago(100))
    porto = story.buy(account, _RIBEIRA, _RIBEIRA.plan(10), story.ago(80))
    for days_ago in (76, 69, 62, 55, 48):
        story.take_class(account, _RIBEIRA, porto, days_ago)
    azores = story.buy(account, _ATLANTIC, _ATLANTIC.plan(20), story.ago(45))
    for days_ago in (42, 35, 28):
        story.take_class(account, _ATLANTIC, azores, days_ago)
    return _persona(
        "two_schools", story, account, (1, 3), "5 hours left at Ribeira (EUR, Lisbon) and 17 at Atlantic (EUR, Azores)."
    )


def _drifted(story: Story) -> Persona:
    account = story.student("Rui Teixeira", "rui.teixeira@example.com", 1, joined=story.ago(260))
    old = story.buy(account, _RIBEIRA, _RIBEIRA.plan(5), story.ago(250))
    for days_ago in (246, 239):
        story.take_class(account, _RIBEIRA, old, days_ago)
    lost = story.expire(account, old)
    package = story.buy(account, _RIBEIRA, _RIBEIRA.plan(10), story.ago(50))
    for days_ago in (46, 39, 32, 25):
        story.take_class(account, _RIBEIRA, package, days_ago)
    account["hours_purchased"] -= lost
    return _persona(
        "drifted", story, account, (1,), "The expiry job took 3 hours twice: the platform shows 3 left, the rows 6."
    )


def _teaches_and_learns(story: Story) -> Persona:
    account = story.student("Beatriz Rocha", "beatriz.rocha@example.com", 1, joined=story.ago(300), school_year="12")
    story.teacher("Beatriz Rocha", "", 1, "Música", user=account["student_id"])
    package = story.buy(account, _RIBEIRA, _RIBEIRA.plan(10), story.ago(40))
    for days_ago in (36, 29, 22):
        story.take_class(account, _RIBEIRA, package, days_ago)
    return _persona("teacher_student", story, account, (1,), "Teaches music and takes lessons too: 7 of 10 hours left.")


def _subscriber(story: Story) -> Persona:
    account = story.student("Oliver Hughes", "oliver.hughes@example.com", 2, joined=story.ago(70))
    plan = _THORNBURY.plan(8, "subscription")
    first = story.buy(account, _THORNBURY, plan, story.ago(65))
    second = story.buy(account, _THORNBURY, plan, story.ago(35))
    story.buy(account, _THORNBURY, plan, story.ago(4))
    for days_ago in (62, 59, 55, 52, 48, 45, 41, 38):
        story.take_class(account, _THORNBURY, first, days_ago)
    for days_ago in (20, 17, 13, 10, 6, -1, -4):
        story.take_class(account, _THORNBURY, second, days_ago)
    return _persona("subscriber", story, account, (2,), "8 hours a month, no expiry: 13 taught, 2 booked, 9 left.")


def _fading(story: Story) -> Persona:
    account = story.student("Inês Lopes", "ines.lopes@example.com", 3, joined=story.ago(210))
    package = story.buy(account, _ATLANTIC, _ATLANTIC.plan(20), story.ago(190))
    for days_ago in (186, 184, 182, 179, 177, 175, 172, 170, 165, 158, 66):
        story.take_class(account, _ATLANTIC, package, days_ago)
    return _persona("fading", story, account, (3,), "Came twice a week, then hardly: 9 of 20 hours will expire.")


def _newcomer(story: Story) -> Persona:
    account = story.student("Noah Bennett", "noah.bennett@example.com", 2, joined=story.ago(1))
    return _persona("newcomer", story, account, (2,), "Joined yesterday: an account, and nothing in it.")
