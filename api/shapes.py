"""States the form of every answer, for the OpenAPI document; tests hold each answer against it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Hours = Annotated[
    str, Field(pattern=r"^-?\d+\.\d{2}$", description="hours, an exact decimal with two places", examples=["12.50"])
]
Amount = Annotated[
    str, Field(pattern=r"^-?\d+\.\d{2}$", description="money, an exact decimal with two places", examples=["180.00"])
]


class Shape(BaseModel):
    """Exactly these fields, all of them always there."""

    model_config = ConfigDict(extra="forbid")


class StudentInfo(Shape):
    """Who it is."""

    id: int
    name: str
    email: str | None


class Forecast(Shape):
    """When hours run out at the pace of the last eight weeks; a rule, not a promise."""

    pace_per_week: Hours
    hours_booked_ahead: Hours
    runs_out_at: datetime | None = Field(description="null: not within ten years, or there is no pace to go by")
    runs_out_on: date | None = Field(description="the same as a day of the student's school")
    hours_expiring_unused: Hours | None


class CurrencyAmount(Shape):
    """Money of one currency; two currencies are never added up."""

    currency: str
    amount: Amount


class BalanceSummary(Shape):
    """hours_purchased + hours_added - hours_consumed - hours_reserved - hours_deducted - hours_expired -
    hours_voided = remaining_hours - hours_overdrawn."""

    hours_purchased: Hours
    hours_added: Hours = Field(description="given without a price")
    hours_consumed: Hours = Field(description="of classes that took place, less what came back")
    hours_reserved: Hours = Field(description="of booked classes still to come, less what came back")
    hours_deducted: Hours
    hours_expired: Hours
    hours_voided: Hours = Field(description="taken back because their money was refunded")
    hours_overdrawn: Hours = Field(description="of classes that no package covers")
    remaining_hours: Hours
    usable_hours: Hours = Field(description="remaining hours that are valid now")
    balance_amount: Amount | None = Field(description="money taken less money given back; null where it may not be "
                                          "seen, or is of several currencies")
    currency: str | None
    balance_amounts: list[CurrencyAmount]
    forecast: Forecast | None = Field(description="null for a balance as of the past")


class Package(Shape):
    """hours_included - hours_consumed - hours_reserved - hours_deducted - hours_expired - hours_voided =
    hours_remaining."""

    transaction_id: int
    plan_name: str | None
    hours_included: Hours
    hours_consumed: Hours
    hours_reserved: Hours
    hours_deducted: Hours
    hours_expired: Hours
    hours_voided: Hours
    hours_remaining: Hours
    purchased_at: datetime
    expires_at: datetime | None
    days_until_expiry: int | None = Field(description="days of the school; negative when past")
    is_expired: bool


class PackageStatus(Shape):
    """The packages by what became of them, those that expire first in front."""

    active_packages: list[Package]
    expired_packages: list[Package]
    exhausted_packages: list[Package] = Field(description="valid, without hours left")
    upcoming_packages: list[Package] = Field(description="bought for a day still to come")


class UpcomingExpiration(Shape):
    """A package with hours left that expires within days_ahead."""

    transaction_id: int
    plan_name: str | None
    hours_remaining: Hours
    expires_at: datetime
    days_until_expiry: int


class SubscriptionInfo(Shape):
    """The latest subscription as far as purchases tell; what only the payment provider knows is null."""

    is_active: bool
    subscription_status: str | None
    billing_cycle: str | None
    next_billing_date: date | None
    current_period_start: datetime | None
    current_period_end: datetime | None
    cancel_at_period_end: bool | None


class Balance(Shape):
    """A student's balance."""

    student_info: StudentInfo
    as_of: datetime
    balance_summary: BalanceSummary
    package_status: PackageStatus
    upcoming_expirations: list[UpcomingExpiration]
    subscription_info: SubscriptionInfo


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


class BookingCheck(Shape):
    """Whether a class can be booked."""

    can_book: bool
    hours_required: Hours
    hours_available: Hours = Field(description="valid at the time of the class")
    hours_remaining_after: Hours = Field(description="below zero: so many are missing")
    has_active_packages: bool
    active_package_count: int
    reason_code: str = Field(
        json_schema_extra={
            "enum": ["ok", "no_packages", "all_packages_expired", "insufficient_hours", "account_inactive"]
        }
    )
    reason: str
    at: datetime


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


class EmbedSession(Shape):
    """An address that opens a student's page, once."""

    id: int
    url: str
    expires_at: datetime


class Error(Shape):
    """What is wrong with one value."""

    place: str = Field(alias="in")
    field: str
    message: str


class ProblemShape(BaseModel):
    """RFC 9457."""

    model_config = ConfigDict(title="Problem")

    type: str
    title: str
    status: int
    detail: str
    errors: list[Error]
