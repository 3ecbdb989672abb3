"""States the form of every answer, for the OpenAPI document; tests hold each answer against it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

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
