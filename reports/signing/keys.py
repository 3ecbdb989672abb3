"""Finds the key that signs: a PKCS#12 file of the settings, or in a demo school one that was made by itself.

``HOURBOOK_SIGNING_PKCS12`` is one file, or a folder with a file for each alias that schools may choose
(``default.p12``, ``lisboa.p12`` …).  Keys are kept in memory once read; putting another file there changes the key.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from errors import HourbookError
from reports.signing import demo_authority

if TYPE_CHECKING:
    from settings import Settings

_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
DEFAULT_ALIAS = "default"


class KeyUnusable(HourbookError):
    """The key file is missing, cannot be opened, or holds a key that readers of PDF would not accept."""


class NoKey(HourbookError):
    """A school chose a key by its alias, and there is none of that name."""


@dataclass(frozen=True)
class Key:
    """A private key with its certificate and those that issued it (DER)."""

    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = field(repr=False)
    certificate: bytes = field(repr=False)
    issuers: tuple[bytes, ...] = field(repr=False)
    name: str
    begins_at: datetime
    expires_at: datetime

    def require_valid(self, now: datetime) -> None:
        """Raises KeyUnusable while its certificate is not valid: nobody would accept what it signs."""
        if now < self.begins_at:
            raise KeyUnusable(
                f"The certificate of {self.name} is valid from {self.begins_at:%Y-%m-%d %H:%M} UTC only: wait, or sign "
                "with another key (HOURBOOK_SIGNING_PKCS12)."
            )
        if now > self.expires_at:
            raise KeyUnusable(
                f"The certificate of {self.name} expired on {self.expires_at:%Y-%m-%d}: put a key with a new one in "
                "its place (HOURBOOK_SIGNING_PKCS12); receipts signed before stay genuine."
            )

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, by which a record says who signed."""
        return hashlib.sha256(self.certificate).hexdigest()

    @property
    def chain(self) -> str:
        """The certificate and its issuers as PEM: all that a check needs, and nothing secret."""
        loaded = (x509.load_der_x509_certificate(one) for one in (self.certificate, *self.issuers))
        return "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in loaded)

    def sign(self, data: bytes) -> bytes:
        """The signature; the same data always gets the same one (RFC 6979, PKCS #1 v1.5)."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        first, second = decode_dss_signature(
            self.private.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        )
        # Of the two spellings that every signature has, always the same one: the judge takes no other.
        return encode_dss_signature(first, min(second, self.private.curve.group_order - second))


def aliases(settings: Settings) -> tuple[str, ...]:
    """The keys that schools may choose among besides the usual one."""
    place = settings.signing_pkcs12
    if place is None or not place.is_dir():
        return ()
    return tuple(sorted(file.stem for file in place.glob("*.p12") if file.stem != DEFAULT_ALIAS))


def key_for(settings: Settings, alias: str = "") -> Key | None:
    """The key of an alias; None where the settings name none and the school is no demo.

    Raises KeyUnusable and NoKey.
    """
    password = settings.signing_password.get_secret_value() if settings.signing_password else ""
    place = settings.signing_pkcs12
    if place is None:
        if not settings.demo:
            return None
        place = demo_authority.read_or_make(settings.key_file.parent / "signing", now=settings.clock())
        password, alias = "", ""
    if place.is_dir():
        file = place / f"{alias or DEFAULT_ALIAS}.p12"
        if not file.exists():
            raise NoKey(f"There is no key {file.name} in {place}: put it there, or choose another signing alias.")
    else:
        file = place
        if alias and alias != DEFAULT_ALIAS:
            raise NoKey(
                f"The school chose the signing key {alias!r}, and HOURBOOK_SIGNING_PKCS12 is a single file: "
                "make it a folder with one file for each alias."
            )
    return _loaded(file, password)


def _loaded(file: Path, password: str) -> Key:
    try:
        stat = file.stat()
    except OSError as failure:
        raise KeyUnusable(
            f"The signing key {file} cannot be read ({failure.strerror}): see HOURBOOK_SIGNING_PKCS12."
        ) from failure
    return _read(file, password, (stat.st_ino, stat.st_mtime_ns, stat.st_size))


@lru_cache(maxsize=16)
def _read(file: Path, password: str, seen: tuple[int, int, int]) -> Key:
    try:
        private, certificate, others = pkcs12.load_key_and_certificates(
            file.read_bytes(), password.encode() if password else None,
        )
    except (OSError, ValueError) as failure:
        raise KeyUnusable(
            f"The signing key {file} cannot be opened: check HOURBOOK_SIGNING_PASSWORD, and that it is a PKCS#12 file."
        ) from failure
    if certificate is None or private is None:
        raise KeyUnusable(f"The signing key {file} has no certificate with its key: export both into one PKCS#12 file.")
    if isinstance(private, rsa.RSAPrivateKey) and private.key_size < 2048:
        raise KeyUnusable(f"The RSA key in {file} has {private.key_size} bits: use at least 2048, or P-256.")
    if not isinstance(private, rsa.RSAPrivateKey) and not (
        isinstance(private, ec.EllipticCurvePrivateKey) and isinstance(private.curve, _CURVES)
    ):
        raise KeyUnusable(
            f"The key in {file} is neither RSA nor of P-256, P-384 or P-521: readers of PDF refuse its signatures."
        )
    return Key(
        private=private, certificate=certificate.public_bytes(serialization.Encoding.DER),
        issuers=tuple(one.public_bytes(serialization.Encoding.DER) for one in others),
        name=_name(certificate), begins_at=certificate.not_valid_before_utc,
        expires_at=certificate.not_valid_after_utc,
    )


def _name(certificate: x509.Certificate) -> str:
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        found = certificate.subject.get_attributes_for_oid(kind)
        if found:
            return str(found[0].value)
    return certificate.subject.rfc4514_string()
