"""What becomes of messages when the mail server fails, and when the worker is killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from reports import mail
from reports.mail.sending import Sent, backoff
from store import outbox
from store.mail_tables import outbox as table
from store.single_worker import only_worker
from tests.reports.mail.post_office import PostOffice, closed_port, opened, read, until
from tests.reports.mail.working import LEASE, sender_of
from tests.reports.mail.world import NOW, World, settings_of

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

ROOT = Path(__file__).resolve().parents[3]
GOOD = 12
"""Reminders of the world that have a real address, guardians included."""


def due(world: World) -> int:
    """Reminders to everybody: how many can be sent."""
    world.switch(reminder_days=(3,))
    return mail.plan(world.engine, world.books, world.settings, now=NOW).reminders


def errors(world: World, state: outbox.State) -> set[tuple[str | None, str | None]]:
    return {(one.error, one.reply) for one in outbox.listed(world.engine, states=[state], limit=200)}


def test_a_server_that_is_away_costs_no_try_and_ends_the_round(world: World) -> None:
    due(world)
    world.settings = world.settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{closed_port()}"})
    done = mail.run(world.engine, world.books, world.settings).sent
    assert done.stopped is not None
    assert "does not answer" in done.stopped
    assert {one.tries for one in outbox.listed(world.engine, states=["waiting"])} == {0}


def test_a_refused_recipient_fails_and_the_others_are_sent(world: World, office: PostOffice) -> None:
    due(world)
    office.rcpt = lambda address: "550 5.1.1 no such user" if address == "s1@example.com" else None
    noted: list[tuple[str, dict]] = []
    done = mail.run(
        world.engine, world.books, world.settings, note=lambda event, facts: noted.append((event, dict(facts))),
    ).sent
    assert (done.sent, done.failed) == (GOOD - 1, 3)
    assert ("recipient_refused", "550 5.1.1") in errors(world, "failed")
    assert len(noted) == GOOD + 2
    assert "@" not in repr(noted), "what is noted are ids"
    assert {event for event, _ in noted} == {"mail_sent", "mail_failed"}


@pytest.mark.parametrize(("answers", "error", "state"), [
    ({"rcpt": "451 4.7.1 greylisted"}, ("recipient_later", "451 4.7.1"), "waiting"),
    pytest.param({"data": "451 no"}, ("message_later", "451"), "waiting", marks=pytest.mark.slow),
    pytest.param({"after_data": "452 4 full"}, ("message_later", "452"), "waiting", marks=pytest.mark.slow),
    pytest.param({"after_data": "554 5.7.1 spam"}, ("message_refused", "554 5.7.1"), "failed", marks=pytest.mark.slow),
    ({"cut_at": "rcpt"}, ("line_broke", None), "waiting"),
])
def test_what_is_refused_now_is_sent_later_and_once(
    world: World, office: PostOffice, answers: dict, error: tuple, state: outbox.State,
) -> None:
    due(world)
    for name, answer in answers.items():
        setattr(office, name, answer)
    mail.run(world.engine, world.books, world.settings)
    assert error in errors(world, state)
    assert office.taken == []
    for name in answers:
        setattr(office, name, "" if name == "cut_at" else None)
    outbox.retry(world.engine, [one.id for one in outbox.listed(world.engine, states=["waiting", "failed"])])
    mail.run(world.engine, world.books, world.settings)
    assert len(office.taken) == len(office.mailbox) == GOOD


@pytest.mark.slow
def test_it_waits_longer_each_time_and_fails_in_the_end(world: World, office: PostOffice) -> None:
    due(world)
    office.rcpt = "450 4.2.2 full"
    sender = sender_of(world.settings)
    hours = iter(range(1, 100_000))  # each look at the clock is an hour later than the last
    late = replace(sender, now=lambda: NOW + timedelta(hours=next(hours)), lease=timedelta(days=999))
    rounds = 0
    while outbox.counts(world.engine)["waiting"] and rounds < 500:
        late.send_due()
        rounds += 1
    assert ("recipient_later", "450 4.2.2") in errors(world, "failed")
    assert rounds < 500
    waits = [backoff(tries).total_seconds() for tries in range(1, outbox.MOST_TRIES)]
    assert 45 < waits[0] < 75
    assert max(waits) < 12 * 3600 * 1.21
    assert 2 < sum(waits) / 86_400 < 4


@pytest.mark.parametrize(("again", "copies"), [(True, 2), (False, 1)])
def test_a_reply_that_never_came_is_answered_by_policy(
    world: World, office: PostOffice, again: bool, copies: int,
) -> None:
    due(world)
    first = outbox.listed(world.engine, limit=100)[-1]
    office.cut_at = "reply"
    sender = sender_of(world.settings, again=again)
    assert sender.send_due(most=1) == Sent(later=int(again), failed=int(not again))
    office.cut_at = ""
    later = replace(sender, now=lambda: NOW + timedelta(days=30))
    later.send_due()
    repeats = [one for one in office.messages if one["Message-ID"] == first.message_id]
    assert len(repeats) == copies
    assert len(office.mailbox) == GOOD
    assert errors(world, "failed") >= (set() if again else {("unsure", None)})


def worker(world: World, office: PostOffice, policy: str = "again") -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.reports.mail.working", str(world.folder), str(office.port), policy], cwd=ROOT,
    )


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["again", "hold"])
def test_killed_between_the_reply_and_our_commit(world: World, office: PostOffice, policy: str) -> None:
    """The one moment that SMTP leaves open: the server has the message, and nobody wrote it down."""
    due(world)
    office.hang_after_data = 1.5
    killed = worker(world, office, policy)
    until(lambda: len(office.taken) == 1)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    office.hang_after_data = 0
    time.sleep(LEASE.total_seconds())
    assert worker(world, office, policy).wait(timeout=60) == 0
    assert len(office.mailbox) == GOOD
    assert len(office.taken) == GOOD + (policy == "again")
    assert (("unsure", None) in errors(world, "failed")) == (policy == "hold")


@pytest.mark.slow
def test_workers_killed_at_any_point_lose_nothing_and_readers_see_each_once(world: World, office: PostOffice) -> None:
    due(world)
    office.hang_after_data = 0.05
    chance, kills, deadline = random.Random(11), 0, time.monotonic() + 200
    while time.monotonic() < deadline:
        running = [worker(world, office) for _ in range(2)]
        time.sleep(chance.uniform(0.8, 3.0))
        if kills < 12:
            for process in running:
                process.kill()
                kills += process.wait() == -signal.SIGKILL
        else:
            assert [process.wait(timeout=120) for process in running] == [0, 0]
            break
    left = outbox.counts(world.engine)
    assert (left["waiting"], left["sending"], left["sent"]) == (0, 0, GOOD)
    assert len(office.mailbox) == GOOD
    assert kills > 3


@pytest.mark.slow
def test_two_workers_share_the_work_and_send_nothing_twice(world: World, office: PostOffice) -> None:
    due(world)
    assert [process.wait(timeout=120) for process in [worker(world, office), worker(world, office)]] == [0, 0]
    assert len(office.taken) == len(office.mailbox) == GOOD


@pytest.mark.slow
def test_a_store_on_postgresql_keeps_the_same_promises(tmp_path: Path, office: PostOffice, postgres_url: str) -> None:
    world = World(tmp_path, office.port, store_url=postgres_url)
    world.silence()
    due(world)
    office.hang_after_data = 0.3
    running = [threading.Thread(target=sender_of(world.settings).send_due) for _ in range(3)]
    for one in running:
        one.start()
    with only_worker(world.engine, mail.WORK), pytest.raises(mail.WorkerRunning):
        mail.run(world.engine, world.books, world.settings)
    for one in running:
        one.join()
    assert mail.run(world.engine, world.books, world.settings).sent == Sent()
    assert len(office.taken) == len(office.mailbox) == GOOD
    world.engine.dispose()


def test_a_message_that_cannot_be_made_does_not_stop_the_others(world: World, office: PostOffice) -> None:
    letter = outbox.Letter(
        effect="receipt:999", kind="receipt", recipient="user:1", language="en", school_id=1,
        facts={"receipt_id": 999, "student_id": 1},
    )
    broken = replace(letter, effect="reminder:broken", kind="reminder", facts={"student_id": 1})
    outbox.enqueue_all(world.engine, [letter, broken], now=NOW)
    due(world)
    world.switch(reminder_days=(3,), email_at_issue=True)
    done = mail.run(world.engine, world.books, world.settings).sent
    assert (done.sent, done.later) == (GOOD, 2)
    assert errors(world, "waiting") == {("ReceiptUnknown", None), ("unexpected_KeyError", None)}


def test_a_worker_whose_claim_was_taken_sends_nothing(world: World, office: PostOffice) -> None:
    due(world)

    def taken_by_another(address: str) -> None:
        outbox.recover(world.engine, now=NOW + timedelta(days=300), send_unsure=True)

    office.rcpt = taken_by_another  # after the worker has claimed it, and before it hands over the text
    sender = sender_of(world.settings)
    assert sender.send_due(most=1) == Sent()
    assert office.taken == []
    assert outbox.counts(world.engine)["sending"] == 0
    office.rcpt = None
    assert sender.send_due(most=1).sent == len(office.taken) == 1


def test_a_folder_takes_mail_where_there_is_no_server(world: World, tmp_path: Path) -> None:
    due(world)
    folder = tmp_path / "mail"
    world.settings = world.settings.model_copy(update={"smtp_url": None, "mail_folder": folder})
    assert mail.run(world.engine, world.books, world.settings).sent.sent == GOOD
    letters = sorted(folder.glob("*.eml"))
    assert len(letters) == len(list(folder.glob("*.html"))) == GOOD
    [ana] = [read(file.read_bytes()) for file in letters if "_s1@example.com_" in file.name]
    assert ana["Subject"].startswith("2,5")
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    for message in outbox.listed(world.engine, states=["sent"]):  # as after a crash before the last commit
        again(world, message)
    mail.run(world.engine, world.books, world.settings)
    assert sorted(folder.glob("*.eml")) == letters


def again(world: World, message: outbox.Message) -> None:
    with world.engine.execution_options(writes=True).begin() as connection:
        connection.execute(update(table).where(table.c.id == message.id).values(state="waiting", closed_at=None))


def test_a_folder_that_cannot_be_written_to_lets_mail_wait(world: World, tmp_path: Path) -> None:
    due(world)
    (tmp_path / "mail").write_text("no folder")
    world.settings = world.settings.model_copy(update={"smtp_url": None, "mail_folder": tmp_path / "mail"})
    done = mail.run(world.engine, world.books, world.settings).sent
    assert done.sent == 0
    assert "HOURBOOK_MAIL_FOLDER" in str(done.stopped)
    assert outbox.counts(world.engine)["sent"] == 0


def test_a_test_message_goes_at_once(world: World, office: PostOffice) -> None:
    mail.send_test(world.settings, "you@school.pt", language="pt")
    assert office.messages[0]["Subject"] == "O correio do Hourbook funciona"
    with opened(PostOffice(rcpt="550 5.7.1 no")) as refusing, pytest.raises(mail.NotDelivered):
        mail.send_test(settings_of(world.folder, refusing.port), "you@school.pt")
