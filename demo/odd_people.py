"""Hazards about people: what names and e-mails can hold, and memberships and accounts that are missing or many."""

from __future__ import annotations

import unicodedata

from demo.names import family_name, full_name
from demo.report import Hazard
from demo.story import Row, Story, school

_NAMES: dict[str, str] = {
    "empty": "",
    "spaces": "   ",
    "arabic": "محمد عبد الله",
    "hebrew": "דוד כהן",
    "right_to_left_override": "Ana \u202eavliS",
    "cyrillic": "Ярослава Щербаченко",
    "greek": "Ευθύμιος Παπαχρήστου",
    "romanian": "Ștefăniță Țurcanu",
    "devanagari": "कृष्णा त्रिपाठी",
    "thai": "ณัฐวุฒิ ศรีสุข",
    "chinese": "欧阳晓龙",
    "japanese": "渡邊 さくらこ",
    "korean": "황보혜린",
    "marks_without_a_letter_of_their_own": "Ȩ́s̈ther Nguyễn M̃úñez",
    "emoji": "👩🏽‍🎓 Zoë 🎓",
    "control_characters": "Bell\x07 Escape\x1b[31m Unit\x1f",
    "tab_and_line_breaks": "Tab\tLine\nReturn\r\nEnd",
    "composed": unicodedata.normalize("NFC", "Zoë Conceição"),
    "decomposed": unicodedata.normalize("NFD", "Zoë Conceição"),
    "no_space": "W" * 150,
    "quotes": "O'Brien \"Bob\" \\ ` ; -- Smith",
    "html": "<script>alert('x')</script><b>Bold</b> & <img src=x onerror=alert(1)>",
    "markdown": "**bold** [link](https://example.com) $x^2$ :red[text] {{7*7}}",
    "formula": '=HYPERLINK("https://example.com","click")',
    "formula_plus": "+1",
    "formula_minus": "-2+3",
    "formula_at": "@SUM(1+1)",
    "zero_width": "Jo\u200bana\u2060 \ufeffReis",
    "looks_like_null": "NULL",
}


def odd_student(story: Story, slug: str, name: str | None = None, *, number: int = 1) -> Row:
    """A student of a school whom a hazard concerns; answers the account."""
    if name is None:
        language, pick = school(number).language, len(story.rows["accounts_customuser"]) * 13
        name = full_name(language, pick, family_name(language, pick // 5))
    return story.student(name, f"odd.{slug}@example.com", number, joined=story.ago(220))


def with_a_package(story: Story, account: Row, *, number: int = 1, taught: int = 1) -> Row:
    """Ten hours bought about seventy days ago, and some classes; answers the package."""
    # Not all on one day: nobody teaches thirty classes at once.
    bought = 60 + account["id"] % 12
    package = story.buy(account, school(number), school(number).plan(10), story.ago(bought))
    for week in range(taught):
        story.take_class(account, school(number), package, bought - 5 - 7 * week)
    return package


def names_of_all_kinds(story: Story) -> Hazard:
    """Each of them an ordinary student with a package and a class, so that the name shows everywhere."""
    users = []
    for slug, name in _NAMES.items():
        account = odd_student(story, f"name.{slug}", name)
        with_a_package(story, account)
        users.append(account["student_id"])
    return Hazard(
        "names of all kinds", "accounts_customuser", tuple(users), "Shown as they are, never run or rendered.",
    )


def emails_that_differ_in_case(story: Story) -> Hazard:
    """Two people whose addresses are equal but for the capitals."""
    users = []
    twins = {"casey.jordan@example.com": "Casey Jordan", "Casey.Jordan@Example.com": "Casey Jordan Junior"}
    for email, name in twins.items():
        account = story.student(name, email, 2, joined=story.ago(150))
        with_a_package(story, account, number=2)
        users.append(account["student_id"])
    return Hazard("e-mails that differ only in case", "accounts_customuser", tuple(users), "Two people, not one.")


def users_without_account(story: Story) -> Hazard:
    """One who has bought, and one who is only a member: neither has a balance row."""
    buyer = story.user("Irene Sarmento", "odd.no_account.buyer@example.com")
    story.member(buyer, 1, "student")
    story.add(
        "finances_purchasetransaction", student_id=buyer, transaction_type="package", amount=190,
        payment_status="completed", stripe_payment_intent_id=None, stripe_customer_id=None,
        expires_at=story.ago(-100), metadata={"plan_id": 2, "hours_included": "10.00", "school_id": 1},
        created_at=story.ago(80), updated_at=story.ago(80),
    )  # fmt: skip
    member = story.user("Dominic Hale", "odd.no_account.member@example.com")
    story.member(member, 2, "student")
    return Hazard(
        "student without a balance row", "accounts_customuser", (buyer, member), "No stored counters to compare with.",
        (buyer, member),
    )  # fmt: skip


def memberships_none_inactive_several(story: Story) -> Hazard:
    """Students of no school, of one they left, of all three, and in three roles at once."""
    none = story.account(story.user("Mafalda Leite", "odd.school.none@example.com"))
    package = story.buy(none, school(1), school(1).plan(5), story.ago(30), metadata={"hours_included": "5.00"})
    story.take_class(none, school(1), package, 20)
    left = story.account(story.user("Bethany Crane", "odd.school.left@example.com"))
    story.member(left["student_id"], 2, "student", active=False)
    story.buy(left, school(2), school(2).plan(5), story.ago(30), metadata={"hours_included": "5.00"})
    everywhere = story.account(story.user("Alex Moniz", "odd.school.several@example.com"))
    for number, days_ago in ((2, 300), (1, 200), (3, 100)):
        story.member(everywhere["student_id"], number, "student", joined=story.ago(days_ago))
    story.buy(everywhere, school(2), school(2).plan(5), story.ago(30), metadata={"hours_included": "5.00"})
    roles = odd_student(story, "school.roles", number=3)
    with_a_package(story, roles, number=3)
    for role in ("parent", "teacher", "school_staff"):
        story.member(roles["student_id"], 3, role)
    ids = tuple(a["student_id"] for a in (none, left, everywhere, roles))
    return Hazard(
        "no, inactive or several memberships", "accounts_customuser", ids,
        "The school of a purchase is the one recorded, else the only one, else the one joined first.",
    )  # fmt: skip


def family_ties_that_do_not_hold(story: Story) -> Hazard:
    """A link that was ended, a link in a school the child is not in, and a user who is their own parent."""
    child = odd_student(story, "family.child")
    parent = story.user("Júlia Patrício", "odd.family.parent@example.com")
    story.member(parent, 1, "parent")
    own = odd_student(story, "family.own_parent")
    ties = ((parent, child["student_id"], 1, False), (parent, child["student_id"], 3, True),
            (own["student_id"], own["student_id"], 1, True))  # fmt: skip
    rows = [
        story.add("accounts_parentchildrelationship", parent_id=p, child_id=c, school_id=s, is_active=active)
        for p, c, s, active in ties
    ]
    return Hazard(
        "family ties that do not hold", "accounts_parentchildrelationship", tuple(r["id"] for r in rows),
        "Only an active link shows a child's page.",
    )  # fmt: skip


def users_switched_off(story: Story) -> Hazard:
    """A student who may not sign in any more and still has hours."""
    account = odd_student(story, "inactive")
    user = next(u for u in story.rows["accounts_customuser"] if u["id"] == account["student_id"])
    user["is_active"] = False
    with_a_package(story, account)
    return Hazard("inactive user with hours", "accounts_customuser", (user["id"],), "Cannot book; the hours stay.")
