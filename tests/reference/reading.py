"""Reads raw rows of the platform as the rules say: odd values, grants, refunds, schools, class times."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
CENT = Decimal("0.01")
ZERO = Decimal("0.00")
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local times are counted from it before their offset is known
_MICROSECOND = timedelta(microseconds=1)
_PLAIN = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")
_NOT_GIVEN_BACK = {"failed", "canceled", "cancelled", "pending"}


@dataclass
class School:
    """A school's zone and currency."""

    zone: ZoneInfo
    currency: str


@dataclass
class Refund:
    """Money given back, already limited to the price left; ``full`` voids all that remains."""

    at: int
    amount: Decimal
    full: bool


@dataclass
class Purchase:
    """A purchase that grants hours, or an adjustment that adds them (id below 0, no price)."""

    id: int
    at: int
    hours: Decimal
    price: Decimal
    expires: int | None
    school: int | None
    refunds: list[Refund] = field(default_factory=list)


@dataclass
class Consumption:
    """A class that a student was charged for."""

    id: int
    booked_on: int
    booked_at: int
    class_at: int
    held: Decimal
    effective: Decimal
    changed_at: int
    school: int | None


@dataclass
class StudentRows:
    """All that happened to one student."""

    id: int
    home: int | None = None
    purchases: list[Purchase] = field(default_factory=list)
    consumptions: list[Consumption] = field(default_factory=list)
    adjustments: list[Mapping[str, Any]] = field(default_factory=list)


@dataclass
class Platform:
    """Every student's rows, and the schools by id."""

    schools: dict[int, School]
    students: dict[int, StudentRows]
    default: School

    def school(self, school_id: int | None) -> School:
        """The school's zone and currency; the defaults for none."""
        return self.schools.get(school_id, self.default) if school_id is not None else self.default


def micros(instant: datetime) -> int:
    """An aware instant as microseconds since 1970."""
    return (instant.astimezone(UTC).replace(tzinfo=None) - _EPOCH) // _MICROSECOND


def to_cents(number: Decimal) -> Decimal:
    """Two places, half to even."""
    return number.quantize(CENT, rounding=ROUND_HALF_EVEN)


def plain_number(value: Any) -> Decimal | None:
    """The number that a JSON value is, or None when it is not a plain one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = value if isinstance(value, str) else repr(value)
    return Decimal(text.strip()) if _PLAIN.fullmatch(text) else None


def whole_number(value: Any) -> int | None:
    """The id that a JSON value is, or None."""
    number = plain_number(value)
    return int(number) if number is not None and number == number.to_integral_value() else None


def instant_of_local(day: date, clock: time, zone: ZoneInfo) -> int:
    """The instant of a local time: a skipped one moves on by the gap, of two equal ones the second counts."""
    local = datetime.combine(day, clock)
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return (local - _EPOCH) // _MICROSECOND - min(first, second) // _MICROSECOND


def read(rows: Rows, adjustments: Sequence[Mapping[str, Any]], *, zone: str, currency: str) -> Platform:
    """The platform's students, read as the rules say."""
    default = School(ZoneInfo(zone), currency)
    platform = Platform(_schools(rows, default), {}, default)
    students = platform.students
    users = {row["id"] for row in rows["accounts_customuser"]}
    accounts = {row["id"]: row["student_id"] for row in rows["finances_studentaccountbalance"]}
    active = {m["user_id"] for m in rows["accounts_schoolmembership"] if m["role"] == "student" and m["is_active"]}
    buyers = {row["student_id"] for row in rows["finances_purchasetransaction"]}
    for student_id in (active | buyers | set(accounts.values())) & users:
        students[student_id] = StudentRows(student_id, _joined_first(student_id, rows, platform))
    plans = {row["id"]: row["hours_included"] for row in rows["finances_pricingplan"]}
    for row in rows["finances_purchasetransaction"]:
        if row["student_id"] in students and _grants(row):
            student = students[row["student_id"]]
            named = whole_number(_object(row["metadata"]).get("school_id"))
            student.purchases.append(_purchase(row, plans, named if named in platform.schools else student.home))
    sessions = {row["id"]: row for row in rows["finances_classsession"]}
    for row in rows["finances_hourconsumption"]:
        student_id = accounts.get(row["student_account_id"])
        if student_id in students:
            session = sessions.get(row["class_session_id"])
            students[student_id].consumptions.append(_consumption(row, session, platform))
    for adjustment in adjustments:
        if adjustment["status"] == "approved" and adjustment["student_id"] in students:
            _adjust(students[adjustment["student_id"]], adjustment)
    return platform


