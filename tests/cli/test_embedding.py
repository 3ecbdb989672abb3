"""Origins and embedded pages are managed from the command line; each change is in the audit log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

import audit
import store
from store import embeds
from tests.cli.conftest import AsJson, Ran

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The store on which the commands work."""
    url = f"sqlite:///{tmp_path}/store.db"
    monkeypatch.setenv("HOURBOOK_STORE_URL", url)
    monkeypatch.setenv("HOURBOOK_NOW", NOW.isoformat())
    store.migrate(url)
    return store.engine(url)


def opened(own: Engine, student_id: int, school_id: int) -> tuple[int, str]:
    """An open page: its number and its secret."""
    _, nonce = embeds.open(own, student_id=student_id, school_id=school_id, only_schools=None, locale="pt",
                           theme=None, token_id=None, now=NOW, seconds=60)
    session, secret = embeds.spend(own, nonce, now=NOW, idle=timedelta(minutes=30), longest=timedelta(hours=8))
    return session.id, secret


def test_origins_are_added_and_removed(own: Engine, as_json: AsJson) -> None:
    as_json("embed", "origins", "--school", "1", "--add", "https://B.pt/", "--add", "https://a.pt")
    found = as_json("embed", "origins", "--school", "1", "--add", "http://localhost:8000", "--remove", "https://b.pt:443")
    assert found == [{"school_id": 1, "origins": ["http://localhost:8000", "https://a.pt"]}]
    as_json("embed", "origins", "--school", "2", "--add", "https://c.pt")
    assert [school["school_id"] for school in as_json("embed", "origins")] == [1, 2]
    last = audit.entries(own)[1]
    assert (last.event, last.school_id, last.details) == ("origins_changed", 1, {"before": 2, "after": 2})


@pytest.mark.parametrize(("options", "sentence"), [
    (["--add", "https://a.pt"], "Whose origins?"),
    (["--school", "1", "--add", "https://*.a.pt"], "is not an origin"),
    (["--school", "1", "--remove", "https://a.pt"], "https://a.pt is not an origin of school 1; it has none."),
])
def test_what_is_no_origin_changes_nothing(own: Engine, ran: Ran, options: list[str], sentence: str) -> None:
    code, _, err = ran("embed", "origins", *options)
    assert code == 1
    assert sentence in err
    assert (embeds.all_origins(own), audit.entries(own)) == ({}, ())


def test_open_pages_are_listed_without_their_secret(own: Engine, as_json: AsJson, ran: Ran) -> None:
    first, secret = opened(own, 7, 3)
    second, _ = opened(own, 8, 4)
    assert [page["id"] for page in as_json("embed", "sessions")] == [second, first]
    assert [page["student_id"] for page in as_json("embed", "sessions", "--school", "3")] == [7]
    assert secret not in "".join(map(str, ran("embed", "sessions")))


def test_pages_are_ended_by_student_school_or_number(own: Engine, as_json: AsJson) -> None:
    pages = [opened(own, 7, 3), opened(own, 8, 3), opened(own, 9, 4)]
    assert as_json("embed", "revoke", "--student", "7") == {"ended": 1}
    assert as_json("embed", "revoke", "--school", "3") == {"ended": 1}
    assert as_json("embed", "revoke", "--session", str(pages[2][0])) == {"ended": 1}
    assert [embeds.session(own, secret, NOW) for _, secret in pages] == [None, None, None]
    facts = [(entry.student_id, entry.school_id, entry.object) for entry in audit.entries(own)]
    assert facts == [(None, None, f"embed:{pages[2][0]}"), (None, 3, None), (7, None, None)]


def test_ending_nobodys_pages_is_refused(own: Engine, ran: Ran) -> None:
    code, _, err = ran("embed", "revoke")
    assert (code, "Whose pages shall end?" in err) == (1, True)
