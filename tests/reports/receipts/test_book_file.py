"""Books as a file: they hold elsewhere, and whatever is done to them shows."""

import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

import warehouse
from cli.main import main
from reports import receipts
from reports.signing import Trust
from tests.reports.receipts.conftest import opened as opened_store
from tests.reports.receipts.conftest import settings_of
from tests.reports.receipts.school import NOW

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything


@pytest.fixture
def signed(tmp_path: Path, published: Path, keys: Path) -> Engine:
    """Books with a receipt, one given back in part, and one of another school."""
    chosen = settings_of(tmp_path, published, signing_pkcs12=str(keys))
    engine = opened_store(chosen)
    books = warehouse.open(published)
    for number in (1, 3, 5):
        made = receipts.issue(engine, books, chosen, number, actor="t", now=NOW).receipt
        (tmp_path / f"{number}.pdf").write_bytes(receipts.document(engine, made.id))
    receipts.credit(engine, books, chosen, 3, actor="t", now=NOW)
    with (tmp_path / "books.jsonl").open("wb") as sink:
        assert receipts.write_books(engine, sink) == len(receipts.listed(engine))
    return engine


def test_the_file_says_what_the_store_says(signed: Engine, tmp_path: Path, keys: Path) -> None:
    found, own = receipts.read_books(tmp_path / "books.jsonl"), receipts.verify_books(signed)
    assert (found.walk.faults, found.walk.records, found.walk.heads) == ([], own.records, own.heads)
    paths = [tmp_path / f"{number}.pdf" for number in (1, 3, 5)]
    trust = Trust.of_pem([(keys / "certificate.pem").read_bytes()])
    here = [one.verdict for one in receipts.verify_files(paths, engine=signed)]
    assert here == ["genuine", "refunded", "genuine"]
    assert [one.verdict for one in receipts.verify_files(paths, against=found)] == here
    assert [one.verdict for one in receipts.verify_files(paths, against=found, trust=trust)] == here
    (tmp_path / "1.pdf").write_bytes((tmp_path / "1.pdf").read_bytes() + b"\n")
    assert receipts.verify_files(paths, against=found, trust=trust)[0].verdict == "changed"


def test_a_few_lines_of_any_language_walk_the_chain(signed: Engine, tmp_path: Path) -> None:
    previous = ""
    for line in (tmp_path / "books.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        if "record" not in entry:
            previous = "0" * 64
            continue
        text = json.dumps(entry["record"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert entry["record"]["previous_hash"] == previous
        assert hashlib.sha256(text.encode()).hexdigest() == entry["hash"]
        previous = entry["hash"]


def test_every_change_of_a_line_is_a_fault_or_no_file_of_books(signed: Engine, tmp_path: Path) -> None:
    whole = (tmp_path / "books.jsonl").read_bytes()
    lines = whole.splitlines(keepends=True)
    changed = {f"line {number} gone": b"".join([*lines[:number], *lines[number + 1:]]) for number in range(len(lines))}
    changed["amount"] = whole.replace(b'"total":"', b'"total":"1', 1)
    changed["name"] = whole.replace(b"Student 1", b"Student 9", 1)
    changed["document"] = whole.replace(b'"signed_by":"', b'"signed_by":"0', 1)
    changed["twice"] = whole + whole
    changed["swapped"] = b"".join([lines[0], lines[2], lines[1], *lines[3:]])
    for name, content in changed.items():
        assert content != whole, name
        (tmp_path / "other.jsonl").write_bytes(content)
        try:
            assert receipts.read_books(tmp_path / "other.jsonl").walk.faults, name
        except receipts.NotABookFile:
            continue


def test_the_commands_write_and_walk_it(
    signed: Engine, tmp_path: Path, keys: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOURBOOK_STORE_URL", str(signed.url))
    monkeypatch.setenv("HOURBOOK_PLATFORM_URL", "postgresql://nobody@localhost/nothing")
    assert main(("receipts", "export", "--output", str(tmp_path / "b.jsonl"))) == 0
    assert (tmp_path / "b.jsonl").read_bytes() == (tmp_path / "books.jsonl").read_bytes()
    monkeypatch.setenv("HOURBOOK_STORE_URL", f"sqlite:///{tmp_path}/nothing.db")  # elsewhere, there is no store
    given = ("--against", str(tmp_path / "b.jsonl"), "--certificate", str(keys / "certificate.pem"))
    assert main(("receipts", "verify", str(tmp_path / "1.pdf"), *given)) == 0
    said = capsys.readouterr()
    assert "genuine – REC-2026-000001: issued on" in said.out
    assert "0 faults" in said.err
    (tmp_path / "b.jsonl").write_bytes(b'{"a": 1}\n')
    assert main(("receipts", "verify", "--against", str(tmp_path / "b.jsonl"))) == 1
    assert "is not a file of books" in capsys.readouterr().err
    assert not (tmp_path / "nothing.db").exists()
