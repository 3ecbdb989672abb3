"""A demo school with its oddities, synced once for all tests of reports."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Engine

import store
import warehouse
from access.scope import Scope
from cli.main import main
from reports.finance import REPORTS, Period
from settings import Settings
from store import receipts
from store.receipts import Wanted

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MONTH = Period(date(2026, 9, 1), date(2026, 10, 1))
YEAR = Period(date(2025, 12, 1), date(2026, 12, 1))


def period_for(name: str) -> Period:
    """A period that the report can be made for and that has rows."""
    return MONTH if REPORTS[name].span in ("month", "day") else YEAR


@pytest.fixture(scope="package")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the school, whose books are published."""
    folder = tmp_path_factory.mktemp("reports")
    given = {
        "platform_url": f"sqlite:///{folder}/platform.db", "store_url": f"sqlite:///{folder}/store.db",
        "warehouse": str(folder / "warehouse"), "now": NOW.isoformat(),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in given.items():
            patch.setenv(f"HOURBOOK_{name.upper()}", value)
        assert main(("demo", "--no-serve", "--students", "40", "--years", "1")) == 0
    return Settings.model_validate(given)


@pytest.fixture
def books(chosen: Settings) -> warehouse.Warehouse:
    """The school's published books."""
    return warehouse.open(chosen.warehouse)


@pytest.fixture(scope="package")
def engine(chosen: Settings) -> Engine:
    """The school's own store, with receipts of September: two rates, exempt ones, two currencies, a credit note."""
    store.migrate(chosen.store_url)
    made = store.engine(chosen.store_url)
    sold: list[tuple[int, int, str, str | None, str, str]] = [
        (1, 1, "EUR", "23", "100.00", "23.00"), (2, 1, "EUR", "23", "0.05", "0.01"),
        (3, 1, "EUR", "6.5", "10.00", "0.65"),
        (4, 2, "GBP", None, "80.00", "0.00"), (5, 2, "GBP", None, "19.99", "0.00"),
    ]
    wanted = [_receipt(*facts) for facts in sold]
    recorded = receipts.record(made, wanted, now=datetime(2026, 9, 10, 9, tzinfo=UTC))
    credit = _receipt(6, 1, "EUR", "23", "50.00", "11.50", original=recorded[0][0].id)
    receipts.record(made, [credit], now=datetime(2026, 9, 12, 9, tzinfo=UTC))
    receipts.record(made, [_receipt(7, 1, "EUR", "23", "7.00", "1.61")], now=datetime(2026, 10, 1, 9, tzinfo=UTC))
    return made


def _receipt(
    number: int, school: int, currency: str, rate: str | None, net: str, vat: str, original: int | None = None,
) -> Wanted:
    return Wanted(
        subject=f"test:{number}", kind="credit_note" if original else "receipt", school_id=school,
        series="CN" if original else "REC", zone="Europe/Lisbon", transaction_id=number, student_id=number,
        total=Decimal(net) + Decimal(vat), net=Decimal(net), vat=Decimal(vat), currency=currency, language="en",
        facts={
            "buyer": {"name": f"=Payer {number}" if number == 2 else f"Payer {number}"}, "vat_rate": rate,
            "vat_exemption": "" if rate else "Exempt, article 9",
        },
        search_text="", actor="test", paid_on=date(2026, 9, 1), refund_id="1:a" if original else None,
        original_id=original,
    )


@pytest.fixture
def business() -> Scope:
    return Scope.business()
