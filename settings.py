"""Reads every setting once, from the environment, the file ``.env`` or the default, into one frozen object."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from errors import SettingsError

ROOT = Path(__file__).resolve().parent
ENV_FILE = ROOT / ".env"
PREFIX = "HOURBOOK_"
DEMO_PLATFORM = "sqlite:///var/platform.db"
SECRETS = frozenset({"platform_url", "store_url"})
"""Settings that may hold a password: shown through masked_url only."""


def masked_url(url: str) -> str:
    """The address with its password replaced by three stars, wherever the password stands."""
    address, mark, query = url.partition("?")
    scheme, slashes, rest = address.partition("://")
    user, at, place = rest.rpartition("@")
    if at and ":" in user:
        address = f"{scheme}{slashes}{user.partition(':')[0]}:***@{place}"
    query = re.sub(r"((?:^|&)[^=&]*(?:password|secret|key)[^=&]*=)[^&]*", r"\1***", query, flags=re.IGNORECASE)
    return address + mark + query


def _database(url: str) -> str:
    """An address as SQLAlchemy wants it: driver named, SQLite's relative path made absolute."""
    scheme, slashes, rest = url.partition("://")
    if not slashes or not scheme:
        raise ValueError("it is not a database address; write postgresql://user:password@host/database")
    if scheme == "sqlite":
        path = rest.removeprefix("/")
        if not path or path.startswith(":memory:"):
            raise ValueError("a database in memory is gone before the next command reads it; name a file")
        return f"sqlite:///{ROOT / path}"
    if scheme in ("postgres", "postgresql"):
        return f"postgresql+psycopg2://{rest}"
    if scheme != "postgresql+psycopg2":
        raise ValueError(f"{scheme!r} is not supported; use postgresql:// or sqlite:///")
    return url


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError("it is not a time zone; use an IANA name such as Europe/Lisbon") from unknown
    return name


def _memory(size: str) -> str:
    if not re.fullmatch(r"[1-9]\d*(\.\d+)?\s?([KMGT]i?B)", size):
        raise ValueError("it is not an amount of memory; write for example 4GB")
    return size


def _upper(text: Any) -> Any:
    return text.upper() if isinstance(text, str) else text


DatabaseUrl = Annotated[str, AfterValidator(_database)]


