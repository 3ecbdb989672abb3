"""The source contract: the platform's tables and columns that Hourbook reads, as SQLAlchemy metadata.

One description serves three uses: the sync validates a source against it, the readers build their
select lists from it, and the demo school is created from it.  The real platform's tables hold more
columns, in any order; those are never read.

Each column's ``info["stage"]`` is the DuckDB type it is mirrored as.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

platform = MetaData()

_BIG = BigInteger().with_variant(Integer(), "sqlite")
_JSON = JSON(none_as_null=False).with_variant(JSONB(none_as_null=False), "postgresql")


def _key() -> Column[Any]:
    return Column("id", _BIG, primary_key=True, info={"stage": "bigint"})


def _ref(name: str, target: str, *, nullable: bool = False, unique: bool = False) -> Column[Any]:
    return Column(
        name,
        _BIG,
        ForeignKey(f"{target}.id", ondelete="CASCADE"),
        nullable=nullable,
        unique=unique,
        info={"stage": "bigint"},
    )


def _int(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Integer, nullable=nullable, info={"stage": "bigint"})


def _text(name: str, length: int | None = None, *, nullable: bool = False, unique: bool = False) -> Column[Any]:
    kind = String(length) if length else Text()
    return Column(name, kind, nullable=nullable, unique=unique, info={"stage": "varchar"})


def _number(name: str, digits: int, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Numeric(digits, 2), nullable=nullable, info={"stage": "decimal(18,2)"})


def _flag(name: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False, info={"stage": "boolean"})


def _instant(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable, info={"stage": "timestamptz"})


def _day(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Date, nullable=nullable, info={"stage": "date"})


def _clock(name: str) -> Column[Any]:
    return Column(name, Time, nullable=False, info={"stage": "time"})


Table(
    "accounts_customuser",
    platform,
    _key(),
    _text("email", 254, unique=True),
    _text("name", 150),
    _text("phone_number", 20),
    _flag("is_active"),
    _flag("is_staff"),
    _flag("is_superuser"),
    _instant("date_joined"),
)
Table(
    "accounts_school",
    platform,
    _key(),
    _text("name", 150),
    _text("address"),
    _text("contact_email", 254),
    _text("phone_number", 20),
    _text("website", 200),
    _text("logo", 100, nullable=True),
    _text("primary_color", 7),
    _text("secondary_color", 7),
    _instant("created_at"),
    _instant("updated_at"),
)
Table(
    "accounts_schoolsettings",
    platform,
    _key(),
    _ref("school_id", "accounts_school", unique=True),
    _text("timezone", 50),
    _text("currency_code", 3),
    _text("language", 5),
    _text("billing_contact_name", 150),
    _text("billing_contact_email", 254),
    _text("billing_address"),
    _text("tax_id", 50),
    _text("data_retention_policy", 50),
    _flag("gdpr_compliance_enabled"),
    _flag("allow_data_export"),
    _instant("updated_at", nullable=True),
)
Table(
    "accounts_schoolmembership",
    platform,
    _key(),
    _ref("user_id", "accounts_customuser"),
    _ref("school_id", "accounts_school"),
    _text("role", 20),
    _flag("is_active"),
    _instant("joined_at"),
    UniqueConstraint("user_id", "school_id", "role"),
)
Table(
    "accounts_parentchildrelationship",
    platform,
    _key(),
    _ref("parent_id", "accounts_customuser"),
    _ref("child_id", "accounts_customuser"),
    _ref("school_id", "accounts_school"),
    _flag("is_active"),
    info={"optional": "parents cannot be linked to their children"},
)
Table(
    "accounts_teacherprofile",
    platform,
    _key(),
    _ref("user_id", "accounts_customuser", unique=True),
    _text("specialty", 100),
    info={"optional": "usage is shown without teachers' names"},
)
Table(
    "accounts_studentprofile",
    platform,
    _key(),
    _ref("user_id", "accounts_customuser", unique=True),
    _text("school_year", 50),
    _day("birth_date", nullable=True),
    _int("educational_system_id", nullable=True),
    info={"optional": "students are shown without their school year"},
)
Table(
    "finances_pricingplan",
    platform,
    _key(),
    _text("name", 100),
    _text("description"),
    _text("plan_type", 20),
    _number("hours_included", 5),
    _number("price_eur", 6),
    _int("validity_days", nullable=True),
    _int("display_order"),
    _flag("is_featured"),
    _flag("is_active"),
    _instant("created_at"),
    _instant("updated_at"),
)
Table(
    "finances_studentaccountbalance",
    platform,
    _key(),
    _ref("student_id", "accounts_customuser", unique=True),
    _number("hours_purchased", 5),
    _number("hours_consumed", 5),
    _number("balance_amount", 6),
    _instant("created_at"),
    _instant("updated_at"),
)
Table(
    "finances_purchasetransaction",
    platform,
    _key(),
    _ref("student_id", "accounts_customuser"),
    _text("transaction_type", 20),
    _number("amount", 8),
    _text("payment_status", 20),
    _text("stripe_payment_intent_id", 255, nullable=True, unique=True),
    _text("stripe_customer_id", 255, nullable=True),
    _instant("expires_at", nullable=True),
    Column("metadata", _JSON, nullable=False, info={"stage": "varchar"}),
    _instant("created_at"),
    _instant("updated_at"),
)
Table(
    "finances_classsession",
    platform,
    _key(),
    _ref("teacher_id", "accounts_teacherprofile"),
    _ref("school_id", "accounts_school"),
    _day("date"),
    _clock("start_time"),
    _clock("end_time"),
    _text("session_type", 20),
    _text("grade_level", 20),
    _int("student_count"),
    _flag("is_trial"),
    _flag("is_makeup"),
    _text("status", 20),
    _number("actual_duration_hours", 4, nullable=True),
    _instant("cancelled_at", nullable=True),
    _instant("created_at"),
    _instant("updated_at"),
)
Table(
    "finances_classsession_students",
    platform,
    _key(),
    _ref("classsession_id", "finances_classsession"),
    _ref("customuser_id", "accounts_customuser"),
    UniqueConstraint("classsession_id", "customuser_id"),
    info={"optional": "class lists fall back to the consumptions"},
)
Table(
    "finances_hourconsumption",
    platform,
    _key(),
    _ref("student_account_id", "finances_studentaccountbalance"),
    _ref("class_session_id", "finances_classsession"),
    _ref("purchase_transaction_id", "finances_purchasetransaction"),
    _number("hours_consumed", 4),
    _number("hours_originally_reserved", 4),
    _instant("consumed_at"),
    _flag("is_refunded"),
    _text("refund_reason"),
    _instant("created_at"),
    _instant("updated_at"),
    UniqueConstraint("student_account_id", "class_session_id"),
)


@dataclass(frozen=True)
class ContractColumn:
    """One column we need: its name, the DuckDB type it is mirrored as, may it be null, does it hold JSON."""

    name: str
    stage: str
    nullable: bool
    is_document: bool = False


@dataclass(frozen=True)
class ContractTable:
    """One table we need; ``optional`` holds what is lost when it is absent, or None when it is required."""

    name: str
    columns: tuple[ContractColumn, ...]
    optional: str | None


def tables() -> tuple[ContractTable, ...]:
    """Every table of the contract, parents before children."""
    return tuple(
        ContractTable(
            table.name,
            tuple(
                ContractColumn(c.name, c.info["stage"], bool(c.nullable), isinstance(c.type, JSON))
                for c in table.columns
            ),
            table.info.get("optional"),
        )
        for table in platform.sorted_tables
    )
