"""Finds out who a viewer is: by sign-in, by token, by an embedded page, or by choice in an invented school."""

from __future__ import annotations

from identity.bearer import by_bearer
from identity.demo import DemoPerson, by_demo, demo_people
from identity.embedded import by_embed
from identity.errors import BadBearer, KeysUnavailable, NotAdmitted, Reason
from identity.people import by_login, by_user_id

__all__ = [
    "BadBearer", "DemoPerson", "KeysUnavailable", "NotAdmitted", "Reason",
    "by_bearer", "by_demo", "by_embed", "by_login", "by_user_id", "demo_people",
]  # fmt: skip
