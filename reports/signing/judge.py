"""Judges a signed document, offline: is every byte as it was signed, and by somebody who is trusted.

Stricter than usual readers of PDF: a signature's place in the file holds bytes that no signature covers (padding,
certificates that travel along, the case of hexadecimal digits). They must be exactly what we would have written.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from asn1crypto import cms, pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from errors import HourbookError
from reports.signing.seal import DIGEST, CmsSigner, completed

logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
"""It logs a trace for each certificate it cannot trust; the judgement says so in a sentence."""

State = Literal["intact", "changed", "unsigned", "untrusted"]


_SIGNER = re.compile(r"^# signer: ([0-9a-f]{64})$", re.M)
_REVOKED = re.compile(r"^# revoked: ([0-9a-f]{64}) (.{0,400})$", re.M)


class BadCertificate(HourbookError):
    """A file of certificates holds none of a signer."""


@dataclass(frozen=True)
class Trust:
    """Who is trusted: signers by their own certificates (DER).

    An authority is not: it also certifies others, who could sign receipts in the school's name.  Its certificates only
    prove what travels along with a signature.  ``revoked`` are fingerprints of signers, and why.
    """

    certificates: tuple[bytes, ...]
    authorities: tuple[bytes, ...] = ()
    revoked: Mapping[str, str] = field(default_factory=dict)
    fingerprints: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        prints = frozenset(_print(one) for one in self.certificates)
        object.__setattr__(self, "fingerprints", prints)

    @classmethod
    def of_pem(cls, texts: Iterable[bytes], source: str = "the file") -> Trust:
        """The certificates in texts of PEM, as `pem_of` writes them; raises BadCertificate where no signer's is."""
        found: list[bytes] = []
        revoked: dict[str, str] = {}
        named: set[str] = set()
        for text in texts:
            lines = text.decode("utf-8", "replace")
            revoked |= dict(_REVOKED.findall(lines))
            named |= set(_SIGNER.findall(lines))
            try:
                found += [der for kind, _, der in pem.unarmor(text, multiple=True) if kind == "CERTIFICATE"]
            except ValueError:
                continue
        if not found:
            raise BadCertificate(f"{source} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).")
        # A certificate that its own key signed often says that it may issue others: then we must be told who signs.
        signers = tuple(one for one in found if _print(one) in named or not _of_authority(one))
        authorities = tuple(one for one in found if one not in signers)
        if not signers:
            raise BadCertificate(
                f"{source} holds only certificates of authorities, which sign for others as well: use those that "
                "`hourbook receipts certificates --output` writes."
            )
        return cls(signers, authorities, revoked)


def pem_of(chains: Iterable[str], revoked: Mapping[str, str]) -> str:
    """What `Trust.of_pem` reads: chains as PEM, each from its signer on; first, who signs and who must not any more."""
    chains = list(chains)
    signers = [_print(pem.unarmor(chain.encode())[2]) for chain in chains]
    lines = [f"# signer: {fingerprint}\n" for fingerprint in dict.fromkeys(signers)]
    lines += [f"# revoked: {fingerprint} {' '.join(why.split())}\n" for fingerprint, why in sorted(revoked.items())]
    return "".join([*lines, *chains])


def _print(certificate: bytes) -> str:
    return hashlib.sha256(certificate).hexdigest()


def _of_authority(certificate: bytes) -> bool:
    """True when it may issue other certificates; one that cannot be read is nobody's."""
    try:
        extensions = x509.load_der_x509_certificate(certificate).extensions
        return extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
    except ValueError:
        return True


@dataclass(frozen=True)
class Judgement:
    """What a look at the signature alone says."""

    state: State
    reason: str
    signer: str = ""
    fingerprint: str = ""
    signed_at: datetime | None = None


