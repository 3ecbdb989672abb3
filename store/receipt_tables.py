"""The shape of the tables of receipts: what was issued, its documents, the certificates that signed them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from store.column_types import BigId, Hours, Instant
from store.tables import metadata


class Money(Hours):
    """Exact money with two places: numeric(14,2), and whole cents on SQLite."""

    impl = Numeric(14, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type the database really holds."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else Numeric(14, 2))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Refuses a float and a third decimal place: neither can be kept exactly."""
        if value is not None and (not isinstance(value, Decimal) or value != value.quantize(Decimal("0.01"))):
            raise ValueError(f"{value!r} is not an exact amount with at most two decimal places")
        return super().process_bind_param(value, dialect)


receipt_settings = Table(
    "receipt_settings", metadata,
    Column("id", BigId, primary_key=True),
    Column("school_id", BigId, nullable=False),
    Column("settings", Text, nullable=False),
    Column("actor", String(254), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Index("ix_receipt_settings_school_id", "school_id", "id"),
)
"""Each change is a row; the newest of a school holds."""

receipt_chains = Table(
    "receipt_chains", metadata,
    Column("school_id", BigId, primary_key=True, autoincrement=False),
    Column("records", Integer, nullable=False),
    Column("head", String(64), nullable=False),
    Column("documents", Integer, nullable=False),
    Column("documents_head", String(64), nullable=False),
    Column("last_issued_at", Instant),
)
"""Where each school's two chains end; its row is the lock under which numbers are given."""

receipts = Table(
    "receipts", metadata,
    Column("id", BigId, primary_key=True),
    Column("school_id", BigId, nullable=False),
    Column("position", Integer, nullable=False),
    Column("subject", String(300), nullable=False, unique=True),
    Column("kind", String(15), nullable=False),
    Column("series", String(12), nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("copy", Integer, nullable=False),
    Column("number_text", String(40), nullable=False, index=True),
    Column("transaction_id", BigId, nullable=False, index=True),
    Column("refund_id", String(250)),
    Column("original_id", BigId, index=True),
    Column("student_id", BigId, nullable=False, index=True),
    Column("total", Money, nullable=False),
    Column("net", Money, nullable=False),
    Column("vat", Money, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("language", String(5), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("verification_code", String(20), nullable=False),
    Column("actor", String(254), nullable=False),
    Column("facts", Text, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("search_text", Text, nullable=False),
    Column("document_sha256", String(64), index=True),
    Column("document_size", Integer),
    Column("document_position", Integer),
    Column("document_previous_hash", String(64)),
    Column("document_hash", String(64)),
    Column("signed_by", String(64)),
    UniqueConstraint("school_id", "series", "year", "number", "copy", name="uq_receipts_number"),
    UniqueConstraint("school_id", "position", name="uq_receipts_position"),
    UniqueConstraint("school_id", "document_position", name="uq_receipts_document_position"),
    Index("ix_receipts_issued_on", "school_id", "issued_on"),
    Index("ix_receipts_paid_on", "school_id", "paid_on"),
    CheckConstraint("kind in ('receipt', 'credit_note', 'refunded_copy')", name="kind_known"),
    CheckConstraint("number > 0 and copy >= 0 and position > 0", name="counted_from_one"),
    CheckConstraint("(kind = 'refunded_copy') = (copy > 0)", name="copies_only_of_refunded"),
    CheckConstraint("(kind = 'receipt') = (original_id is null)", name="linked_to_its_receipt"),
    CheckConstraint("(kind = 'credit_note') = (refund_id is not null)", name="credits_name_their_refund"),
    CheckConstraint("net + vat = total", name="adds_up"),
    CheckConstraint("(document_sha256 is null) = (document_position is null)", name="document_in_full"),
)

documents = Table(
    "documents", metadata,
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("stored_at", Instant, nullable=False),
)
"""Bytes under their own checksum; never changed."""

signing_certificates = Table(
    "signing_certificates", metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("chain", Text, nullable=False),
    Column("subject", String(300), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("first_used_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("revoked_reason", String(300)),
)
"""The public certificates that ever signed, so that old documents verify after the key was changed."""
