"""Reads e-mail addresses as the platform holds them: fit to be sent to, or refused with the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass

import idna

from errors import HourbookError

_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]{1,64}")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_LONGEST = 254


class BadAddress(HourbookError):
    """An e-mail address cannot be sent to."""


@dataclass(frozen=True)
class Address:
    """An address whose domain is written in ASCII; its left side may be in any script."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def needs_utf8(self) -> bool:
        """Can only be sent to by a server that knows SMTPUTF8."""
        return not self.local.isascii()


def read(text: str) -> Address:
    """The address that a text is; blanks around it are forgiven.  Raises BadAddress, which does not repeat the text."""
    local, at, domain = text.strip().rpartition("@")
    if not at or not local or not domain:
        raise BadAddress("It is no e-mail address: name@domain is missing a part.")
    if not _LOCAL.fullmatch(local) or not local.isprintable() or any(one.isspace() for one in local):
        raise BadAddress("It is no e-mail address: its left side holds characters that none may hold.")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise BadAddress("It is no e-mail address: dots stand at an end of its left side or side by side.")
    ascii_domain = _domain(domain)
    if len(local.encode()) > 64 or len(local.encode()) + 1 + len(ascii_domain) > _LONGEST:
        raise BadAddress("It is no e-mail address: it is too long.")
    return Address(local, ascii_domain)


def _domain(text: str) -> str:
    try:
        domain = idna.encode(text, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise BadAddress("It is no e-mail address: its domain is none.") from None
    labels = domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise BadAddress("It is no e-mail address: its domain is none.")
    return domain
