"""What already expired unused, month by month, each currency by itself."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ui import charts, formats, graphs, screens, tables
from ui.session import Here
from ui.text import _


def by_month(here: Here) -> None:
    """Hours as a chart, hours and money as a table."""
    answer = here.ask_school("hours_expired_by_month", months=24)
    rows = answer.as_dicts()
    if not rows:
        screens.empty(_("Nothing expired unused."), _("In the last 24 months every hour was used in time."))
        return
    months: dict[Any, Decimal] = {}
    for row in rows:
        months[row["month"]] = months.get(row["month"], Decimal(0)) + row["hours_expired"]
    graphs.by_month(months, key="expired", colour=charts.FOURTH)
    latest = rows[::-1]
    tables.show(
        [
            tables.text(_("Month"), (formats.month(row["month"]) for row in latest)),
            tables.hours(_("Expired"), (row["hours_expired"] for row in latest)),
            *(
                [tables.money(_("Breakage"), ((row["amount_breakage"], row["currency"]) for row in latest))]
                if here.sees_money
                else []
            ),
            tables.counts(_("Packages"), (row["packages"] for row in latest)),
        ],
        key="expired-months",
        alt=_("Hours that expired unused, by month and currency."),
        height="content" if len(latest) <= 12 else 450,
    )
