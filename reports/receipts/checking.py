"""Says of a file whether it is a genuine receipt: by our books where they are at hand, else by its signature alone.

| verdict | meaning |
|---|---|
| genuine | byte for byte as it was issued |
| refunded | genuine, and its money was given back since |
| changed | it was issued by us and is not as it was |
| revoked | signed by a key that is not to be trusted any more |
| unknown | nobody we know issued it |
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine

from reports.signing import Judgement, Trust, judge, pem_of
from store import certificates as known_certificates
from store import receipt_lists
from store.receipts import Receipt

Outcome = Literal["genuine", "refunded", "changed", "revoked", "unknown"]
_LARGEST_BYTES = 50_000_000
_NUMBER = re.compile(rb"[A-Z0-9]{1,6}-[0-9]{4}-[0-9]{6,}")
_OURS, _SEAL = b"<xmp:CreatorTool>Hourbook<", b"/SubFilter /ETSI.CAdES.detached"


@dataclass(frozen=True)
class Verdict:
    """One file's verdict in a word, the number it carries, and why."""

    file: str
    verdict: Outcome
    number: str
    reason: str

    @property
    def line(self) -> str:
        """All of it in one line, whatever the file is called."""
        line = f"{self.file}: {self.verdict} – {self.number or 'no number'}: {self.reason}."
        return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)


def verify_files(
    paths: Iterable[Path], *, engine: Engine | None = None, trust: Trust | None = None,
    revoked: Mapping[str, str] | None = None,
) -> list[Verdict]:
    """A verdict on each file, never an exception; without ``engine`` by signature alone.

    ``revoked`` maps fingerprints of certificates, or how they begin, to why they are not trusted any more; those that
    the trust or the books call so are added.
    """
    parts = [trust or Trust(()), *([books_trust(engine)] if engine is not None else [])]
    whole = Trust(
        tuple(dict.fromkeys(one for part in parts for one in part.certificates)),
        tuple(dict.fromkeys(one for part in parts for one in part.authorities)),
    )
    distrusted = {**parts[0].revoked, **parts[-1].revoked, **(revoked or {})}
    return [_verdict(path, engine, whole, distrusted) for path in paths]


def books_trust(engine: Engine) -> Trust:
    """Who ever signed for these books, and who is not to be trusted any more; empty before the first signature."""
    known = known_certificates.known(engine)
    if not known:
        return Trust(())
    revoked = {
        one.fingerprint: f"{one.revoked_at:%Y-%m-%d}, {one.revoked_reason}" for one in known if one.revoked_at
    }
    return Trust.of_pem([pem_of((one.chain for one in known), revoked).encode()])


def _verdict(path: Path, engine: Engine | None, trust: Trust, revoked: Mapping[str, str]) -> Verdict:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            return Verdict(str(path), "unknown", "", f"larger than {_LARGEST_BYTES // 1_000_000} MB, no receipt is")
        content = path.read_bytes()
    except OSError as failure:
        return Verdict(str(path), "unknown", "", f"it cannot be read ({failure.strerror})")
    number = number_in(content)
    if engine is not None:
        digest = hashlib.sha256(content).hexdigest()
        for receipt in receipt_lists.by_document(engine, digest):
            return _issued(path, engine, receipt)
    return _by_signature(path, content, number, judge(content, trust), revoked, engine)


def _issued(path: Path, engine: Engine, receipt: Receipt) -> Verdict:
    """In our books, byte for byte."""
    notes = [one for one in receipt_lists.referring(engine, receipt.id) if one.kind == "credit_note"]
    if notes:
        back = sum(one.total for one in notes)
        numbers = ", ".join(one.number_text for one in notes)
        reason = f"issued on {receipt.issued_on}; {back:.2f} {receipt.currency} given back by {numbers}"
        return Verdict(str(path), "refunded", receipt.number_text, reason)
    if receipt.kind == "refunded_copy":
        reason = f"a copy after a refund, issued on {receipt.issued_on}"
        return Verdict(str(path), "refunded", receipt.number_text, reason)
    reason = f"issued on {receipt.issued_on}, {receipt.total:.2f} {receipt.currency}"
    return Verdict(str(path), "genuine", receipt.number_text, reason)


def _by_signature(
    path: Path, content: bytes, number: str, found: Judgement, revoked: Mapping[str, str], engine: Engine | None,
) -> Verdict:
    reasons = [why for beginning, why in revoked.items() if found.fingerprint.startswith(beginning)]
    if found.state in ("intact", "untrusted") and reasons:
        why = f"the certificate of {found.signer!r} was revoked ({reasons[0]})"
        return Verdict(str(path), "revoked", number, why)
    if found.state == "intact":
        if engine is not None:
            return Verdict(str(path), "unknown", number, f"{found.reason}, but it is not in these books")
        refunded = b", refunded_copy</rdf:li>" in content
        return Verdict(
            str(path), "refunded" if refunded else "genuine", number, f"{found.reason} on {found.signed_at:%Y-%m-%d}",
        )
    if found.state == "changed" and (_OURS in content or (number and _SEAL in content)):
        return Verdict(str(path), "changed", number, found.reason)
    if engine is not None and number and found.state != "untrusted" and receipt_lists.by_number(engine, number):
        return Verdict(str(path), "changed", number, "a receipt has this number, with other bytes")
    return Verdict(str(path), "unknown", number, found.reason)


def number_in(content: bytes) -> str:
    """The number a document carries in its metadata, or nothing; also of one that was changed."""
    title = re.search(rb'<dc:title>.{0,200}?</dc:title>|/Reason \(.{0,100}?\)', content, re.S)
    found = _NUMBER.search(title[0]) if title else None
    return found[0].decode() if found else ""


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """0 when every file is genuine or refunded, 1 otherwise."""
    return int(any(one.verdict not in ("genuine", "refunded") for one in verdicts))
