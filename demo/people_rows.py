"""Turns a chunk's students, their parents and teachers into users, memberships, profiles, accounts and links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from demo.cohort import DAY, NEW, Cohort, Ints, Window
from demo.columns import NULL, Ids, arrow_table
from demo.desk import Desk
from demo.names import email_address, family_name, full_name
from demo.schools import SCHOOLS
from demo.timetable import Timetable

_SUBJECTS = ("Mathematics", "Physics", "Portuguese", "English", "Biology", "History", "Economics", "Music")
_SUBJECTS_PT = ("Matemática", "Física", "Português", "Inglês", "Biologia", "História", "Economia", "Música")
_LANGUAGES = [school.language for school in SCHOOLS]


@dataclass(frozen=True)
class People:
    """A chunk's people: names, and the ids and rows that the platform gave them."""

    students: Ints
    accounts: Ints
    teacher_users: Ints
    teachers: Ints
    teacher_school: Ints
    parent_of: Ints
    student_names: list[str]
    teacher_names: list[str]
    parent_names: list[str]
    joined: Ints


def meet_people(
    rng: np.random.Generator, ids: Ids, cohort: Cohort, timetable: Timetable, window: Window, first_seen: Ints
) -> People:
    """Name everybody and hand out ids; ``first_seen`` is each student's first purchase, booking or trial, or NULL."""
    families, parent_of, parents = _families(rng, cohort)
    languages = [_LANGUAGES[s] for s in cohort.school.tolist()]
    picks = rng.integers(0, 1_000_000, cohort.size).tolist()
    surnames = [family_name(language, pick) for language, pick in zip(languages, families.tolist(), strict=True)]
    names = [full_name(*row) for row in zip(languages, picks, surnames, strict=True)]
    of_teacher = np.zeros(timetable.teachers, dtype=np.int64)
    of_teacher[timetable.teacher] = cohort.series_school
    teacher_names = [
        full_name(_LANGUAGES[school], pick, family_name(_LANGUAGES[school], pick // 7))
        for school, pick in zip(
            of_teacher.tolist(), rng.integers(0, 1_000_000, timetable.teachers).tolist(), strict=True
        )
    ]
    child = np.unique(parent_of[parent_of >= 0], return_index=True)[1]
    has_parent = np.flatnonzero(parent_of >= 0)[child].tolist()
    parent_names = [full_name(languages[n], picks[n] // 3 + 11, surnames[n]) for n in has_parent]
    stay = window.midnight + np.minimum(cohort.first_day, window.today_index - 1) * DAY
    seen = np.minimum(np.where(first_seen == NULL, stay, first_seen), window.now)
    joined = seen - rng.integers(1, 9 * 24 * 60, cohort.size) * 60_000_000
    users = ids.take("accounts_customuser", cohort.size + timetable.teachers + parents)
    has_account = (cohort.kind != NEW) | (np.arange(cohort.size) % 2 == 0)
    accounts = np.full(cohort.size, NULL)
    accounts[has_account] = ids.take("finances_studentaccountbalance", int(has_account.sum()))
    return People(
        users[: cohort.size], accounts, users[cohort.size : cohort.size + timetable.teachers],
        ids.take("accounts_teacherprofile", timetable.teachers), of_teacher,
        np.where(parent_of >= 0, users[0] + cohort.size + timetable.teachers + parent_of, NULL),
        names, teacher_names, parent_names, joined,
    )


def _families(rng: np.random.Generator, cohort: Cohort) -> tuple[Ints, Ints, int]:
    """A family number for each student, the parent's number or -1, and how many parents have a user."""
    size = cohort.size
    family = rng.integers(0, 1_000_000, size)
    sibling = rng.random(size) < 0.13
    sibling[0] = False
    sibling[1:] &= (cohort.school[1:] == cohort.school[:-1]) & ~sibling[:-1]
    rows = np.flatnonzero(sibling)
    family[rows] = family[rows - 1]
    household = np.cumsum(~sibling) - 1
    linked = np.unique(np.concatenate([household[rows], household[rng.random(size) < 0.3]]))
    number = np.full(int(household[-1]) + 1, -1)
    number[linked] = np.arange(len(linked))
    return family, number[household], len(linked)


def people_rows(
    rng: np.random.Generator, ids: Ids, people: People, cohort: Cohort, desk: Desk, refunded: Ints
) -> Iterator[tuple[str, pa.Table]]:
    """(table, rows) of everybody in the chunk, with the accounts' counters as the platform left them."""
    window = desk.window
    yield "accounts_customuser", _users(people, cohort, window)
    yield "accounts_schoolmembership", _memberships(rng, ids, people, cohort, window)
    subjects = [
        (_SUBJECTS_PT if n % 2 else _SUBJECTS)[n * 5 % len(_SUBJECTS)] for n in range(len(people.teachers))
    ]
    yield "accounts_teacherprofile", arrow_table("accounts_teacherprofile", {
        "id": people.teachers, "user_id": people.teacher_users, "specialty": subjects,
    })  # fmt: skip
    year = rng.integers(1, 13, cohort.size)
    born = window.midnight // DAY + window.today_index - (year + 6) * 365 - rng.integers(0, 365, cohort.size)
    yield "accounts_studentprofile", arrow_table("accounts_studentprofile", {
        "id": ids.take("accounts_studentprofile", cohort.size), "user_id": people.students,
        "school_year": [str(y) for y in year.tolist()], "birth_date": np.where(year == 12, NULL, born),
        "educational_system_id": cohort.school % 2 + 1,
    })  # fmt: skip
    rows = np.flatnonzero(people.accounts != NULL)
    yield "finances_studentaccountbalance", arrow_table("finances_studentaccountbalance", {
        "id": people.accounts[rows], "student_id": people.students[rows], "hours_purchased": desk.purchased[rows],
        "hours_consumed": desk.consumed[rows], "balance_amount": (desk.paid - refunded)[rows],
        "created_at": people.joined[rows] + 2_000_000,
        "updated_at": np.minimum(np.maximum(desk.touched, people.joined + 2_000_000)[rows], window.now),
    })  # fmt: skip
    linked = np.flatnonzero(people.parent_of != NULL)
    yield "accounts_parentchildrelationship", arrow_table("accounts_parentchildrelationship", {
        "id": ids.take("accounts_parentchildrelationship", len(linked)), "parent_id": people.parent_of[linked],
        "child_id": people.students[linked], "school_id": cohort.school[linked] + 1,
        "is_active": rng.random(len(linked)) < 0.96,
    })  # fmt: skip


def _users(people: People, cohort: Cohort, window: Window) -> pa.Table:
    names = people.student_names + people.teacher_names + people.parent_names
    first = int(people.students[0])
    count = len(names)
    joined = np.full(count, window.midnight - 20 * DAY)
    joined[: cohort.size] = people.joined
    numbers = range(first, first + count)
    return arrow_table("accounts_customuser", {
        "id": np.arange(first, first + count), "name": names,
        "email": [email_address(n, i) for n, i in zip(names, numbers, strict=True)],
        "phone_number": [f"+351 910 {i // 1000 % 1000:03d} {i % 1000:03d}" for i in numbers],
        "is_active": np.arange(count) % 97 != 41, "is_staff": False, "is_superuser": False, "date_joined": joined,
    })  # fmt: skip


def _memberships(
    rng: np.random.Generator, ids: Ids, people: People, cohort: Cohort, window: Window
) -> pa.Table:
    """Students (some in two schools, some inactive after leaving), teachers where they teach, parents."""
    left_long_ago = cohort.last_day < window.today_index - 120
    active = ~(left_long_ago & (rng.random(cohort.size) < 0.5))
    second = np.flatnonzero(rng.random(cohort.size) < 0.01)
    parents, child = np.unique(people.parent_of[people.parent_of != NULL], return_index=True)
    parent_school = cohort.school[np.flatnonzero(people.parent_of != NULL)[child]]
    school_of = people.teacher_school
    user = np.concatenate([people.students, people.students[second], people.teacher_users, parents])
    school = np.concatenate([cohort.school, (cohort.school[second] + 1) % len(SCHOOLS), school_of, parent_school])
    roles = ["student"] * (cohort.size + len(second)) + ["teacher"] * len(school_of) + ["parent"] * len(parents)
    everyone = np.ones(len(user), dtype=np.bool_)
    everyone[: cohort.size] = active
    joined = np.full(len(user), window.midnight - 20 * DAY)
    joined[: cohort.size] = people.joined + 1_000_000
    joined[cohort.size : cohort.size + len(second)] = people.joined[second] + 30 * 60_000_000
    return arrow_table("accounts_schoolmembership", {
        "id": ids.take("accounts_schoolmembership", len(user)), "user_id": user, "school_id": school + 1,
        "role": roles, "is_active": everyone, "joined_at": joined,
    })  # fmt: skip
