"""Whether a file is genuine: one word for each, by the books or by the public certificate alone."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from sqlalchemy import Engine

import warehouse
from cli.main import main
from reports import receipts
from reports.receipts import rendering
from reports.signing import KeyUnusable, Sealer, Trust, demo_authority, judge, key_for, pem_of
from reports.signing.judge import BadCertificate
from settings import Settings
from store import certificates
from tests.reports.receipts.conftest import opened as opened_store
from tests.reports.receipts.conftest import settings_of
from tests.reports.receipts.school import NOW, purchase, record

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything


@pytest.fixture(scope="module")
def genuine(sealer: Sealer) -> bytes:
    return rendering.make(record(purchase()), signer=sealer)


@pytest.fixture(scope="module")
def trust(keys: Path) -> Trust:
    return Trust.of_pem([(keys / "certificate.pem").read_bytes()])


def changed(content: bytes, place: int, value: int | None = None) -> bytes:
    other = bytearray(content)
    other[place] = other[place] ^ 1 if value is None else value
    return bytes(other)


def test_a_genuine_document_is_judged_so(genuine: bytes, trust: Trust, sealer: Sealer) -> None:
    assert judge(genuine, trust).state == "intact"
    assert judge(genuine, Trust((sealer.key.certificate,))).state == "intact"
    assert judge(genuine, Trust(())).state == "untrusted"


def test_changed_bytes_are_found_wherever_they_are(genuine: bytes, trust: Trust) -> None:
    start, chance = genuine.index(b"/Contents <") + 10, random.Random(3)
    end = genuine.index(b">", start)
    places = [0, 20, len(genuine) - 3, start, start + 1, end - 1, end, *chance.sample(range(len(genuine)), 15)]
    assert [place for place in places if judge(changed(genuine, place), trust).state == "intact"] == []
    for appended in (b"\n", b" ", b"%%EOF\n"):
        assert judge(genuine + appended, trust).state == "changed"
    assert judge(genuine[:-1], trust).state == "changed"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_digit_of_the_signature_counts(genuine: bytes, trust: Trust) -> None:
    """Everything else in the file is under the digest, of which a sample is enough; here is what no digest covers."""
    start = genuine.index(b"/Contents <") + 11
    end = genuine.index(b">", start)
    used = end - start - len(genuine[start:end]) + len(genuine[start:end].rstrip(b"0"))
    letters = [place for place in range(start, start + used) if genuine[place:place + 1].isalpha()]
    tries = [(place, ord("1") if genuine[place] != ord("1") else ord("2")) for place in range(start, start + used)]
    tries += [(place, genuine[place] ^ 0x20) for place in letters[::25]]  # the same digit as a capital
    tries += [(place, ord("1")) for place in range(start + used, end, 20)]
    assert len(tries) > 1000
    missed = [place - start for place, to in tries if judge(changed(genuine, place, to), trust).state == "intact"]
    assert missed == []


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_sample_of_all_bytes_counts(genuine: bytes, trust: Trust) -> None:
    missed = [
        place for place in range(0, len(genuine), 151)
        if judge(changed(genuine, place, genuine[place] ^ 1), trust).state == "intact"
    ]
    assert missed == []


def test_after_the_key_was_changed_old_documents_still_verify(
    tmp_path: Path, published: Path, books: warehouse.Warehouse,
) -> None:
    first, second = tmp_path / "first.p12", tmp_path / "second.p12"
    first.write_bytes(demo_authority.make("First", now=NOW, password=b"secret")[0])
    second.write_bytes(demo_authority.make("Second", now=NOW, password=b"secret")[0])
    files = []
    for number, key in enumerate((first, second), start=1):
        chosen = settings_of(tmp_path, published, signing_pkcs12=str(key), signing_password="secret")
        engine = opened_store(chosen)
        made = receipts.issue(engine, books, chosen, number, actor="test", now=NOW)
        files.append(tmp_path / f"{number}.pdf")
        files[-1].write_bytes(receipts.document(engine, made.receipt.id))
    assert [one.verdict for one in receipts.verify_files(files, engine=engine)] == ["genuine", "genuine"]
    public = Trust.of_pem([one.chain.encode() for one in certificates.known(engine)])
    assert [one.verdict for one in receipts.verify_files(files, trust=public)] == ["genuine", "genuine"]
    assert {one.subject for one in certificates.known(engine)} == {"First", "Second"}


def test_each_file_gets_its_word(
    tmp_path: Path, published: Path, books: warehouse.Warehouse, keys: Path, capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen = settings_of(tmp_path, published, signing_pkcs12=str(keys))
    engine = opened_store(chosen)
    made = {number: receipts.issue(engine, books, chosen, number, actor="t", now=NOW).receipt for number in (1, 3)}
    receipts.credit(engine, books, chosen, 3, actor="t", now=NOW)
    content = receipts.document(engine, made[1].id)
    other = demo_authority.read_or_make(tmp_path / "other", now=NOW)
    other_key = key_for(Settings.model_validate({"platform_url": "postgresql://a@b/c", "signing_pkcs12": str(other)}))
    assert other_key is not None
    files = {
        "genuine": content, "refunded": receipts.document(engine, made[3].id), "changed": changed(content, 20_000),
        "forged": rendering.make(record(purchase()), signer=Sealer(other_key)), "picture": b"\x89PNG", "empty": b"",
        "unsigned": rendering.make(record(purchase())),
    }
    for name, bytes_ in files.items():
        (tmp_path / f"{name}.pdf").write_bytes(bytes_)
    paths = [tmp_path / f"{name}.pdf" for name in files]

    def verdicts(**how: object) -> dict[str, str]:
        found = receipts.verify_files(paths, **how)  # type: ignore[arg-type]
        return {Path(one.file).stem: one.verdict for one in found}

    strangers = dict.fromkeys(("forged", "picture", "empty", "unsigned"), "unknown")
    assert verdicts(engine=engine) == {
        "genuine": "genuine", "refunded": "refunded", "changed": "changed", **strangers,
    } | {"picture": verdicts(engine=engine)["picture"]}
    trust = Trust.of_pem([(keys / "certificate.pem").read_bytes()])
    offline = verdicts(trust=trust)
    assert (offline["genuine"], offline["changed"], offline["forged"]) == ("genuine", "changed", "unknown")
    fingerprint = made[1].signed_by or receipts.by_id(engine, made[1].id).signed_by or ""
    assert verdicts(trust=trust, revoked={fingerprint: "stolen"})["genuine"] == "revoked"
    certificates.revoke(engine, fingerprint[:12], reason="stolen", now=NOW + timedelta(days=1))
    assert verdicts(engine=engine)["genuine"] == "genuine"  # in the books, byte for byte

    monkeypatch.chdir(tmp_path)
    certificate = str(keys / "certificate.pem")
    assert main(("receipts", "verify", "genuine.pdf", "--certificate", certificate)) == 0
    assert "genuine.pdf: genuine – REC-2026-000001: signed by" in capsys.readouterr().out
    assert main(("receipts", "verify", "genuine.pdf", "changed.pdf", "--certificate", certificate)) == 1
    assert "changed.pdf: changed – REC-2026-000001: its bytes are not" in capsys.readouterr().out
    assert main(("receipts", "verify", "genuine.pdf", "--certificate", "genuine.pdf")) == 1


def test_the_books_of_issued_receipts_hold(
    engine: Engine, books: warehouse.Warehouse, chosen: Settings,
) -> None:
    receipts.issue(engine, books, chosen, 1, actor="t", now=NOW)
    walk = receipts.verify_books(engine)
    assert (walk.faults, walk.records, walk.documents, walk.waiting) == ([], 1, 1, 0)


def test_another_holder_of_a_certificate_of_the_same_authority_signs_nothing_genuine(tmp_path: Path) -> None:
    authority, certified = authority_with("school", "stranger")
    for name, (key, certificate) in certified.items():
        (tmp_path / f"{name}.p12").write_bytes(pkcs12.serialize_key_and_certificates(
            name.encode(), key, certificate, [authority], serialization.NoEncryption(),
        ))
    keys_of = {
        name: key_for(Settings.model_validate({
            "platform_url": "postgresql://a@b/c", "signing_pkcs12": str(tmp_path / f"{name}.p12"),
        })) for name in certified
    }
    school, stranger = keys_of["school"], keys_of["stranger"]
    assert school is not None
    assert stranger is not None
    trust = Trust.of_pem([pem_of([school.chain], {}).encode()])
    made = {name: rendering.make(record(purchase()), signer=Sealer(key)) for name, key in keys_of.items() if key}
    assert judge(made["school"], trust).state == "intact"
    assert judge(made["stranger"], trust).state == "untrusted"
    own = pem_of([authority.public_bytes(serialization.Encoding.PEM).decode()], {})
    assert Trust.of_pem([own.encode()]).certificates == (authority.public_bytes(serialization.Encoding.DER),)
    with pytest.raises(BadCertificate, match="only certificates of authorities"):
        Trust.of_pem([authority.public_bytes(serialization.Encoding.PEM)])


def test_what_a_revoked_key_signed_is_called_so_also_elsewhere(tmp_path: Path, sealer: Sealer, genuine: bytes) -> None:
    public = pem_of([sealer.key.chain], {sealer.key.fingerprint: "2026-11-24, stolen\nand more"})
    (tmp_path / "a\nb.pdf").write_bytes(genuine)
    [verdict] = receipts.verify_files([tmp_path / "a\nb.pdf"], trust=Trust.of_pem([public.encode()]))
    assert verdict.verdict == "revoked"
    assert "2026-11-24, stolen and more" in verdict.line
    assert "\n" not in verdict.line


def test_a_key_signs_only_while_its_certificate_is_valid(
    tmp_path: Path, published: Path, books: warehouse.Warehouse, keys: Path,
) -> None:
    chosen = settings_of(tmp_path, published, signing_pkcs12=str(keys))
    engine = opened_store(chosen)
    before = receipts.issue(engine, books, chosen, 2, actor="t", now=NOW - timedelta(days=365)).receipt
    (tmp_path / "2.pdf").write_bytes(receipts.document(engine, before.id))
    trust = Trust.of_pem([(keys / "certificate.pem").read_bytes()])
    [verdict] = receipts.verify_files([tmp_path / "2.pdf"], trust=trust)
    assert verdict.verdict == "genuine"
    with pytest.raises(KeyUnusable, match="expired on"):
        receipts.issue(engine, books, chosen, 1, actor="t", now=NOW + timedelta(days=365 * 30))


def authority_with(*names: str) -> tuple[x509.Certificate, dict[str, tuple[ec.EllipticCurvePrivateKey, Any]]]:
    """An authority that certifies several, none of them as an authority."""
    above = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Everybody's authority")])

    def certificate(name: x509.Name, key: Any, *, authority: bool) -> x509.Certificate:
        return x509.CertificateBuilder(
            issuer_name=issuer, subject_name=name, public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=NOW - timedelta(days=9), not_valid_after=NOW + timedelta(days=900),
        ).add_extension(
            x509.BasicConstraints(ca=authority, path_length=None), critical=True,
        ).sign(above, hashes.SHA256())

    made = {name: ec.generate_private_key(ec.SECP256R1()) for name in names}
    return certificate(issuer, above, authority=True), {
        name: (key, certificate(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key, authority=False))
        for name, key in made.items()
    }
