from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, text

from store import embeds, tokens
from store.embeds import EmbedSession, NonceRefused, NonceTaken, NothingNamed, OriginRefused

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=8)
MINUTE = timedelta(minutes=1)


def asked(engine: Engine, **limits: object) -> str:
    given = {"student_id": 7, "school_id": 3, "only_schools": None, "locale": "pt", "theme": "dark", "token_id": None,
             "now": NOW, "seconds": 60, **limits}
    return embeds.open(engine, **given)[1]  # type: ignore[arg-type]


def spent(engine: Engine, nonce: str, now: datetime = NOW) -> tuple[EmbedSession, str]:
    return embeds.spend(engine, nonce, now=now, idle=IDLE, longest=LONGEST)


def refused(engine: Engine, nonce: str, now: datetime = NOW) -> str:
    with pytest.raises(NonceRefused) as refusal:
        spent(engine, nonce, now)
    assert nonce not in refusal.value.message or not nonce
    return refusal.value.reason


def at_once(times: int, act: Callable[[int], object]) -> list[object]:
    """What each call gave or raised, all of them begun at the same moment."""
    gate = Barrier(times)

    def one(number: int) -> object:
        gate.wait()
        try:
            return act(number)
        except NonceRefused as refusal:
            return refusal.reason

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_a_nonce_opens_the_page_it_was_given_out_for(engine: Engine) -> None:
    session, secret = spent(engine, asked(engine, only_schools=[5, 3]), NOW + MINUTE / 2)
    assert (session.student_id, session.school_id, session.only_schools) == (7, 3, (3, 5))
    assert (session.locale, session.theme, session.token_id) == ("pt", "dark", None)
    assert session.expires_at == NOW + MINUTE / 2 + IDLE
    assert session.longest_at == NOW + MINUTE / 2 + LONGEST
    assert embeds.session(engine, secret, NOW + MINUTE / 2) == session


def test_a_nonce_is_good_once(engine: Engine) -> None:
    nonce = asked(engine)
    _, secret = spent(engine, nonce)
    assert refused(engine, nonce) == "spent"
    assert embeds.session(engine, secret, NOW) is not None


def test_of_twenty_who_spend_a_nonce_at_once_exactly_one_wins(engine: Engine) -> None:
    nonce = asked(engine)
    results = at_once(20, lambda _: spent(engine, nonce))
    assert results.count("spent") == 19
    assert len(embeds.sessions(engine, now=NOW)) == 1


def test_a_nonce_ends_with_its_time(engine: Engine) -> None:
    nonce = asked(engine)
    assert refused(engine, nonce, NOW + MINUTE) == "expired"
    spent(engine, nonce, NOW + MINUTE - timedelta(microseconds=1))


@pytest.mark.parametrize("nonce", ["", "x", "\ud800", "' or 1=1 --", "x" * 100_000])
def test_a_nonce_that_was_never_given_out_is_unknown(engine: Engine, nonce: str) -> None:
    asked(engine)
    assert refused(engine, nonce) == "unknown"


def test_neither_nonce_nor_secret_is_kept(engine: Engine) -> None:
    nonce = asked(engine)
    session, secret = spent(engine, nonce)
    with engine.connect() as connection:
        kept = [str(row) for table in ("embed_requests", "embed_sessions")
                for row in connection.execute(text(f"select * from {table}")).all()]
    assert nonce not in " ".join(kept)
    assert secret not in " ".join([*kept, repr(session)])


def test_a_nonce_of_ones_own_is_given_out_once(engine: Engine) -> None:
    assert asked(engine, nonce="n" * 43) == "n" * 43
    with pytest.raises(NonceTaken):
        asked(engine, nonce="n" * 43)
    spent(engine, "n" * 43)


def test_a_session_slides_while_it_is_used(engine: Engine) -> None:
    _, secret = spent(engine, asked(engine))
    for step in range(1, 10):
        assert embeds.session(engine, secret, NOW + step * timedelta(minutes=20)) is not None
    assert embeds.session(engine, secret, NOW + timedelta(minutes=180) + IDLE) is None


