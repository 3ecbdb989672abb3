"""A school of few people behind the real door: one of each role, and the odd ones."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import duckdb

from identity.people import Books
from settings import Settings
from tests.memory import AS_OF, MemoryBooks
from warehouse import SnapshotRef

Rows = dict[str, list[dict[str, Any]]]
OWNER, ADMIN, STAFF, TEACHER, STUDENT, PARENT, PLATFORM, NOBODY, GONE = 11, 12, 13, 14, 21, 22, 1, 30, 31
BUSY, ANA, ANA_TOO, FORMER, NEVER_MEMBER = 40, 50, 51, 52, 53
_ROLES = {
    OWNER: "school_owner", ADMIN: "school_admin", STAFF: "school_staff", TEACHER: "teacher", STUDENT: "student",
    PARENT: "parent", GONE: "school_admin", FORMER: "student",
}  # fmt: skip


def people(*, is_demo: bool = False) -> Rows:
    """The rows of the school; to be changed by who wants another."""
    users = (OWNER, ADMIN, STAFF, TEACHER, STUDENT, PARENT, PLATFORM, NOBODY, GONE, BUSY, FORMER, NEVER_MEMBER)
    return {
        "sync": [{"snapshot_id": 1, "as_of": AS_OF, "is_demo": is_demo}],
        "schools": [{"school_id": 1, "name": "Aurora"}, {"school_id": 2, "name": "Northgate"}],
        "users": [
            {"user_id": user, "email": f"user{user}@school.example", "name": f"User {user}", "is_active": user != GONE,
             "is_staff": user == PLATFORM}
            for user in users
        ] + [
            {"user_id": ANA, "email": "ana@school.example", "name": "Ana", "is_active": True, "is_staff": True},
            {"user_id": ANA_TOO, "email": "Ana@School.example", "name": "Ana", "is_active": False, "is_staff": False},
        ],
        "memberships": [
            {"user_id": user, "school_id": 1, "role": role, "is_active": user != FORMER}
            for user, role in _ROLES.items()
        ] + [
            {"user_id": BUSY, "school_id": 1, "role": "school_admin", "is_active": True},
            {"user_id": BUSY, "school_id": 2, "role": "school_staff", "is_active": True},
            {"user_id": BUSY, "school_id": 2, "role": "school_owner", "is_active": False},
            {"user_id": BUSY, "school_id": 2, "role": "student", "is_active": True},
            {"user_id": BUSY, "school_id": 2, "role": "caretaker", "is_active": True},
        ],
        "teachers": [{"teacher_id": 7, "user_id": TEACHER, "name": "Teacher"},
                     {"teacher_id": 8, "user_id": STAFF, "name": "Taught once"}],
        "students": [{"student_id": student, "name": f"User {student}"}
                     for student in (STUDENT, BUSY, FORMER, NEVER_MEMBER, 61, 62)],
        "guardians": [
            {"parent_id": PARENT, "child_id": 61, "school_id": 1, "is_active": True},
            {"parent_id": PARENT, "child_id": 61, "school_id": 2, "is_active": True},
            {"parent_id": PARENT, "child_id": 62, "school_id": 1, "is_active": False},
            {"parent_id": PARENT, "child_id": 999, "school_id": 1, "is_active": True},
            {"parent_id": BUSY, "child_id": 62, "school_id": 1, "is_active": True},
        ],
    }  # fmt: skip


class Published:
    """Books that may be followed by other books, as a sync publishes the next snapshot."""

    def __init__(self, rows: Rows) -> None:
        self._books = MemoryBooks(rows)

    def publish(self, rows: Rows) -> None:
        """From now on these rows are the current snapshot."""
        self._books = MemoryBooks(rows)

    def current(self) -> SnapshotRef:
        return self._books.current()

    def lease(self, snapshot: SnapshotRef | None = None) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        return self._books.lease(snapshot)


def books(rows: Rows | None = None) -> Books:
    """The school as the only snapshot."""
    return Published(rows or people())


def settings_of(finance: Sequence[str] = (), **more: Any) -> Settings:
    """Settings with nothing set but this."""
    return Settings(finance=tuple(finance), **more)
