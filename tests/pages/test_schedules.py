"""Scheduled reports and what became of mail, as those who may see them read and change them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

import audit
from store import outbox, schedules
from store.schedules import Schedule
from tests.pages.conftest import NOW, Run
from tests.pages.reading import tables, text

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

AT = datetime.fromisoformat(NOW)


def scheduled(engine: Engine, school_id: int | None, address: str = "desk@school.pt") -> Schedule:
    return schedules.add(engine, Schedule(
        school_id=school_id, rhythm="monthly", reports=("month", "vat_summary"), format="pdf", language="pt",
        recipients=(address,), actor="user:801", recorded_at=AT,
    ))  # fmt: skip


def written_down(engine: Engine, effect: str, school_id: int | None, recipient: str = "user:1") -> outbox.Message:
    letter = outbox.Letter(
        effect=effect, kind="receipt", recipient=recipient, language="en", facts={"receipt_id": 1}, school_id=school_id
    )
    outbox.enqueue_all(engine, [letter], now=AT)
    found = outbox.claim(engine, now=AT, lease=timedelta(minutes=5))
    assert found is not None
    return found


def fill_in(app: object, **values: object) -> None:
    """Fills the form in and sends it."""
    app.multiselect(key="new-reports").set_value(values.get("reports", ["sales"]))  # type: ignore[attr-defined]
    app.selectbox(key="new-rhythm").set_value(values.get("rhythm", "monthly"))  # type: ignore[attr-defined]
    app.text_area(key="new-recipients").set_value(values.get("to", "desk@school.pt"))  # type: ignore[attr-defined]
    next(one for one in app.button if one.label in ("Schedule", "Programar")).click().run()  # type: ignore[attr-defined]


def changes(engine: Engine) -> list[tuple[str, int | None, object]]:
    return [
        (entry.actor, entry.school_id, entry.details["change"])
        for entry in audit.entries(engine)
        if entry.event == "schedule_changed"
    ]


def test_reports_are_scheduled_sent_now_and_ended_and_all_of_it_is_written_down(
    run: Run, full_books: Path, own_store: Engine
) -> None:
    app = run(full_books, "schedules", viewer="school-1", lang="en")
    assert "No reports are scheduled." in text(app)
    fill_in(app, reports=["sales", "vat_summary"], to="desk@school.pt\n boss@school.pt \n")
    (made,) = schedules.running(own_store)
    assert (made.school_id, made.reports) == (1, ("sales", "vat_summary"))
    assert made.recipients == ("desk@school.pt", "boss@school.pt")
    assert made.actor == "demo:801"
    assert "Packages sold, VAT summary" in tables(app)
    for _press in range(2):
        app.button(key="send-now").click().run()
    waiting = outbox.listed(own_store, states=["waiting"])
    assert [(one.recipient, one.said["start"], one.said["end"]) for one in waiting] == [
        ("boss@school.pt", "2026-10-01", "2026-11-01"), ("desk@school.pt", "2026-10-01", "2026-11-01"),
    ]  # fmt: skip
    app.button(key="end-schedule").click().run()
    assert schedules.running(own_store) == []
    assert "nothing is sent by it any more" in text(app)
    assert changes(own_store) == [
        ("demo:801", 1, "ended"), ("demo:801", 1, "sent_now"), ("demo:801", 1, "added")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"reports": []}, "Choose at least one report."),
        ({"to": "  \n"}, "Write at least one e-mail address."),
        ({"to": "desk@school.pt\nnobody"}, "“nobody” is no e-mail address"),
        ({"to": "a@b.pt\r\nBcc: x@y.z"}, "is no e-mail address"),
        ({"reports": ["month"], "rhythm": "weekly"}, "so not weekly: Monthly report."),
        ({"to": "\n".join(f"a{n}@school.pt" for n in range(30))}, "1 to 20 recipients"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_with_the_reason(
    values: dict[str, object], said: str, run: Run, full_books: Path, own_store: Engine
) -> None:
    app = run(full_books, "schedules", viewer="school-1", lang="en")
    fill_in(app, **values)
    assert said in text(app).replace("\\", "")
    assert schedules.running(own_store) == []
    assert changes(own_store) == []


def test_a_school_sees_neither_schedules_nor_mail_of_others_nor_of_the_business(
    run: Run, full_books: Path, own_store: Engine
) -> None:
    for school_id, address in ((1, "one@a.pt"), (2, "two@b.pt"), (None, "all@c.pt")):
        scheduled(own_store, school_id, address)
        message = written_down(own_store, f"receipt:{address}", school_id, address)
        outbox.close(own_store, message, "failed", error="recipient_refused", reply="550 5.1.1", now=AT)
    app = run(full_books, "schedules", viewer="school-1", lang="en")
    said = tables(app) + text(app)
    assert "one@a.pt" in said
    assert "two@b.pt" not in said
    assert "all@c.pt" not in said
    assert "the mail server knows no such recipient (550 5.1.1)" in tables(app)
    assert list(app.selectbox(key="new-school").options) == ["Colégio Aurora"]
    assert all(address in tables(run(full_books, "schedules")) for address in ("one@a.pt", "two@b.pt", "all@c.pt"))


def test_failed_mail_of_ones_own_schools_is_tried_again_and_no_other(
    run: Run, full_books: Path, own_store: Engine
) -> None:
    for school_id in (1, 2):
        message = written_down(own_store, f"receipt:{school_id}", school_id)
        outbox.close(own_store, message, "failed", error="bad_address", now=AT)
    app = run(full_books, "schedules", viewer="school-1", lang="en")
    assert "Ana Araújo (user:1)" in tables(app)
    app.button(key="retry-button").click().run()
    assert {one.school_id: one.state for one in outbox.listed(own_store)} == {1: "waiting", 2: "failed"}
    assert changes(own_store) == [("demo:801", None, "retried")]


@pytest.mark.parametrize(("viewer", "lang"), [("business", "en"), ("school-2", "pt"), ("finance", "pt")])
def test_the_page_opens_in_both_languages_full_and_empty(
    viewer: str, lang: str, run: Run, full_books: Path, own_store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOURBOOK_FINANCE", "805")
    empty = run(full_books, "schedules", viewer=viewer, lang=lang)
    assert not empty.exception
    assert ("No messages." if lang == "en" else "Não há mensagens.") in text(empty)
    scheduled(own_store, 2)
    written_down(own_store, "receipt:1", 2)
    assert not run(full_books, "schedules", viewer=viewer, lang=lang, state="sent").exception


def test_a_schedule_that_somebody_else_ended_is_not_ended_twice(
    run: Run, full_books: Path, own_store: Engine
) -> None:
    made = scheduled(own_store, 1)
    app = run(full_books, "schedules", viewer="school-1", lang="en")
    schedules.end(own_store, made.id, actor="user:2", now=AT)
    app.button(key="end-schedule").click().run()
    assert not app.exception
    assert changes(own_store) == []