class Settings(BaseSettings):
    """Everything a school may set. Each field is read from ``HOURBOOK_<NAME>``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, env_ignore_empty=True, extra="ignore", validate_default=True,
    )

    platform_url: DatabaseUrl = Field(default=DEMO_PLATFORM, description="the school platform's database, only read")
    store_url: DatabaseUrl = Field(default="sqlite:///var/store.db", description="Hourbook's own tables")
    warehouse: Annotated[Path, AfterValidator(lambda path: ROOT / path.expanduser())] = Field(
        default=Path("var/warehouse"), description="folder of the published snapshots",
    )
    now: AwareDatetime | None = Field(default=None, description="a fixed clock, for demos and for repeating a report")
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        default="Europe/Lisbon", description="zone of schools whose own zone is missing or unknown",
    )
    currency: Annotated[str, BeforeValidator(_upper), Field(pattern="^[A-Z]{3}$")] = Field(
        default="EUR", description="currency of schools whose own is missing",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        default="INFO", description="least severity that is logged",
    )
    port: int = Field(default=8501, ge=1, le=65535, description="port of the app")
    keep_snapshots: int = Field(default=5, ge=1, description="published snapshots kept for going back")
    burn_order: Literal["as_booked_then_soonest_expiry", "soonest_expiry", "oldest_first"] = Field(
        default="as_booked_then_soonest_expiry", description="which package a class is charged to",
    )
    sync_memory: Annotated[str, AfterValidator(_memory)] = Field(default="4GB", description="memory a sync may use")
    threads: int | None = Field(default=None, ge=1, description="processor threads a sync may use; all when not set")
    stale_after: int = Field(default=1440, ge=1, description="minutes after which a snapshot is called stale")

    @cached_property
    def demo(self) -> bool:
        """True only when the platform is a demo school: the real one runs on PostgreSQL, a demo school on SQLite."""
        return self.platform_url.startswith("sqlite:")

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """Where each value came from: ``environment``, ``.env file``, ``code`` or ``default``."""
        written = _written_in(ENV_FILE)
        return {name: self._source(name, written) for name in type(self).model_fields}

    def _source(self, name: str, written: Mapping[str, str]) -> str:
        if name not in self.model_fields_set:
            return "default"
        return _origin(name, written) or "code"

    def clock(self) -> datetime:
        """The present instant, aware and in UTC; the fixed one when ``now`` is set."""
        return self.now.astimezone(UTC) if self.now else datetime.now(UTC)

    def shown(self, name: str) -> str:
        """The value of a setting as it may be printed or logged."""
        value = getattr(self, name)
        if value is None:
            return "not set"
        return masked_url(value) if name in SECRETS else str(value)


def load() -> Settings:
    """The settings of this process; raises SettingsError naming every wrong or unknown one."""
    written = _written_in(ENV_FILE)
    problems = _unknown(written)
    try:
        settings = Settings(_env_file=ENV_FILE if ENV_FILE.exists() else None)  # type: ignore[call-arg]
    except ValidationError as wrong:
        problems += [_sentence(detail, written) for detail in wrong.errors()]
        settings = None
    if problems or settings is None:
        raise SettingsError("\n".join(problems))
    return settings


def _written_in(env_file: Path) -> dict[str, str]:
    """The variables of the file, with names in capitals; empty when there is no file."""
    if not env_file.exists():
        return {}
    return {name.upper(): value or "" for name, value in dotenv_values(env_file).items()}


def _environment() -> dict[str, str]:
    return {name.upper(): value for name, value in os.environ.items()}


def _origin(name: str, written: Mapping[str, str]) -> str | None:
    variable = PREFIX + name.upper()
    if _environment().get(variable):
        return "environment"
    return ".env file" if written.get(variable) else None


def _unknown(written: Mapping[str, str]) -> list[str]:
    """One sentence for each HOURBOOK_ variable that no setting reads, most likely a typing error."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    sentences = []
    for variable in sorted({*_environment(), *written}):
        if variable.startswith(PREFIX) and variable not in known:
            place = "environment" if variable in _environment() else ".env file"
            near = difflib.get_close_matches(variable, known, n=1, cutoff=0.5)
            advice = f"did you mean {near[0]}?" if near else "remove it, or see `hourbook doctor` for the known ones."
            sentences.append(f"{variable} (from the {place}) is not a setting of Hourbook: {advice}")
    return sentences


def _sentence(detail: ErrorDetails, written: Mapping[str, str]) -> str:
    """What is wrong with one setting: its variable, its value, where it came from and what to do."""
    name = str(detail["loc"][0])
    raw = str(detail["input"])
    value = masked_url(raw) if name in SECRETS else raw
    reason = detail["msg"].removeprefix("Value error, ")
    reason = reason[0].lower() + reason[1:]
    if detail["type"].startswith("int_"):
        reason = "it is not a whole number"
    if detail["type"] == "literal_error":
        reason = reason.replace("input should be", "it must be")
    bounds = detail.get("ctx") or {}
    if detail["type"] == "greater_than_equal":
        reason = f"it is too small; the least is {bounds['ge']}"
    if detail["type"] == "less_than_equal":
        reason = f"it is too large; the most is {bounds['le']}"
    if name == "now":
        reason = "it is not an instant with its time zone; write for example 2026-11-23T08:00:00+00:00"
    if name == "currency":
        reason = "it is not a currency code of three letters; write for example EUR"
    origin = _origin(name, written) or "code"
    return f"{PREFIX}{name.upper()} is {value!r} (from the {origin}): {reason}."
