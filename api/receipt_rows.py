"""Finds receipts as far as a viewer may see them, says what they hold, and writes down what is done with them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import quote

import audit
from access.scope import Reach, Scope
from access.viewer import Area, Viewer
from api.calls import Asking
from api.problems import Kind, Problem
from api.reading import Asked
from api.values import Id, needed
from audit import Event
from reports import receipts
from reports.receipts import Receipt
from store import receipt_lists


class AskedReceipt(Asked):
    """Which one."""

    in_path: ClassVar[tuple[str, ...]] = ("receipt_id",)

    receipt_id: Id = needed("The receipt's id.", 1)


def visible(asking: Asking, receipt_id: int, area: Area = Area.money) -> tuple[Receipt, bool]:
    """The receipt, and whether it is the viewer's own. Raises Problem, the same for none and for somebody else's.

    What is not one's own is seen by way of an area: money to read, issuing to act.
    """
    try:
        receipt = receipts.by_id(asking.engine, receipt_id)
        is_own = is_seen(asking.viewer, receipt.student_id, receipt.school_id, area)
    except receipts.ReceiptUnknown:
        is_own = None
    if is_own is None:
        raise Problem(Kind.NOT_FOUND, "There is no such receipt among those you may see.")
    return receipt, is_own


def is_seen(viewer: Viewer, student_id: int, school_id: int | None, area: Area) -> bool | None:
    """True for the viewer's own, False for one of a school where the area is open to the viewer, None for any other."""
    own, others = viewer.scope(Area.own), viewer.scope(area)
    if own is not None and student_id in own.ids and (own.within is None or school_id in own.within):
        return True
    if others is not None and (others.reach is Reach.BUSINESS or school_id in (schools_of(others) or ())):
        return False
    return None


def schools_of(scope: Scope) -> list[int] | None:
    """The schools that bound a scope; None: no bound."""
    if scope.reach is Reach.SCHOOLS:
        return list(scope.ids)
    return None if scope.within is None else list(scope.within)


def write_down(asking: Asking, event: Event, receipt: Receipt) -> None:
    """What was done with a receipt goes into the log, before anything is handed out."""
    audit.record(
        asking.engine, event=event, actor=asking.viewer.key, now=asking.now, school_id=receipt.school_id,
        student_id=receipt.student_id, object=f"receipt:{receipt.id}", details={"via": "api", "kind": receipt.kind},
    )


def shown(asking: Asking, found: Iterable[Receipt]) -> list[dict[str, Any]]:
    """The records as they are answered, each with what was given back on it."""
    found = list(found)
    back: dict[int, Decimal] = {}
    for one in receipt_lists.by_transactions(asking.engine, [one.transaction_id for one in found]):
        if one.kind == "credit_note" and one.original_id is not None:
            back[one.original_id] = back.get(one.original_id, Decimal("0.00")) + one.total
    return [_row(asking, one, back.get(one.id, Decimal("0.00"))) for one in found]


def _row(asking: Asking, one: Receipt, back: Decimal) -> dict[str, Any]:
    names = (
        "id", "kind", "copy", "transaction_id", "student_id", "school_id", "issued_at", "issued_on", "net", "vat",
        "total", "currency", "language",
    )
    address = f"{asking.base_url}/verify/{quote(one.number_text)}?code={one.verification_code}"
    return {
        **{name: getattr(one, name) for name in names},
        "number": one.number_text,
        "is_valid": not back,
        "amount_refunded": back,
        "for_receipt_id": one.original_id,
        "plan_name": one.said["plan_name"] or None,
        "hours_included": None if one.said["hours"] is None else Decimal(one.said["hours"]),
        "verification_code": one.verification_code,
        "verification_url": address,
        "sha256": one.document_sha256,
        "bytes": one.document_size,
    }