def _schools(rows: Rows, default: School) -> dict[int, School]:
    settings = {row["school_id"]: row for row in rows["accounts_schoolsettings"]}
    schools = {}
    for row in rows["accounts_school"]:
        own = settings.get(row["id"])
        schools[row["id"]] = default if own is None else School(
            _zone(own["timezone"], default.zone), own["currency_code"] or default.currency,
        )
    return schools


def _zone(name: str, default: ZoneInfo) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return default


def _grants(row: Mapping[str, Any]) -> bool:
    known = row["transaction_type"] in ("package", "subscription")
    return known and row["payment_status"] in ("completed", "refunded")


def _joined_first(student_id: int, rows: Rows, platform: Platform) -> int | None:
    joined = [
        (m["role"] != "student", m["joined_at"], m["id"], m["school_id"])
        for m in rows["accounts_schoolmembership"]
        if m["user_id"] == student_id and m["school_id"] in platform.schools
    ]
    return min(joined)[3] if joined else None


def _object(metadata: Any) -> Mapping[str, Any]:
    return metadata if isinstance(metadata, dict) else {}


def _granted_hours(metadata: Mapping[str, Any], plans: Mapping[int, Decimal]) -> Decimal:
    for source in ("hours_included", "hours"):
        number = plain_number(metadata.get(source))
        if number is not None:
            return max(to_cents(number), ZERO)
    plan = whole_number(metadata.get("plan_id"))
    return max(to_cents(plans[plan]), ZERO) if plan is not None and plan in plans else ZERO


def _purchase(row: Mapping[str, Any], plans: Mapping[int, Decimal], school: int | None) -> Purchase:
    metadata = _object(row["metadata"])
    at = micros(row["created_at"])
    expires = micros(row["expires_at"]) if row["expires_at"] else None
    hours, price = _granted_hours(metadata, plans), to_cents(row["amount"])
    return Purchase(row["id"], at, hours, price, expires, school, _refunds(row, metadata, at, price))


def _refunds(row: Mapping[str, Any], metadata: Mapping[str, Any], granted_at: int, price: Decimal) -> list[Refund]:
    """What was given back, in time order; each limited to the price that is left."""
    listed = metadata.get("refunds")
    changed_at = row["updated_at"]
    found = []
    for position, one in enumerate(listed if isinstance(listed, list) else []):
        amount = plain_number(one.get("refund_amount")) if isinstance(one, dict) else None
        if amount is None or to_cents(amount) <= 0 or _is_not_given_back(one.get("refund_status")):
            continue
        at = _written_instant(one.get("refund_processed_at")) or changed_at
        found.append((micros(at), to_cents(amount), position))
    left = price
    refunds: list[Refund] = []
    for at, amount, _ in sorted(found):
        given = min(amount, max(left, ZERO))
        left -= given
        if given > 0:
            refunds.append(Refund(max(at, granted_at), given, full=left == 0))
    if row["payment_status"] == "refunded" and not any(refund.full for refund in refunds):
        last = refunds.pop().amount if refunds else ZERO
        at = max(found)[0] if found else micros(changed_at)
        refunds.append(Refund(max(at, granted_at), last + left, full=True))
    return refunds


def _is_not_given_back(status: Any) -> bool:
    return isinstance(status, str) and status.strip().lower() in _NOT_GIVEN_BACK


def _written_instant(value: Any) -> datetime | None:
    """An instant written as ISO text; without a zone it is UTC, as all of the platform's clock."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _consumption(row: Mapping[str, Any], session: Mapping[str, Any] | None, platform: Platform) -> Consumption:
    consumed = max(to_cents(row["hours_consumed"]), ZERO)
    reserved = max(to_cents(row["hours_originally_reserved"]), ZERO)
    held = effective = consumed
    if row["is_refunded"]:
        held = max(consumed, reserved)
        cancelled = session is not None and session["status"] == "cancelled"
        effective = consumed if reserved > consumed and not cancelled else ZERO
    class_at = micros(row["consumed_at"])
    if session is not None:
        class_at = instant_of_local(session["date"], session["start_time"], platform.school(session["school_id"]).zone)
    return Consumption(
        row["id"], row["purchase_transaction_id"], micros(row["created_at"]), class_at, held, effective,
        micros(row["updated_at"]), session["school_id"] if session else None,
    )


def _adjust(student: StudentRows, adjustment: Mapping[str, Any]) -> None:
    school = adjustment["school_id"] if adjustment["school_id"] is not None else student.home
    if adjustment["kind"] != "add":
        student.adjustments.append({**adjustment, "school_id": school})
        return
    expires = micros(adjustment["expires_at"]) if adjustment["expires_at"] else None
    student.purchases.append(Purchase(
        -adjustment["id"], micros(adjustment["effective_at"]), adjustment["hours"], ZERO, expires, school,
    ))
