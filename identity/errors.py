"""Names why somebody is not let in: who they are is not known, or what they showed does not hold."""

from __future__ import annotations

from enum import StrEnum

from errors import HourbookError


class Reason(StrEnum):
    """Why a person is not admitted; screens have a sentence for each in every language."""

    no_email = "no_email"
    unverified = "unverified"
    unknown = "unknown"
    ambiguous = "ambiguous"
    inactive = "inactive"
    no_role = "no_role"
    no_demo = "no_demo"


_SENTENCES = {
    Reason.no_email: "The sign-in service told no e-mail: ask for its e-mail scope to be switched on.",
    Reason.unverified: "The sign-in service did not say that the e-mail was verified: verify it there, or have its "
    "issuer added to HOURBOOK_TRUSTED_ISSUERS.",
    Reason.unknown: "The school's platform knows no such person: sign in with the e-mail that the school has.",
    Reason.ambiguous: "Several people of the school's platform have this e-mail, written differently: ask the school "
    "to give each their own.",
    Reason.inactive: "This person is switched off on the school's platform: ask the school.",
    Reason.no_role: "This person has no role in any school, no hours and no children there: ask the school.",
    Reason.no_demo: "Choosing whom to be is for invented schools only: sign in.",
}


class NotAdmitted(HourbookError):
    """Somebody who is nobody here. `reason` says why; the sentence names no person."""

    def __init__(self, reason: Reason, user_id: int | None = None) -> None:
        super().__init__(_SENTENCES[reason])
        self.reason = reason
        self.user_id = user_id
        """Who it was, for the audit; None where that is not known."""


class BadBearer(HourbookError):
    """A token that does not hold: malformed, forged, expired, withdrawn, or not accepted here."""


class KeysUnavailable(BadBearer):
    """The platform's public keys cannot be fetched now, so its tokens can be neither accepted nor refused."""
