"""Gives an example of every answer, as the documentation shows it; tests hold them against the forms."""

from __future__ import annotations

from typing import Any

EXAMPLES: dict[str, dict[str, Any]] = {
    "studentBalance": {},
    "studentHistory": {},
    "studentPurchases": {},
    "checkBooking": {},
    "studentProof": {},
    "studentUsage": {},
    "pricingPlans": {},
    "adminStudents": {},
    "adminAudit": {},
    "openEmbed": {},
}
