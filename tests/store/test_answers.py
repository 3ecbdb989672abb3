from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine

from store import answers
from store.answers import Kept, KeyReused, StillAnswering

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def claimed(engine: Engine, owner: str = "token:1", body: str = "a" * 64, now: datetime = NOW) -> Kept | None:
    return answers.claim(engine, owner=owner, key="k", request_hash=body, now=now)


def kept(engine: Engine, body: str = "{}") -> None:
    answers.keep(engine, owner="token:1", key="k", status=201, body=body)


def test_the_same_request_gets_the_same_answer(engine: Engine) -> None:
    assert claimed(engine) is None
    kept(engine, '{"é": 1}')
    assert claimed(engine) == Kept(status=201, body='{"é": 1}')
    assert claimed(engine, now=NOW + timedelta(hours=23)) == Kept(status=201, body='{"é": 1}')


def test_an_answer_that_was_kept_stays(engine: Engine) -> None:
    claimed(engine)
    kept(engine, "first")
    kept(engine, "second")
    answers.release(engine, owner="token:1", key="k")
    assert claimed(engine) == Kept(status=201, body="first")


def test_a_key_belongs_to_who_sent_it(engine: Engine) -> None:
    claimed(engine)
    kept(engine)
    assert claimed(engine, owner="token:2", body="b" * 64) is None


def test_another_request_with_the_same_key_is_refused(engine: Engine) -> None:
    claimed(engine)
    with pytest.raises(KeyReused, match="send a new key"):
        claimed(engine, body="b" * 64)
    kept(engine)
    with pytest.raises(KeyReused):
        claimed(engine, body="b" * 64)


def test_an_answer_is_forgotten_after_a_day(engine: Engine) -> None:
    claimed(engine)
    kept(engine)
    assert claimed(engine, body="b" * 64, now=NOW + timedelta(hours=24)) is None


def test_a_request_that_failed_may_be_sent_again(engine: Engine) -> None:
    claimed(engine)
    with pytest.raises(StillAnswering):
        claimed(engine)
    answers.release(engine, owner="token:1", key="k")
    assert claimed(engine) is None


def test_a_request_that_was_cut_off_may_be_sent_again_after_a_minute(engine: Engine) -> None:
    claimed(engine)
    with pytest.raises(StillAnswering):
        claimed(engine, now=NOW + timedelta(seconds=59))
    assert claimed(engine, now=NOW + timedelta(seconds=60)) is None


def test_of_ten_who_send_the_same_at_once_one_may_act(engine: Engine) -> None:
    gate = Barrier(10)

    def send(_: int) -> str:
        gate.wait()
        try:
            return "acts" if claimed(engine) is None else "given"
        except StillAnswering:
            return "waits"

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(send, range(10))) == ["acts", *["waits"] * 9]
