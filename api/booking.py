"""Answers whether a class can be booked."""

from __future__ import annotations

from api import shapes, whose
from api.access_rules import ONE_STUDENT
from api.balance import holdings, standing, viewed
from api.calls import Answer, Asking, Call
from api.problems import FieldError, Kind, bad_values
from api.values import Duration, Instant, described, needed, one_of
from api.whose import OfStudent
from ledger.eligibility import Eligibility, Reason, check_booking


class AskedBooking(OfStudent):
    """Whose, how long, and when."""

    duration_hours: Duration = needed("Hours of the class, above zero, up to two decimals.", "1.50")
    at: Instant | None = described("When the class begins; now when left out.", "2030-01-04T17:00:00Z")
    session_type: one_of("individual", "group") | None = described(  # type: ignore[valid-type]
        "Kind of class; hours cost the same for both.", "individual"
    )


def _work(asking: Asking, asked: AskedBooking) -> Answer:
    at = asked.at or max(asking.now, asking.as_of)
    if at < asking.as_of:
        since = asking.as_of.isoformat()
        raise bad_values([FieldError("at", f"lies in the past: classes can be checked from {since} on")])
    found = whose.find(asking, asked)
    rows = standing(asking, found)
    first = rows[0]
    told = check_booking(
        asked.duration_hours, at, holdings(rows), now=first["as_of"], hours_overdrawn=first["student_overdrawn"],
        is_active=first["is_active"] is not False,
    )
    body = {
        "can_book": told.can_book,
        "hours_required": told.hours_required,
        "hours_available": told.hours_available,
        "hours_remaining_after": told.hours_remaining_after,
        "has_active_packages": told.active_packages > 0,
        "active_package_count": told.active_packages,
        "reason_code": told.reason.value,
        "reason": _sentence(told),
        "at": at,
    }
    return Answer(body, viewed=viewed(found, first))


def _sentence(told: Eligibility) -> str:
    need, have = f"{told.hours_required:.2f}", f"{told.hours_available:.2f}"
    return {
        Reason.OK: f"The class needs {need} hours; {have} are available.",
        Reason.NO_PACKAGES: "There is no package: buy one first.",
        Reason.ALL_PACKAGES_EXPIRED: "Every package will have expired by then.",
        Reason.INSUFFICIENT_HOURS: f"The class needs {need} hours; only {have} are available.",
        Reason.ACCOUNT_INACTIVE: "The account is switched off: ask the school.",
    }[told.reason]


CALLS = (
    Call(
        path="/student-balance/check-booking/",
        name="checkBooking",
        summary="Whether a class can be booked",
        description="From the packages valid when the class begins. Hours of classes already booked are not counted "
        "twice. Nothing is reserved by asking.",
        access=ONE_STUDENT,
        asked=AskedBooking,
        shape=shapes.BookingCheck,
        work=_work,
        problems=(Kind.NOT_FOUND, Kind.CONFLICT),
    ),
)
