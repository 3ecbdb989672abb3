"""States the forms of rows and of what is made of them: transactions, entries, usage, prices, students, the log."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import Field

from api.shapes import Amount, Hours, Shape, StudentInfo


class Transaction(Shape):
    """A purchase, whatever came of it."""

    transaction_id: int
    transaction_type: str
    payment_status: str
    amount: Amount | None
    amount_refunded: Amount | None
    currency: str | None
    plan_id: int | None
    plan_name: str | None
    hours_included: Hours | None
    school_id: int | None
    school_name: str | None
    created_at: datetime
    created_date: date
    expires_at: datetime | None
    updated_at: datetime


class PlanDetails(Shape):
    """The plan as it is today; what was bought stands beside it."""

    id: int
    name: str | None
    description: str | None
    plan_type: str | None
    hours_included: Hours | None
    price_eur: Amount | None
    validity_days: int | None


class Consumed(Shape):
    """The part of a class that a package pays."""

    consumption_id: int
    session_id: int | None
    hours_consumed: Hours
    hours_booked: Hours | None
    hours_returned: Hours | None
    is_refunded: bool | None
    state: str | None
    class_at: datetime | None
    class_date: date | None
    session_type: str | None
    session_status: str | None
    teacher_name: str | None


class Purchase(Shape):
    """A completed purchase and what is left of it."""

    transaction_id: int
    transaction_type: str
    payment_status: str
    amount: Amount | None
    amount_refunded: Amount | None
    currency: str | None
    plan_name: str | None
    plan_details: PlanDetails | None
    hours_included: Hours
    hours_consumed: Hours
    hours_reserved: Hours
    hours_expired: Hours
    hours_remaining: Hours
    is_active: bool
    is_expired: bool
    created_at: datetime
    created_date: date
    expires_at: datetime | None
    days_until_expiry: int | None
    consumption_history: list[Consumed] | None = Field(description="null unless include_consumption=true")


class Entry(Shape):
    """One line of the ledger; figures are sums over them."""

    entry_id: str
    kind: str
    effective_at: datetime
    effective_date: date
    package_id: int | None
    hours: Hours
    running_hours: Hours = Field(description="the sum so far")
    amount: Amount | None = Field(description="change of deferred money")
    recorded_at: datetime | None
    source_table: str | None
    source_id: int | None
    session_id: int | None
    note: str | None


class Proof(Shape):
    """The figures and every entry they are sums of."""

    student_info: StudentInfo
    as_of: datetime
    figures: dict[str, Hours]
    entries: list[Entry]


class Used(Shape):
    """Classes and hours of one part."""

    classes: int
    hours: Hours
    classes_booked_ahead: int
    hours_booked_ahead: Hours


class UsedInPeriod(Used):
    """Of one day, week (from Monday) or month."""

    period_start: date


class UsedWithTeacher(Used):
    """With one teacher."""

    teacher_id: int | None
    teacher_name: str | None


class UsedByType(Used):
    """Of one kind of class."""

    session_type: str | None


class Usage(Shape):
    """What a student used: three ways to take the same total apart."""

    student_info: StudentInfo
    group_by: str
    total: Used
    periods: list[UsedInPeriod]
    by_teacher: list[UsedWithTeacher]
    by_session_type: list[UsedByType]


class PricingPlan(Shape):
    """A plan on sale."""

    id: int
    name: str | None
    description: str | None
    plan_type: str | None
    hours_included: Hours | None
    price_eur: Amount | None
    price_per_hour: Amount | None = Field(description="rounded half to even; null without hours")
    validity_days: int | None
    display_order: int | None
    is_featured: bool | None


class StudentBalance(Shape):
    """A student of a list."""

    student_id: int
    name: str | None
    email: str | None
    is_active: bool | None
    school_ids: list[int]
    school_names: str | None
    hours_remaining: Hours | None
    hours_usable: Hours | None
    hours_booked_ahead: Hours | None
    hours_overdrawn: Hours | None
    hours_last_30_days: Hours | None
    pace_per_week: Hours | None
    active_packages: int | None
    next_expiry: datetime | None
    next_expiry_date: date | None
    next_expiry_hours: Hours | None
    last_class_date: date | None
    next_class_date: date | None
    drift: Hours | None
    drift_cause: str | None
    is_expiring: bool
    is_overdrawn: bool
    runs_out: bool
    is_fading: bool


class AuditEntry(Shape):
    """Who did what, when; ids only."""

    id: int
    at: datetime
    event: str
    actor: str
    school_id: int | None
    student_id: int | None
    object: str | None
    details: dict[str, Any]
    hash: str
