"""Keys and seals: what may sign, what is refused with a sentence, and time stamps of an outside authority."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from reports.receipts import rendering
from reports.signing import Key, KeyUnusable, NoKey, Sealer, Trust, demo_authority, judge, key_for
from reports.signing.seal import CmsSigner, completed
from reports.signing.time_stamps import TimeStampRefused, WebTimeStamper
from settings import Settings
from tests.reports.receipts.school import NOW, purchase, record

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything


def settings_with(place: Path | None, password: str | None = None, *, demo: Path | None = None) -> Settings:
    return Settings.model_validate({
        "platform_url": f"sqlite:///{demo}/p.db" if demo else "postgresql://a@b/c",
        "store_url": f"sqlite:///{demo}/s.db" if demo else "sqlite:///var/store.db", "now": NOW.isoformat(),
        "signing_pkcs12": None if place is None else str(place), "signing_password": password,
    })


def certified(private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, *, stamping: bool = False) -> x509.Certificate:
    """A certificate that its own key signed."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Escola")])
    made = x509.CertificateBuilder(
        issuer_name=name, subject_name=name, public_key=private.public_key(), serial_number=77,
        not_valid_before=NOW - timedelta(days=9), not_valid_after=NOW + timedelta(days=900),
    )
    if stamping:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        made = made.add_extension(usage, critical=True)
    return made.sign(private, hashes.SHA256())


def packed(private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, folder: Path, name: str) -> Path:
    file = folder / name
    file.write_bytes(pkcs12.serialize_key_and_certificates(
        b"x", private, certified(private), None, serialization.NoEncryption(),
    ))
    return file


def test_without_a_key_nothing_signs_outside_a_demo(tmp_path: Path) -> None:
    assert key_for(settings_with(None)) is None
    first = key_for(settings_with(None, demo=tmp_path))
    assert first is not None
    assert first == key_for(settings_with(None, demo=tmp_path))
    assert (tmp_path / "signing" / "default.p12").stat().st_mode & 0o077 == 0


def test_an_rsa_key_signs_as_well(tmp_path: Path) -> None:
    key = key_for(settings_with(packed(rsa.generate_private_key(65537, 2048), tmp_path, "rsa.p12")))
    assert key is not None
    made = [rendering.make(record(purchase()), signer=Sealer(key)) for _ in range(2)]
    assert made[0] == made[1]
    assert judge(made[0], Trust((key.certificate,))).state == "intact"


@pytest.mark.parametrize("private", [ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)])
def test_a_container_filled_in_anew_is_the_one_that_would_be_built(
    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, tmp_path: Path,
) -> None:
    key = key_for(settings_with(packed(private, tmp_path, "key.p12")))
    assert key is not None
    sealer, signer = Sealer(key), CmsSigner(key.certificate, key.issuers, key.sign)
    for number in range(100):  # signatures of P-256 are of several lengths
        digest = hashlib.sha256(str(number).encode()).digest()
        built = completed(signer.async_sign(digest, "sha256", use_pades=True)).dump()
        assert sealer.signature(digest) == built


def test_a_school_chooses_its_key_by_alias(tmp_path: Path) -> None:
    for name in ("default.p12", "lisboa.p12"):
        packed(ec.generate_private_key(ec.SECP256R1()), tmp_path, name)
    folder = settings_with(tmp_path)
    chosen = [key_for(folder), key_for(folder, "lisboa")]
    assert len({one.fingerprint for one in chosen if one}) == 2
    for settings in (folder, settings_with(tmp_path / "default.p12")):
        with pytest.raises(NoKey):
            key_for(settings, "porto")


def test_what_cannot_sign_is_refused_with_a_sentence(tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.p12" for name in ("broken", "password", "weak", "edwards")}
    files["broken"].write_bytes(b"no key")
    files["password"].write_bytes(demo_authority.make("x", now=NOW, password=b"right")[0])
    packed(rsa.generate_private_key(65537, 1024), tmp_path, "weak.p12")
    edwards = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "E")])
    certificate = x509.CertificateBuilder(
        issuer_name=name, subject_name=name, public_key=edwards.public_key(), serial_number=1, not_valid_before=NOW,
        not_valid_after=NOW + timedelta(days=1),
    ).sign(edwards, None)
    files["edwards"].write_bytes(
        pkcs12.serialize_key_and_certificates(b"x", edwards, certificate, None, serialization.NoEncryption())
    )
    for file in (*files.values(), tmp_path / "missing.p12"):
        with pytest.raises(KeyUnusable):
            key_for(settings_with(file, "wrong" if file == files["password"] else None))


def test_a_new_key_in_the_same_place_is_used_at_once(tmp_path: Path) -> None:
    file = packed(ec.generate_private_key(ec.SECP256R1()), tmp_path, "k.p12")
    before = key_for(settings_with(file))
    file.unlink()
    packed(ec.generate_private_key(ec.SECP256R1()), tmp_path, "k.p12")
    after = key_for(settings_with(file))
    assert before is not None
    assert after is not None
    assert before.fingerprint != after.fingerprint


@contextmanager
def time_stamping_authority(*, works: bool = True) -> Iterator[str]:
    """An authority on this machine."""
    private = rsa.generate_private_key(65537, 2048)
    stamper = DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(certified(private, stamping=True).public_bytes(serialization.Encoding.DER)),
        tsa_key=asn1_keys.PrivateKeyInfo.load(private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption(),
        )),
    )

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200 if works else 503)
            self.end_headers()
            if works:
                self.wfile.write(stamper.request_tsa_response(tsp.TimeStampReq.load(body)).dump())

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_authority_stamps_the_time(key: Key, keys: Path) -> None:
    with time_stamping_authority() as address:
        content = rendering.make(record(purchase()), signer=Sealer(key, time_stamper=WebTimeStamper(address)))
    trust = Trust.of_pem([(keys / "certificate.pem").read_bytes()])
    assert judge(content, trust).state == "intact"
    place = content.index(b"/Contents <") + 12
    for at in (place + 200, place + 3000):
        changed = bytearray(content)
        changed[at] = ord("1") if changed[at] != ord("1") else ord("2")
        assert judge(bytes(changed), trust).state == "changed"


def test_an_authority_that_does_not_answer_is_told(key: Key) -> None:
    with time_stamping_authority(works=False) as address, pytest.raises(TimeStampRefused, match="Issue again later"):
        rendering.make(record(purchase()), signer=Sealer(key, time_stamper=WebTimeStamper(address)))
