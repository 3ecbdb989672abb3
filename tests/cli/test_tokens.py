"""Tokens are made, listed and revoked from the command line; each change is in the audit log."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

import audit
import identity
import queries
import settings
import store
from access.scope import Scope
from access.viewer import Via
from cli.options import published
from store import tokens
from tests.cli.conftest import AsJson, Ran

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("at_school")


def own() -> Engine:
    return store.engine(settings.load().store_url)


def admin() -> tuple[int, str]:
    """A person who may see something: the id and the e-mail."""
    people = identity.demo_people(published(), settings.load())
    user_id = next(person.user_id for person in people if person.user_id)
    found = queries.ask(published(), Scope.business(), "person", user_id=user_id).one()
    return user_id, found["email"]


def test_the_secret_is_printed_once_and_alone(ran: Ran) -> None:
    code, out, err = ran("token", "create", "--name", "site", "--service", "--all-schools", "--permission", "embed")
    assert code == 0, err
    assert re.fullmatch(r"hb_[a-z0-9]{8}_[\w-]{43}\n", out)
    token = tokens.find(own(), out.strip(), NOW)
    assert token is not None
    assert (token.user_id, token.school_ids) == (None, None)
    assert token.permissions == {"embed"}
    assert f"Token {token.id} works until 2027-11-23" in err
    assert out.strip() not in err + ran("token", "list")[1] + ran("token", "list", "--json")[1]


def test_a_token_of_a_user_sees_as_that_user(as_json: AsJson) -> None:
    user_id, email = admin()
    by_id = as_json("token", "create", "--name", "me", "--user", str(user_id), "--expires-days", "30")
    by_email = as_json("token", "create", "--name", "me", "--email", email.upper(), "--never-expires")
    assert by_id["user_id"] == by_email["user_id"] == user_id
    assert (by_id["permissions"], by_id["expires_at"]) == (["read"], "2026-12-23T09:00:00+00:00")
    assert by_email["expires_at"] is None
    viewer = identity.by_bearer(own(), published(), settings.load(), by_email["secret"], NOW)
    assert (viewer.user_id, viewer.via) == (user_id, Via.token)


def test_making_and_revoking_is_in_the_audit_log(as_json: AsJson, ran: Ran) -> None:
    made = as_json("token", "create", "--name", "Ana's site", "--service", "--school", "1", "--permission", "read",
                   "--permission", "embed")
    assert as_json("token", "revoke", str(made["id"])) == {"id": made["id"], "revoked": True}
    assert tokens.find(own(), made["secret"], NOW) is None
    revoked, created = audit.entries(own(), limit=2)
    assert (created.event, revoked.event) == ("token_created", "token_revoked")
    assert created.object == revoked.object == f"token:{made['id']}"
    assert created.school_id == revoked.school_id == 1
    assert created.actor.startswith("cli:")
    assert created.details == {"user_id": None, "schools": [1], "permissions": ["embed", "read"]}
    code, _, err = ran("token", "revoke", str(made["id"]))
    assert (code, "was revoked before" in err) == (1, True)


def test_revoked_tokens_stay_in_the_list(as_json: AsJson) -> None:
    made = as_json("token", "create", "--name", "gone", "--service", "--school", "1")
    as_json("token", "revoke", str(made["id"]))
    found = {token["id"]: token for token in as_json("token", "list")}[made["id"]]
    assert (found["name"], found["state"], found["school_ids"]) == ("gone", "revoked", [1])
    assert "secret" not in found


@pytest.mark.parametrize(("options", "sentence"), [
    (["--name", "x"], "Say whose token it is, in one way"),
    (["--name", "x", "--user", "1", "--service"], "Say whose token it is, in one way"),
    (["--name", "x", "--service"], "--service needs its schools"),
    (["--name", "x", "--user", "1", "--all-schools"], "--service needs its schools"),
    (["--name", "x", "--service", "--all-schools", "--school", "1"], "contradict each other"),
    (["--name", "x", "--service", "--school", "99"], "There is no school 99; there are 1"),
    (["--name", "x", "--email", "nobody@nowhere.pt"], "No user has the e-mail 'nobody@nowhere.pt'"),
    (["--name", "x", "--user", "999999"], "knows no such person"),
    (["--name", " ", "--service", "--school", "1"], "A token needs a name"),
    (["--name", "x", "--service", "--school", "1", "--permission", "write"], "write is not one of them"),
])
def test_what_makes_no_sense_makes_no_token(ran: Ran, options: list[str], sentence: str) -> None:
    before = tokens.listed(own())
    code, out, err = ran("token", "create", *options, "--json")
    assert code == 1
    assert sentence in err
    assert json.loads(out)["ok"] is False
    assert tokens.listed(own()) == before


def test_an_e_mail_of_several_is_told_with_their_numbers(ran: Ran) -> None:
    code, _, err = ran("token", "create", "--name", "x", "--email", "casey.jordan@example.com")
    assert code == 1
    assert re.search(r"2 users have the e-mail .* give one by --user, one of \d+, \d+\.", err)


def test_a_token_that_is_none_cannot_be_revoked(ran: Ran) -> None:
    code, _, err = ran("token", "revoke", "999")
    assert (code, err) == (1, "There is no token 999: see `hourbook token list`.\n")
