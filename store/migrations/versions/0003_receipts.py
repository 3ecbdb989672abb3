"""Receipts: what was issued in which order, the documents' bytes, and the certificates that signed them."""

import sqlalchemy as sa
from alembic import op

from store.column_types import BigId, Instant
from store.receipt_tables import Money

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the triggers that refuse to change what was issued."""
    _settings_and_chains()
    _receipts()
    _documents()
    statements = _POSTGRES if op.get_context().dialect.name == "postgresql" else _SQLITE
    for statement in statements:
        op.execute(statement)


def _settings_and_chains() -> None:
    op.create_table(
        "receipt_settings",
        sa.Column("id", BigId, nullable=False),
        sa.Column("school_id", BigId, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("actor", sa.String(254), nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_settings")),
    )
    op.create_index("ix_receipt_settings_school_id", "receipt_settings", ["school_id", "id"])
    op.create_table(
        "receipt_chains",
        sa.Column("school_id", BigId, nullable=False, autoincrement=False),
        sa.Column("records", sa.Integer, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("documents", sa.Integer, nullable=False),
        sa.Column("documents_head", sa.String(64), nullable=False),
        sa.Column("last_issued_at", Instant),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_receipt_chains")),
    )


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("school_id", BigId, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("kind", sa.String(15), nullable=False),
        sa.Column("series", sa.String(12), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("copy", sa.Integer, nullable=False),
        sa.Column("number_text", sa.String(40), nullable=False),
        sa.Column("transaction_id", BigId, nullable=False),
        sa.Column("refund_id", sa.String(250)),
        sa.Column("original_id", BigId),
        sa.Column("student_id", BigId, nullable=False),
        sa.Column("total", Money, nullable=False),
        sa.Column("net", Money, nullable=False),
        sa.Column("vat", Money, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("issued_at", Instant, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("verification_code", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(254), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("search_text", sa.Text, nullable=False),
        sa.Column("document_sha256", sa.String(64)),
        sa.Column("document_size", sa.Integer),
        sa.Column("document_position", sa.Integer),
        sa.Column("document_previous_hash", sa.String(64)),
        sa.Column("document_hash", sa.String(64)),
        sa.Column("signed_by", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("subject", name=op.f("uq_receipts_subject")),
        sa.UniqueConstraint("school_id", "series", "year", "number", "copy", name=op.f("uq_receipts_number")),
        sa.UniqueConstraint("school_id", "position", name=op.f("uq_receipts_position")),
        sa.UniqueConstraint("school_id", "document_position", name=op.f("uq_receipts_document_position")),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_receipts_{name}")) for name, rule in _RULES.items()),
    )
    op.create_index("ix_receipts_issued_on", "receipts", ["school_id", "issued_on"])
    op.create_index("ix_receipts_paid_on", "receipts", ["school_id", "paid_on"])
    for column in ("number_text", "transaction_id", "original_id", "student_id", "document_sha256"):
        op.create_index(op.f(f"ix_receipts_{column}"), "receipts", [column])


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("stored_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_documents")),
    )
    op.create_table(
        "signing_certificates",
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("chain", sa.Text, nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("first_used_at", Instant, nullable=False),
        sa.Column("revoked_at", Instant),
        sa.Column("revoked_reason", sa.String(300)),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_signing_certificates")),
    )


_RULES = {
    "kind_known": "kind in ('receipt', 'credit_note', 'refunded_copy')",
    "counted_from_one": "number > 0 and copy >= 0 and position > 0",
    "copies_only_of_refunded": "(kind = 'refunded_copy') = (copy > 0)",
    "linked_to_its_receipt": "(kind = 'receipt') = (original_id is null)",
    "credits_name_their_refund": "(kind = 'credit_note') = (refund_id is not null)",
    "adds_up": "net + vat = total",
    "document_in_full": "(document_sha256 is null) = (document_position is null)",
}

_FIXED = (
    "id, school_id, position, subject, kind, series, year, number, copy, number_text, transaction_id, refund_id, "
    "original_id, student_id, total, net, vat, currency, language, issued_at, issued_on, paid_on, "
    "verification_code, actor, facts, previous_hash, hash"
)
_DOCUMENT = (
    "document_sha256, document_size, document_position, document_previous_hash, document_hash, signed_by"
)
_TRIGGERS = {
    "receipts_stay": "before delete on receipts for each row",
    "receipts_unchanged": f"before update of {_FIXED} on receipts for each row",
    "receipts_one_document": f"before update of {_DOCUMENT} on receipts for each row "
                             "when (old.document_sha256 is not null)",
    "receipt_chains_stay": "before delete on receipt_chains for each row",
    "receipt_chains_grow": "before update on receipt_chains for each row "
                           "when (new.records < old.records or new.documents < old.documents)",
    "documents_stay": "before delete on documents for each row",
    "documents_unchanged": "before update on documents for each row",
}
_SQLITE = [
    f"create trigger {name} {when} begin select raise(abort, 'what was issued is never changed'); end"
    for name, when in _TRIGGERS.items()
]
_POSTGRES = [
    "create function hourbook.refuse_change_of_issued() returns trigger language plpgsql as "
    "$$ begin raise exception 'what was issued is never changed'; end $$",
    *(f"create trigger {name} {when} execute function hourbook.refuse_change_of_issued()"
      for name, when in _TRIGGERS.items()),
    *(f"create trigger {table}_not_emptied before truncate on {table} for each statement "
      "execute function hourbook.refuse_change_of_issued()" for table in ("receipts", "receipt_chains", "documents")),
]