def test_a_session_that_is_not_used_ends(engine: Engine) -> None:
    _, secret = spent(engine, asked(engine))
    assert embeds.session(engine, secret, NOW + IDLE - timedelta(microseconds=1)) is not None
    _, other = spent(engine, asked(engine))
    assert embeds.session(engine, other, NOW + IDLE) is None


def test_no_session_outlives_the_longest_time(engine: Engine) -> None:
    _, secret = spent(engine, asked(engine))
    step, at = timedelta(minutes=10), NOW
    while at + step < NOW + LONGEST:
        at += step
        session = embeds.session(engine, secret, at)
        assert session is not None
        assert session.expires_at <= session.longest_at == NOW + LONGEST
    assert embeds.session(engine, secret, NOW + LONGEST) is None


def test_a_session_is_written_at_most_once_a_minute(engine: Engine) -> None:
    _, secret = spent(engine, asked(engine))
    seen = []
    for second in range(0, 180, 5):
        session = embeds.session(engine, secret, NOW + timedelta(seconds=second))
        assert session is not None
        seen.append(session.seen_at)
    assert sorted(set(seen)) == [NOW, NOW + MINUTE, NOW + 2 * MINUTE]


def test_a_clock_that_runs_back_changes_nothing(engine: Engine) -> None:
    _, secret = spent(engine, asked(engine))
    later = embeds.session(engine, secret, NOW + 5 * MINUTE)
    assert embeds.session(engine, secret, NOW + 2 * MINUTE) == later


@pytest.mark.parametrize("limit", [{"student_id": 7}, {"school_id": 3}, {"student_id": 7, "school_id": 3}])
def test_revoking_ends_sessions_and_unspent_nonces_at_once(engine: Engine, limit: dict) -> None:
    _, secret = spent(engine, asked(engine))
    waiting = asked(engine)
    _, foreign = spent(engine, asked(engine, student_id=8, school_id=4))
    assert embeds.revoke(engine, now=NOW, **limit) == 2
    assert embeds.session(engine, secret, NOW) is None
    assert embeds.session(engine, secret, NOW + 5 * MINUTE) is None
    assert refused(engine, waiting) == "revoked"
    assert embeds.session(engine, foreign, NOW) is not None
    assert embeds.revoke(engine, now=NOW, **limit) == 0


def test_one_session_can_be_revoked_alone(engine: Engine) -> None:
    session, secret = spent(engine, asked(engine))
    _, other = spent(engine, asked(engine))
    assert embeds.revoke(engine, session_id=session.id, school_id=4, now=NOW) == 0
    assert embeds.revoke(engine, session_id=session.id, now=NOW) == 1
    assert embeds.session(engine, secret, NOW) is None
    assert embeds.session(engine, other, NOW) is not None


def test_revoking_nobodys_pages_is_refused(engine: Engine) -> None:
    with pytest.raises(NothingNamed):
        embeds.revoke(engine, now=NOW)


def test_whoever_spends_while_it_is_revoked_is_left_without_a_session(engine: Engine) -> None:
    """Whichever comes first, nothing is alive once the revocation returned."""
    for _ in range(5):
        nonces = [asked(engine) for _ in range(6)]

        def act(number: int, given: list[str] = nonces) -> object:
            return embeds.revoke(engine, student_id=7, now=NOW) if number == 6 else spent(engine, given[number])

        results = at_once(7, act)
        assert set(map(type, results)) <= {tuple, str, int}
        assert embeds.sessions(engine, now=NOW, student_id=7) == ()
        assert {refused(engine, nonce) for nonce in nonces} <= {"spent", "revoked"}


def test_a_revoked_token_takes_its_pages_with_it(engine: Engine) -> None:
    token, _ = tokens.create(engine, name="site", permissions={"embed"}, created_by="user:1", now=NOW)
    _, secret = spent(engine, asked(engine, token_id=token.id))
    waiting = asked(engine, token_id=token.id)
    assert embeds.session(engine, secret, NOW) is not None
    tokens.revoke(engine, token.id, now=NOW)
    assert embeds.session(engine, secret, NOW) is None
    assert embeds.sessions(engine, now=NOW) == ()
    assert refused(engine, waiting) == "revoked"


