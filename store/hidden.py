"""Makes secrets and what is kept of them: only a hash, so that who reads our tables cannot use them."""

from __future__ import annotations

import hashlib
import secrets


def made() -> str:
    """A new secret of 43 characters that are safe in an address: 256 random bits."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """What is kept of a secret and looked up by: its SHA-256. With 256 random bits nothing slower is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
