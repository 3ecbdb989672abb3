"""A demo school with its oddities, synced once for all tests of reports."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

import warehouse
from access.scope import Scope
from cli.main import main
from reports.finance import REPORTS, Period
from settings import Settings

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


@pytest.fixture
def business() -> Scope:
    return Scope.business()
