import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from store import tokens
from store.tokens import Token, TokenRefused

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def made(engine: Engine, **limits: object) -> tuple[Token, str]:
    given = {"name": "site", "permissions": {"read"}, "user_id": 7, "created_by": "user:1", "now": NOW, **limits}
    return tokens.create(engine, **given)  # type: ignore[arg-type]


def test_a_token_is_found_by_its_secret(engine: Engine) -> None:
    token, secret = made(engine, permissions={"read", "embed"}, school_ids=[3, 1, 3], expires_at=NOW + timedelta(1))
    assert re.fullmatch(r"hb_[a-z0-9]{8}_[\w-]{43}", secret)
    assert tokens.find(engine, secret, NOW) == token
    assert token.permissions == {"read", "embed"}
    assert (token.school_ids, token.user_id) == ((1, 3), 7)
    assert (token.prefix, token.created_at, token.expires_at) == (secret[3:11], NOW, NOW + timedelta(1))


def test_no_school_named_is_no_limit(engine: Engine) -> None:
    token, _ = made(engine, user_id=None)
    assert (token.school_ids, token.user_id) == (None, None)


def test_the_secret_is_not_kept(engine: Engine) -> None:
    token, secret = made(engine)
    with engine.connect() as connection:
        kept = str(connection.execute(text("select * from api_tokens")).mappings().one())
    assert secret not in kept
    assert secret[-43:] not in kept
    assert secret not in repr(token)


@pytest.mark.parametrize("wrong", [
    "", "hb_", "hb_abcdefgh_" + "x" * 43, "hb_abcdefgh_" + "x" * 42, "é" * 55, "' or 1=1 --", "\ud800", "x" * 100_000,
])
def test_another_secret_finds_nothing(engine: Engine, wrong: str) -> None:
    made(engine)
    assert tokens.find(engine, wrong, NOW) is None


def test_a_prefix_alone_or_a_changed_letter_finds_nothing(engine: Engine) -> None:
    _, secret = made(engine)
    assert tokens.find(engine, secret[:-1] + ("a" if secret[-1] != "a" else "b"), NOW) is None
    assert tokens.find(engine, secret.upper(), NOW) is None
    assert tokens.find(engine, secret + "\n", NOW) is None


def test_a_token_ends_when_it_expires(engine: Engine) -> None:
    _, secret = made(engine, expires_at=NOW + timedelta(days=1))
    assert tokens.find(engine, secret, NOW + timedelta(days=1, microseconds=-1)) is not None
    assert tokens.find(engine, secret, NOW + timedelta(days=1)) is None


def test_a_revoked_token_is_never_found_again(engine: Engine) -> None:
    token, secret = made(engine)
    assert tokens.revoke(engine, token.id, now=NOW)
    assert tokens.find(engine, secret, NOW) is None
    assert not tokens.revoke(engine, token.id, now=NOW + timedelta(hours=1))
    assert [one.revoked_at for one in tokens.listed(engine)] == [NOW]


def test_revoking_a_token_that_never_was_says_so(engine: Engine) -> None:
    assert not tokens.revoke(engine, 99, now=NOW)


def test_revoked_and_expired_tokens_stay_in_the_list(engine: Engine) -> None:
    names = ["one", "two", "three"]
    ids = [made(engine, name=name)[0].id for name in names]
    tokens.revoke(engine, ids[1], now=NOW)
    assert [(token.id, token.name) for token in tokens.listed(engine)] == list(zip(ids, names, strict=True))


@pytest.mark.parametrize(("limits", "sentence"), [
    ({"name": " "}, "needs a name"),
    ({"name": "x" * 101}, "needs a name of up to 100 characters"),
    ({"permissions": ()}, "nothing is not one of them"),
    ({"permissions": {"read", "write"}}, "may be given read, embed, audit, issue; write is not one of them"),
    ({"school_ids": ()}, "limited to no school"),
    ({"expires_at": NOW}, "would have expired already"),
])
def test_a_token_that_makes_no_sense_is_refused(engine: Engine, limits: dict, sentence: str) -> None:
    with pytest.raises(TokenRefused, match=sentence):
        made(engine, **limits)
    assert tokens.listed(engine) == ()
