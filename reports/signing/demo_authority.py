"""Makes a demo school's own certificate authority and signing key, once; nobody else trusts them, and they say so."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID, ObjectIdentifier

_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
_YEARS = 20


def read_or_make(folder: Path, *, now: datetime) -> Path:
    """The folder with ``default.p12`` and its public part; made at the first call, and the first of several wins."""
    key, public = folder / "default.p12", folder / "certificate.pem"
    if not (key.exists() and public.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        _place(key, make("Hourbook demo school", now=now)[0])
        _, signer, issuers = pkcs12.load_key_and_certificates(key.read_bytes(), None)  # of whoever was first
        _place(public, b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (signer, *issuers) if one))
    return folder


def make(name: str, *, now: datetime, password: bytes | None = None) -> tuple[bytes, bytes]:
    """A PKCS#12 file with a P-256 key, its certificate and its authority's; and the authority's certificate as PEM."""
    authority_key, signing_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name = _named(f"{name} – certificate authority")
    authority = (
        _begun(authority_name, authority_name, authority_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    signing = (
        _begun(_named(name), authority_name, signing_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([_DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(signing_key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False,
        )
        .sign(authority_key, hashes.SHA256())
    )
    protection = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    store = pkcs12.serialize_key_and_certificates(name.encode(), signing_key, signing, [authority], protection)
    return store, authority.public_bytes(serialization.Encoding.PEM)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime,
) -> x509.CertificateBuilder:
    """Valid from a year back, so that a clock set back in a demo does not matter."""
    return x509.CertificateBuilder(
        subject_name=subject, issuer_name=issuer, public_key=key, serial_number=x509.random_serial_number(),
        not_valid_before=now - timedelta(days=366), not_valid_after=now + timedelta(days=365 * _YEARS),
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_cert_sign=authority, crl_sign=authority,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )


def _place(file: Path, content: bytes) -> None:
    """Written in full under another name, then linked: a link never replaces."""
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # made with mode 0600
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        os.link(draft, file)
    except FileExistsError:
        return
    finally:
        os.unlink(draft)
