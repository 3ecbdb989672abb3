"""Says an entry of the ledger in words that a parent understands."""

from __future__ import annotations

from typing import Any

from reports.speech import Speech
from reports.speech import marked as _
from reports.table import one_line

_WORDS = {
    "purchased": _("Bought: {plan}"),
    "booked": _("Booked: class of {day}"),
    "ended": _("Booking ended: class of {day}"),
    "class": _("Class of {day}, booked before ({hours} h)"),
    "consumed": _("Class of {day}"),
    "overdrawn": _("Class of {day}, covered by no package"),
    "covered": _("Class of {day}, now covered by a package"),
    "returned": _("Hours returned: class of {day}"),
    "contra": _("Part of the refund, for classes already taken"),
    "expired": _("Hours expired: {plan}"),
    "extended": _("Expired hours given back: {plan}"),
    "lost": _("Part of the refund, for hours already expired"),
    "added": _("Hours added by the school"),
    "deducted": _("Hours deducted by the school"),
    "voided": _("Refund: {plan}"),
}


def said(entry: dict[str, Any], speech: Speech) -> str:
    """What the entry is, with the plan or the day of the class it is about."""
    day = speech.day(entry["class_date"] or entry["effective_date"])
    plan = one_line(entry["plan_name"] or "") or speech.say(_("package"))
    hours = speech.number(entry.get("taken") or abs(entry["hours"]))
    return speech.say(_WORDS[_code(entry)], day=day, plan=plan, hours=hours)


def _code(entry: dict[str, Any]) -> str:
    kind: str = entry["kind"]
    if kind == "reserved":
        return "ended" if entry["hours"] > 0 else "booked"
    if kind == "overdrawn":
        return "covered" if entry["hours"] > 0 else "overdrawn"
    if not entry["hours"]:  # money alone that a refund takes back from what was earned
        return {"returned": "contra", "extended": "lost"}.get(kind, kind)
    return kind if kind in _WORDS else "added"
