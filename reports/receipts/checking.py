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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from sqlalchemy import Engine

from reports.receipts.book_file import Books
from reports.signing import Judgement, Trust, judge, pem_of
from store import certificates as known_certificates
from store import receipt_lists

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


@dataclass(frozen=True)
class Issued:
    """What books say of a document that is in them, byte for byte."""

    number: str
    refunded: bool
    reason: str


class Shelf(Protocol):
    """Books to look a document up in."""

    def issued(self, digest: str) -> Issued | None:
        """The record whose document has this SHA-256, or None."""

    def knows(self, number: str) -> bool:
        """Some record has this number."""


@dataclass(frozen=True)
class OwnShelf:
    """The books of our store."""

    engine: Engine

    def issued(self, digest: str) -> Issued | None:
        """The record whose document has this SHA-256, or None."""
        for receipt in receipt_lists.by_document(self.engine, digest):
            notes = [one for one in receipt_lists.referring(self.engine, receipt.id) if one.kind == "credit_note"]
            return _issued(
                receipt.number_text, receipt.kind,
                f"issued on {receipt.issued_on}, {receipt.total:.2f} {receipt.currency}",
                [one.number_text for one in notes], f"{sum(one.total for one in notes):.2f} {receipt.currency}",
            )
        return None

    def knows(self, number: str) -> bool:
        """Some record has this number."""
        return bool(receipt_lists.by_number(self.engine, number))


@dataclass(frozen=True)
class FileShelf:
    """Books that were written into a file."""

    books: Books

    def issued(self, digest: str) -> Issued | None:
        """The record whose document has this SHA-256, or None."""
        row = self.books.documents.get(digest)
        if row is None:
            return None
        notes = self.books.credited.get((row["school_id"], row["transaction_id"]), [])
        return _issued(
            row["number_text"], row["kind"], f"issued on {row['issued_on']}, {row['total']} {row['currency']}",
            notes if row["kind"] == "receipt" else [], "money",
        )

    def knows(self, number: str) -> bool:
        """Some record has this number."""
        return number in self.books.numbers


def verify_files(
    paths: Iterable[Path], *, engine: Engine | None = None, trust: Trust | None = None,
    revoked: Mapping[str, str] | None = None, against: Books | None = None,
) -> list[Verdict]:
    """A verdict on each file, never an exception; without ``engine`` by signature, and ``against`` a file of books.

    ``revoked`` maps fingerprints of certificates, or how they begin, to why they are not trusted any more; those that
    the trust or the books call so are added.
    """
    parts = [trust or Trust(()), *([books_trust(engine)] if engine is not None else [])]
    whole = Trust(
        tuple(dict.fromkeys(one for part in parts for one in part.certificates)),
        tuple(dict.fromkeys(one for part in parts for one in part.authorities)),
    )
    distrusted = {**parts[0].revoked, **parts[-1].revoked, **(revoked or {})}
    shelf = OwnShelf(engine) if engine is not None else None if against is None else FileShelf(against)
    return [_verdict(path, shelf, whole, distrusted) for path in paths]


def verify_content(engine: Engine, content: bytes, judged: Callable[[bytes, Trust], Judgement] = judge) -> Verdict:
    """A verdict on a document by our books; ``judged`` reads it where it is not in them byte for byte."""
    shelf, number = OwnShelf(engine), number_in(content)
    found = shelf.issued(hashlib.sha256(content).hexdigest())
    if found is not None:
        return Verdict("", "refunded" if found.refunded else "genuine", found.number, found.reason)
    trust = books_trust(engine)
    return _by_signature(Path(), content, number, judged(content, trust), trust.revoked, shelf)


def books_trust(engine: Engine) -> Trust:
    """Who ever signed for these books, and who is not to be trusted any more; empty before the first signature."""
    known = known_certificates.known(engine)
    if not known:
        return Trust(())
    revoked = {
        one.fingerprint: f"{one.revoked_at:%Y-%m-%d}, {one.revoked_reason}" for one in known if one.revoked_at
    }
    return Trust.of_pem([pem_of((one.chain for one in known), revoked).encode()])


def _verdict(path: Path, shelf: Shelf | None, trust: Trust, revoked: Mapping[str, str]) -> Verdict:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            return Verdict(str(path), "unknown", "", f"larger than {_LARGEST_BYTES // 1_000_000} MB, no receipt is")
        content = path.read_bytes()
    except OSError as failure:
        return Verdict(str(path), "unknown", "", f"it cannot be read ({failure.strerror})")
    number = number_in(content)
    found = shelf.issued(hashlib.sha256(content).hexdigest()) if shelf is not None else None
    outcome: Outcome = "refunded" if found is not None and found.refunded else "genuine"
    if found is not None and isinstance(shelf, OwnShelf):
        return Verdict(str(path), outcome, found.number, found.reason)
    if found is not None and not trust.certificates:
        return Verdict(str(path), outcome, found.number, f"{found.reason}, as the books given say")
    judgement = judge(content, trust)
    if found is not None and judgement.state == "intact" and not _revoked(judgement, revoked):
        return Verdict(str(path), outcome, found.number, f"{found.reason}, {judgement.reason}")
    return _by_signature(path, content, number, judgement, revoked, None if found else shelf)


def _issued(number: str, kind: str, what: str, notes: Sequence[str], back: str) -> Issued:
    if notes:
        return Issued(number, True, f"{what}; {back} given back by {', '.join(notes)}")
    if kind == "refunded_copy":
        return Issued(number, True, f"a copy after a refund, {what}")
    return Issued(number, False, what)


def _by_signature(
    path: Path, content: bytes, number: str, found: Judgement, revoked: Mapping[str, str], shelf: Shelf | None,
) -> Verdict:
    reason = _revoked(found, revoked)
    if found.state in ("intact", "untrusted") and reason:
        why = f"the certificate of {found.signer!r} was revoked ({reason})"
        return Verdict(str(path), "revoked", number, why)
    if found.state == "intact":
        if shelf is not None:
            return Verdict(str(path), "unknown", number, f"{found.reason}, but it is not in these books")
        refunded = b", refunded_copy</rdf:li>" in content
        return Verdict(
            str(path), "refunded" if refunded else "genuine", number, f"{found.reason} on {found.signed_at:%Y-%m-%d}",
        )
    if found.state == "changed" and (_OURS in content or (number and _SEAL in content)):
        return Verdict(str(path), "changed", number, found.reason)
    if shelf is not None and number and found.state != "untrusted" and shelf.knows(number):
        return Verdict(str(path), "changed", number, "a receipt has this number, with other bytes")
    return Verdict(str(path), "unknown", number, found.reason)


def _revoked(found: Judgement, revoked: Mapping[str, str]) -> str:
    """Why its signer is not trusted any more, or nothing."""
    if not found.fingerprint:
        return ""
    return next(
        (why or "no reason" for beginning, why in revoked.items() if found.fingerprint.startswith(beginning)), "",
    )


def number_in(content: bytes) -> str:
    """The number a document carries in its metadata, or nothing; also of one that was changed."""
    title = re.search(rb'<dc:title>.{0,200}?</dc:title>|/Reason \(.{0,100}?\)', content, re.S)
    found = _NUMBER.search(title[0]) if title else None
    return found[0].decode() if found else ""


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """0 when every file is genuine or refunded, 1 otherwise."""
    return int(any(one.verdict not in ("genuine", "refunded") for one in verdicts))
