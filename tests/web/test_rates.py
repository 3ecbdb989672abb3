from __future__ import annotations

import pytest

from tests.web.asking import Asker
from tests.web.conftest import Makes


def statuses(
    asker: Asker, path: str, times: int, *, peer: str = "203.0.113.9", forwarded: str | None = None
) -> list[int]:
    sent = [("x-forwarded-for", forwarded)] if forwarded else []
    return [asker.ask(path, sent, peer=peer).status for _ in range(times)]


@pytest.mark.parametrize("path", ["/auth/login", "/oauth2callback", "/embed/enter?n=x"])
def test_beyond_the_limit_one_address_waits(path: str, edge_with: Makes) -> None:
    asker = edge_with(login_per_minute=3, embed_per_minute=3)
    assert statuses(asker, path, 5)[3:] == [429, 429]
    answer = asker.get(path, peer="203.0.113.9")
    assert 1 <= int(answer.header("retry-after") or 0) <= 60
    assert answer.seen is None
    assert statuses(asker, path, 1, peer="203.0.113.10") != [429]


def test_signing_in_and_its_return_are_counted_together(edge_with: Makes) -> None:
    asker = edge_with(login_per_minute=2)
    assert statuses(asker, "/auth/login", 2) + statuses(asker, "/oauth2callback", 1) == [200, 200, 429]


def test_who_says_to_be_forwarded_is_not_believed(edge_with: Makes) -> None:
    asker = edge_with(login_per_minute=2)
    found = [statuses(asker, "/auth/login", 1, forwarded=f"198.51.100.{n}") for n in range(3)]
    assert found == [[200], [200], [429]]


def test_a_trusted_proxy_tells_the_client_apart(edge_with: Makes) -> None:
    asker = edge_with(login_per_minute=1, trusted_proxies="10.0.0.0/24")
    first = statuses(asker, "/auth/login", 2, peer="10.0.0.7", forwarded="198.51.100.1")
    second = statuses(asker, "/auth/login", 1, peer="10.0.0.7", forwarded="198.51.100.2")
    assert (first, second) == ([200, 429], [200])


def test_behind_a_trusted_proxy_the_last_address_that_is_not_ours_counts(edge_with: Makes) -> None:
    asker = edge_with(login_per_minute=1, trusted_proxies="10.0.0.7,10.0.0.8")
    found = [
        statuses(asker, "/auth/login", 1, peer="10.0.0.7", forwarded=f"198.51.100.{n}, 203.0.113.5, 10.0.0.8")
        for n in range(2)
    ]
    assert found == [[200], [429]]


def test_one_customers_whole_ipv6_network_is_one_client(edge_with: Makes) -> None:
    asker = edge_with(login_per_minute=1)
    found = [statuses(asker, "/auth/login", 1, peer=f"2001:db8:1:2::{n}") for n in (1, 2)]
    other = statuses(asker, "/auth/login", 1, peer="2001:db8:1:3::1")
    assert (found, other) == ([[200], [429]], [200])


def test_pages_are_not_limited(edge_with: Makes) -> None:
    assert set(statuses(edge_with(login_per_minute=1), "/balances", 20)) == {200}
