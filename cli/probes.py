"""Tries each thing that Hourbook depends on, and says what it found and what to do."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from errors import HourbookError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from settings import Settings

_LEAST_FREE_BYTES = 500_000_000
_LEAST_DAYS = 30


@dataclass(frozen=True)
class Finding:
    """One thing that was tried: it works, it works but something should change, or it fails."""

    name: str
    state: Literal["works", "warns", "fails"]
    detail: str


def all_findings(chosen: Settings) -> list[Finding]:
    """Every probe's findings, in the order in which a sync needs the parts."""
    findings: list[Finding] = []
    for name, probe in (("platform", platform), ("extension", extension), ("store", store), ("warehouse", warehouse),
                        ("disk space", disk_space), ("documents", documents), ("mail", mail)):
        findings += _tried(name, probe, chosen)
    return findings


def _tried(name: str, probe: Callable[[Settings], Iterator[Finding]], chosen: Settings) -> list[Finding]:
    try:
        return list(probe(chosen))
    except HourbookError as failure:
        return [Finding(name, "fails", failure.message)]
    except Exception as broken:  # noqa: BLE001 - whatever a driver raises is what the probe found
        return [Finding(name, "fails", " ".join(str(getattr(broken, "orig", broken)).split()))]


def platform(chosen: Settings) -> Iterator[Finding]:
    """The source answers, holds the contract's tables, and lets us read and no more."""
    from sqlalchemy import create_engine, make_url

    address = make_url(chosen.platform_url)
    if address.get_backend_name() == "sqlite" and not Path(str(address.database)).exists():
        yield Finding("platform", "fails", f"{address.database} does not exist yet: run `hourbook demo`.")
        return
    engine = create_engine(chosen.platform_url)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                yield from _postgres_platform(connection)
            else:
                yield from _tables(connection, readable=lambda _: True)
    finally:
        engine.dispose()


def _postgres_platform(connection: Connection) -> Iterator[Finding]:
    from etl import contract

    version, role, superuser, replica = connection.exec_driver_sql(
        "select current_setting('server_version'), current_user,"
        " (select rolsuper from pg_roles where rolname = current_user), pg_is_in_recovery()"
    ).one()
    kind = "replica" if replica else "primary"
    yield Finding("platform", "works", f"PostgreSQL {version} ({kind}), role {role}")

    def may(right: str, table: str) -> bool:
        return bool(connection.exec_driver_sql(
            "select coalesce(has_table_privilege(to_regclass(%s)::oid, %s), false)", (table, right),
        ).scalar())

    yield from _tables(connection, readable=lambda table: may("select", table))
    writable = [table.name for table in contract.tables() if may("insert, update, delete, truncate", table.name)]
    if superuser or writable:
        why = "is a superuser" if superuser else f"may write to {_few(writable)}"
        yield Finding("platform role", "warns", f"{role} {why}; give us a role that has SELECT only (see README).")
    else:
        yield Finding("platform role", "works", f"{role} may read and nothing else")


def _tables(connection: Connection, *, readable: Callable[[str], bool]) -> Iterator[Finding]:
    from sqlalchemy import inspect

    from etl import contract

    present = set(inspect(connection).get_table_names())
    wanted = contract.tables()
    missing = [table.name for table in wanted if table.name not in present and table.optional is None]
    absent = [f"{table.name} ({table.optional})" for table in wanted if table.name not in present and table.optional]
    refused = [table.name for table in wanted if table.name in present and not readable(table.name)]
    if missing:
        yield Finding("platform tables", "fails", f"missing: {_few(missing)}; is this the platform's database?")
    if refused:
        yield Finding("platform tables", "fails", f"not readable: {_few(refused)}; grant SELECT on them to our role.")
    if absent:
        yield Finding("platform tables", "warns", f"optional ones are absent: {_few(absent)}")
    if not missing and not refused:
        yield Finding("platform tables", "works", f"{len(wanted) - len(absent)} of {len(wanted)} tables are readable")


