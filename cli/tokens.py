"""``token``: makes, lists and revokes the tokens by which programs use the API."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import BadOption, Json, actor, own_store, published
from cli.output import print_json, print_table, say
from errors import HourbookError

if TYPE_CHECKING:
    from datetime import datetime

    from settings import Settings
    from store.tokens import Token

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


class PersonNotFound(HourbookError):
    """No user, or more than one, has the e-mail given."""


class TokenNotFound(HourbookError):
    """There is no such token, or it was revoked before."""


def add_to(app: typer.Typer) -> None:
    """Register the commands of this subject."""
    app.add_typer(
        group, name="token", help="Make, list and revoke tokens of the API.",
        epilog="Example: hourbook token create --name site --service --school 1",
    )


@group.command(epilog="Example: hourbook token create --name site --service --school 1 --permission embed")
def create(
    name: Annotated[str, typer.Option(help="What the token is for.")],
    user: Annotated[int | None, typer.Option(help="It sees what this user of the platform sees.", metavar="ID")] = None,
    email: Annotated[str | None, typer.Option(help="The same, by the user's e-mail.")] = None,
    service: Annotated[bool, typer.Option("--service", help="It is a program's own and sees whole schools.")] = False,
    school: Annotated[list[int] | None, typer.Option(help="Only this school; may be repeated.", metavar="ID")] = None,
    all_schools: Annotated[bool, typer.Option("--all-schools", help="A service that sees every school.")] = False,
    permission: Annotated[
        list[str] | None, typer.Option(help="read, embed, audit or issue; may be repeated.  [default: read]"),
    ] = None,
    expires_days: Annotated[int, typer.Option(help="Days until it ends.", min=1, max=3650)] = 365,
    never_expires: Annotated[bool, typer.Option("--never-expires", help="It works until it is revoked.")] = False,
    as_json: Json = False,
) -> None:
    """Make a token and print its secret, this once."""
    import audit
    from store import tokens

    if sum((user is not None, email is not None, service)) != 1:
        raise BadOption("Say whose token it is, in one way: --user ID, --email ADDRESS or --service.")
    if service != bool(school or all_schools) and (service or all_schools):
        raise BadOption("--service needs its schools: --school ID, repeated, or --all-schools, which is for it alone.")
    if school and all_schools:
        raise BadOption("--school and --all-schools contradict each other: leave one out.")
    engine, chosen = own_store()
    _require_schools(school or [])
    user_id = None if service else _person(chosen, user, email)
    now = chosen.clock()
    token, secret = tokens.create(
        engine, name=name, permissions=permission or ["read"], user_id=user_id, school_ids=school or None,
        expires_at=None if never_expires else now + timedelta(days=expires_days), created_by=actor(), now=now,
    )
    audit.record(
        engine, event=audit.Event.TOKEN_CREATED, actor=actor(), now=now, object=f"token:{token.id}",
        school_id=_only(token.school_ids),
        details={"user_id": user_id, "schools": token.school_ids, "permissions": sorted(token.permissions)},
    )
    if as_json:
        print_json({**_facts(token, now), "secret": secret})
    else:
        until = f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "until it is revoked"
        say(f"Token {token.id} works {until}. Keep its secret now: it is not shown again.")
        typer.echo(secret)


@group.command("list", epilog="Example: hourbook token list --json")
def list_(as_json: Json = False) -> None:
    """List every token, also revoked and expired ones; never a secret."""
    from store import tokens

    engine, chosen = own_store()
    now = chosen.clock()
    found = [_facts(token, now) for token in tokens.listed(engine)]
    if as_json:
        print_json(found)
    else:
        columns = ("id", "name", "begins", "user_id", "school_ids", "permissions", "created_at", "expires_at", "state")
        print_table("Tokens", columns, [[fact[column] for column in columns] for fact in found])


@group.command(epilog="Example: hourbook token revoke 3")
def revoke(
    token: Annotated[int, typer.Argument(help="The token's number, see `token list`.")], as_json: Json = False,
) -> None:
    """End a token for good, and every embedded page it opened."""
    import audit
    from store import tokens

    engine, chosen = own_store()
    found = next((one for one in tokens.listed(engine) if one.id == token), None)
    if found is None:
        raise TokenNotFound(f"There is no token {token}: see `hourbook token list`.")
    if not tokens.revoke(engine, token, now=chosen.clock()):
        raise TokenNotFound(f"Token {token} ({found.name}) was revoked before, at {found.revoked_at}.")
    audit.record(
        engine, event=audit.Event.TOKEN_REVOKED, actor=actor(), now=chosen.clock(), object=f"token:{token}",
        school_id=_only(found.school_ids),
    )
    if as_json:
        print_json({"id": token, "revoked": True})
    else:
        say(f"Token {token} ({found.name}) works no more.")


def _person(chosen: Settings, user: int | None, email: str | None) -> int:
    """The user's id; raises PersonNotFound, or NotAdmitted for who may see nothing."""
    import identity
    from access.viewer import Via
    from identity import people

    books = published()
    found = [user] if email is None else people.with_email(books, email)
    if len(found) > 1:
        raise PersonNotFound(
            f"{len(found)} users have the e-mail {email!r} when capitals are not told apart: give one by --user, "
            f"one of {', '.join(map(str, found))}."
        )
    if not found or found[0] is None:
        raise PersonNotFound(f"No user has the e-mail {email!r}: check it, or give the platform's number by --user.")
    identity.by_user_id(books, chosen, found[0], Via.token)
    return int(found[0])


def _require_schools(wanted: list[int]) -> None:
    import queries
    from access.scope import Scope

    if not wanted:
        return
    known = queries.ask(published(), Scope.business(), "schools").column("school_id")
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise BadOption(f"There is no school {unknown[0]}; there are {', '.join(map(str, sorted(known)[:20]))}.")


def _facts(token: Token, now: datetime) -> dict[str, object]:
    state = "works" if token.works(now) else "revoked" if token.revoked_at else "expired"
    return {
        "id": token.id, "name": token.name, "begins": f"hb_{token.prefix}", "user_id": token.user_id,
        "school_ids": token.school_ids, "permissions": sorted(token.permissions), "created_at": token.created_at,
        "created_by": token.created_by, "expires_at": token.expires_at, "revoked_at": token.revoked_at, "state": state,
    }


def _only(schools: tuple[int, ...] | None) -> int | None:
    return schools[0] if schools and len(schools) == 1 else None
