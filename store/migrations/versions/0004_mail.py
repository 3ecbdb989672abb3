"""Mail: the outbox, the schedules of reports, who is low on hours."""

import sqlalchemy as sa
from alembic import op

from store.column_types import BigId, Hours, Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    _outbox()
    _schedules()
    op.create_table(
        "low_balances",
        sa.Column("school_id", BigId, autoincrement=False, nullable=False),
        sa.Column("student_id", BigId, autoincrement=False, nullable=False),
        sa.Column("threshold", Hours, nullable=False),
        sa.Column("is_low", sa.Boolean, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("school_id", "student_id", name=op.f("pk_low_balances")),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", BigId, nullable=False),
        sa.Column("effect", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("school_id", BigId),
        sa.Column("recipient", sa.String(320), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("message_id", sa.String(250), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", Instant),
        sa.Column("claimed_by", sa.String(32)),
        sa.Column("claimed_until", Instant),
        sa.Column("handed_at", Instant),
        sa.Column("error", sa.String(40)),
        sa.Column("reply", sa.String(20)),
        sa.Column("enqueued_at", Instant, nullable=False),
        sa.Column("closed_at", Instant),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("effect", name=op.f("uq_outbox_effect")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_outbox_{name}")) for name, rule in _OUTBOX_RULES.items()),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "next_try_at"])


def _schedules() -> None:
    op.create_table(
        "report_schedules",
        sa.Column("id", BigId, nullable=False),
        sa.Column("school_id", BigId),
        sa.Column("rhythm", sa.String(10), nullable=False),
        sa.Column("reports", sa.Text, nullable=False),
        sa.Column("format", sa.String(5), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("recipients", sa.Text, nullable=False),
        sa.Column("actor", sa.String(254), nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
        sa.Column("ended_by", sa.String(254)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedules")),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_report_schedules_{name}")) for name, rule in _SCHEDULE_RULES.items()),
    )


_OUTBOX_RULES = {
    "kind_known": "kind in ('receipt', 'credit_note', 'reminder', 'low_balance', 'report', 'report_notice')",
    "state_known": "state in ('waiting', 'sending', 'sent', 'failed', 'dropped')",
    "claimed_while_sending": "(state = 'sending') = (claimed_by is not null)",
    "claims_end": "(claimed_by is null) = (claimed_until is null)",
    "closed_in_the_end": "(state in ('sent', 'failed', 'dropped')) = (closed_at is not null)",
    "tries_counted": "tries >= 0",
}
_SCHEDULE_RULES = {
    "rhythm_known": "rhythm in ('weekly', 'monthly')",
    "format_known": "format in ('csv', 'xlsx', 'pdf')",
    "ended_by_someone": "(ended_at is null) = (ended_by is null)",
}
