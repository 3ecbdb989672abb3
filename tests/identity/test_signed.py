"""A token of the platform opens what it says; what is forged, old or meant for others opens nothing."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from access.viewer import Role, Via
from identity import BadBearer, KeysUnavailable, NotAdmitted, by_bearer, signed
from settings import Settings
from tests.identity import school, signing
from tests.identity.school import books
from tests.identity.signing import AUDIENCE, ISSUER, NOW, SECRET, KeyServer, ec_key, rsa_key
from tests.memory import AS_OF

SCHOOL = books()
WITH_SECRET = signing.with_secret()


def user_of(token: str, settings: Settings = WITH_SECRET) -> int:
    return signed.user_id(settings, token, AS_OF)


def why(token: str, settings: Settings = WITH_SECRET) -> str:
    with pytest.raises(BadBearer) as refused:
        signed.user_id(settings, token, AS_OF)
    assert token not in refused.value.message
    return refused.value.message


def test_a_token_signed_with_the_shared_secret_is_its_user() -> None:
    assert user_of(signing.signed()) == 12


@pytest.mark.parametrize(("key", "algorithm"), [(rsa_key, "RS256"), (ec_key, "ES256")])
def test_a_token_signed_with_a_published_key_is_its_user(key: Any, algorithm: str, key_server: KeyServer) -> None:
    settings = signing.with_keys(key_server.publish(signing.published(key(), "a")))
    assert user_of(signing.signed(key(), algorithm, {"kid": "a"}), settings) == 12


def test_the_bearer_of_a_token_is_the_user_with_the_roles_of_now() -> None:
    viewer = by_bearer(None, SCHOOL, WITH_SECRET, signing.signed(), AS_OF)  # type: ignore[arg-type]
    assert (viewer.key, viewer.via) == ("user:12", Via.jwt)
    assert viewer.roles == {Role.school_admin}


@pytest.mark.parametrize("user", [school.GONE, school.NOBODY, 999])
def test_a_good_token_of_who_is_nobody_here_opens_nothing(user: int) -> None:
    with pytest.raises(NotAdmitted):
        by_bearer(None, SCHOOL, WITH_SECRET, signing.signed(sub=str(user)), AS_OF)  # type: ignore[arg-type]


def test_a_token_signed_by_somebody_else_is_refused(key_server: KeyServer) -> None:
    assert "signature is wrong" in why(signing.signed("another secret that is long enough, too"))
    token = signing.signed(rsa_key("forger"), "RS256", {"kid": "a"})
    settings = signing.with_keys(key_server.publish(signing.published(rsa_key(), "a")))
    assert "signature is wrong" in why(token, settings)


def test_a_token_that_was_changed_is_refused() -> None:
    head, body, mark = signing.signed().split(".")
    other = signing.by_hand({"alg": "HS256", "typ": "JWT"}, signing.claims(sub="1")).split(".")[1]
    assert "signature is wrong" in why(f"{head}.{other}.{mark}")
    assert why(f"{head}.{body}.")
    assert why(f"{head}.{body}")


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "NONE", "nOnE", "", "HS384", "HS512", "PS256", "EdDSA", None, 1, []]
)
@pytest.mark.parametrize("secret", [None, b"", SECRET.encode()])
def test_no_algorithm_but_the_agreed_one_holds(algorithm: Any, secret: bytes | None, key_server: KeyServer) -> None:
    token = signing.by_hand({"alg": algorithm, "typ": "JWT", "kid": "a"}, signing.claims(), secret)
    why(token)
    why(token, signing.with_keys(key_server.publish(signing.published(rsa_key(), "a"))))


def test_a_public_key_cannot_pass_for_the_shared_secret(key_server: KeyServer) -> None:
    """The forger takes the published key, signs with it as if it were a secret, and writes HS256."""
    url = key_server.publish(signing.published(rsa_key(), "a"))
    token = signing.by_hand({"alg": "HS256", "kid": "a"}, signing.claims(), signing.public_pem(rsa_key()))
    assert "not accepted" in why(token, signing.with_keys(url))
    assert "signature is wrong" in why(token, signing.with_keys(url, jwt_secret=SECRET))


def test_a_secret_published_among_the_keys_is_no_key(key_server: KeyServer) -> None:
    secret = {"kty": "oct", "k": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY", "kid": "a", "alg": "HS256"}
    url = key_server.publish(secret, signing.published(rsa_key(), "b"))
    token = signing.by_hand({"alg": "HS256", "kid": "a"}, signing.claims(), b"0123456789abcdef0123456789abcdef")
    assert "not accepted" in why(token, signing.with_keys(url))
    forged = signing.by_hand({"alg": "RS256", "kid": "a"}, signing.claims(), b"0123456789abcdef0123456789abcdef")
    assert "algorithm" in why(forged, signing.with_keys(url))


def test_a_key_carried_by_the_token_itself_is_not_used(key_server: KeyServer) -> None:
    url = key_server.publish(signing.published(rsa_key(), "a"))
    own = signing.published(rsa_key("forger"), "forged")
    headers = {"kid": "forged", "jwk": own, "jku": url.replace("keys", "forged"), "x5u": url}
    token = signing.signed(rsa_key("forger"), "RS256", headers)
    assert "names no key" in why(token, signing.with_keys(url))


def test_with_both_settings_each_algorithm_has_its_own_key(key_server: KeyServer) -> None:
    url = key_server.publish(signing.published(rsa_key(), "a"))
    settings = signing.with_keys(url, jwt_secret=SECRET)
    assert user_of(signing.signed(), settings) == 12
    assert user_of(signing.signed(rsa_key(), "RS256", {"kid": "a"}), settings) == 12


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": NOW - 31}, "has expired"),
        ({"exp": NOW - 30}, "has expired"),
        ({"exp": 0}, "has expired"),
        ({"nbf": NOW + 31}, "not valid yet"),
        ({"iat": NOW + 31}, "not valid yet"),
        ({"exp": None}, "must carry"),
        ({"sub": None}, "must carry"),
        ({"iss": None}, "must carry"),
        ({"aud": None}, "must carry"),
        ({"iss": "https://platform.school.example.evil"}, "another issuer"),
        ({"iss": ISSUER + "/"}, "another issuer"),
        ({"iss": [ISSUER]}, ""),
        ({"aud": "billing"}, "another service"),
        ({"aud": AUDIENCE.upper()}, "another service"),
        ({"aud": []}, "must carry"),
    ],
    ids=str,
)
def test_a_token_that_is_old_early_or_meant_for_others_is_refused(changes: dict[str, Any], reason: str) -> None:
    token = signing.by_hand({"alg": "HS256"}, signing.claims(**changes), SECRET.encode())
    assert reason in why(token)


@pytest.mark.parametrize("changes", [{"exp": NOW - 29}, {"nbf": NOW + 29}, {"iat": NOW + 30}, {"aud": ["a", AUDIENCE]}])
def test_clocks_may_differ_a_little_and_a_token_may_be_for_several_services(changes: dict[str, Any]) -> None:
    assert user_of(signing.signed(**changes)) == 12


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", ["tomorrow", True, -1, 2**64, 1e400, float("nan"), [1], {}, "1e9"])
def test_an_instant_that_is_none_is_refused(name: str, value: Any) -> None:
    why(signing.by_hand({"alg": "HS256"}, signing.claims(**{name: value}), SECRET.encode()))


@pytest.mark.parametrize(
    "subject",
    ["", "ana", "12 ", " 12", "+12", "-12", "012", "12.0", "0x0c", "1e1", "१२", "12\n", "0", 12, 12.0, True, [12], {},
     str(2**63), "9" * 19, "9" * 5000, "user:12", "12,13", "12 or 1=1"],
    ids=lambda subject: str(subject)[:20],
)  # fmt: skip
def test_a_subject_that_is_no_user_is_refused(subject: Any) -> None:
    why(signing.by_hand({"alg": "HS256"}, signing.claims(sub=subject), SECRET.encode()))


@pytest.mark.parametrize(
    "payload", [[], "12", 12, None, {}, {"sub": "12", "exp": 10**4000}], ids=lambda payload: str(payload)[:20]
)
def test_a_payload_that_is_no_claims_is_refused(payload: Any) -> None:
    why(signing.by_hand({"alg": "HS256"}, payload, SECRET.encode()))


NESTED = base64.urlsafe_b64encode(b"[" * 5000).decode()


@pytest.mark.parametrize(
    "token",
    ["", "a", "a.b.c", "..", "eyJhbGciOiJIUzI1NiJ9", "\x00", "ä.ö.ü", "a." * 5000, "Bearer", NESTED, f"{NESTED}.e30."],
    ids=lambda token: token[:20],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(BadBearer):
        by_bearer(None, SCHOOL, WITH_SECRET, token, AS_OF)  # type: ignore[arg-type]


def test_tokens_of_the_platform_are_refused_until_issuer_and_audience_are_set() -> None:
    for name in ("jwt_issuer", "jwt_audience"):
        settings = WITH_SECRET.model_copy(update={name: None})
        assert "HOURBOOK_JWT_ISSUER" in why(signing.signed(), settings)


def test_tokens_of_the_platform_are_refused_where_none_are_expected() -> None:
    assert "not accepted here" in why(signing.signed(), Settings())


def test_unknown_keys_are_not_asked_for_again_and_again(key_server: KeyServer) -> None:
    url = key_server.publish(signing.published(rsa_key(), "a"))
    settings = signing.with_keys(url)
    for number in range(20):
        assert "names no key" in why(signing.signed(rsa_key(), "RS256", {"kid": f"new{number}"}), settings)
    assert user_of(signing.signed(rsa_key(), "RS256", {"kid": "a"}), settings) == 12
    assert key_server.asked <= 2


def test_a_key_for_encryption_signs_nothing(key_server: KeyServer) -> None:
    url = key_server.publish(signing.published(rsa_key(), "a", use="enc"), signing.published(ec_key(), "b"))
    assert "names no key" in why(signing.signed(rsa_key(), "RS256", {"kid": "a"}), signing.with_keys(url))


def test_a_token_without_the_name_of_its_key_is_refused(key_server: KeyServer) -> None:
    settings = signing.with_keys(key_server.publish(signing.published(rsa_key(), "a")))
    assert "names no key" in why(signing.signed(rsa_key(), "RS256"), settings)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"keys": []}', b'{"keys": 1}', b"\xff"])
def test_an_answer_that_holds_no_keys_refuses_and_breaks_nothing(answer: bytes, key_server: KeyServer) -> None:
    url = key_server.publish()
    key_server.body = answer
    why(signing.signed(rsa_key(), "RS256", {"kid": "a"}), signing.with_keys(url))


def test_keys_that_cannot_be_fetched_are_told_apart_and_not_asked_for_at_once(key_server: KeyServer) -> None:
    url = key_server.publish(signing.published(rsa_key(), "a"))
    key_server.status = 500
    settings = signing.with_keys(url)
    for _ in range(5):
        with pytest.raises(KeysUnavailable):
            user_of(signing.signed(rsa_key(), "RS256", {"kid": "a"}), settings)
    assert key_server.asked == 1