def test_live_sessions_are_listed_newest_first(engine: Engine) -> None:
    first, _ = spent(engine, asked(engine))
    second, _ = spent(engine, asked(engine, student_id=8))
    third, _ = spent(engine, asked(engine, school_id=4))
    embeds.revoke(engine, session_id=second.id, now=NOW)
    assert [one.id for one in embeds.sessions(engine, now=NOW)] == [third.id, first.id]
    assert [one.id for one in embeds.sessions(engine, now=NOW, school_id=3)] == [first.id]
    assert [one.id for one in embeds.sessions(engine, now=NOW, student_id=7, limit=1)] == [third.id]
    assert embeds.sessions(engine, now=NOW + IDLE) == ()


def test_what_ended_long_ago_is_swept_when_the_next_page_is_asked_for(engine: Engine) -> None:
    old = asked(engine)
    _, secret = spent(engine, asked(engine))
    later = NOW + timedelta(days=2)
    fresh = asked(engine, now=later)
    assert refused(engine, old, later) == "unknown"
    assert embeds.session(engine, secret, NOW) is None
    assert embeds.sweep(engine, now=later) == 0
    spent(engine, fresh, later)


def test_what_has_just_ended_is_kept_to_tell_why(engine: Engine) -> None:
    nonce = asked(engine)
    asked(engine, now=NOW + timedelta(hours=1))
    assert refused(engine, nonce, NOW + timedelta(hours=1)) == "expired"


def test_origins_are_kept_as_browsers_write_them(engine: Engine) -> None:
    given = ["https://WWW.School.pt/", "https://school.pt:8443", "http://localhost:8000", "https://a.pt:443",
             "http://127.0.0.1", "https://school.pt:8443"]
    kept = ("http://127.0.0.1", "http://localhost:8000", "https://a.pt", "https://school.pt:8443",
            "https://www.school.pt")
    assert embeds.set_origins(engine, 3, given) == kept
    assert embeds.origins(engine, 3) == kept
    assert embeds.origins(engine, 4) == ()
    embeds.set_origins(engine, 3, ["https://b.pt"])
    embeds.set_origins(engine, 4, ["https://d.pt", "https://c.pt"])
    assert embeds.origins(engine, 3) == ("https://b.pt",)
    assert embeds.all_origins(engine) == {3: ("https://b.pt",), 4: ("https://c.pt", "https://d.pt")}
    assert embeds.set_origins(engine, 3, []) == embeds.origins(engine, 3) == ()


@pytest.mark.parametrize("wrong", [
    "", "*", "https://*", "https://*.school.pt", "school.pt", "http://school.pt", "https://school.pt/page",
    "https://school.pt?x", "https://u:p@school.pt", "https://school.pt; script-src *", "https://a.pt https://b.pt",
    "https://school.pt:0", "https://school.pt:99999", "https://-a.pt", "https://é.pt", "javascript:alert(1)", "null",
    "https://a.pt\nhttps://b.pt", "http://localhost.evil.pt", "https://[::1]", "https://a..pt", "data:,", "'self'",
])
def test_what_is_no_origin_is_refused(wrong: str) -> None:
    with pytest.raises(OriginRefused, match="is not an origin"):
        embeds.as_origins(["https://b.pt", wrong])


def test_one_wrong_origin_changes_none(engine: Engine) -> None:
    embeds.set_origins(engine, 3, ["https://a.pt"])
    with pytest.raises(OriginRefused, match="is not an origin"):
        embeds.set_origins(engine, 3, ["https://b.pt", "*"])
    assert embeds.origins(engine, 3) == ("https://a.pt",)


def test_a_school_has_a_limited_number_of_origins(engine: Engine) -> None:
    with pytest.raises(OriginRefused, match="up to 20"):
        embeds.set_origins(engine, 3, [f"https://a{number}.pt" for number in range(21)])
