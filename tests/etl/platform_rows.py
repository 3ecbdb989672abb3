"""Small platforms for the tests of the sync: rows written through the contract, and snapshots read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa

from etl import contract
from settings import Settings

NOW = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)
LONG_AGO = datetime(2025, 1, 10, 9, 0, tzinfo=UTC)

_DEFAULTS: dict[str, dict[str, Any]] = {
    "accounts_customuser": {
        "phone_number": "",
        "is_active": True,
        "is_staff": False,
        "is_superuser": False,
        "date_joined": LONG_AGO,
    },
    "accounts_school": {
        "name": "School",
        "address": "",
        "contact_email": "",
        "phone_number": "",
        "website": "",
        "logo": None,
        "primary_color": "#112233",
        "secondary_color": "#445566",
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    },
    "accounts_schoolsettings": {
        "timezone": "Europe/Lisbon",
        "currency_code": "EUR",
        "language": "pt",
        "billing_contact_name": "",
        "billing_contact_email": "",
        "billing_address": "",
        "tax_id": "",
        "data_retention_policy": "",
        "gdpr_compliance_enabled": True,
        "allow_data_export": True,
        "updated_at": LONG_AGO,
    },
    "accounts_schoolmembership": {"role": "student", "is_active": True, "joined_at": LONG_AGO},
    "accounts_teacherprofile": {"specialty": "Maths"},
    "finances_pricingplan": {
        "name": "Ten hours",
        "description": "",
        "plan_type": "package",
        "hours_included": Decimal("10"),
        "price_eur": Decimal("200"),
        "validity_days": 90,
        "display_order": 1,
        "is_featured": False,
        "is_active": True,
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    },
    "finances_studentaccountbalance": {
        "hours_purchased": Decimal("0"),
        "hours_consumed": Decimal("0"),
        "balance_amount": Decimal("0"),
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    },
    "finances_purchasetransaction": {
        "transaction_type": "package",
        "amount": Decimal("200"),
        "payment_status": "completed",
        "stripe_payment_intent_id": None,
        "stripe_customer_id": None,
        "expires_at": None,
        "metadata": {"hours_included": "10.00"},
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    },
    "finances_classsession": {
        "date": date(2025, 2, 1),
        "start_time": time(17),
        "end_time": time(18),
        "session_type": "individual",
        "grade_level": "9",
        "student_count": 1,
        "is_trial": False,
        "is_makeup": False,
        "status": "completed",
        "actual_duration_hours": None,
        "cancelled_at": None,
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    },
    "finances_hourconsumption": {
        "hours_consumed": Decimal("1"),
        "hours_originally_reserved": Decimal("1"),
        "consumed_at": LONG_AGO,
        "is_refunded": False,
        "refund_reason": "",
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    },
}


class Platform:
    """A platform database being filled; rows take defaults for what a test does not care about."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = sa.create_engine(url)
        contract.platform.create_all(self.engine)

    def add(self, table: str, **values: Any) -> None:
        """Insert one row."""
        with self.engine.begin() as connection:
            connection.execute(contract.platform.tables[table].insert(), {**_DEFAULTS.get(table, {}), **values})

    def run(self, statement: str, **values: Any) -> None:
        """Run one statement of SQL."""
        with self.engine.begin() as connection:
            connection.execute(sa.text(statement), values)

    def small_school(self) -> Platform:
        """One school, a teacher, a student with ten hours for 200.00, and nothing booked."""
        self.add("accounts_school", id=1)
        self.add("accounts_schoolsettings", id=1, school_id=1)
        self.add("accounts_customuser", id=1, email="ana@example.com", name="Ana")
        self.add("accounts_customuser", id=2, email="teacher@example.com", name="Rui")
        self.add("accounts_teacherprofile", id=1, user_id=2)
        self.add("accounts_schoolmembership", id=1, user_id=1, school_id=1)
        self.add("finances_studentaccountbalance", id=1, student_id=1, hours_purchased=Decimal("10"))
        self.add("finances_purchasetransaction", id=1, student_id=1)
        return self

    def book(self, number: int, **values: Any) -> None:
        """A class and the consumption that charges student 1 for it."""
        session = {k: values.pop(k) for k in ("date", "start_time", "status") if k in values}
        self.add("finances_classsession", id=number, teacher_id=1, school_id=1, **session)
        self.add("finances_classsession_students", id=number, classsession_id=number, customuser_id=1)
        row = {"student_account_id": 1, "class_session_id": number, "purchase_transaction_id": 1, **values}
        self.add("finances_hourconsumption", id=number, **row)


def settings_for(url: str, folder: Path, now: datetime | None = NOW, **others: Any) -> Settings:
    """Settings of a warehouse and store inside ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    return Settings(
        platform_url=url,
        store_url=f"sqlite:///{(folder / 'store.db')!s}".replace("sqlite:////", "sqlite:////"),
        warehouse=folder / "warehouse",
        now=now,
        **{"sync_memory": "2GB", **others},
    )


NOT_COMPARED = frozenset({"sync", "certificate"})
"""They tell how a snapshot was made; two ways of making the same snapshot may differ in them."""


def tables_of(
    settings: Settings, file: str | None = None, *, skip: Iterable[str] = NOT_COMPARED
) -> Mapping[str, list[tuple[Any, ...]]]:
    """Every table of the current snapshot (or of ``file``), its rows sorted."""
    import json

    name = file or json.loads((settings.warehouse / "current.json").read_text())["file"]
    with duckdb.connect(str(settings.warehouse / name), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        names = [row[0] for row in con.execute("select table_name from duckdb_tables() order by 1").fetchall()]
        return {
            # How long a check took is no part of what it found.
            table: con.execute(f"select columns(c -> c <> 'seconds') from {table} order by all").fetchall()
            for table in [*names, "ledger"]
            if table not in set(skip)
        }


def ask(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    """Rows of a query on the current snapshot."""
    import json

    name = json.loads((settings.warehouse / "current.json").read_text())["file"]
    with duckdb.connect(str(settings.warehouse / name), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        return con.execute(query).fetchall()
