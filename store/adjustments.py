"""Adjustments: hours added or deducted, an expiry moved, a consumption returned, each with its reason.

A row is written once and never edited or deleted; what was wrong is undone by a counter-entry, so that
the history of a balance can always be read.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from errors import HourbookError
from store.tables import adjustments

Kind = Literal["add", "deduct", "extend", "return"]
Status = Literal["pending", "approved", "rejected"]


class AdjustmentRefused(HourbookError):
    """The adjustment contradicts a rule of its kind."""


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """What a person decided about one student's hours; hours are exact, instants aware."""

    kind: Kind
    student_id: int
    reason: str
    actor: str
    effective_at: datetime
    recorded_at: datetime
    hours: Decimal | None = None
    school_id: int | None = None
    package_id: int | None = None
    consumption_id: int | None = None
    new_expires_at: datetime | None = None
    expires_at: datetime | None = None
    approver: str | None = None
    status: Status = "approved"


def record(engine: Engine, adjustment: Adjustment) -> int:
    """Write one adjustment and return its id; raises AdjustmentRefused when a rule of its kind is broken."""
    try:
        with engine.execution_options(writes=True).begin() as connection:
            result = connection.execute(insert(adjustments).values(**asdict(adjustment)))
            (new_id,) = result.inserted_primary_key or (0,)
    except IntegrityError as broken:
        raise AdjustmentRefused(
            f"The adjustment {adjustment.kind!r} of student {adjustment.student_id} was not recorded: it breaks the "
            f"rule {_rule(broken)}. See store/README.md for what each kind must say."
        ) from broken
    return int(new_id)


def approved(engine: Engine) -> list[dict[str, Any]]:
    """Every approved adjustment as a row with all columns, in the order in which they were recorded."""
    query = select(adjustments).where(adjustments.c.status == "approved").order_by(adjustments.c.id)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def _rule(broken: IntegrityError) -> str:
    text = str(broken.orig)
    names = [str(check.name) for check in adjustments.constraints if check.name and str(check.name) in text]
    return names[0].removeprefix("ck_adjustments_") if names else text.splitlines()[0]
