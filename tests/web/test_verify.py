"""The public check of a receipt: what is genuine is called so, and who does not hold the document is told nothing."""

from __future__ import annotations

import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

import store
import warehouse
from reports import receipts
from reports.receipts import Receipt, ReceiptSettings, public_check
from reports.signing import Trust, demo_authority
from reports.signing.apart import judge_apart
from settings import Settings
from store import certificates
from tests import synthetic
from tests.reports.receipts.conftest import settings_of
from tests.reports.receipts.school import NOW, SNAPSHOT
from tests.web.asking import Answer, Asker

BOUNDARY = "b0undary"


class Office:
    """A school that has issued some receipts, and its public check."""

    def __init__(self, folder: Path) -> None:
        synthetic.publish(folder, rows=SNAPSHOT)
        keys = demo_authority.read_or_make(folder / "keys", now=NOW)
        self.chosen: Settings = settings_of(
            folder, folder, signing_pkcs12=str(keys), public_url=None, verify_per_minute=100_000,
        )
        store.migrate(self.chosen.store_url)
        self.engine: Engine = store.engine(self.chosen.store_url)
        for school_id in (1, 2):
            exempt = ReceiptSettings(vat_exemption="Exempt: education.")
            receipts.save_receipt_settings(self.engine, school_id, exempt, actor="a", now=NOW)
        self.books = warehouse.open(folder)
        self.plain, self.refunded = self.issued(1), self.issued(3)
        self.asker = Asker(self.chosen)

    def issued(self, transaction: int) -> Receipt:
        return receipts.issue(self.engine, self.books, self.chosen, transaction, actor="a", now=NOW).receipt

    def content(self, receipt: Receipt) -> bytes:
        return receipts.document(self.engine, receipt.id)

    def asked(self, number: str, code: str, *headers: tuple[str, str]) -> Answer:
        return self.asker.get(f"/verify/{number}?code={code}", *headers)

    def sent(self, content: bytes, *headers: tuple[str, str], name: str = "file") -> Answer:
        return sent(self.asker, content, *headers, name=name)


def sent(asker: Asker, content: bytes, *headers: tuple[str, str], name: str = "file", **more: Any) -> Answer:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="a.pdf"\r\n\r\n'
    body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    form = ("content-type", f"multipart/form-data; boundary={BOUNDARY}")
    parts = [body[start:start + 65_536] for start in range(0, len(body), 65_536)]
    return asker.ask("/verify", [form, *headers], method="POST", body=parts, **more)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


def text(answer: Answer) -> str:
    return answer.body.decode()


def test_the_address_printed_on_a_receipt_says_that_it_is_genuine(office: Office) -> None:
    one = office.plain
    answer = office.asked(one.number_text, one.verification_code)
    assert answer.status == 200
    for said in ("Genuine", one.number_text, "23 November 2026", "€101.00", "Escola Aprender", one.document_sha256):
        assert str(said) in text(answer)


def test_nothing_of_a_person_is_told(office: Office) -> None:
    for answer in (office.asked(office.plain.number_text, office.plain.verification_code),
                   office.sent(office.content(office.plain))):
        for personal in ("Student 1", "s1@example.com", "4242", "Visa", "10 hours", office.plain.verification_code):
            assert personal not in text(answer)


def test_a_refund_is_told_with_its_amount(office: Office) -> None:
    answer = office.asked(office.refunded.number_text, office.refunded.verification_code)
    assert "Genuine, refunded" in text(answer)
    assert text(answer).count("€103.00") == 2


def test_a_code_may_be_typed_as_it_is_printed(office: Office) -> None:
    code = office.plain.verification_code
    grouped = "-".join((code[:4], code[4:8], code[8:])).lower()
    assert office.asker.get(f"/verify?number={office.plain.number_text.lower()}&code={grouped}").status == 200


def test_a_wrong_code_reads_like_a_number_that_is_not_there(office: Office) -> None:
    number = office.plain.number_text
    other = office.refunded.verification_code
    wrong = [office.asked(number, code) for code in (other, "A" * 12, office.plain.verification_code[:-1])]
    unknown = office.asked("REC-2026-999999", other)
    assert {answer.status for answer in (*wrong, unknown)} == {404}
    pages = {text(answer).replace(number, "…").replace("REC-2026-999999", "…") for answer in (*wrong, unknown)}
    assert len(pages) == 1
    headers = [sorted(h for h in answer.headers if h[0] not in ("x-request-id", "content-length")) for answer in
               (*wrong, unknown)]
    assert all(one == headers[0] for one in headers)


@pytest.mark.parametrize(
    "path", ["/verify", "/verify/", "/verify/REC-2026-000001", "/verify/A/2026/1", "/verify?number=X"]
)
def test_without_a_code_there_is_a_form_and_no_verdict(office: Office, path: str) -> None:
    answer = office.asker.get(path)
    assert (answer.status, "role=\"status\"" in text(answer)) == (200, False)
    assert 'name="code"' in text(answer)


def test_a_number_may_hold_slashes(office: Office) -> None:
    answer = office.asker.get("/verify/FT/2026/1?code=AAAAAAAAAAAA")
    assert answer.status == 404
    assert 'value="FT/2026/1"' in text(answer)


def test_the_page_runs_nothing_and_asks_nothing_of_elsewhere(office: Office) -> None:
    answer = office.asker.get('/verify/x?code="><script>alert(1)</script>&number=<b>')
    policy = answer.header("content-security-policy") or ""
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "unsafe-inline" not in policy
    assert "<script" not in text(answer)
    assert "<b>" not in text(answer)
    assert " style=" not in text(answer)
    assert answer.header("cache-control") == "no-store"
    assert answer.header("set-cookie") is None


