"""Reads tokens that the platform signed (JWT), by its shared secret or its public keys.

Which settings are there decides which algorithms hold, never the token: HS256 with the secret, RS256 and ES256 with
the public keys, so that a public key cannot pass for a secret and an unsigned token is nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jwt

from identity.errors import BadBearer, KeysUnavailable

if TYPE_CHECKING:
    from settings import Settings

SECRET_ALGORITHMS = frozenset({"HS256"})
KEY_ALGORITHMS = frozenset({"RS256", "ES256"})
FETCH_SECONDS = 5
KEYS_KEPT_SECONDS = 300
PAUSE_SECONDS = 10
"""How long we wait after the public keys could not be fetched, so that tokens sent meanwhile cost nothing."""

_CLAIMS = ("iss", "aud", "exp", "sub")
_DIGITS = 19
_LARGEST_ID = 2**63 - 1


def user_id(settings: Settings, token: str, now: datetime) -> int:
    """The platform's user whom the token was signed for. Raises BadBearer with the reason otherwise."""
    _check_accepted(settings)
    algorithm = _algorithm(token)
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key=_key(settings, token, algorithm),
            algorithms=[algorithm],
            issuer=settings.jwt_issuer,
            audience=settings.jwt_audience,
            # Times are compared with our own clock below, which a test or a demo may hold still.
            options={"require": list(_CLAIMS), "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
    except (jwt.PyJWTError, RecursionError) as wrong:
        raise BadBearer(f"The signed token does not hold ({_why(wrong)}). Ask the platform for a new one.") from wrong
    _check_time(claims, now.timestamp(), settings.jwt_leeway)
    return _subject(claims["sub"])


def _check_accepted(settings: Settings) -> None:
    if settings.jwt_secret is None and settings.jwt_jwks_url is None:
        raise BadBearer("Tokens signed by the platform are not accepted here: use a token made by `hourbook token`.")
    if not settings.jwt_issuer or not settings.jwt_audience:
        raise BadBearer(
            "Tokens signed by the platform are refused until HOURBOOK_JWT_ISSUER and HOURBOOK_JWT_AUDIENCE are set: "
            "without them a token made for another service would open this one."
        )


def _algorithm(token: str) -> str:
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
    except (jwt.PyJWTError, RecursionError) as wrong:
        raise BadBearer("The token is none of ours and no signed token either: check what was sent.") from wrong
    return str(algorithm)


def _key(settings: Settings, token: str, algorithm: str) -> Any:
    """What the signature is checked with: decided by our settings, refused for every other algorithm."""
    if algorithm in SECRET_ALGORITHMS and settings.jwt_secret is not None:
        return settings.jwt_secret.get_secret_value()
    if algorithm in KEY_ALGORITHMS and settings.jwt_jwks_url is not None:
        key = _keys(settings.jwt_jwks_url).signing_key(token)
        if key.algorithm_name != algorithm:
            raise BadBearer("The signed token names an algorithm that is not its key's: it was tampered with.")
        return key.key
    raise BadBearer(f"Tokens signed with {algorithm[:20]!r} are not accepted here: sign with the algorithm agreed on.")


def _check_time(claims: Mapping[str, Any], now: float, leeway: int) -> None:
    for name in ("exp", "nbf", "iat"):
        instant = claims.get(name)
        if name != "exp" and instant is None:
            continue
        if isinstance(instant, bool) or not isinstance(instant, int | float) or not 0 <= instant < 2**53:
            raise BadBearer(f"The signed token's {name} is no instant: write seconds since 1970.")
        if name == "exp" and now >= instant + leeway:
            raise BadBearer("The signed token has expired. Ask the platform for a new one.")
        if name != "exp" and now < instant - leeway:
            raise BadBearer("The signed token is not valid yet: compare the clocks of both machines.")


def _subject(subject: Any) -> int:
    """The user's id: digits and nothing else, as text (a number would lose digits in some languages)."""
    if (
        not isinstance(subject, str)
        or len(subject) > _DIGITS
        or not (subject.isascii() and subject.isdecimal())
        or subject.startswith("0")
        or int(subject) > _LARGEST_ID
    ):
        raise BadBearer("The signed token's sub is no user of the platform: write the user's id in digits.")
    return int(subject)


class _Keys:
    """The platform's public keys: fetched within a time, kept a while, not asked for again right after failing."""

    def __init__(self, url: str) -> None:
        self._client = jwt.PyJWKClient(url, lifespan=KEYS_KEPT_SECONDS, timeout=FETCH_SECONDS)
        self._lock = threading.Lock()
        self._failed_at: float | None = None

    def signing_key(self, token: str) -> jwt.PyJWK:
        if self._failed_at is not None and time.monotonic() - self._failed_at < PAUSE_SECONDS:
            raise KeysUnavailable(_UNAVAILABLE)
        try:
            key = self._client.get_signing_key_from_jwt(token)
        except (jwt.PyJWKClientConnectionError, jwt.PyJWKSetError, ValueError) as unreachable:
            self._failed_at = time.monotonic()
            raise KeysUnavailable(_UNAVAILABLE) from unreachable
        except jwt.PyJWTError as unknown:
            raise BadBearer("The signed token names no key that the platform publishes.") from unknown
        self._failed_at = None
        return key


_UNAVAILABLE = "The platform's public keys cannot be fetched now: try again in a minute."


@lru_cache(maxsize=4)
def _keys(url: str) -> _Keys:
    return _Keys(url)


def _why(wrong: Exception) -> str:
    """The reason in our words; nothing of the token is repeated."""
    reasons = {
        jwt.InvalidSignatureError: "its signature is wrong",
        jwt.InvalidIssuerError: "it comes from another issuer",
        jwt.InvalidAudienceError: "it was made for another service",
        jwt.exceptions.InvalidSubjectError: "its sub is no text",
        jwt.MissingRequiredClaimError: "it must carry iss, aud, exp and sub",
    }
    return next((words for kind, words in reasons.items() if isinstance(wrong, kind)), "it cannot be read")
