"""What commands issue and hand out is written down, by counts and ids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import audit
import settings
import store
from reports.receipts import ReceiptSettings, save_receipt_settings
from store import certificates
from tests.cli.conftest import Ran

pytestmark = [pytest.mark.usefixtures("at_school"), pytest.mark.slow]


def entries(event: audit.Event) -> list[dict[str, Any]]:
    found = audit.entries(store.engine(settings.load().store_url), event=event, limit=5)
    assert all(one.actor.startswith("cli:") for one in found)
    return [{"object": one.object, "student": one.student_id, **one.details} for one in found]


def test_a_report_and_a_statement_leave_an_entry_each(ran: Ran, tmp_path: Path) -> None:
    assert ran("report", "revenue_by_plan", "--month", "2026-09", "--format", "csv", "--output", str(tmp_path))[0] == 0
    [entry] = [one for one in entries(audit.Event.EXPORTED) if one.get("report") == "revenue_by_plan"][:1]
    assert entry["format"] == "csv"
    from cli.books import find_student
    from cli.options import published

    student = find_student(published(), "maria.silva@example.com")
    assert ran("statement", "--student", "maria.silva@example.com", "--month", "2026-09")[0] == 0
    assert entries(audit.Event.DOWNLOADED)[0] == {
        "object": None, "student": student, "what": "statement", "format": "screen",
    }


@pytest.mark.slow
def test_issuing_packing_and_revoking_leave_an_entry_each(ran: Ran, tmp_path: Path) -> None:
    chosen = settings.load()
    engine = store.engine(chosen.store_url)
    for school_id in (1, 2, 3):
        exempt = ReceiptSettings(vat_exemption="Exempt: education.")
        save_receipt_settings(engine, school_id, exempt, actor="a", now=chosen.clock())
    ran("receipts", "issue", "--month", "2026-09", "--processes", "1")
    [issued] = entries(audit.Event.RECEIPT_ISSUED)
    assert (issued["object"], issued["mailed"]) == ("month:2026-09", True)
    assert issued["created"] > 0
    assert ran("receipts", "zip", "--month", "2026-09", "--output", str(tmp_path / "a.zip"))[0] == 0
    assert entries(audit.Event.EXPORTED)[0]["what"] == "receipts_zip"
    [key] = certificates.known(engine)
    assert ran("receipts", "revoke", key.fingerprint[:12], "--reason", "a trial")[0] == 0
    assert entries(audit.Event.CERTIFICATE_REVOKED)[0]["object"] == f"certificate:{key.fingerprint[:32]}"
    assert audit.verify(engine).holds
