"""Who looks is found out at every run, from what the browser's session proves and the books say now."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import Engine

import audit
from access.roles import Role
from store import embeds
from tests.pages.conftest import NOW, Run
from tests.pages.reading import tables, text
from ui.entry import is_still_admitted
from ui.session import VIEWER

AT = datetime.fromisoformat(NOW)
PROVIDER = {"client_id": "x", "client_secret": "y", "server_metadata_url": "https://login.example.org/x"}
ONE = {"auth": {"redirect_uri": "x", "cookie_secret": "s" * 32, **PROVIDER}}
TWO = {"auth": {"redirect_uri": "x", "cookie_secret": "s" * 32, "google": PROVIDER, "school-account": PROVIDER}}


def claims(email: str, *, hours_ago: float = 1, verified: bool = True) -> dict[str, object]:
    signed_at = int(AT.timestamp() - hours_ago * 3600)
    return {"is_logged_in": True, "email": email, "email_verified": verified, "iat": signed_at}


def embedded(engine: Engine, student_id: int = 1, locale: str | None = "en", *, only: tuple[int, ...] = (1,)) -> str:
    """The secret of an open embedded page."""
    nonce = embeds.open(
        engine, student_id=student_id, school_id=only[0], only_schools=only, locale=locale, theme=None,
        token_id=None, now=AT, seconds=60,
    )[1]  # fmt: skip
    return embeds.spend(engine, nonce, now=AT, idle=timedelta(minutes=30), longest=timedelta(hours=8))[1]


def events(engine: Engine) -> list[str]:
    return [entry.event for entry in audit.entries(engine)][::-1]


def test_nobody_signed_in_sees_a_button_for_each_provider_and_no_figure(run: Run, full_books: Path) -> None:
    app = run(full_books, "balances", secrets=TWO, user={"is_logged_in": False})
    assert [button.label for button in app.button] == ["Sign in with Google", "Sign in with School Account"]
    assert len(app.dataframe) == 0
    assert [box.key for box in app.selectbox] == []


def test_one_provider_without_a_name_has_one_button(run: Run, full_books: Path) -> None:
    app = run(full_books, secrets=ONE, user={"is_logged_in": False})
    assert [button.label for button in app.button] == ["Sign in"]


def test_where_one_can_sign_in_nobody_is_picked_even_in_a_demo_school(run: Run, full_books: Path) -> None:
    app = run(full_books, viewer="business", secrets=ONE, user={"is_logged_in": False})
    assert "Students with hours" not in text(app)


def test_who_signed_in_sees_what_the_roles_allow_and_may_sign_out(
    run: Run, full_books: Path, own_store: Engine
) -> None:
    app = run(full_books, secrets=ONE, user=claims("OWNER@example.org"))
    assert "Students with hours" in text(app)
    assert "Signed in as Olga Owner" in text(app)
    app.button(key="sign-out").click().run()
    assert events(own_store)[0] == "session_started"
    assert "sign_out" in events(own_store)


def test_roles_count_from_the_next_run_on(run: Run, full_books: Path, tmp_path: Path) -> None:
    books = Path(shutil.copytree(full_books, tmp_path / "books"))
    app = run(books, secrets=ONE, user=claims("owner@example.org"))
    assert "Students with hours" in text(app)
    pointer = (books / "current.json").read_text("utf-8")
    shutil.copy(books / "snap_000001.duckdb", books / "snap_000002.duckdb")
    with duckdb.connect(str(books / "snap_000002.duckdb")) as con:
        con.execute("update memberships set is_active = false where user_id = 801")
    (books / "current.json").write_text(pointer.replace("000001", "000002").replace('id": 1', 'id": 2'), "utf-8")
    app.run()
    assert "You cannot be let in" in text(app)
    assert len(app.dataframe) == 0


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (claims("nobody@example.org"), "knows nobody with this e-mail"),
        (claims("gone@example.org"), "switched off"),
        (claims("owner@example.org", verified=False), "has not verified"),
        ({**claims("x"), "email": None}, "told no e-mail"),
    ],
)
def test_who_is_not_admitted_is_told_why_and_may_sign_out(
    who: dict[str, object], said: str, run: Run, full_books: Path, own_store: Engine
) -> None:
    app = run(full_books, "balances", secrets=ONE, user=who)
    assert said in text(app)
    assert app.button(key="sign-out")
    assert len(app.dataframe) == 0
    assert events(own_store) == ["sign_in_refused"]


@pytest.mark.parametrize(
    "who", [claims("owner@example.org", hours_ago=12.1), {**claims("owner@example.org"), "iat": ""}]
)
def test_a_sign_in_ends_after_the_hours_that_the_settings_say(
    who: dict[str, object], run: Run, full_books: Path
) -> None:
    app = run(full_books, secrets=ONE, user=who)
    assert "Your session has ended" in text(app)
    assert [button.label for button in app.button] == ["Sign in"]


def test_an_embedded_page_shows_one_student_and_only_the_students_pages(
    run: Run, full_books: Path, own_store: Engine
) -> None:
    app = run(full_books, user={"hourbook_embed": embedded(own_store)})
    assert "My hours" in text(app)
    own = {"my_hours", "history", "my_receipts", "check"}
    assert {page["url_pathname"] for page in app._registered_pages.values()} == {"", *own}
    assert [button.key for button in app.button] == []


def test_an_embedded_page_speaks_the_language_of_its_session(run: Run, full_books: Path, own_store: Engine) -> None:
    assert "As minhas horas" in text(run(full_books, user={"hourbook_embed": embedded(own_store, locale="pt")}))


def test_a_revoked_embedded_page_stops_at_the_next_run(run: Run, full_books: Path, own_store: Engine) -> None:
    app = run(full_books, user={"hourbook_embed": embedded(own_store)})
    embeds.revoke(own_store, student_id=1, now=AT)
    app.run()
    assert "This page has ended" in text(app)
    assert "left to book" not in text(app)


@pytest.mark.parametrize("secret", ["", "x" * 43, "0"])
def test_an_embedded_page_that_is_not_known_never_falls_back_to_a_sign_in(
    secret: str, run: Run, full_books: Path
) -> None:
    user = {**claims("support@example.org"), "hourbook_embed": secret or "none"}
    app = run(full_books, secrets=ONE, user=user)
    assert "This page has ended" in text(app)
    assert "Students with hours" not in text(app)


def test_ids_in_the_address_of_an_embedded_page_show_nobody_else(
    run: Run, full_books: Path, own_store: Engine
) -> None:
    for asked in ({"student": "4"}, {"view_as": "4"}, {"as": "user-700"}):
        app = run(full_books, "history", user={"hourbook_embed": embedded(own_store)}, asked=asked)
        assert "Student 4" not in text(app) + tables(app)


def test_a_file_is_refused_to_who_lost_access_since_the_page_was_drawn(
    run: Run, full_books: Path, own_store: Engine
) -> None:
    app = run(full_books, user={"hourbook_embed": embedded(own_store)})
    page = app.session_state[VIEWER]
    assert is_still_admitted(page)
    embeds.revoke(own_store, student_id=1, now=AT)
    assert not is_still_admitted(page)
    owner = run(full_books, secrets=ONE, user=claims("owner@example.org")).session_state[VIEWER]
    assert is_still_admitted(owner)
    assert not is_still_admitted(replace(owner, school_roles=((2, Role.school_owner),)))
    seen = owner.as_student(1, key=owner.key)
    assert seen is not None
    assert is_still_admitted(seen)
    assert not is_still_admitted(replace(seen, user_id=804))


def test_what_cannot_be_written_down_is_not_shown(run: Run, full_books: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOURBOOK_STORE_URL", f"sqlite:///{full_books / 'without-tables.db'}")
    app = run(full_books)
    assert not app.exception
    assert "cannot be written down" in text(app).replace("\\", "")
    assert "Students with hours" not in text(app)


def test_a_sign_in_is_written_down_once_and_without_a_name(run: Run, full_books: Path, own_store: Engine) -> None:
    app = run(full_books, secrets=ONE, user=claims("owner@example.org"))
    app.run()
    (entry,) = audit.entries(own_store)
    assert (entry.event, entry.actor, entry.school_id) == ("session_started", "user:801", 1)
    assert "Olga" not in str(entry)
    assert entry.at.astimezone(UTC) == AT
