"""Finds out who a viewer is: by sign-in, by token, by an embedded page, or by choice in an invented school."""

from __future__ import annotations

from identity.demo import DemoPerson, by_demo, demo_people
from identity.errors import BadBearer, KeysUnavailable, NotAdmitted, Reason
from identity.people import by_login, by_user_id

__all__ = [
    "BadBearer", "DemoPerson", "KeysUnavailable", "NotAdmitted", "Reason", "by_demo", "by_login", "by_user_id",
    "demo_people",
]  # fmt: skip
