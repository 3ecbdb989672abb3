"""Issuing: once each, in order, stopped and resumed at any point; refunds credit to the cent."""

import io
import subprocess
import sys
import time
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

import store
import warehouse
from cli.main import main
from reports import receipts
from reports.receipts import NotCompleted, ReceiptSettings
from settings import Settings
from store import receipt_lists
from store import receipts as records
from tests.reports.receipts.conftest import opened as opened_store
from tests.reports.receipts.conftest import settings_of
from tests.reports.receipts.school import EXEMPT, NOW

ROOT = Path(__file__).resolve().parents[3]
SEPTEMBER: dict[str, Any] = {"since": date(2026, 9, 1), "until": date(2026, 10, 1)}
NOVEMBER: dict[str, Any] = {"since": date(2026, 11, 1), "until": date(2026, 12, 1)}


def test_asked_again_it_is_the_same_document(engine: Engine, books: warehouse.Warehouse, chosen: Settings) -> None:
    first = receipts.issue(engine, books, chosen, 1, actor="a", now=NOW)
    again = receipts.issue(engine, books, chosen, 1, actor="b", now=NOW + timedelta(days=9))
    assert (first.created, again.created) == (True, False)
    assert first.receipt == again.receipt
    assert receipts.document(engine, first.receipt.id).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(("transaction", "failure"), [
    (40, NotCompleted), (50, receipts.NoSeller), (999, receipts.PurchaseUnknown),
])
def test_what_has_no_receipt_gets_no_number(
    transaction: int, failure: type[Exception], engine: Engine, books: warehouse.Warehouse, chosen: Settings,
) -> None:
    with pytest.raises(failure):
        receipts.issue(engine, books, chosen, transaction, actor="a", now=NOW)
    assert receipts.listed(engine) == []


def test_a_crash_before_the_document_is_finished_by_the_next_call_with_the_same_bytes(
    engine: Engine, books: warehouse.Warehouse, chosen: Settings, monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[bytes] = []

    def crash(_: object, receipt_id: int, content: bytes, **more: object) -> None:
        made.append(content)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(records, "attach", crash)
        with pytest.raises(KeyboardInterrupt):
            receipts.issue(engine, books, chosen, 1, actor="a", now=NOW)
    [waiting] = receipts.listed(engine)
    assert waiting.document_sha256 is None
    with pytest.raises(receipts.DocumentWaiting):
        receipts.document(engine, waiting.id)
    finished = receipts.issue(engine, books, chosen, 1, actor="a", now=NOW + timedelta(hours=3))
    assert (finished.created, finished.receipt.number_text) == (False, "REC-2026-000001")
    assert receipts.document(engine, waiting.id) == made[0]


def test_later_settings_do_not_touch_what_was_issued(
    engine: Engine, books: warehouse.Warehouse, chosen: Settings,
) -> None:
    before = receipts.issue(engine, books, chosen, 1, actor="a", now=NOW).receipt
    settings = ReceiptSettings(vat_rate=Decimal("23.00"), receipt_prefix="F")
    receipts.save_receipt_settings(engine, 1, settings, actor="a", now=NOW)
    assert receipts.receipt_settings(engine, 1) == settings
    assert receipts.receipt_settings(engine, 2) == EXEMPT
    after = receipts.issue(engine, books, chosen, 2, actor="a", now=NOW).receipt
    assert receipts.issue(engine, books, chosen, 1, actor="a", now=NOW).receipt == before
    assert (before.vat, before.number_text) == (Decimal("0.00"), "REC-2026-000001")
    assert (after.vat, after.number_text) == (Decimal("19.07"), "F-2026-000001")


@pytest.mark.slow
def test_refunds_are_credited_once_and_linked_both_ways(
    engine: Engine, books: warehouse.Warehouse, chosen: Settings,
) -> None:
    receipts.save_receipt_settings(engine, 1, ReceiptSettings(vat_rate=Decimal("23.00")), actor="a", now=NOW)
    with pytest.raises(receipts.NothingToCredit):
        receipts.credit(engine, books, chosen, 3, actor="a", now=NOW)
    original = receipts.issue(engine, books, chosen, 3, actor="a", now=NOW).receipt
    made = receipts.credit(engine, books, chosen, 3, actor="a", now=NOW)
    assert [(one.receipt.number_text, one.receipt.copy) for one in made] == [
        ("CN-2026-000001", 0), ("CN-2026-000002", 0), ("REC-2026-000001", 1),
    ]
    notes = [one.receipt for one in made if one.receipt.kind == "credit_note"]
    assert sum(one.total for one in notes) == original.total
    assert sum(one.vat for one in notes) == original.vat
    assert {one.original_id for one in notes} == {original.id}
    assert [one.id for one in receipts.referring(engine, original.id)] == [one.receipt.id for one in made]
    again = receipts.credit(engine, books, chosen, 3, actor="a", now=NOW)
    assert [one.receipt for one in again] == [one.receipt for one in made]
    assert not any(one.created for one in again)
    assert [one.number for one in receipt_lists.listed(engine, status="refunded")] == [1]


def test_a_refund_beyond_what_was_paid_is_told_and_not_credited(
    engine: Engine, books: warehouse.Warehouse, chosen: Settings,
) -> None:
    receipts.issue(engine, books, chosen, 4, actor="a", now=NOW)
    with pytest.raises(receipts.RefundTooLarge, match="Correct the refunds"):
        receipts.credit(engine, books, chosen, 4, actor="a", now=NOW)
    assert len(receipts.listed(engine)) == 1


@pytest.mark.slow
def test_a_key_that_cannot_be_opened_stops_documents_and_not_numbers(
    tmp_path: Path, published: Path, books: warehouse.Warehouse,
) -> None:
    chosen = settings_of(tmp_path, published, signing_pkcs12=str(tmp_path / "missing.p12"))
    engine = opened_store(chosen)
    month = receipts.issue_month(
        engine, books, chosen, since=date(2026, 9, 1), until=date(2026, 9, 2), actor="a", now=NOW,
    )
    assert month.created > 0
    assert month.documents == 0
    waiting = [sentence for sentence in month.failed if "HOURBOOK_SIGNING_PKCS12" in sentence]
    assert len(waiting) == month.created + month.credit_notes + 1  # and the copy marked REFUNDED
    repaired = settings_of(tmp_path, published)
    month = receipts.issue_month(
        engine, books, repaired, since=date(2026, 9, 1), until=date(2026, 9, 2), actor="a", now=NOW,
    )
    assert (month.created, month.documents) == (0, len(waiting))
    assert receipts.verify_books(engine).waiting == 0


@pytest.mark.slow
def test_a_month_is_issued_by_several_processes_in_the_order_of_its_purchases(
    engine: Engine, books: warehouse.Warehouse, chosen: Settings,
) -> None:
    steps: list[tuple[str, int, int]] = []
    month = receipts.issue_month(
        engine, books, chosen, **SEPTEMBER, actor="a", now=NOW, processes=2,
        progress=lambda *step: steps.append(step),
    )
    assert (month.created, month.documents, month.credit_notes) == (39, 42, 2)
    assert ["Correct the refunds" in sentence for sentence in month.failed] == [True]
    assert steps[-1] == ("documents", 42, 42)
    first_school = [one for one in receipts.listed(engine, school_ids=[1], limit=100)[::-1] if one.kind == "receipt"]
    assert [one.transaction_id for one in first_school] == [i for i in range(1, 40) if i % 5]
    assert [one.number for one in first_school] == list(range(1, 33))
    again = receipts.issue_month(engine, books, chosen, **SEPTEMBER, actor="a", now=NOW, processes=2)
    assert (again.created, again.existing, again.documents) == (0, 39, 0)
    assert receipts.verify_books(engine).faults == []


@pytest.mark.slow
def test_a_month_that_is_killed_again_and_again_ends_complete(
    tmp_path: Path, published: Path, books: warehouse.Warehouse,
) -> None:
    chosen = settings_of(tmp_path, published)
    environment = {
        "PATH": "/usr/bin:/bin", "HOURBOOK_STORE_URL": chosen.store_url, "HOURBOOK_WAREHOUSE": str(published),
        "HOURBOOK_PLATFORM_URL": "postgresql://nobody@localhost/nothing",
    }
    opened_store(chosen)
    command = [sys.executable, "-m", "cli", "receipts", "issue", "--month", "2026-09", "--processes", "2"]
    for seconds in (3, 5, 8, None):
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL, start_new_session=True,
        )
        if seconds is None:
            assert process.wait(timeout=250) == 1  # a refund larger than its purchase is told each time
        else:
            time.sleep(seconds)
            process.kill()
            process.wait()
    engine = store.engine(chosen.store_url)
    walk = receipts.verify_books(engine)
    assert (walk.records, walk.documents, walk.waiting, walk.faults) == (42, 42, 0, [])


