"""The commands of mail: what they send, show and write into the audit log, and how the worker ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import audit
import settings
import store
from reports import mail
from reports.receipts import ReceiptSettings, save_receipt_settings
from store import outbox
from store.single_worker import only_worker
from tests.cli.conftest import AsJson, Ran
from tests.reports.mail.post_office import PostOffice, opened, until

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def quiet(at_school: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo school with a store of its own, in which no school writes to anybody; gives the folder of mail."""
    monkeypatch.setenv("HOURBOOK_STORE_URL", f"sqlite:///{tmp_path}/store.db")
    store.migrate(settings.load().store_url)
    for school_id in (1, 2, 3):
        switch(school_id)
    return tmp_path / "mail"


@pytest.fixture
def office(quiet: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    """A mail server that the settings name."""
    with opened(PostOffice()) as listening:
        monkeypatch.setenv("HOURBOOK_SMTP_URL", f"smtp://127.0.0.1:{listening.port}")
        monkeypatch.setenv("HOURBOOK_MAIL_FROM", "hours@school.pt")
        yield listening


def switch(school_id: int = 1, **chosen: Any) -> None:
    engine, now = store.engine(settings.load().store_url), settings.load().clock()
    wanted = ReceiptSettings(**{"reminder_days": (), "vat_exemption": "Exempt.", **chosen})
    save_receipt_settings(engine, school_id, wanted, actor="test", now=now)


def logged() -> list[audit.Entry]:
    """The audit log, the oldest entry first."""
    return list(audit.entries(store.engine(settings.load().store_url)))[::-1]


def counted(state: outbox.State) -> int:
    return outbox.counts(store.engine(settings.load().store_url))[state]


def test_reminders_are_sent_once_and_written_into_the_log_by_their_ids(office: PostOffice, ran: Ran) -> None:
    switch(reminder_days=(60,))
    code, _, err = ran("mail", "run")
    assert code == 0, err
    assert len(office.taken) > 1
    assert f"{len(office.taken)} sent" in err
    found = [entry for entry in logged() if entry.event == "mail_sent"]
    assert len(found) == len(office.taken)
    said = {(entry.actor, entry.details["kind"], entry.school_id) for entry in found}
    assert said == {("worker:mail", "reminder", 1)}
    assert all(entry.student_id and entry.details["user_id"] and entry.details["package_id"] for entry in found)
    assert "@" not in repr(found)
    ran("mail", "run")
    assert len(office.taken) == len(found)


@pytest.mark.slow
def test_a_receipt_is_mailed_at_issue_and_logged_as_such(office: PostOffice, ran: Ran) -> None:
    switch(email_at_issue=True)
    code, _, err = ran("receipts", "issue", "--month", "2026-11", "--school", "1")
    assert code == 0, err
    due = counted("waiting")
    assert due > 0
    assert ran("mail", "run")[0] == 0
    found = [entry for entry in logged() if entry.event == "receipt_emailed"]
    assert len(found) == len(office.taken) == due
    assert all(str(entry.object).startswith("receipt:") and entry.student_id for entry in found)


def test_what_failed_is_listed_with_its_reason_and_tried_again(office: PostOffice, ran: Ran, as_json: AsJson) -> None:
    switch(reminder_days=(60,))
    office.rcpt = "550 5.1.1 no such user"
    ran("mail", "run")
    failed = as_json("mail", "list", "--state", "failed")
    assert failed
    assert {(one["error"], one["reply"]) for one in failed} == {("recipient_refused", "550 5.1.1")}
    assert not logged(), "what did not leave is told by the outbox alone"
    code, out, err = ran("mail", "list", "--state", "failed", "--kind", "reminder", "--school", "1")
    assert code == 0
    assert "recipient_refused" in out
    assert f"{len(failed)} failed" in err
    office.rcpt = None
    assert as_json("mail", "retry", "--failed")["messages"] == len(failed)
    ran("mail", "run")
    assert len(office.taken) == len(failed)
    assert as_json("mail", "list", "--state", "failed") == []


def test_a_server_that_is_away_is_said_and_is_a_failure(quiet: Path, ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    switch(reminder_days=(60,))
    monkeypatch.setenv("HOURBOOK_SMTP_URL", "smtp://127.0.0.1:1")
    monkeypatch.setenv("HOURBOOK_MAIL_FROM", "hours@school.pt")
    code, _, err = ran("mail", "run")
    assert code == 1
    assert "does not answer" in err
    assert counted("waiting") > 1
    code, out, _ = ran("doctor", "--json")
    assert code == 1
    assert "127.0.0.1:1 does not answer" in out


def test_doctor_tells_whether_the_server_lets_us_in_and_sends_nothing(office: PostOffice, ran: Ran) -> None:
    assert "lets us in; mail comes from hours@school.pt" in " ".join(ran("doctor", "--json")[1].split())
    office.greeting = "554 no service"
    code, out, _ = ran("doctor", "--json")
    assert code == 1
    assert "does not take mail now (554)" in out
    assert office.taken == []


def test_without_a_server_a_demo_school_writes_mail_to_a_folder(quiet: Path, ran: Ran) -> None:
    switch(reminder_days=(60,), language="pt")
    code, _, err = ran("mail", "run", "--most", "2")
    assert code == 0
    assert f"written to {quiet}" in err
    assert len(list(quiet.glob("*.eml"))) == len(list(quiet.glob("*.html"))) == 2
    assert counted("waiting") > 0


def test_without_a_server_a_real_school_is_told_what_to_set(
    quiet: Path, ran: Ran, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOURBOOK_PLATFORM_URL", "postgresql://nobody@localhost/nothing")
    for command in (("mail", "run"), ("mail", "run", "--every", "1s"), ("serve", "--worker")):
        code, _, err = ran(*command)
        assert code == 1
        assert "set HOURBOOK_SMTP_URL" in err


def test_a_schedule_is_made_listed_and_ended_and_each_is_logged(quiet: Path, ran: Ran, as_json: AsJson) -> None:
    made = as_json("mail", "schedule", "sales", "usage", "--every", "month", "--to", "desk@school.pt", "--school", "1")
    assert (made["rhythm"], made["format"], made["reports"]) == ("monthly", "pdf", ["sales", "usage"])
    assert [one["id"] for one in as_json("mail", "schedules")] == [made["id"]]
    assert "desk@school.pt" in ran("mail", "schedules")[1]
    assert ran("mail", "unschedule", str(made["id"]))[0] == 0
    assert as_json("mail", "schedules") == []
    found = logged()
    assert [(entry.event, entry.object, entry.details["ended"]) for entry in found] == [
        ("schedule_changed", f"schedule:{made['id']}", False), ("schedule_changed", f"schedule:{made['id']}", True),
    ]
    assert "desk" not in repr(found)


def test_a_test_message_is_sent_and_logged(office: PostOffice, ran: Ran) -> None:
    assert ran("mail", "test", "--to", "you@school.pt", "--lang", "pt")[0] == 0
    assert [address for address, _ in office.taken] == ["you@school.pt"]
    assert [entry.event for entry in logged()] == ["mail_sent"]


@pytest.mark.parametrize(("arguments", "code", "sentence"), [
    (["list", "--state", "lost"], 1, "choose one of waiting, sending, sent, failed, dropped"),
    (["retry", "77"], 1, "77"), (["retry"], 2, "ids"), (["retry", "1", "--failed"], 2, "ids"),
    (["unschedule", "9"], 1, "no running schedule"),
    (["schedule", "sales", "--every", "day", "--to", "a@b.pt"], 1, "week or month"),
    (["schedule", "sales", "--every", "month", "--to", "nobody"], 1, "nobody"),
    (["test", "--to", "nobody"], 1, "no e-mail address"),
    (["run", "--every", "often"], 1, "length of time"),
])
def test_what_cannot_be_is_said(quiet: Path, ran: Ran, arguments: list[str], code: int, sentence: str) -> None:
    found, _, err = ran("mail", *arguments)
    assert found == code
    assert sentence in " ".join(err.split())
    assert "Traceback" not in err


def test_one_worker_sends_at_a_time(office: PostOffice, ran: Ran) -> None:
    switch(reminder_days=(60,))
    with only_worker(store.engine(settings.load().store_url), mail.WORK):
        code, _, err = ran("mail", "run")
    assert code == 1
    assert "Another process runs mail" in err
    assert office.taken == []


def worker(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *arguments], cwd=ROOT, env=dict(os.environ), stderr=subprocess.PIPE, text=True,
    )


def ended(process: subprocess.Popen[str]) -> str:
    """What it said until its end, its children's end included."""
    return process.communicate(timeout=30)[1]


@pytest.mark.slow
def test_the_worker_goes_on_until_it_is_told_to_end(office: PostOffice, ran: Ran) -> None:
    running = worker("mail", "run", "--every", "1s")
    try:
        switch(reminder_days=(60,))
        until(lambda: counted("sent") > 1 and counted("waiting") == counted("sending") == 0)
        before = len(office.taken)
        assert ran("mail", "run")[0] in (0, 1), "between two rounds of the other, or in the way of one"
        assert len(office.taken) == before
    finally:
        running.send_signal(signal.SIGTERM)
        said = ended(running)
    assert running.returncode == 0
    assert f"{before} sent" in said
    assert "Traceback" not in said


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_worker_beside_the_app_ends_with_it_however_it_ends(office: PostOffice, end: signal.Signals) -> None:
    switch(reminder_days=(60,))
    serving = worker("serve", "--api-only", "--worker", "--port", str(free_port()))
    children: list[int] = []
    try:
        until(lambda: len(office.taken) > 1, seconds=60)
        children = children_of(serving.pid)
        assert len(children) == 1
    finally:
        serving.send_signal(end)
        ended(serving)
    until(lambda: not any(Path(f"/proc/{child}").exists() for child in children))


@pytest.mark.slow
def test_a_worker_beside_the_app_that_dies_is_started_again(office: PostOffice) -> None:
    serving = worker("serve", "--api-only", "--worker", "--port", str(free_port()))
    try:
        until(lambda: len(children_of(serving.pid)) == 1, seconds=60)
        [first] = children_of(serving.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: children_of(serving.pid) not in ([], [first]), seconds=60)
    finally:
        serving.send_signal(signal.SIGTERM)
        ended(serving)


def children_of(parent: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()] + [
        int(child) for task in Path(f"/proc/{parent}/task").iterdir() if task.name != str(parent)
        for child in (task / "children").read_text().split()
    ]


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return int(probe.getsockname()[1])
