"""Signs documents, and judges signed ones: PAdES by a PKCS#12 key, offline with nothing but the public certificate."""

from reports.signing.judge import Judgement, Trust, judge, pem_of
from reports.signing.keys import Key, KeyUnusable, NoKey, aliases, key_for
from reports.signing.seal import Sealer, SignatureTooLarge

__all__ = ["Judgement", "Key", "KeyUnusable", "NoKey", "Sealer", "SignatureTooLarge", "Trust", "aliases",
    "judge", "key_for", "pem_of",
]
