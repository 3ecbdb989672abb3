"""The outbox: one message per effect, claimed by one worker at a time, given back when that one dies."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from store import low_balances, outbox, schedules
from store.outbox import Letter
from store.single_worker import WorkerRunning, only_worker

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEASE = timedelta(minutes=5)


def letter(number: int = 1, **changes: object) -> Letter:
    return Letter(**{
        "effect": f"receipt:{number}", "kind": "receipt", "recipient": f"user:{number}", "language": "en",
        "facts": {"receipt_id": number}, "school_id": 1, **changes,
    })  # type: ignore[arg-type]


def claimed(engine: Engine, *, now: datetime = NOW) -> outbox.Message:
    message = outbox.claim(engine, now=now, lease=LEASE)
    assert message is not None
    return message


def test_an_effect_is_written_down_once(engine: Engine) -> None:
    assert outbox.enqueue_all(engine, [letter(1), letter(1), letter(2)], now=NOW) == 2
    assert outbox.enqueue_all(engine, [letter(2), letter(3)], now=NOW) == 1
    found = outbox.listed(engine)
    assert [one.effect for one in found] == ["receipt:3", "receipt:2", "receipt:1"]
    assert len({one.message_id for one in found}) == 3
    assert outbox.known_effects(engine, ["receipt:1", "receipt:9"]) == {"receipt:1"}


def test_a_letter_lives_and_dies_with_its_cause(engine: Engine) -> None:
    def fail() -> None:
        with engine.execution_options(writes=True).begin() as connection:
            outbox.enqueue(connection, letter(), now=NOW)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert outbox.listed(engine) == []


def test_threads_never_claim_the_same_message(engine: Engine) -> None:
    outbox.enqueue_all(engine, [letter(number) for number in range(40)], now=NOW)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: outbox.claim(engine, now=NOW, lease=LEASE), range(50)))
    ids = [one.id for one in found if one]
    assert len(ids) == len(set(ids)) == 40


def test_what_waits_for_later_is_not_due_before(engine: Engine) -> None:
    outbox.enqueue_all(engine, [letter()], now=NOW)
    first = claimed(engine)
    assert outbox.later(engine, first, error="greylisted", reply="451", at=NOW + timedelta(minutes=1))
    assert outbox.claim(engine, now=NOW, lease=LEASE) is None
    again = claimed(engine, now=NOW + timedelta(minutes=1))
    assert (again.tries, again.message_id) == (2, first.message_id)
    assert outbox.later(engine, again, error="unreachable", reply=None, at=NOW, counted=False)
    assert outbox.listed(engine)[0].tries == 1


def test_a_claim_that_was_lost_changes_nothing(engine: Engine) -> None:
    outbox.enqueue_all(engine, [letter()], now=NOW)
    dead = claimed(engine)
    assert outbox.claim(engine, now=NOW + 2 * LEASE, lease=LEASE) is None
    assert outbox.recover(engine, now=NOW + 2 * LEASE, send_unsure=True) == outbox.Recovered(1, 0, 0)
    alive = claimed(engine, now=NOW + 2 * LEASE)
    assert not outbox.handing(engine, dead, now=NOW, until=NOW + LEASE)
    assert not outbox.extend(engine, dead, until=NOW + LEASE)
    assert not outbox.close(engine, dead, "failed", error="x", now=NOW)
    assert outbox.handing(engine, alive, now=NOW, until=NOW + 3 * LEASE)


@pytest.mark.parametrize(("send_unsure", "state"), [(True, "waiting"), (False, "failed")])
def test_what_may_have_left_is_sent_again_only_where_that_is_wanted(
    engine: Engine, send_unsure: bool, state: str,
) -> None:
    outbox.enqueue_all(engine, [letter()], now=NOW)
    outbox.handing(engine, claimed(engine), now=NOW, until=NOW + LEASE)
    assert outbox.recover(engine, now=NOW, send_unsure=send_unsure) == outbox.Recovered(0, 0, 0)
    assert outbox.recover(engine, now=NOW + 2 * LEASE, send_unsure=send_unsure) == outbox.Recovered(0, 1, 0)
    [message] = outbox.listed(engine)
    assert (message.state, message.error) == (state, "unsure")


def test_a_message_that_kills_its_worker_is_given_up_in_the_end(engine: Engine) -> None:
    outbox.enqueue_all(engine, [letter()], now=NOW)
    when = NOW
    for _ in range(outbox.MOST_TRIES):
        claimed(engine, now=when)
        when += 2 * LEASE
        outbox.recover(engine, now=when, send_unsure=True)
    assert (outbox.listed(engine)[0].state, outbox.listed(engine)[0].error) == ("failed", "worker_died")


def test_what_was_sent_stays_sent_whoever_claimed_it(engine: Engine) -> None:
    outbox.enqueue_all(engine, [letter()], now=NOW)
    slow = claimed(engine)
    outbox.recover(engine, now=NOW + 2 * LEASE, send_unsure=True)
    second = claimed(engine, now=NOW + 2 * LEASE)
    outbox.sent(engine, slow, now=NOW)
    assert not outbox.later(engine, second, error="x", reply=None, at=NOW)
    assert outbox.counts(engine) == {"waiting": 0, "sending": 0, "sent": 1, "failed": 0, "dropped": 0}
    with pytest.raises(outbox.MessageUnknown):
        outbox.retry(engine, [slow.id])


def test_what_failed_can_be_tried_again(engine: Engine) -> None:
    outbox.enqueue_all(engine, [letter(1), letter(2)], now=NOW)
    for _ in range(2):
        outbox.close(engine, claimed(engine), "failed", error="recipient_refused", reply="550", now=NOW)
    first, *_ = outbox.listed(engine, states=["failed"])
    assert outbox.retry(engine, [first.id]) == 1
    assert outbox.retry(engine, None) == 1
    assert {one.state for one in outbox.listed(engine)} == {"waiting"}
    with pytest.raises(outbox.MessageUnknown, match="77"):
        outbox.retry(engine, [first.id, 77])


def test_the_database_refuses_a_state_that_cannot_be(engine: Engine) -> None:
    with pytest.raises(IntegrityError):
        outbox.enqueue_all(engine, [letter(kind="spam")], now=NOW)


def test_one_worker_at_a_time(engine: Engine) -> None:
    with only_worker(engine, "mail"):
        with only_worker(engine, "other work"):
            pass
        with pytest.raises(WorkerRunning), only_worker(engine, "mail"):
            pass
    with only_worker(engine, "mail"):
        pass


def test_a_fall_is_a_change_of_side_and_told_once(engine: Engine) -> None:
    def see(threshold: str, **low: bool) -> int:
        return low_balances.see(
            engine, 1, Decimal(threshold), {int(name[1:]): is_low for name, is_low in low.items()},
            lambda fallen: [letter(one, effect=f"low:{one}:{threshold}:{clock}") for one in fallen], now=NOW,
        )

    clock = 1
    assert see("2.00", s1=True, s2=False) == 0, "whoever is seen first has not fallen"
    assert see("2.00", s1=True, s2=True) == 1
    assert see("2.00", s1=True, s2=True) == 0
    assert see("2.00", s1=False, s2=False) == 0
    clock = 2
    assert see("2.00", s1=True, s2=True) == 2
    assert see("3.00", s1=True, s2=False) == 0, "a new threshold is a new beginning"
    assert see("3.00", s2=False) == 0
    assert see("3.00", s1=True, s2=True) == 1, "student 1 was away, and is seen for the first time again"


def test_a_schedule_is_ended_and_stays_known(engine: Engine) -> None:
    made = schedules.add(engine, schedules.Schedule(
        school_id=None, rhythm="monthly", reports=("sales",), format="xlsx", language="pt",
        recipients=("a@example.pt",), actor="test", recorded_at=NOW,
    ))
    assert schedules.running(engine) == [made]
    ended = schedules.end(engine, made.id, actor="other", now=NOW)
    assert schedules.running(engine) == []
    assert schedules.by_id(engine, made.id) == ended
    with pytest.raises(schedules.ScheduleUnknown):
        schedules.end(engine, made.id, actor="other", now=NOW)