def judge(content: bytes, trust: Trust) -> Judgement:
    """What the signature of a document says; never raises, whatever the bytes are."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        found = list(PdfFileReader(io.BytesIO(content), strict=False).embedded_signatures)
    except Exception as broken:  # noqa: BLE001 - any byte may be wrong, and a reader of PDF may stumble in any way
        return Judgement("changed", f"it cannot be read as PDF ({type(broken).__name__})")
    if not found:
        return Judgement("unsigned", "it carries no signature")
    if len(found) > 1:
        return Judgement("changed", "it carries more than one signature")
    try:
        return _judged(content, found[0], trust)
    except Exception as broken:  # noqa: BLE001 - a signature cut to pieces is a changed one
        return Judgement("changed", f"its signature cannot be read ({type(broken).__name__})")


def _judged(content: bytes, embedded: Any, trust: Trust) -> Judgement:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    certificate = embedded.signer_cert.dump()
    who = {
        "signer": str(embedded.signer_cert.subject.native.get("common_name", "")),
        "fingerprint": _print(certificate), "signed_at": embedded.self_reported_timestamp,
    }
    status = validate_pdf_signature(
        embedded, ValidationContext(
            trust_roots=[asn1_x509.Certificate.load(one) for one in (*trust.certificates, *trust.authorities)],
            allow_fetching=False, moment=embedded.self_reported_timestamp, revocation_mode="soft-fail",
        ),
        key_usage_settings=KeyUsageConstraints(key_usage=set()), skip_diff=True,
    )
    if not status.intact or not status.valid or status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        return Judgement("changed", "its bytes are not those that were signed", **who)
    if who["fingerprint"] not in trust.fingerprints:
        return Judgement("untrusted", f"it was signed by {who['signer']!r}, whom none of the certificates names", **who)
    if not _valid(certificate, who["signed_at"]):
        return Judgement("untrusted", f"{who['signer']!r} signed it while its certificate was not valid", **who)
    carried = [one.dump() for one in embedded.other_embedded_certs]
    given = (*trust.certificates, *trust.authorities)
    known = {certificate, *given, *_issuers(certificate, carried, given)}
    if not (_as_we_write(content, embedded, known) and _one_spelling(embedded) and _stamped_at_most(embedded, status)):
        return Judgement("changed", "bytes around its signature were changed", **who)
    return Judgement("intact", f"signed by {who['signer']}", **who)


def _valid(certificate: bytes, at: datetime | None) -> bool:
    loaded = x509.load_der_x509_certificate(certificate)
    return at is not None and loaded.not_valid_before_utc <= at <= loaded.not_valid_after_utc


def _issuers(certificate: bytes, carried: list[bytes], trusted: tuple[bytes, ...]) -> set[bytes]:
    """Of the certificates that travel along, those above the signer's, each proved by a signature up to a root.

    One whose issuer is neither with it nor trusted proves nothing: any of its bytes might have been changed.
    """
    above: list[bytes] = []
    child = x509.load_der_x509_certificate(certificate)
    loaded = {der: x509.load_der_x509_certificate(der) for der in (*carried, *trusted)}
    while (der := next((one for one in loaded if one not in above and _issued(child, loaded[one])), None)) is not None:
        above.append(der)
        if _issued(loaded[der], loaded[der]) or der in trusted:
            return set(above)
        child = loaded[der]
    return set()


def _issued(child: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        child.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _as_we_write(content: bytes, embedded: Any, known: set[bytes]) -> bool:
    """True when the place of the signature holds the signature in its one spelling, and nothing else."""
    _, start, end, _ = (int(number) for number in embedded.byte_range)
    place = content[start:end]
    if place[:1] != b"<" or place[-1:] != b">":
        return False
    signature: cms.ContentInfo = embedded.signed_data and cms.ContentInfo.load(bytes(embedded.pkcs7_content))
    again = _packed_again(signature, known)
    spelt = again.hex().encode()
    return place[1:-1] == spelt + b"0" * (len(place) - 2 - len(spelt))


def _one_spelling(embedded: Any) -> bool:
    """True when the signature is, of the two that say the same on an elliptic curve, the one that we write."""
    public = x509.load_der_x509_certificate(embedded.signer_cert.dump()).public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        return True
    info = embedded.signed_data["signer_infos"][0]
    _, second = decode_dss_signature(info["signature"].native)
    return 2 * second <= public.curve.group_order


def _stamped_at_most(embedded: Any, status: Any) -> bool:
    """True when nothing but a time stamp over the signature stands beside it: that carries a signature of its own."""
    beside = embedded.signed_data["signer_infos"][0]["unsigned_attrs"]
    if not beside.native:
        return True
    kinds = [one["type"].native for one in beside]
    stamp = status.timestamp_validity
    return kinds == ["signature_time_stamp_token"] and stamp is not None and stamp.intact and stamp.valid


def _packed_again(signature: cms.ContentInfo, known: set[bytes]) -> bytes:
    """The same signature made anew from its signed parts and from known certificates only."""
    data = signature["content"]
    info = data["signer_infos"][0]
    carried = [one.chosen.dump() for one in data["certificates"]]
    if not set(carried) <= known:
        return b""
    serial = info["sid"].chosen["serial_number"].native
    leaf = next(one for one in carried if asn1_x509.Certificate.load(one).serial_number == serial)
    signer = CmsSigner(leaf, tuple(one for one in carried if one != leaf), lambda _: info["signature"].native)
    again = completed(signer.async_sign_prescribed_attributes(DIGEST, info["signed_attrs"].untag()))
    unsigned = info["unsigned_attrs"]
    if unsigned.native:
        again["content"]["signer_infos"][0]["unsigned_attrs"] = unsigned.untag()
    made: bytes = again.dump(force=True)
    return made
