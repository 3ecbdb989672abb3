"""The audit trail and the connections of a school, as those who may see them read them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy import text as sql

import audit
from audit import Event
from store import embeds, tokens
from tests.pages.conftest import NOW, Run
from tests.pages.reading import tables, text

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

AT = datetime.fromisoformat(NOW)


def some_entries(engine: Engine) -> None:
    for school_id, student_id in ((1, 1), (1, 4), (2, 25)):
        audit.record(
            engine, event=Event.STUDENT_VIEWED, actor="user:801", now=AT, school_id=school_id, student_id=student_id
        )
    audit.record(engine, event=Event.TOKEN_CREATED, actor="user:700", now=AT - timedelta(days=3))


def test_a_school_reads_its_own_entries_with_names_and_no_others(
    run: Run, full_books: Path, own_store: Engine
) -> None:
    some_entries(own_store)
    said = tables(run(full_books, "audit_trail", viewer="school-1", lang="en"))
    assert "Ana Araújo (1)" in said
    assert "Olga Owner (user:801)" in said
    assert "(25)" not in said
    assert "made a token" not in said


def test_the_whole_business_reads_every_entry(run: Run, full_books: Path, own_store: Engine) -> None:
    some_entries(own_store)
    said = tables(run(full_books, "audit_trail", lang="en"))
    assert "Student 25 (25)" in said
    assert "made a token" in said


def test_entries_are_found_by_event_actor_and_student(run: Run, full_books: Path, own_store: Engine) -> None:
    some_entries(own_store)
    app = run(full_books, "audit_trail", lang="en", event="token_created")
    assert len(app.dataframe[0].value) == 1
    app = run(full_books, "audit_trail", lang="en", asked={"actor": "user:801", "about": "4"})
    assert len(app.dataframe[0].value) == 1
    assert "No entries." in text(run(full_books, "audit_trail", lang="en", asked={"actor": "user:5"}))


def test_older_entries_are_a_page_away(run: Run, full_books: Path, own_store: Engine) -> None:
    for _round in range(60):
        audit.record(own_store, event=Event.PROOF_READ, actor="user:801", now=AT, school_id=1)
    app = run(full_books, "audit_trail", lang="en", event="proof_read")
    assert len(app.dataframe[0].value) == 50
    app.button(key="older").click().run()
    assert len(app.dataframe[0].value) == 10


def test_a_changed_entry_is_named(run: Run, full_books: Path, own_store: Engine) -> None:
    some_entries(own_store)
    app = run(full_books, "audit_trail", lang="en")
    app.button(key="verify").click().run()
    assert "The trail holds" in text(app)
    with own_store.begin() as connection:
        connection.execute(sql("drop trigger if exists audit_log_is_kept"))
        triggers = connection.execute(sql("select name from sqlite_master where type = 'trigger'")).scalars().all()
        for name in triggers:
            connection.execute(sql(f"drop trigger {name}"))
        connection.execute(sql("update audit_log set student_id = 2 where id = 1"))
    app.button(key="verify").click().run()
    assert "broken at entry 1" in text(app)


def test_a_school_says_which_sites_may_show_its_pages(run: Run, full_books: Path, own_store: Engine) -> None:
    app = run(full_books, "connections", viewer="school-1", lang="en")
    app.text_area[0].set_value("https://www.School.pt\nhttps://b.pt:8443")
    next(button for button in app.button if button.label == "Save").click().run()
    assert embeds.origins(own_store, 1) == ("https://b.pt:8443", "https://www.school.pt")
    assert "origins_changed" in [entry.event for entry in audit.entries(own_store, school_ids=[1])]
    app.text_area[0].set_value("https://*.school.pt/path")
    next(button for button in app.button if button.label == "Save").click().run()
    assert "is not an origin" in text(app).replace("\\", "")
    assert len(embeds.origins(own_store, 1)) == 2


def test_open_pages_are_listed_by_name_and_ended(run: Run, full_books: Path, own_store: Engine) -> None:
    for student_id, school_id in ((1, 1), (25, 2)):
        nonce = embeds.open(
            own_store, student_id=student_id, school_id=school_id, only_schools=(school_id,), locale="en", theme=None,
            token_id=None, now=AT, seconds=60,
        )[1]  # fmt: skip
        embeds.spend(own_store, nonce, now=AT, idle=timedelta(minutes=30), longest=timedelta(hours=8))
    app = run(full_books, "connections", viewer="school-1", lang="en")
    assert "Ana Araújo" in tables(app)
    assert "25" not in tables(app)
    app.button(key="revoke-button-1").click().run()
    assert embeds.sessions(own_store, now=AT, school_id=1) == ()
    assert len(embeds.sessions(own_store, now=AT, school_id=2)) == 1


def test_tokens_are_the_whole_businesss_to_see_and_end(run: Run, full_books: Path, own_store: Engine) -> None:
    token, _secret = tokens.create(own_store, name="Site", permissions={"embed"}, created_by="user:700", now=AT)
    assert "Tokens" not in text(run(full_books, "connections", viewer="school-1", lang="en"))
    app = run(full_books, "connections", lang="en")
    assert "Site" in tables(app)
    app.selectbox(key="token-to-end").set_value(token.id).run()
    app.button(key="end-token").click().run()
    assert not tokens.listed(own_store)[0].works(AT)
    assert "token_revoked" in [entry.event for entry in audit.entries(own_store)]
