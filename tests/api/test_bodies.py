"""The bodies of the main calls, whole: `golden/<name>.json`; `--update-golden` writes them anew for review."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.api.world import World

FOLDER = Path(__file__).with_name("golden")
CASES = {
    "balance": "/student-balance/?student_id=20&days_ahead=60",
    "balance_overdrawn": "/student-balance/?student_id=5",
    "balance_without_packages": "/student-balance/?student_id=30",
    "balance_of_the_past": "/student-balance/?student_id=20&as_of=2026-07-01T00:00:00Z",
    "history": "/student-balance/history/?student_id=7&payment_status=failed",
    "purchases": "/student-balance/purchases/?student_id=20&active_only=true&include_consumption=true",
    "check_ok": "/student-balance/check-booking/?student_id=20&duration_hours=1.00&at=2026-11-27T17:00:00Z",
    "check_too_little": "/student-balance/check-booking/?student_id=20&duration_hours=99&at=2026-11-27T17:00:00Z",
    "check_expired": "/student-balance/check-booking/?student_id=20&duration_hours=1&at=2036-11-27T17:00:00Z",
    "check_without_packages": "/student-balance/check-booking/?student_id=30&duration_hours=1",
    "usage": "/student-balance/usage/?student_id=20&group_by=week&date_from=2026-10-01",
    "proof_of_the_past": "/student-balance/proof/?student_id=20&as_of=2025-12-01T00:00:00Z",
    "pricing_plans": "/pricing-plans/",
    "admin_students": "/admin/students/?school_id=2&sort=hours_usable&descending=true&page_size=2",
    "unknown_student": "/student-balance/?student_id=4711",
    "bad_values": "/student-balance/history/?page=0&date_from=yesterday&payment_statsu=failed",
}


@pytest.mark.parametrize("name", CASES)
def test_the_body_is_as_reviewed(asked: World, name: str, request: pytest.FixtureRequest) -> None:
    answer = asked.asks("service").get(CASES[name]).json()
    text = json.dumps(answer, ensure_ascii=False, indent=2) + "\n"
    golden = FOLDER / f"{name}.json"
    if request.config.getoption("--update-golden"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


def test_every_golden_body_is_asked_for() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(CASES)
