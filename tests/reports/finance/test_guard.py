"""No file is made of a snapshot whose money is not proved, or that is old; the screen shows it with the reason."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest

from access.scope import Scope
from reports.finance import REPORTS, ExportBlocked, Period, run
from reports.finance.guard import HOURS_CHECKS, MONEY_CHECKS, WORTH_SAYING
from reports.formats import to_csv
from settings import Settings
from tests.memory import AS_OF, MemoryBooks
from warehouse import NoSnapshot

SEPTEMBER = Period.of_month("2026-09")
PASSED = [
    {"name": name, "severity": "stop", "passed": True, "found": 0, "sentence": f"{name} holds."}
    for name in sorted({*MONEY_CHECKS, *HOURS_CHECKS, *WORTH_SAYING})
]
CERTIFICATE = [{"table_name": "finances_classsession", "matches": True}]
SOLD: dict[str, list[dict[str, Any]]] = {
    "sync": [{"snapshot_id": 1, "as_of": AS_OF, "is_demo": False}],
    "schools": [{"school_id": 1, "name": "Aurora", "timezone": "Europe/Lisbon", "currency": "EUR"}],
    "purchases": [{"transaction_id": 1, "school_id": 1, "student_id": 1, "currency": "EUR"}],
    "entries": [{
        "entry_id": "a", "school_id": 1, "student_id": 1, "package_id": 1, "kind": "purchased", "hours": 1,
        "amount": 20, "effective_at": "2026-09-10 10:00:00+00",
    }],
}


def settings_at(later: timedelta = timedelta(0)) -> Settings:
    return Settings.model_validate({"now": AS_OF + later, "stale_after": 60})


def books_with(checks: list[dict[str, Any]], certificate: list[dict[str, Any]]) -> MemoryBooks:
    return MemoryBooks({**SOLD, "checks": checks, "certificate": certificate})


def changed(name: str, **values: Any) -> list[dict[str, Any]]:
    return [{**check, **values} if check["name"] == name else check for check in PASSED]


def sales(books: MemoryBooks, settings: Settings, language: str = "en") -> Any:
    return run(books, Scope.business(), settings, "sales", SEPTEMBER, language=language)


def test_sound_and_fresh_books_are_handed_out() -> None:
    table = sales(books_with(PASSED, CERTIFICATE), settings_at(timedelta(minutes=60)))
    assert table.blocked is None
    assert table.stamp.remarks == ()
    assert to_csv(table, io.BytesIO()) == 1


@pytest.mark.parametrize(
    ("checks", "certificate", "later", "why"),
    [
        (changed("months_roll_forward", passed=False, found=3), CERTIFICATE, 0, "months_roll_forward holds.” (3 rows"),
        ([one for one in PASSED if one["name"] != "package_money_adds_up"], CERTIFICATE, 0, "was not tried"),
        ([], CERTIFICATE, 0, "was not tried"),
        (PASSED, [], 0, "no certificate"),
        (PASSED, [*CERTIFICATE, {"table_name": "accounts_school", "matches": False}], 0, "match in accounts_school"),
        (PASSED, [{"table_name": "accounts_school", "matches": None}], 0, "match in accounts_school"),
        (PASSED, CERTIFICATE, 61, "is stale"),
    ],
)
def test_a_file_is_refused_with_the_reason_and_the_screen_is_not(
    checks: list[dict[str, Any]], certificate: list[dict[str, Any]], later: int, why: str,
) -> None:
    table = sales(books_with(checks, certificate), settings_at(timedelta(minutes=later)))
    assert len(list(table.rows())) == 1
    assert why in (table.blocked or "")
    with pytest.raises(ExportBlocked) as refused:
        to_csv(table, io.BytesIO())
    assert why in refused.value.message


def test_the_reason_is_said_in_the_language_of_the_report() -> None:
    table = sales(books_with(PASSED, CERTIFICATE), settings_at(timedelta(days=9)), "pt")
    assert "desatualizada" in (table.blocked or "")


def test_findings_that_stop_nothing_are_remarks() -> None:
    table = sales(books_with(changed("every_purchase_has_a_school", passed=False, found=2), CERTIFICATE), settings_at())
    assert table.blocked is None
    assert table.stamp.remarks == ("Does not hold everywhere: “every_purchase_has_a_school holds.” (2 rows).",)


def test_every_report_rests_on_checks_that_exist(checks_there_are: set[str]) -> None:
    assert {*WORTH_SAYING, *(name for report in REPORTS.values() for name in report.checks)} <= checks_there_are
    assert all("the_certificate_matches" in report.checks for report in REPORTS.values())


@pytest.fixture
def checks_there_are() -> set[str]:
    from pathlib import Path

    return {path.stem for path in (Path(__file__).resolve().parents[3] / "etl" / "checks").glob("*.sql")}


def test_there_is_no_report_before_the_first_sync(tmp_path: Any) -> None:
    import warehouse

    with pytest.raises(NoSnapshot):
        run(warehouse.open(tmp_path), Scope.business(), settings_at(), "sales", SEPTEMBER)
