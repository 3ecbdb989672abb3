"""Answers which plans are on sale: the public price list."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import queries
from access.scope import Scope
from api import row_shapes
from api.access_rules import PUBLIC
from api.calls import Answer, Asking, Call
from api.listing import whole_shape
from api.reading import Asked

_NO_SCHOOL = Scope.schools([])
"""Sees the price list and nothing else."""


def _work(asking: Asking, asked: Asked) -> Answer:
    plans = queries.ask(asking.books, _NO_SCHOOL, "pricing_plans").as_dicts()
    return Answer({"count": len(plans), "results": [_plan(row) for row in plans]})


def _plan(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("name", "description", "plan_type", "hours_included", "validity_days", "display_order", "is_featured")
    return {
        "id": row["plan_id"],
        **{name: row[name] for name in names},
        "price_eur": row["price"],
        "price_per_hour": _per_hour(row["price"], row["hours_included"]),
    }


def _per_hour(price: Decimal | None, hours: Decimal | None) -> Decimal | None:
    if price is None or not hours or hours < 0:
        return None
    return (price / hours).quantize(Decimal("0.01"), ROUND_HALF_EVEN)


CALLS = (
    Call(
        path="/pricing-plans/",
        name="pricingPlans",
        summary="The price list",
        description="Plans on sale, in the order in which they are shown. Needs no token.",
        access=PUBLIC,
        asked=Asked,
        shape=whole_shape(row_shapes.PricingPlan),
        work=_work,
        from_snapshot=True,
        group="Prices",
    ),
)