def test_what_is_typed_stays_text(office: Office) -> None:
    answer = office.asker.get("/verify?number=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&code=A")
    assert "<script" not in text(answer)
    assert "&quot;&gt;&lt;script" in text(answer)


@pytest.mark.parametrize(
    ("accepted", "word", "lang"), [("pt-PT,pt;q=0.9,en;q=0.8", "Autêntico", "pt"), ("de", "Genuine", "en"),
                                   ("en-GB,pt;q=0.5", "Genuine", "en")],
)
def test_it_speaks_the_browsers_language(office: Office, accepted: str, word: str, lang: str) -> None:
    one = office.plain
    answer = office.asked(one.number_text, one.verification_code, ("accept-language", accepted))
    assert word in text(answer)
    assert f'<html lang="{lang}"' in text(answer)


@pytest.mark.slow
def test_a_file_is_compared_with_what_was_issued(office: Office) -> None:
    assert "Genuine" in text(office.sent(office.content(office.plain)))
    assert "Genuine, refunded" in text(office.sent(office.content(office.refunded)))
    content = office.content(office.plain)
    changed = content[:1000] + bytes([content[1000] ^ 1]) + content[1001:]
    assert "Not as it was issued" in text(office.sent(changed))
    assert office.plain.number_text not in text(office.sent(changed))


@pytest.mark.slow
def test_a_file_signed_by_a_key_that_was_withdrawn_is_not_to_be_trusted(tmp_path: Path) -> None:
    office, other = Office(tmp_path / "1"), Office(tmp_path / "2")
    foreign = other.content(other.issued(2))
    [theirs] = certificates.known(other.engine)
    certificates.note(
        office.engine, fingerprint=theirs.fingerprint, chain=theirs.chain, subject="x", expires_at=theirs.expires_at,
        now=NOW,
    )
    assert "Not found" in text(office.sent(foreign))
    certificates.revoke(office.engine, theirs.fingerprint, reason="stolen", now=NOW)
    assert "Not to be trusted" in text(office.sent(foreign))


def bomb() -> bytes:
    """A small PDF with a stream that would become 2 GB."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(b"\0" * (1 << 20)) for _ in range(2048)) + packer.flush()
    head = b"%PDF-1.7\n1 0 obj\n<< /Type /XRef /Size 3 /W [1 2 1] /Root 2 0 R /Filter /FlateDecode /Length "
    return head + str(len(data)).encode() + b" >>\nstream\n" + data + b"\nendstream\nendobj\nstartxref\n9\n%%EOF"


def nested() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"\nendobj\nstartxref\n9\n%%EOF"


@pytest.mark.parametrize("content", [b"x", bytes(range(256)) * 400], ids=["a letter", "noise"])
def test_what_is_no_document_is_unknown(office: Office, content: bytes) -> None:
    assert "Not found" in text(office.sent(content))


@pytest.mark.slow
@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", b"%PDF-1.7\n" * 50_000, nested()], ids=["a beginning", "many beginnings", "nested"],
)
def test_a_file_that_is_nothing_is_unknown_and_harms_nothing(office: Office, content: bytes) -> None:
    answer = office.sent(content)
    assert answer.status == 200
    assert "Not found" in text(answer)


@pytest.mark.slow
def test_a_file_made_to_burst_is_given_up_within_time_and_memory(office: Office) -> None:
    started = time.monotonic()
    answer = office.sent(bomb())
    assert (answer.status, "Genuine" in text(answer)) == (200, False)
    assert time.monotonic() - started < 20


def test_reading_a_file_ends_when_its_time_is_over(office: Office) -> None:
    found = judge_apart(office.content(office.plain), Trust(()), seconds=0.01)
    assert (found.state, "reasonable time" in found.reason) == ("changed", True)


def test_a_file_too_large_is_refused_before_it_is_read(office: Office) -> None:
    answer = sent(office.asker, b"x" * (6 * 1024 * 1024))
    assert answer.status == 413
    told = office.asker.ask("/verify", [("content-length", str(50 * 1024 * 1024))], method="POST")
    assert (told.status, told.seen) == (413, None)
    other = office.asker.ask("/verify/x", [("content-length", str(1024 * 1024))], method="POST")
    assert other.status == 413


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "multipart/form-data; boundary=x", ""])
def test_a_form_that_cannot_be_read_is_told(office: Office, kind: str) -> None:
    answer = office.asker.ask("/verify", [("content-type", kind)], method="POST", body=[b"--x\r\nnonsense"])
    assert answer.status == 400
    assert 'name="file"' in text(answer)


def test_a_field_in_place_of_a_file_is_no_file(office: Office) -> None:
    assert office.sent(b"x", name="other").status == 400


def test_beyond_the_limit_one_address_waits(office: Office, edge_with: Any) -> None:
    asker = edge_with(verify_per_minute=3)
    tried = ("/verify", "/verify/", "/verify/A?code=B", "/verify/C")
    found = [asker.ask(path, peer="203.0.113.9").status for path in tried]
    assert found == [200, 200, 404, 429]
    assert sent(asker, b"x", peer="203.0.113.9").status == 429
    assert asker.ask("/verify", peer="203.0.113.10").status == 200


def test_the_check_of_a_code_gives_every_document_its_own(office: Office) -> None:
    for one in receipts.listed(office.engine):
        found = public_check.by_code(office.engine, one.number_text, one.verification_code)
        assert found is not None
        assert (found.kind, found.sha256) == (one.kind, one.document_sha256)
