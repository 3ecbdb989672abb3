"""The shape of our own tables; migrations bring a database to it, and a test compares the two."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, MetaData, String, Table, Text

from store.column_types import BigId, Hours, Instant

metadata = MetaData(naming_convention={
    "pk": "pk_%(table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
})

KIND_RULES = {
    "add": "hours is not null and hours > 0 and consumption_id is null and new_expires_at is null",
    "deduct": "hours is not null and hours > 0 and consumption_id is null"
              " and new_expires_at is null and expires_at is null",
    "extend": "hours is null and package_id is not null and new_expires_at is not null"
              " and consumption_id is null and expires_at is null",
    "return": "(hours is null or hours > 0) and consumption_id is not null"
              " and new_expires_at is null and expires_at is null",
}
"""What each kind of adjustment must and must not say."""

adjustments = Table(
    "adjustments", metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("student_id", BigId, nullable=False, index=True),
    Column("school_id", BigId),
    Column("package_id", BigId),
    Column("consumption_id", BigId),
    Column("hours", Hours),
    Column("new_expires_at", Instant),
    Column("expires_at", Instant),
    Column("reason", Text, nullable=False),
    Column("actor", String(254), nullable=False),
    Column("approver", String(254)),
    Column("status", String(10), nullable=False),
    Column("effective_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    CheckConstraint("kind in ('add', 'deduct', 'extend', 'return')", name="kind_known"),
    *(CheckConstraint(f"kind <> '{kind}' or ({rule})", name=f"{kind}_complete") for kind, rule in KIND_RULES.items()),
    CheckConstraint("status in ('pending', 'approved', 'rejected')", name="status_known"),
    CheckConstraint("status <> 'pending' or approver is null", name="pending_undecided"),
    CheckConstraint("status <> 'rejected' or approver is not null", name="rejected_by_someone"),
    CheckConstraint("approver is null or approver <> actor", name="approved_by_another"),
    CheckConstraint("trim(reason) <> ''", name="reason_given"),
    CheckConstraint("trim(actor) <> ''", name="actor_given"),
)
