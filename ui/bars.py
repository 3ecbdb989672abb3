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
from ui.text import _, _n

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


def show_with_days(packages: Sequence[dict[str, Any]]) -> None:
    """One bar for each package as its owner reads it: what is left of how much, and for how many days."""
    rows = "".join(_row_with_days(package) for package in packages)
    st.html(f'<ul class="hb-bars">{rows}</ul>')


def _row_with_days(package: dict[str, Any]) -> str:
    hours = _hours_of(package)
    upcoming = package["status"] == "upcoming"
    whole = package["hours_upcoming"] if upcoming else package["hours_granted"]
    left = package["hours_upcoming"] if upcoming else package["hours_remaining"]
    first = _("{left} of {whole} left", left=formats.duration(left), whole=formats.duration(whole))
    rest = [f"{formats.duration(hours[part])} {_title(part)}" for part, _columns in PARTS[1:] if hours[part]]
    return (
        f'<li><div class="hb-names"><strong>{escape(_short(package))}</strong><span>{escape(first)}</span></div>'
        f'<div class="hb-bar" aria-hidden="true">{_parts(package, hours)}</div>'
        f'<div class="hb-below"><span>{escape(_until(package))}</span><span>{escape(", ".join(rest))}</span></div></li>'
    )


def _until(package: dict[str, Any]) -> str:
    if package["status"] == "upcoming":
        return _("begins on {day}", day=formats.medium_day(package["purchased_date"]))
    if package["expires_date"] is None:
        return _("does not expire")
    days = package["days_until_expiry"]
    if days <= 0:
        return _("until today")
    left = _n("{number} day left", "{number} days left", days)
    return _("until {day} · {left}", day=formats.medium_day(package["expires_date"]), left=left)


def _hours_of(package: dict[str, Any]) -> dict[str, Decimal]:
    return {part: sum((package[column] for column in columns), Decimal(0)) for part, columns in PARTS}


def _parts(package: dict[str, Any], hours: dict[str, Decimal]) -> str:
    """The drawn bar; the words beside it say the same."""
    whole = max(package["hours_granted"], sum(hours.values(), Decimal(0))) or Decimal(1)
    return "".join(
        f'<span class="hb-{part}" style="width:{float(hours[part] * 100 / whole):.2f}%"></span>'
        for part, _columns in PARTS
        if hours[part] > 0
    )


def _short(package: dict[str, Any]) -> str:
    name = " ".join((package["plan_name"] or "").split())
    return name if len(name) <= 40 else f"{name[:39]}…"


def _row(package: dict[str, Any]) -> str:
    hours = _hours_of(package)
    parts = _parts(package, hours)
    said = ", ".join(f"{formats.hours(hours[part])} {_title(part)}" for part, _columns in PARTS if hours[part])
    return (
        f'<li><div class="hb-names"><span>{escape(_name(package))}</span><span>{escape(said)}</span></div>'
        f'<div class="hb-bar" aria-hidden="true">{parts}</div></li>'
    )


def _name(package: dict[str, Any]) -> str:
    short = _short(package)
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
