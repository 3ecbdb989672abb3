"""Handing a message to a real mail server: each answer at each step means one thing."""

from __future__ import annotations

import ssl
import time
from dataclasses import replace
from pathlib import Path

import pytest

from errors import SettingsError
from reports.mail.addresses import Address, read
from reports.mail.smtp import Line, NotDelivered, Server, Verdict, server_of
from settings import Settings
from tests.reports.mail.post_office import PostOffice, certificate, chattering, closed_port, opened, signing_in, silent

TEXT = b"From: a@school.pt\r\nSubject: x\r\n\r\n.dots\r\n..more\r\n"
TO = read("ana@example.pt")


def server(port: int, **changes: object) -> Server:
    return replace(Server(
        host="127.0.0.1", port=port, sender=Address("hours", "school.pt"), starttls=False, wait=1, wait_for_text=1,
    ), **changes)  # type: ignore[arg-type]


def handed(to: Server, recipient: Address = TO) -> tuple[NotDelivered | None, bool]:
    """What became of one message, and whether its text was about to leave."""
    line, left = Line(to), []
    try:
        line.deliver(TEXT, recipient, lambda: left.append(True))
    except NotDelivered as failure:
        return failure, bool(left)
    finally:
        line.close()
    return None, bool(left)


def test_a_message_arrives_as_it_was_written() -> None:
    with opened(PostOffice()) as office:
        assert handed(server(office.port)) == (None, True)
    assert office.taken == [("ana@example.pt", TEXT)]


def test_one_line_carries_many_messages() -> None:
    with opened(PostOffice()) as office:
        line = Line(server(office.port))
        for _ in range(3):
            line.deliver(TEXT, TO, lambda: None)
        line.close()
    assert (len(office.taken), office.sessions) == (3, 1)


@pytest.mark.parametrize(("answers", "verdict", "reason", "reply", "left"), [
    ({"greeting": "554 no service"}, Verdict.SERVER, "greeting_refused", "554", False),
    ({"greeting": "421 busy"}, Verdict.SERVER, "greeting_refused", "421", False),
    ({"mail": "451 4.7.1 slow down"}, Verdict.SERVER, "sender_refused", "451 4.7.1", False),
    ({"mail": "550 5.7.1 not you"}, Verdict.SERVER, "sender_refused", "550 5.7.1", False),
    ({"rcpt": "450 4.2.1 greylisted"}, Verdict.LATER, "recipient_later", "450 4.2.1", False),
    ({"rcpt": "550 5.1.1 <ana@example.pt> unknown"}, Verdict.NEVER, "recipient_refused", "550 5.1.1", False),
    ({"data": "451 not now"}, Verdict.LATER, "message_later", "451", False),
    ({"data": "554 5.5.1 no"}, Verdict.NEVER, "message_refused", "554 5.5.1", False),
    ({"after_data": "452 4.3.1 full"}, Verdict.LATER, "message_later", "452 4.3.1", True),
    ({"after_data": "552 5.3.4 too large"}, Verdict.NEVER, "message_refused", "552 5.3.4", True),
    ({"cut_at": "mail"}, Verdict.LATER, "line_broke", None, False),
    ({"cut_at": "rcpt"}, Verdict.LATER, "line_broke", None, False),
    ({"cut_at": "text"}, Verdict.UNSURE, "unsure", None, True),
    ({"cut_at": "reply"}, Verdict.UNSURE, "unsure", None, True),
    ({"mail": "nonsense"}, Verdict.SERVER, "garbled", None, False),
    ({"rcpt": "nonsense"}, Verdict.LATER, "garbled", None, False),
    ({"data": "nonsense"}, Verdict.LATER, "garbled", None, False),
    ({"data": "250 but go on"}, Verdict.LATER, "garbled", None, False),
    ({"after_data": "nonsense"}, Verdict.UNSURE, "unsure", None, True),
    ({"greeting": "nonsense"}, Verdict.SERVER, "greeting_refused", None, False),
    pytest.param({"hang_after_data": 5}, Verdict.UNSURE, "unsure", None, True, marks=pytest.mark.slow),
], ids=lambda value: str(value) if isinstance(value, dict) else "")
def test_each_answer_at_each_step_means_one_thing(
    answers: dict, verdict: Verdict, reason: str, reply: str | None, left: bool,
) -> None:
    with opened(PostOffice(**answers)) as office:
        failure, handing = handed(server(office.port))
    assert failure is not None
    assert (failure.verdict, failure.reason, failure.reply, handing) == (verdict, reason, reply, left)
    assert "ana" not in failure.message


@pytest.mark.slow
@pytest.mark.parametrize("said", [
    b"220-still here\r\n", b"2", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00\xff" * 9_000,
], ids=["many lines", "one line", "another protocol", "garbage"])
def test_a_server_that_never_comes_to_the_point_is_left(said: bytes) -> None:
    """Each byte comes in time; the whole reply does not."""
    with chattering(said) as port:
        started = time.monotonic()
        failure, left = handed(server(port))
    assert failure is not None
    assert (failure.verdict, left) == (Verdict.SERVER, False)
    assert time.monotonic() - started < 5


