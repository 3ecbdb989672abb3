"""Who sends a request, and to which of our names: forwarding headers count from trusted proxies only."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.types import Scope

from settings import Settings
from web import exchange

UNKNOWN = "unknown"
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST = re.compile(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_FORWARDING = ("x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-host", "via")
_SHARED_BY_ONE = 64
"""Bits of an IPv6 address that one customer of a provider has; the rest is theirs to vary."""


def address(scope: Scope, trusted: tuple[str, ...]) -> str:
    """The address that limits count by: the peer's, or what a trusted proxy says it forwards for."""
    peer = _peer(scope)
    if not trusted or not _within(peer, trusted):
        return _counted(peer)
    named = [part.strip() for line in exchange.values(scope, "x-forwarded-for") for part in line.split(",")]
    for candidate in reversed(named):
        if not _is_address(candidate):
            break
        peer = candidate
        if not _within(candidate, trusted):
            break
    return _counted(peer)


def is_this_machine(scope: Scope) -> bool:
    """True for a request that a program on this machine made itself, not a proxy for somebody else."""
    peer = _peer(scope)
    forwarded = any(exchange.values(scope, name) for name in _FORWARDING)
    return not forwarded and _is_address(peer) and ip_address(peer).is_loopback


def host_of(scope: Scope) -> str | None:
    """The host that the request names, without its port; None when it names none, several, or nonsense."""
    said = exchange.only(scope, "host")
    if said is None or not _HOST.fullmatch(said):
        return None
    name = said.rpartition(":")[0] if re.search(r":\d+$", said) else said
    return name.strip("[]").lower().rstrip(".")


def is_ours(host: str, chosen: Settings) -> bool:
    """True for a name that this installation is reached by."""
    public = urlsplit(chosen.public_url or "").hostname
    return host in _LOOPBACK_NAMES or host == public or host in chosen.allowed_hosts


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else UNKNOWN


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _within(text: str, networks: tuple[str, ...]) -> bool:
    if not _is_address(text):
        return False
    found = ip_address(text)
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    known: list[IPv4Network | IPv6Network] = [ip_network(one, strict=False) for one in networks]
    return any(found in network for network in known if network.version == found.version)


def _counted(text: str) -> str:
    if not _is_address(text):
        return UNKNOWN
    found = ip_address(text)
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ip_network((found, _SHARED_BY_ONE), strict=False))
    return str(found)