def extension(chosen: Settings) -> Iterator[Finding]:
    """DuckDB's PostgreSQL extension loads; without it a sync reads more slowly."""
    import duckdb

    from etl.readers.connection import extension_path

    path = extension_path()
    if path is None:
        yield Finding("extension", "warns", f"no PostgreSQL extension for DuckDB {duckdb.__version__}; COPY is used.")
        return
    with duckdb.connect() as connection:
        connection.execute(f"load '{str(path).replace(chr(39), chr(39) * 2)}'")
    yield Finding("extension", "works", f"DuckDB {duckdb.__version__} with its PostgreSQL extension")


def store(chosen: Settings) -> Iterator[Finding]:
    """Our own tables can be brought to shape and written to."""
    from sqlalchemy import text

    import store

    store.migrate(chosen.store_url)
    with store.engine(chosen.store_url).execution_options(writes=True).connect() as connection:
        count = connection.execute(text("select count(*) from adjustments")).scalar()
        connection.execute(text("update alembic_version set version_num = version_num"))
        connection.rollback()
    yield Finding("store", "works", f"{chosen.shown('store_url')}: {count} adjustments")


def warehouse(chosen: Settings) -> Iterator[Finding]:
    """The folder of the snapshots can be written to, and what is served can be read."""
    import warehouse

    chosen.warehouse.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=chosen.warehouse):
        pass
    book = warehouse.open(chosen.warehouse)
    current = book.current()
    if current is None:
        yield Finding("warehouse", "warns", f"{chosen.warehouse} holds no snapshot yet: run `hourbook sync`.")
        return
    with book.lease(current) as cursor:
        (students,) = _one(cursor.execute("select count(*) from students").fetchone())
    yield Finding("warehouse", "works", f"snapshot {current.snapshot_id} as of {current.as_of}: {students} students")


def disk_space(chosen: Settings) -> Iterator[Finding]:
    """A sync writes the new snapshot beside the old one."""
    free = shutil.disk_usage(chosen.warehouse if chosen.warehouse.exists() else chosen.warehouse.anchor).free
    held = sum(file.stat().st_size for file in chosen.warehouse.glob("*.duckdb"))
    detail = f"{free / 1e9:.1f} GB free, snapshots and mirror take {held / 1e9:.2f} GB"
    if free < max(_LEAST_FREE_BYTES, held):
        yield Finding("disk space", "fails", f"{detail}; a sync needs as much again: make room.")
    else:
        yield Finding("disk space", "works", detail)


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _one(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    assert row is not None
    return row


def documents(chosen: Settings) -> Iterator[Finding]:
    """Documents can be signed, and names in every script printed."""
    from reports import signing
    from reports.render import typefaces

    if chosen.signing_pkcs12 is None:
        own = "a demo school signs with a key of its own"
        none = "receipts are not signed: set HOURBOOK_SIGNING_PKCS12 to a PKCS#12 file with the school's key."
        yield Finding("signing", "works", own) if chosen.demo else Finding("signing", "warns", none)
    else:
        key = signing.key_for(chosen)
        if key is not None:
            left = (key.expires_at - chosen.clock()).days
            state: Literal["works", "warns"] = "works" if left > _LEAST_DAYS else "warns"
            yield Finding("signing", state, f"{key.name}; its certificate is valid for {left} more days")
    if typefaces.CJK.exists():
        yield Finding("fonts", "works", "names in every common script can be printed")
    else:
        yield Finding("fonts", "warns", f"names in Chinese, Japanese and Korean cannot: {typefaces.INSTALL_LINE}")


def mail(chosen: Settings) -> Iterator[Finding]:
    """The mail server lets us in; nothing is sent."""
    from reports.mail import office_of

    if chosen.letter_folder is not None:
        yield Finding("mail", "works", f"not sent but written to {chosen.letter_folder}")
    elif chosen.smtp_url is None:
        yield Finding("mail", "warns", "no mail is sent: set HOURBOOK_SMTP_URL and HOURBOOK_MAIL_FROM (docs/mail.md).")
    else:
        line = office_of(chosen).opened()
        try:
            line.try_out()
        finally:
            line.close()
        yield Finding("mail", "works", f"{chosen.shown('smtp_url')} lets us in; mail comes from {chosen.mail_from}")
