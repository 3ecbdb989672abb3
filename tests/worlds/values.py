"""Values that platforms really hold, odd ones among them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
ZONES = ("Europe/Lisbon", "America/Sao_Paulo", "America/New_York", "Asia/Kolkata", "Nowhere/Atall")
DST_NIGHTS = (date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 8), date(2026, 11, 1), date(2017, 10, 15))
NIGHT_CLOCKS = (time(0, 30), time(1, 0), time(1, 30), time(2, 0), time(2, 30), time(23, 30), time(23, 59, 59))
FAR = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
HOURS = ("0.25", "0.50", "1.00", "1.00", "1.50", "2.00", "3.00", "0.33", "0.01", "4.00", "99.99", "0.00", "-1.00")
PRICES = ("100.00", "250.00", "99.99", "33.33", "10.00", "0.01", "0.00", "-50.00", "999999.99", "0.05", "180.00")
GRANTS: tuple[Any, ...] = (
    "10.00", "5", 3, 2.5, " 4 ", "1e1", "+2.00", "0.5", ".5", "7.", 10, "3.00", "1.005", "1.015", 8, 0, "-3", -1,
    "0.00",
)
NOT_NUMBERS: tuple[Any, ...] = (
    "10,5", True, False, None, "", " ", "ten", "NaN", "Infinity", "-inf", [], {}, [5], {"hours": 5}, "1_0", "0x10",
    "١٠", "1e", "--1", "5 h",
)
ODD_METADATA: tuple[Any, ...] = (
    {}, None, [], "", "text", '{"hours_included": 5}', 7, 1.5, True, [{"hours": 5}], {"refunds": "x"},
)
REFUND_STATUS: tuple[Any, ...] = (
    "succeeded", "succeeded", "completed", None, "failed", "canceled", "cancelled", "pending", "", 3,
)
INSTANT_TEXTS: tuple[Any, ...] = (None, "", "yesterday", 7, [])
SESSION_STATUS = (
    "scheduled", "in_progress", "completed", "completed", "completed", "cancelled", "cancelled", "no_show", "odd",
)
DANGLING = 777_777
PLAN_HOURS = ("10.00", "4.00", "0.00", "-2.00", "7.50")
