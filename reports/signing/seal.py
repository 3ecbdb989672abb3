"""Seals a document while it is written: an invisible PAdES signature that allows no change (DocMDP, certification).

The signature's place is laid out with the document, so that it is written once; the signature comes from pyHanko.
With a P-256 key it is that of RFC 6979, so that the same document gets the same bytes.

Signatures of one key differ in two places only, the digest that is signed and the signature of it. pyHanko builds one
when a key is first used, and what it built is filled in anew for each document: many times faster. A time stamp
follows from the signature, so those who ask for one have each container built.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pydyf
from asn1crypto import cms, parser
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from errors import HourbookError
from reports.signing.keys import Key

_SPARE, _TIME_STAMP = 64, 12_288
"""Bytes beyond a first signature: those of ECDSA differ by a few, and a time stamp brings its own certificates."""

_SAMPLE = hashlib.sha256(b"the digest of no document").digest()

_RANGE = b"[0 0000000000 0000000000 0000000000]"
_PRINTED_AND_LOCKED = 132
DIGEST = "sha256"


class SignatureTooLarge(HourbookError):
    """The certificates do not fit into the room kept for the signature."""


class CmsSigner(Signer):
    """pyHanko's maker of CMS signatures, with any function that signs bytes."""

    def __init__(self, certificate: bytes, others: tuple[bytes, ...], sign: Callable[[bytes], bytes]) -> None:
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple([asn1_x509.Certificate.load(one) for one in others])
        super().__init__(signing_cert=asn1_x509.Certificate.load(certificate), cert_registry=registry)
        self._sign = sign

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature of the data."""
        return self._sign(data)


class Sealer:
    """Seals documents with one key, kept warm."""

    def __init__(self, key: Key, *, time_stamper: TimeStamper | None = None) -> None:
        self.key = key
        self._signer = CmsSigner(key.certificate, key.issuers, key.sign)
        self._time_stamper = time_stamper
        built = completed(self._signer.async_sign(_SAMPLE, DIGEST, use_pades=True))
        self._built, self._signed = built.dump(), built["content"]["signer_infos"][0]["signed_attrs"].untag().dump()
        self._reserved = len(self._built) + _SPARE + (_TIME_STAMP if time_stamper else 0)

    @property
    def name(self) -> str:
        """Who signs, as the certificate says."""
        return self.key.name

    def seal(self, *, at: datetime, reason: str) -> Callable[[Any], Callable[[bytes], bytes]]:
        """What `reports.render.pdf` takes as its seal.

        A record may be older than the key that signs its document: the seal is set within the key's time.
        """
        at = min(max(at, self.key.begins_at), self.key.expires_at)

        def lay_out(made: Any) -> Callable[[bytes], bytes]:
            _lay_out(made, self._reserved, at=at, reason=reason, name=self.name)
            return self._fill

        return lay_out

    def _fill(self, written: bytes) -> bytes:
        """Put the signature of everything around its place into its place."""
        start = written.index(b"/Contents <" + b"0" * 64) + len(b"/Contents ")
        end = start + 2 + 2 * self._reserved
        found = f"[0 {start:010d} {end:010d} {len(written) - end:010d}]".encode()
        at = written.index(_RANGE)
        document = bytearray(written)
        document[at:at + len(_RANGE)] = found
        digest = hashlib.sha256(bytes(document[:start]))
        digest.update(bytes(document[end:]))
        signature = self.signature(digest.digest()).hex().encode()
        if len(signature) > 2 * self._reserved:
            raise SignatureTooLarge(
                f"The signature takes {len(signature) // 2} bytes and {self._reserved} are reserved: "
                "the time-stamping authority sends more certificates than expected; use another."
            )
        document[start + 1:start + 1 + len(signature)] = signature
        return bytes(document)

    def signature(self, digest: bytes) -> bytes:
        """The CMS container over a SHA-256 digest, DER."""
        if self._time_stamper is not None:
            stamped = self._signer.async_sign(digest, DIGEST, use_pades=True, timestamper=self._time_stamper)
            return bytes(completed(stamped).dump())
        signed = self.key.sign(self._signed.replace(_SAMPLE, digest))
        return _ending(self._built.replace(_SAMPLE, digest), signed)


def _ending(value: bytes, last: bytes) -> bytes:
    """The same DER value with other bytes in its innermost last part: in a CMS container, that is the signature."""
    class_, method, tag, _, content, _ = parser.parse(value)
    if method == 0:
        return bytes(parser.emit(class_, method, tag, last))
    start = following = 0
    while following < len(content):
        start = following
        following += sum(map(len, parser.parse(content[start:])[3:]))
    return bytes(parser.emit(class_, method, tag, content[:start] + _ending(content[start:], last)))


def completed(work: Coroutine[Any, Any, cms.ContentInfo]) -> cms.ContentInfo:
    """The outcome of pyHanko's coroutine, also when called from inside an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, work).result()


