"""The peer of ``bench api``: a student's balance as the platform's own web framework would answer it.

One process, a pool of connections, the object-relational mapper's usual set of queries per request, written with care
(no query inside a loop, indexes in place), and the same JSON shape as ours. Started by uvicorn.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from fastapi import FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    """The platform's tables, as far as this view reads them."""


class User(Base):
    """accounts_customuser."""

    __tablename__ = "accounts_customuser"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]


class Account(Base):
    """finances_studentaccountbalance: the stored counters."""

    __tablename__ = "finances_studentaccountbalance"
    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    hours_purchased: Mapped[Decimal]
    hours_consumed: Mapped[Decimal]
    balance_amount: Mapped[Decimal]


class Consumption(Base):
    """finances_hourconsumption."""

    __tablename__ = "finances_hourconsumption"
    id: Mapped[int] = mapped_column(primary_key=True)
    purchase_transaction_id: Mapped[int] = mapped_column(ForeignKey("finances_purchasetransaction.id"))
    hours_consumed: Mapped[Decimal]
    is_refunded: Mapped[bool]


class Purchase(Base):
    """finances_purchasetransaction."""

    __tablename__ = "finances_purchasetransaction"
    id: Mapped[int] = mapped_column(primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    payment_status: Mapped[str]
    transaction_type: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    details: Mapped[Any] = mapped_column("metadata", JSONB)
    consumptions: Mapped[list[Consumption]] = relationship()


engine = create_engine(os.environ.get("BENCH_PLATFORM_URL", "postgresql+psycopg2://"), pool_size=20, max_overflow=20)
app = FastAPI()


@app.get("/api/student-balance/")
def balance(student_id: int) -> dict[str, Any]:
    """The stored counters, and every completed package with what was charged to it."""
    with Session(engine) as session:
        user = session.get(User, student_id)
        if user is None:
            raise HTTPException(404)
        account = session.scalars(select(Account).where(Account.student_id == student_id)).first()
        purchases = session.scalars(
            select(Purchase)
            .where(Purchase.student_id == student_id, Purchase.payment_status == "completed")
            .order_by(Purchase.created_at)
            .options(selectinload(Purchase.consumptions))
        ).all()
        now = session.scalar(select(func.now())) or datetime.now(UTC)
        packages = [_package(purchase, now) for purchase in purchases]
        bought = account.hours_purchased if account else Decimal(0)
        used = account.hours_consumed if account else Decimal(0)
        ahead = [one for one in packages if _expires_within(one, 7)]
        return {
            "student_info": {"id": user.id, "name": user.name, "email": user.email},
            "balance_summary": {
                "hours_purchased": bought, "hours_consumed": used, "remaining_hours": bought - used,
                "balance_amount": account.balance_amount if account else Decimal(0),
            },
            "package_status": {
                "active_packages": [one for one in packages if not one["is_expired"]],
                "expired_packages": [one for one in packages if one["is_expired"]],
            },
            "upcoming_expirations": ahead,
        }


def _package(purchase: Purchase, now: datetime) -> dict[str, Any]:
    details = purchase.details if isinstance(purchase.details, dict) else {}
    try:
        included = Decimal(str(details.get("hours_included", 0)))
    except ArithmeticError:
        included = Decimal(0)
    used = sum((row.hours_consumed for row in purchase.consumptions if not row.is_refunded), Decimal(0))
    days = (purchase.expires_at - now).days if purchase.expires_at else None
    return {
        "transaction_id": purchase.id, "plan_name": details.get("plan_name"), "hours_included": included,
        "hours_consumed": used, "hours_remaining": included - used, "expires_at": purchase.expires_at,
        "days_until_expiry": days, "is_expired": bool(purchase.expires_at and purchase.expires_at < now),
    }


def _expires_within(package: dict[str, Any], days: int) -> bool:
    left = package["days_until_expiry"]
    return left is not None and 0 <= left <= days and package["hours_remaining"] > 0
