"""API tokens, embedded pages, kept answers, and the audit log that only grows."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.column_types import BigId, Ids, Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the triggers that refuse to change the audit log."""
    _tokens()
    _embedding()
    _answers()
    _audit_log()
    statements = _POSTGRES if op.get_context().dialect.name == "postgresql" else _SQLITE
    for statement in statements:
        op.execute(statement)


def _tokens() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("prefix", sa.String(8), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("permissions", sa.String(100), nullable=False),
        sa.Column("user_id", BigId),
        sa.Column("school_ids", Ids),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant),
        sa.Column("revoked_at", Instant),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_tokens_secret_hash")),
        sa.CheckConstraint("trim(name) <> ''", name=op.f("ck_api_tokens_name_given")),
        sa.CheckConstraint("permissions <> ''", name=op.f("ck_api_tokens_permissions_given")),
    )


def _embedding() -> None:
    op.create_table(
        "embed_requests",
        sa.Column("id", BigId, nullable=False),
        sa.Column("nonce_hash", sa.String(64), nullable=False),
        *_whose(),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("spent_at", Instant),
        sa.Column("revoked_at", Instant),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_embed_requests")),
        sa.UniqueConstraint("nonce_hash", name=op.f("uq_embed_requests_nonce_hash")),
    )
    op.create_table(
        "embed_sessions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("request_id", BigId, nullable=False),
        *_whose(),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("idle_seconds", sa.Integer, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("longest_at", Instant, nullable=False),
        sa.Column("revoked_at", Instant),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_embed_sessions")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_embed_sessions_secret_hash")),
        sa.UniqueConstraint("request_id", name=op.f("uq_embed_sessions_request_id")),
        sa.CheckConstraint("expires_at <= longest_at", name=op.f("ck_embed_sessions_ends_in_time")),
    )
    for table in ("embed_requests", "embed_sessions"):
        for column in ("student_id", "school_id", "expires_at"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_table(
        "embed_origins",
        sa.Column("school_id", BigId, nullable=False, autoincrement=False),
        sa.Column("origin", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("school_id", "origin", name=op.f("pk_embed_origins")),
    )


def _whose() -> list[sa.Column[Any]]:
    return [
        sa.Column("student_id", BigId, nullable=False),
        sa.Column("school_id", BigId, nullable=False),
        sa.Column("only_schools", Ids),
        sa.Column("locale", sa.String(20)),
        sa.Column("theme", sa.String(20)),
        sa.Column("token_id", BigId),
    ]


def _answers() -> None:
    op.create_table(
        "api_answers",
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("claimed_at", Instant, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("body", sa.Text),
        sa.PrimaryKeyConstraint("owner", "key", name=op.f("pk_api_answers")),
        sa.CheckConstraint("(status is null) = (body is null)", name=op.f("ck_api_answers_answered_in_full")),
    )
    op.create_index(op.f("ix_api_answers_claimed_at"), "api_answers", ["claimed_at"])


def _audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", BigId, nullable=False, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("event", sa.String(40), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("school_id", BigId),
        sa.Column("student_id", BigId),
        sa.Column("object", sa.String(100)),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
    op.create_index("ix_audit_log_school_id", "audit_log", ["school_id", "id"])
    op.create_index("ix_audit_log_student_id", "audit_log", ["student_id", "id"])


_SQLITE = (
    "create trigger audit_log_kept before update on audit_log begin "
    "select raise(abort, 'the audit log only grows'); end",
    "create trigger audit_log_whole before delete on audit_log begin "
    "select raise(abort, 'the audit log only grows'); end",
    # "insert or replace" deletes without asking the trigger above, so a taken number is refused here
    "create trigger audit_log_grows before insert on audit_log "
    "when new.id <> (select coalesce(max(id), 0) + 1 from audit_log) begin "
    "select raise(abort, 'the audit log only grows'); end",
)

_POSTGRES = (
    "create function audit_log_refuses() returns trigger language plpgsql as $$ begin "
    "raise exception 'the audit log only grows'; end $$",
    "create trigger audit_log_kept before update or delete or truncate on audit_log "
    "for each statement execute function audit_log_refuses()",
    "create function audit_log_is_next() returns trigger language plpgsql as $$ begin "
    "if new.id <> (select coalesce(max(id), 0) + 1 from audit_log) then "
    "raise exception 'the audit log only grows'; end if; return new; end $$",
    "create trigger audit_log_grows before insert on audit_log "
    "for each row execute function audit_log_is_next()",
)