class _Plain(pydyf.Dictionary):  # type: ignore[misc]
    """A dictionary that stands in the file by itself: a signature inside a compressed stream could not be filled in."""

    @property
    def compressible(self) -> bool:
        return False


class _Raw(pydyf.Object):  # type: ignore[misc]
    """A value that is written as it is."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data

    @property
    def data(self) -> bytes:
        return self._data


def _lay_out(made: Any, reserved: int, *, at: datetime, reason: str, name: str) -> None:
    """Add the signature, its field without size, and its place among the tags."""
    transform = pydyf.Dictionary({"Type": "/TransformParams", "P": 1, "V": "/1.2"})
    signature = _Plain({
        "Type": "/Sig", "Filter": "/Adobe.PPKLite", "SubFilter": "/ETSI.CAdES.detached",
        "Contents": _Raw(b"<" + b"0" * (2 * reserved) + b">"), "ByteRange": _Raw(_RANGE),
        "M": pydyf.String(at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")),
        "Name": pydyf.String(name), "Reason": pydyf.String(reason),
        "Reference": pydyf.Array([pydyf.Dictionary({
            "Type": "/SigRef", "TransformMethod": "/DocMDP", "TransformParams": transform,
        })]),
    })
    made.add_object(signature)
    page: Any = next(one for one in made.objects if isinstance(one, dict) and one.get("Type") == "/Page")
    field = pydyf.Dictionary({
        "Type": "/Annot", "Subtype": "/Widget", "FT": "/Sig", "T": pydyf.String("Signature"),
        "TU": pydyf.String(reason), "F": _PRINTED_AND_LOCKED, "Rect": pydyf.Array([0, 0, 0, 0]), "P": page.reference,
        "V": signature.reference,
    })
    made.add_object(field)
    page.setdefault("Annots", pydyf.Array()).append(field.reference)
    made.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array([field.reference]), "SigFlags": 3})
    made.catalog["Perms"] = pydyf.Dictionary({"DocMDP": signature.reference})
    if "StructTreeRoot" in made.catalog:
        _tag(made, field, page)


def _tag(made: Any, field: Any, page: Any) -> None:
    """PDF/UA wants every field in a Form tag, also one without size."""
    root = _object(made, made.catalog["StructTreeRoot"])
    document = _object(made, root["K"][0])
    numbers = _object(made, root["ParentTree"])["Nums"]
    reference = pydyf.Dictionary({"Type": "/OBJR", "Obj": field.reference, "Pg": page.reference})
    made.add_object(reference)
    form = pydyf.Dictionary({
        "Type": "/StructElem", "S": "/Form", "K": pydyf.Array([reference.reference]), "Pg": page.reference,
        "P": document.reference,
    })
    made.add_object(form)
    document["K"].append(form.reference)
    field["StructParent"] = 1 + max((number for number in numbers[::2]), default=-1)
    numbers.extend([field["StructParent"], form.reference])


def _object(made: Any, reference: bytes) -> Any:
    return made.objects[int(reference.split()[0])]
