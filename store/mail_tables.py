"""The shape of the tables of mail: the outbox, the schedules of reports, and who was last seen low on hours."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, String, Table, Text

from store.column_types import BigId, Hours, Instant
from store.tables import metadata

outbox = Table(
    "outbox", metadata,
    Column("id", BigId, primary_key=True),
    Column("effect", String(200), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("school_id", BigId),
    Column("recipient", String(320), nullable=False),
    Column("language", String(5), nullable=False),
    Column("facts", Text, nullable=False),
    Column("message_id", String(250), nullable=False, unique=True),
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", Instant),
    Column("claimed_by", String(32)),
    Column("claimed_until", Instant),
    Column("handed_at", Instant),
    Column("error", String(40)),
    Column("reply", String(20)),
    Column("enqueued_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Index("ix_outbox_state", "state", "next_try_at"),
    CheckConstraint(
        "kind in ('receipt', 'credit_note', 'reminder', 'low_balance', 'report', 'report_notice')", name="kind_known",
    ),
    CheckConstraint("state in ('waiting', 'sending', 'sent', 'failed', 'dropped')", name="state_known"),
    CheckConstraint("(state = 'sending') = (claimed_by is not null)", name="claimed_while_sending"),
    CheckConstraint("(claimed_by is null) = (claimed_until is null)", name="claims_end"),
    CheckConstraint("(state in ('sent', 'failed', 'dropped')) = (closed_at is not null)", name="closed_in_the_end"),
    CheckConstraint("tries >= 0", name="tries_counted"),
)
"""One row per effect: that a message is to be sent, never the message itself."""

report_schedules = Table(
    "report_schedules", metadata,
    Column("id", BigId, primary_key=True),
    Column("school_id", BigId),
    Column("rhythm", String(10), nullable=False),
    Column("reports", Text, nullable=False),
    Column("format", String(5), nullable=False),
    Column("language", String(5), nullable=False),
    Column("recipients", Text, nullable=False),
    Column("actor", String(254), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", String(254)),
    CheckConstraint("rhythm in ('weekly', 'monthly')", name="rhythm_known"),
    CheckConstraint("format in ('csv', 'xlsx', 'pdf')", name="format_known"),
    CheckConstraint("(ended_at is null) = (ended_by is null)", name="ended_by_someone"),
)
"""Which reports are mailed to whom; a schedule is ended and made anew, never edited."""

low_balances = Table(
    "low_balances", metadata,
    Column("school_id", BigId, primary_key=True, autoincrement=False),
    Column("student_id", BigId, primary_key=True, autoincrement=False),
    Column("threshold", Hours, nullable=False),
    Column("is_low", Boolean, nullable=False),
    Column("seen_at", Instant, nullable=False),
)
"""On which side of the school's threshold each student was seen last: a fall is a change of side."""