@pytest.mark.slow
def test_a_server_that_is_away_or_silent_is_the_servers_trouble() -> None:
    failure, _ = handed(server(closed_port()))
    assert failure is not None
    assert (failure.verdict, failure.reason) == (Verdict.SERVER, "unreachable")
    with silent() as port:
        started = time.monotonic()
        failure, _ = handed(server(port))
    assert failure is not None
    assert (failure.verdict, failure.reason) == (Verdict.SERVER, "unreachable")
    assert time.monotonic() - started < 10


def test_after_a_fault_the_next_message_goes_over_a_line_of_its_own() -> None:
    with opened(PostOffice(rcpt=lambda address: "550 5.1.1 no" if address.startswith("bad") else None)) as office:
        line = Line(server(office.port))
        with pytest.raises(NotDelivered):
            line.deliver(TEXT, read("bad@example.pt"), lambda: None)
        line.deliver(TEXT, TO, lambda: None)
        line.close()
    assert [address for address, _ in office.taken] == ["ana@example.pt"]


def test_starttls_and_signing_in(tmp_path: Path) -> None:
    theirs, ours = certificate(tmp_path)
    asked = {"tls_context": theirs, "require_starttls": True, "authenticator": signing_in, "auth_required": True}
    signed = {"host": "localhost", "starttls": True, "context": ours, "user": "hours", "password": "right / password"}
    with opened(PostOffice(), **asked) as office:
        assert handed(server(office.port, **signed)) == (None, True)
        wrong, _ = handed(server(office.port, **{**signed, "password": "wrong"}))
        stranger, _ = handed(server(office.port, **{**signed, "context": ssl.create_default_context()}))
        clear, _ = handed(server(office.port))
    assert [one and (one.verdict, one.reason) for one in (wrong, stranger)] == [
        (Verdict.SERVER, "login_refused"), (Verdict.SERVER, "tls_failed"),
    ]
    assert clear is not None
    assert clear.verdict is Verdict.SERVER
    assert len(office.taken) == 1
    assert "wrong" not in repr(wrong)


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    theirs, ours = certificate(tmp_path)
    with opened(PostOffice(), ssl_context=theirs) as office:
        to = server(office.port, host="localhost", tls=True, context=ours)
        assert handed(to) == (None, True)
        stranger, _ = handed(replace(to, context=ssl.create_default_context()))
    assert stranger is not None
    assert (stranger.verdict, stranger.reason) == (Verdict.SERVER, "tls_failed")
    assert len(office.taken) == 1


def test_a_password_that_smtp_cannot_say_is_refused_in_words() -> None:
    with opened(PostOffice(), authenticator=signing_in, auth_require_tls=False) as office:
        failure, _ = handed(server(office.port, user="hours", password="pässword"))
    assert failure is not None
    assert (failure.verdict, failure.reason) == (Verdict.SERVER, "login_refused")


def test_nothing_is_said_in_the_clear_where_tls_is_asked_for() -> None:
    with opened(PostOffice(), authenticator=signing_in, auth_require_tls=False) as office:
        failure, left = handed(server(office.port, starttls=True, user="hours", password="x"))
    assert failure is not None
    assert (failure.verdict, failure.reason, left) == (Verdict.SERVER, "tls_missing", False)


def test_an_address_in_another_script_goes_only_to_a_server_that_knows_it() -> None:
    recipient = read("joão@exemplo.pt")
    with opened(PostOffice()) as office:
        assert handed(server(office.port), recipient)[0] is None
    assert office.taken[0][0] == "joão@exemplo.pt"


@pytest.mark.parametrize(("url", "host", "port", "tls", "starttls"), [
    ("smtp://u:p%2F%40@mail.school.pt", "mail.school.pt", 587, False, True),
    ("smtp://u:p%2F%40@mail.school.pt:2525", "mail.school.pt", 2525, False, True),
    ("smtps://u:p%2F%40@mail.school.pt", "mail.school.pt", 465, True, False),
    ("smtp://u:p%2F%40@127.0.0.1:1025", "127.0.0.1", 1025, False, False),
    ("smtp://u:p%2F%40@localhost", "localhost", 587, False, False),
    ("smtp://u:p%2F%40@[::1]:25", "::1", 25, False, False),
])
def test_the_setting_names_the_server(url: str, host: str, port: int, tls: bool, starttls: bool) -> None:
    chosen = Settings.model_validate({"smtp_url": url, "mail_from": "hours@school.pt"})
    found = server_of(chosen)
    assert (found.host, found.port, found.tls, found.starttls) == (host, port, tls, starttls)
    assert (found.user, found.password) == ("u", "p/@")
    assert "p%2F" not in chosen.shown("smtp_url")
    assert "p/@" not in repr(found)


@pytest.mark.parametrize("url", [
    "http://mail.school.pt", "smtp://", "smtp://user@mail.school.pt", "smtp://mail.school.pt/inbox", "mail.school.pt",
    "smtp://mail.school.pt:port", "smtp://a b@c", "smtp://u:p@mail.school.pt?tls=no",
])
def test_a_setting_that_names_no_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="smtp"):
        Settings.model_validate({"smtp_url": url, "mail_from": "hours@school.pt"})


def test_without_a_server_it_is_said_what_to_set() -> None:
    with pytest.raises(SettingsError, match="HOURBOOK_SMTP_URL"):
        server_of(Settings.model_validate({}))