def test_the_archive_holds_every_document_and_is_the_same_each_time(
    engine: Engine, books: warehouse.Warehouse, chosen: Settings, tmp_path: Path,
) -> None:
    made = [receipts.issue(engine, books, chosen, number, actor="a", now=NOW).receipt for number in (1, 2, 5)]
    sinks = [io.BytesIO(), io.BytesIO(), io.BytesIO()]
    assert [receipts.write_zip(engine, sink, **SEPTEMBER) for sink in sinks[:2]] == [3, 3]
    assert receipts.write_zip(engine, sinks[2], **NOVEMBER, by="issued") == 3
    assert sinks[0].getvalue() == sinks[1].getvalue() == sinks[2].getvalue()
    with zipfile.ZipFile(sinks[0]) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "school-1/REC-2026-000001.pdf", "school-1/REC-2026-000002.pdf", "school-2/REC-2026-000001.pdf", "index.csv",
        ]
        assert archive.read("school-2/REC-2026-000001.pdf") == receipts.document(engine, made[2].id)
        index = archive.read("index.csv").decode("utf-8-sig").splitlines()
    assert len(index) == 4
    assert made[0].verification_code in index[1]
    with pytest.raises(receipts.NothingIssued):
        receipts.write_zip(engine, io.BytesIO(), **NOVEMBER)


def test_the_commands_say_what_they_did(
    tmp_path: Path, published: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen = settings_of(tmp_path, published)
    for name in ("store_url", "warehouse", "platform_url"):
        monkeypatch.setenv(f"HOURBOOK_{name.upper()}", str(getattr(chosen, name)))
    monkeypatch.setenv("HOURBOOK_NOW", NOW.isoformat())
    receipts.issue(opened_store(chosen), warehouse.open(published), chosen, 1, actor="a", now=NOW)
    assert main(("receipts", "issue", "--month", "2026-08")) == 0
    assert "They are not signed" in capsys.readouterr().err
    assert main(("receipts", "list", "--search", "student 1", "--json")) == 0
    assert '"number_text": "REC-2026-000001"' in capsys.readouterr().out
    assert main(("receipts", "zip", "--month", "2026-11", "--issued", "--output", str(tmp_path / "n.zip"))) == 0
    assert main(("receipts", "zip", "--month", "2026-08", "--output", str(tmp_path / "a.zip"))) == 1
    assert [one.name for one in tmp_path.glob("*zip*")] == ["n.zip"]
    assert main(("receipts", "verify", "--books")) == 0
    assert main(("receipts", "issue", "--month", "2026-13")) == 1
    assert "is not a month" in capsys.readouterr().err
