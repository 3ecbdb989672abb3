"""What nobody foresaw stops as little as it can, and what was damaged is told and not handed on."""

import csv
import hashlib
import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import pkcs12
from sqlalchemy import Engine, text

import warehouse
from reports import receipts
from reports.receipts import rendering
from reports.signing import Key, KeyUnusable, Sealer, Trust, judge, key_for
from reports.signing.seal import CmsSigner, completed
from settings import Settings
from tests.reports.receipts.school import NOW, purchase, record
from tests.reports.receipts.test_signing import certified, settings_with

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

SEPTEMBER: dict[str, Any] = {"since": date(2026, 9, 1), "until": date(2026, 10, 1)}


def issue_september(engine: Engine, books: warehouse.Warehouse, chosen: Settings) -> receipts.Month:
    return receipts.issue_month(engine, books, chosen, **SEPTEMBER, actor="t", now=NOW)


def without_triggers(engine: Engine, statement: str, **values: object) -> None:
    """Does to the store what only its owner could do."""
    with engine.begin() as connection:
        for (name,) in connection.execute(text("select name from sqlite_master where type = 'trigger'")).all():
            connection.execute(text(f'drop trigger "{name}"'))
        connection.execute(text(statement), values)


def test_a_document_that_cannot_be_made_leaves_the_others_and_is_told_without_its_text(
    engine: Engine, books: warehouse.Warehouse, chosen: Settings, monkeypatch: pytest.MonkeyPatch,
) -> None:
    make = rendering.make

    def stumble(receipt: Any, **more: Any) -> bytes:
        if receipt.transaction_id == 2:
            raise ZeroDivisionError("secret name")
        return make(receipt, **more)

    monkeypatch.setattr(rendering, "make", stumble)
    month = issue_september(engine, books, chosen)
    told = [one for one in month.failed if "ZeroDivisionError" in one]
    assert len(told) == 1
    assert "secret" not in told[0]
    assert month.documents == receipts.verify_books(engine).records - 1
    sink = io.BytesIO()
    receipts.write_zip(engine, sink, **SEPTEMBER)
    assert receipts.waiting_of(engine, **SEPTEMBER, by="paid") == 1
    monkeypatch.undo()
    assert issue_september(engine, books, chosen).documents == 1
    assert receipts.waiting_of(engine, **SEPTEMBER, by="paid") == 0


def test_a_record_that_cannot_be_written_leaves_the_others(
    engine: Engine, books: warehouse.Warehouse, chosen: Settings, monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = receipts.verify_books(engine).records
    without_triggers(engine, (
        "create trigger poison before insert on receipts when new.transaction_id = 2 "
        "begin select raise(abort, 'poison'); end"
    ))
    month = issue_september(engine, books, chosen)
    assert [one for one in month.failed if one.startswith("Transaction 2: something unexpected")]
    walk = receipts.verify_books(engine)
    assert (walk.faults, walk.waiting, walk.records > whole) == ([], 0, True)


def test_changed_bytes_never_leave_in_an_archive(
    engine: Engine, books: warehouse.Warehouse, chosen: Settings,
) -> None:
    made = receipts.issue(engine, books, chosen, 1, actor="t", now=NOW).receipt
    without_triggers(engine, "update documents set content = x'255044'")
    with pytest.raises(receipts.DocumentChanged, match="REC-2026-000001"):
        receipts.write_zip(engine, io.BytesIO(), **SEPTEMBER)
    with pytest.raises(receipts.DocumentChanged):
        receipts.document(engine, made.id)
    without_triggers(engine, "update documents set content = 'text'")
    assert any("were changed" in fault for fault in receipts.verify_books(engine).faults)


def test_a_code_is_found_as_it_is_printed_and_as_it_is_typed(
    engine: Engine, books: warehouse.Warehouse, chosen: Settings,
) -> None:
    made = receipts.issue(engine, books, chosen, 1, actor="t", now=NOW).receipt
    code = made.verification_code
    for typed in (code, code.lower(), f"{code[:4]}-{code[4:8]}-{code[8:]}", f" {code[:4]} {code[4:]} "):
        assert receipts.by_code(engine, made.number_text, typed) == made
    for wrong in (code[:-1], "", "\ud800", "é" * 12, code + "A"):
        assert receipts.by_code(engine, made.number_text, wrong) is None


def test_the_other_spelling_of_a_signature_is_a_change(key: Key) -> None:
    class Twin(Sealer):
        def signature(self, digest: bytes) -> bytes:
            built = completed(CmsSigner(key.certificate, key.issuers, _other).async_sign(
                digest, "sha256", use_pades=True,
            ))
            return bytes(built.dump())

    def _other(data: bytes) -> bytes:
        first, second = decode_dss_signature(key.sign(data))
        assert isinstance(key.private, ec.EllipticCurvePrivateKey)
        return encode_dss_signature(first, key.private.curve.group_order - second)

    assert judge(rendering.make(record(purchase()), signer=Sealer(key)), Trust((key.certificate,))).state == "intact"
    assert judge(rendering.make(record(purchase()), signer=Twin(key)), Trust((key.certificate,))).state == "changed"


def test_a_key_of_a_curve_that_readers_refuse_signs_nothing(tmp_path: Path) -> None:
    private = ec.generate_private_key(ec.SECP256K1())
    file = tmp_path / "k1.p12"
    file.write_bytes(pkcs12.serialize_key_and_certificates(
        b"x", private, certified(private), None, serialization.NoEncryption(),
    ))
    with pytest.raises(KeyUnusable, match="P-256"):
        key_for(settings_with(file))


def test_the_index_of_an_archive_may_be_added_up(
    engine: Engine, books: warehouse.Warehouse, chosen: Settings,
) -> None:
    receipts.issue(engine, books, chosen, 3, actor="t", now=NOW)
    issue_september(engine, books, chosen)
    kept = [one for one in receipts.listed(engine, limit=500) if one.kind != "refunded_copy"]
    expected = sum((one.total if one.kind == "receipt" else -one.total for one in kept), Decimal(0))
    assert {one.kind for one in kept} == {"receipt", "credit_note"}
    sink = io.BytesIO()
    receipts.write_zip(engine, sink, since=date(2020, 1, 1), until=date(2030, 1, 1))
    with zipfile.ZipFile(sink) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
        assert all(hashlib.sha256(archive.read(row["file"])).hexdigest() == row["sha256"] for row in rows)
    assert sum((Decimal(row["total"] or 0) for row in rows), Decimal(0)) == expected
    assert any(row["kind"] == "credit_note" and row["vat"] == "0.00" for row in rows)
    assert not any(value == "-0.00" for row in rows for value in row.values())
