"""Decides what a setting's text may be: one kind per sort of value, each refusing with what to write instead."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_core import ErrorDetails
from pydantic_settings import NoDecode

HIDDEN = "***"
"""What stands in the place of a secret wherever it could be read."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_PERSON = re.compile(r"(?:[1-9]\d{0,18}|[^\s@,:]+@[^\s@,:]+)(?::[1-9]\d{0,18})?")


def masked_url(url: str) -> str:
    """The address with its password replaced by three stars, wherever the password stands."""
    address, mark, query = url.partition("?")
    scheme, slashes, rest = address.partition("://")
    user, at, place = rest.rpartition("@")
    if at and ":" in user:
        address = f"{scheme}{slashes}{user.partition(':')[0]}:{HIDDEN}@{place}"
    query = re.sub(r"((?:^|&)[^=&]*(?:password|secret|key)[^=&]*=)[^&]*", rf"\1{HIDDEN}", query, flags=re.IGNORECASE)
    return address + mark + query


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError("it is not a time zone; use an IANA name such as Europe/Lisbon") from unknown
    return name


def _memory(size: str) -> str:
    if not re.fullmatch(r"[1-9]\d*(\.\d+)?\s?([KMGT]i?B)", size):
        raise ValueError("it is not an amount of memory; write for example 4GB")
    return size


def _upper(text: Any) -> Any:
    return text.upper() if isinstance(text, str) else text


def _parts(text: Any) -> Any:
    """The entries of a list written with commas; what is no text is left for the type to judge."""
    return tuple(part for part in re.split(r"[,\s]+", text) if part) if isinstance(text, str) else text


def _host(name: str) -> str:
    """A host's name or number in lower case; IPv6 without its brackets."""
    bare = name.lower().removeprefix("[").removesuffix("]").removesuffix(".")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        if not _NAME.fullmatch(bare):
            raise ValueError("it is not a host's name; write for example hours.school.pt, without scheme or port"
                             ) from None
        return bare


def _safe_address(address: str) -> str:
    """The address, refused unless it is https with a host, or http on this machine, and holds no password."""
    wrong = ValueError("it is not an address; write for example https://hours.school.pt")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if not host or parts.scheme not in ("http", "https") or re.search(r"[\s\\\x00-\x1f]", address):
        raise wrong
    _host(host)
    if parts.username is not None or parts.fragment:
        raise ValueError("it may hold neither a user nor a fragment")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise ValueError("it must begin with https://; http is for this machine only")
    return address


def _public_address(address: str) -> str:
    parts = urlsplit(_safe_address(address))
    if parts.path not in ("", "/") or parts.query:
        raise ValueError("it must end with the host or port: Hourbook has no folder of its own below it")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _mail_server(address: str) -> str:
    wrong = ValueError("it is no mail server; write for example smtp://user:password@mail.school.pt:587 or smtps://…")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    if not host or parts.scheme not in ("smtp", "smtps") or re.search(r"[\s\\\x00-\x1f]", address):
        raise wrong
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("it must end with the host or port; write / # ? in a password as %2F %23 %3F")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("it must hold a user and a password, or neither")
    _host(host)
    return address


def _mail_sender(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^\s@]+", text):
        raise ValueError("it is not an e-mail address alone; write for example hours@school.pt")
    _host(text.rpartition("@")[2])
    return text


def _person(entry: str) -> str:
    if not _PERSON.fullmatch(entry):
        raise ValueError("it names nobody; write an e-mail or a user id, with :school for one school, "
                         "for example ana@school.pt:3")
    return entry


def _network(text: str) -> str:
    try:
        network = ipaddress.ip_network(text, strict=True)
    except ValueError:
        raise ValueError("it is neither an address nor a network of a proxy; write for example 10.0.0.7 or 10.0.0.0/24"
                         ) from None
    if network.prefixlen == 0:
        raise ValueError("it would let everybody say where they come from; name your proxies only")
    return str(network)


def _long(least: int) -> AfterValidator:
    def checked(secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value().strip()) < least:
            raise ValueError(f"it is too short to be safe; write at least {least} characters")
        return secret

    return AfterValidator(checked)


OwnPath = Annotated[Path, AfterValidator(lambda path: Path(__file__).resolve().parent / path.expanduser())]
"""A file or folder; a relative one lies beside this program."""

Zone = Annotated[str, AfterValidator(_zone)]
Memory = Annotated[str, AfterValidator(_memory)]
Currency = Annotated[str, BeforeValidator(_upper), Field(pattern="^[A-Z]{3}$")]
Upper = BeforeValidator(_upper)
WebAddress = Annotated[str, AfterValidator(_safe_address)]
MailServer = Annotated[str, AfterValidator(_mail_server)]
MailSender = Annotated[str, AfterValidator(_mail_sender)]
PublicAddress = Annotated[str, AfterValidator(_public_address)]
Key = Annotated[SecretStr, _long(32)]
Password = Annotated[SecretStr, _long(16)]

_Listed = (NoDecode, BeforeValidator(_parts))
Hosts = Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], *_Listed]
People = Annotated[tuple[Annotated[str, AfterValidator(_person)], ...], *_Listed]
WebAddresses = Annotated[tuple[WebAddress, ...], *_Listed]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], *_Listed]


def is_secret(annotation: Any) -> bool:
    """True when values of a field with this type must never be shown."""
    return "SecretStr" in str(annotation)


def shown(value: Any, *, secret: bool = False) -> str:
    """A setting's value as it may be printed or logged: secrets as stars, addresses without their password."""
    if value is None or value == ():
        return "not set"
    if secret or isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, tuple):
        return ", ".join(masked_url(str(entry)) for entry in value)
    return masked_url(value) if isinstance(value, str) else str(value)


def reason(name: str, detail: ErrorDetails) -> str:
    """Why a value was refused and what to write instead, in our words."""
    if name == "now":
        return "it is not an instant with its time zone; write for example 2026-11-23T08:00:00+00:00"
    if name == "currency":
        return "it is not a currency code of three letters; write for example EUR"
    kind, bounds = detail["type"], detail.get("ctx") or {}
    if kind.startswith("int_"):
        return "it is not a whole number"
    if kind == "greater_than_equal":
        return f"it is too small; the least is {bounds['ge']}"
    if kind == "less_than_equal":
        return f"it is too large; the most is {bounds['le']}"
    text = detail["msg"].removeprefix("Value error, ")
    text = text[0].lower() + text[1:]
    return text.replace("input should be", "it must be") if kind == "literal_error" else text


def refused_value(name: str, detail: ErrorDetails, *, secret: bool) -> str:
    """The refused value as it may be told; of an address on the web not even the user is."""
    if secret:
        return HIDDEN
    raw = masked_url(str(detail["input"]))
    return raw if name in ("platform_url", "store_url") else re.sub(r"//[^/]*@", f"//{HIDDEN}@", raw)


