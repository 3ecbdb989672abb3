"""The documents of the school's receipts: each look and each download is written down, and who left takes nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Engine

import audit
from audit import Event
from reports import receipts
from tests.pages import receipts_world as world
from tests.pages.conftest import Run
from ui import exports, receipt_files, receipt_issue, session

OCTOBER, SEPTEMBER, NOVEMBER = ({"month": f"2026-{number}"} for number in ("10", "09", "11"))


def events(engine: Engine, event: Event) -> list[audit.Entry]:
    return list(audit.entries(engine, event=event.value, limit=50))


@pytest.mark.slow
def test_looking_at_a_document_is_written_down_once_and_taking_it_each_time(
    run: Run, books: Path, own_store: Engine, coming_in: object
) -> None:
    receipt = world.issue(own_store, books, 23)[0]
    app = run(books, "receipts", viewer="school-1", lang="en", asked={"receipt": str(receipt.id)})
    app.run()
    assert [entry.object for entry in events(own_store, Event.DOWNLOADED)] == [f"receipt:{receipt.id}"]
    here = coming_in(801)  # type: ignore[operator]
    assert receipt_files.writer(here, receipt)() == receipts.document(own_store, receipt.id)
    assert len(events(own_store, Event.DOWNLOADED)) == 2


def test_who_left_downloads_nothing(
    coming_in: object, own_store: Engine, books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = world.issue(own_store, books, 23)[0]
    here = coming_in(805)  # type: ignore[operator]
    monkeypatch.setenv("HOURBOOK_FINANCE", "")
    session.current_settings.cache_clear()
    with pytest.raises(exports.DownloadRefused):
        receipt_files.writer(here, receipt)()
    assert events(own_store, Event.DOWNLOADED) == []


@pytest.mark.slow
def test_a_month_is_packed_into_a_file_and_handed_out_with_an_entry(
    run: Run, books: Path, own_store: Engine, coming_in: object
) -> None:
    world.issue(own_store, books, 23, 33)
    app = run(books, "receipts", viewer="school-1", lang="en", asked=SEPTEMBER)
    app.button(key="pack").click().run()
    assert not app.exception
    packed = app.session_state[receipt_issue.PACKED][1]
    here = coming_in(801)  # type: ignore[operator]
    with receipt_issue._fetched(here, packed.name, 2)() as content, zipfile.ZipFile(content) as archive:
        assert {name.rpartition("/")[2] for name in archive.namelist()} == {
            "REC-2026-000001.pdf", "REC-2026-000002.pdf", "index.csv",
        }  # fmt: skip
    assert [entry.details["rows"] for entry in events(own_store, Event.EXPORTED)] == [2]
