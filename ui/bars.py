"""Draws what became of each package's hours as one bar per package, with the same in words beside it.

Plain HTML rather than a chart: it fits any width, costs nothing, and can be read aloud. Everything is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from typing import Any

import streamlit as st

from ui import formats
from ui.text import _

PARTS = (
    ("left", ("hours_remaining",)),
    ("booked", ("hours_reserved",)),
    ("used", ("hours_consumed",)),
    ("expired", ("hours_expired",)),
    ("voided", ("hours_voided", "hours_deducted")),
)
"""A package's hours from left to right: together they are what it granted."""


def show(packages: Sequence[dict[str, Any]]) -> None:
    """One bar for each package that granted hours."""
    used = [part for part, columns in PARTS if any(row[column] for row in packages for column in columns)]
    key = "".join(f'<span><i class="hb-{part}"></i>{escape(_title(part))}</span>' for part in used)
    rows = "".join(_row(package) for package in packages)
    st.html(f'<div class="hb-key" aria-hidden="true">{key}</div><ul class="hb-bars">{rows}</ul>')


def _row(package: dict[str, Any]) -> str:
    hours = {part: sum((package[column] for column in columns), Decimal(0)) for part, columns in PARTS}
    whole = max(package["hours_granted"], sum(hours.values(), Decimal(0)))
    parts = "".join(
        f'<span class="hb-{part}" style="width:{float(hours[part] * 100 / whole):.2f}%"></span>'
        for part, _columns in PARTS
        if hours[part] > 0
    )
    said = ", ".join(f"{formats.hours(hours[part])} {_title(part)}" for part, _columns in PARTS if hours[part])
    return (
        f'<li><div class="hb-names"><span>{escape(_name(package))}</span><span>{escape(said)}</span></div>'
        f'<div class="hb-bar" aria-hidden="true">{parts}</div></li>'
    )


def _name(package: dict[str, Any]) -> str:
    name = " ".join((package["plan_name"] or "").split())
    short = name if len(name) <= 40 else f"{name[:39]}…"
    if package["expires_date"] is None:
        bought = formats.medium_day(package["purchased_date"])
        return _("{name}, {hours}, bought {day}", name=short, hours=formats.hours(package["hours_granted"]), day=bought)
    when = formats.medium_day(package["expires_date"])
    if package["days_until_expiry"] <= 0 and package["status"] == "expired":
        return _("{name}, {hours}, expired {day}", name=short, hours=formats.hours(package["hours_granted"]), day=when)
    return _("{name}, {hours}, until {day}", name=short, hours=formats.hours(package["hours_granted"]), day=when)


def _title(part: str) -> str:
    return {
        "left": _("left"),
        "booked": _("booked ahead"),
        "used": _("used"),
        "expired": _("expired"),
        "voided": _("refunded or deducted"),
    }[part]
