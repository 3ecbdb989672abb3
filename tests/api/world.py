"""A published world that the API answers from, people with tokens, and a client for each."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import Mount

import store
from api.app import build
from reports.receipts import ReceiptSettings, save_receipt_settings
from settings import Settings
from store import tokens
from tests import synthetic

PEOPLE = Path(__file__).with_name("people.sql").read_text("utf-8")
NOW = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
USERS = {
    "staff": 101, "owner_a": 102, "desk_a": 103, "money_a": 104, "parent": 105, "teacher": 901, "owner_b": 107,
    "gone": 108, "father": 109, "student_1": 1, "student_25": 25,
}
EVERYTHING = ("read", "embed", "audit", "issue")


@dataclass
class Client:
    """Makes calls with one token, from outside, as HTTP."""

    http: httpx.AsyncClient
    portal: BlockingPortal
    headers: Mapping[str, str] = field(default_factory=dict)

    def request(self, method: str, path: str, **said: Any) -> httpx.Response:
        """One request to an address below /api."""
        headers = {**self.headers, **said.pop("headers", {})}
        return self.portal.call(partial(self.http.request, method, f"/api{path}", headers=headers, **said))

    def get(self, path: str, **said: Any) -> httpx.Response:
        """One reading request."""
        return self.request("GET", path, **said)

    def body(self, path: str, **params: Any) -> Any:
        """What a request that must succeed answers."""
        answer = self.get(path, params=params or None)  # an empty mapping would drop the path's own
        assert answer.status_code == 200, answer.text
        return answer.json()


@dataclass
class World:
    """The app, what it reads, and who may ask."""

    settings: Settings
    engine: Engine
    http: httpx.AsyncClient
    portal: BlockingPortal
    _secrets: dict[Any, str] = field(default_factory=dict)

    def secret(
        self, who: str, permissions: tuple[str, ...] = EVERYTHING, schools: tuple[int, ...] | None = None
    ) -> str:
        """A token of one of USERS, or of a service ("service")."""
        key = (who, permissions, schools)
        if key not in self._secrets:
            _, self._secrets[key] = tokens.create(
                self.engine, name=who, permissions=permissions, user_id=USERS.get(who), school_ids=schools,
                created_by="user:101", now=NOW,
            )
        return self._secrets[key]

    def asks(
        self, who: str, permissions: tuple[str, ...] = EVERYTHING, schools: tuple[int, ...] | None = None
    ) -> Client:
        """A client with that person's token."""
        bearer = self.secret(who, permissions, schools)
        return Client(self.http, self.portal, {"authorization": f"Bearer {bearer}"})

    def nobody(self) -> Client:
        """A client without a token."""
        return Client(self.http, self.portal)


@contextmanager
def opened(folder: Path, **chosen: Any) -> Iterator[World]:
    """The world of a folder, with these settings."""
    settings = Settings(
        **{
            "store_url": f"sqlite:///{folder / 'store.db'}", "warehouse": folder / "warehouse", "now": NOW,
            "finance": ("money.a@example.org:1",), "api_per_minute": 1_000_000, "public_url": "https://hours.example.org",
            **chosen,
        }
    )
    (folder / "store.db").write_bytes(_store())
    app = Starlette(routes=[Mount("/api", build(settings))])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    with start_blocking_portal() as portal:
        http = httpx.AsyncClient(transport=transport, base_url="https://hours.example.org")
        yield World(settings, store.engine(settings.store_url), http, portal)
        portal.call(http.aclose)


def publish(folder: Path, *, rows: str = "", snapshot_id: int = 1, as_of: str = synthetic.AS_OF) -> None:
    """The synthetic business with its people, and changes to it."""
    warehouse = folder / "warehouse"
    warehouse.mkdir(parents=True, exist_ok=True)
    (warehouse / f"snap_{snapshot_id:06d}.duckdb").write_bytes(_snapshot(rows))
    synthetic.point(warehouse, snapshot_id, as_of=as_of)


@cache
def _snapshot(rows: str) -> bytes:
    """A snapshot's file; filling its tables takes longer than copying it."""
    with tempfile.TemporaryDirectory() as folder:
        return synthetic.publish(Path(folder), rows=synthetic._ROWS + PEOPLE + rows).read_bytes()


@cache
def _store() -> bytes:
    """A store whose schools have said their VAT; migrating it takes longer than copying it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "store.db"
        store.migrate(f"sqlite:///{file}")
        engine = store.engine(f"sqlite:///{file}")
        for school_id in (1, 2):
            exempt = ReceiptSettings(vat_exemption="Exempt: education.")
            save_receipt_settings(engine, school_id, exempt, actor="user:101", now=NOW)
        engine.dispose()
        return file.read_bytes()
