"""Plants the oddities that real platforms hold: a fixed list, one function each, each saying what it planted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from demo.report import Hazard
from demo.story import Story
from etl.contract import platform


def plant_hazards(story: Story, *, students: int) -> list[Hazard]:
    """Tell every hazard; some only when the crowd has at least 10 thousand students."""
    return []


def identical_updates(connection: Connection, first: int, last: int, today: datetime) -> Hazard:
    """A bulk save: consumptions with one and the same ``updated_at``, thousands of them when there are many."""
    table = platform.tables["finances_hourconsumption"]
    count = max(min(5000, (last - first + 1) // 5), 1)
    rows = (table.c.id.between(first, first + count - 1)) & ~table.c.is_refunded
    at = today - timedelta(days=9)
    connection.execute(update(table).where(rows).values(updated_at=at))
    ids = connection.execute(select(table.c.id).where(rows).order_by(table.c.id)).scalars().all()
    return Hazard("identical updated_at", table.name, tuple(ids), f"Saved together at {at.isoformat()}.")
