from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from settings import Settings
from tests import synthetic
from tests.web.asking import Answer, Asker

ELSEWHERE = "203.0.113.9"


def asked(chosen: Settings, path: str, *headers: tuple[str, str], peer: str = "127.0.0.1") -> Answer:
    return Asker(chosen).get(path, *headers, peer=peer)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    synthetic.publish(folder)
    return folder


def test_the_process_lives(chosen: Settings) -> None:
    assert asked(chosen, "/healthz").json() == {"status": "live"}


def test_ready_means_a_snapshot_that_opens_and_a_store_that_answers(kept: dict[str, Any], published: Path) -> None:
    answer = asked(Settings(**{**kept, "warehouse": published}), "/readyz")
    assert answer.status == 200
    assert answer.json()["parts"] == {"snapshot": "ready", "store": "ready"}
    assert answer.json()["snapshot_age_seconds"] is not None


def test_what_is_not_ready_is_named_without_details(kept: dict[str, Any], published: Path, folder: Path) -> None:
    no_books = asked(Settings(**kept), "/readyz")
    no_store = asked(Settings(store_url=f"sqlite:///{folder}/none.db", warehouse=published), "/readyz")
    assert (no_books.status, no_books.json()["parts"]) == (503, {"snapshot": "not ready", "store": "ready"})
    assert (no_store.status, no_store.json()["parts"]) == (503, {"snapshot": "ready", "store": "not ready"})
    assert str(folder) not in no_store.body.decode()


def test_measurements_are_for_this_machine(chosen: Settings) -> None:
    assert b"hourbook_requests_total" in asked(chosen, "/metrics").body
    assert asked(chosen, "/metrics", peer=ELSEWHERE).status == 403


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
def test_a_proxy_on_this_machine_is_not_this_machine(header: str, chosen: Settings) -> None:
    assert asked(chosen, "/metrics", (header, "127.0.0.1")).status == 403


def test_with_a_token_measurements_are_for_who_has_it(kept: dict[str, Any]) -> None:
    chosen = Settings(**{**kept, "metrics_token": "t" * 32})
    assert asked(chosen, "/metrics", ("authorization", f"Bearer {'t' * 32}"), peer=ELSEWHERE).status == 200
    for sent in ("", "Bearer", "Bearer x", f"Basic {'t' * 32}", f"Bearer {'t' * 31}"):
        assert asked(chosen, "/metrics", ("authorization", sent)).status == 403


def test_measurements_tell_figures_and_counts(kept: dict[str, Any], published: Path) -> None:
    text = asked(Settings(**{**kept, "warehouse": published}), "/metrics").body.decode()
    for name in (
        "hourbook_snapshot_age_seconds", "hourbook_answers_from_cache_total", "hourbook_sessions_open",
        "hourbook_request_seconds", "hourbook_rate_limited",
    ):
        assert name in text
