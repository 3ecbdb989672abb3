"""Issues receipts in a process that may be killed at any point: ``python -m tests.store.issuing URL COUNT SEED``."""

import random
import sys
from datetime import UTC, datetime
from decimal import Decimal

import store
from store import receipts
from store.receipts import Wanted

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def wanted(number: int, *, school_id: int = 1, amount: Decimal = Decimal("12.30")) -> Wanted:
    """The receipt of transaction ``number``."""
    return Wanted(
        subject=f"receipt:{number}", kind="receipt", school_id=school_id, series="REC", zone="Europe/Lisbon",
        transaction_id=number, student_id=number % 7 + 1, total=amount, net=Decimal("10.00"),
        vat=amount - Decimal("10.00"), currency="EUR", language="en",
        facts={"name": f"Ana {number}", "hours": Decimal("1.5")},
        search_text=f"ana {number}", actor="test", paid_on=NOW.date(),
    )


def content(receipt: receipts.Receipt) -> bytes:
    """A document that follows from the record alone, as real ones do."""
    return f"%PDF {receipt.number_text} {receipt.verification_code}".encode()


def main(url: str, count: int, seed: int) -> None:
    """Issue all, in an order of one's own."""
    engine = store.engine(url)
    numbers = list(range(1, count + 1))
    random.Random(seed).shuffle(numbers)
    for number in numbers:
        [(receipt, _)] = receipts.record(engine, [wanted(number)], now=NOW)
        if receipt.document_sha256 is None:
            receipts.attach(engine, receipt.id, content(receipt), signed_by=None, now=NOW)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
