"""Adjustments: what people decided about hours."""

import sqlalchemy as sa
from alembic import op

from store.column_types import BigId, Hours, Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the index by student."""
    op.create_table(
        "adjustments",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("student_id", BigId, nullable=False),
        sa.Column("school_id", BigId),
        sa.Column("package_id", BigId),
        sa.Column("consumption_id", BigId),
        sa.Column("hours", Hours),
        sa.Column("new_expires_at", Instant),
        sa.Column("expires_at", Instant),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("actor", sa.String(254), nullable=False),
        sa.Column("approver", sa.String(254)),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("effective_at", Instant, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustments")),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_adjustments_{name}")) for name, rule in _RULES.items()),
    )
    op.create_index(op.f("ix_adjustments_student_id"), "adjustments", ["student_id"])


_RULES = {
    "kind_known": "kind in ('add', 'deduct', 'extend', 'return')",
    "add_complete": "kind <> 'add' or (hours is not null and hours > 0 and consumption_id is null"
                    " and new_expires_at is null)",
    "deduct_complete": "kind <> 'deduct' or (hours is not null and hours > 0 and consumption_id is null"
                       " and new_expires_at is null and expires_at is null)",
    "extend_complete": "kind <> 'extend' or (hours is null and package_id is not null and new_expires_at is not null"
                       " and consumption_id is null and expires_at is null)",
    "return_complete": "kind <> 'return' or ((hours is null or hours > 0) and consumption_id is not null"
                       " and new_expires_at is null and expires_at is null)",
    "status_known": "status in ('pending', 'approved', 'rejected')",
    "pending_undecided": "status <> 'pending' or approver is null",
    "rejected_by_someone": "status <> 'rejected' or approver is not null",
    "approved_by_another": "approver is null or approver <> actor",
    "reason_given": "trim(reason) <> ''",
    "actor_given": "trim(actor) <> ''",
}
