"""The shape of our own tables; migrations bring a database to it, and a test compares the two."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, String, Table, Text

from store.column_types import BigId, Hours, Ids, Instant

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

api_tokens = Table(
    "api_tokens", metadata,
    Column("id", BigId, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("prefix", String(8), nullable=False),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("permissions", String(100), nullable=False),
    Column("user_id", BigId),
    Column("school_ids", Ids),
    Column("created_by", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    CheckConstraint("trim(name) <> ''", name="name_given"),
    CheckConstraint("permissions <> ''", name="permissions_given"),
)

embed_requests = Table(
    "embed_requests", metadata,
    Column("id", BigId, primary_key=True),
    Column("nonce_hash", String(64), nullable=False, unique=True),
    Column("student_id", BigId, nullable=False, index=True),
    Column("school_id", BigId, nullable=False, index=True),
    Column("only_schools", Ids),
    Column("locale", String(20)),
    Column("theme", String(20)),
    Column("token_id", BigId),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("spent_at", Instant),
    Column("revoked_at", Instant),
)

embed_sessions = Table(
    "embed_sessions", metadata,
    Column("id", BigId, primary_key=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("request_id", BigId, nullable=False, unique=True),
    Column("student_id", BigId, nullable=False, index=True),
    Column("school_id", BigId, nullable=False, index=True),
    Column("only_schools", Ids),
    Column("locale", String(20)),
    Column("theme", String(20)),
    Column("token_id", BigId),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("idle_seconds", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("longest_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    CheckConstraint("expires_at <= longest_at", name="ends_in_time"),
)

embed_origins = Table(
    "embed_origins", metadata,
    Column("school_id", BigId, primary_key=True, autoincrement=False),
    Column("origin", String(300), primary_key=True),
)

api_answers = Table(
    "api_answers", metadata,
    Column("owner", String(100), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("claimed_at", Instant, nullable=False, index=True),
    Column("status", Integer),
    Column("body", Text),
    CheckConstraint("(status is null) = (body is null)", name="answered_in_full"),
)

audit_log = Table(
    "audit_log", metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("event", String(40), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("school_id", BigId),
    Column("student_id", BigId),
    Column("object", String(100)),
    Column("details", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_log_at", "at"),
    Index("ix_audit_log_school_id", "school_id", "id"),
    Index("ix_audit_log_student_id", "student_id", "id"),
)
"""Written by ``audit`` alone. ``at`` is text because the hash is over these very characters on every database."""
