"""Reads every setting once, from the environment, the file ``.env`` or the default, into one frozen object."""

from __future__ import annotations

import difflib
import hashlib
import hmac
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, AwareDatetime, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

import secret_file
import setting_kinds as kinds
from errors import SettingsError
from setting_kinds import masked_url as masked_url

ROOT = Path(__file__).resolve().parent
ENV_FILE = ROOT / ".env"
PREFIX = "HOURBOOK_"
DEMO_PLATFORM = "sqlite:///var/platform.db"


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


DatabaseUrl = Annotated[str, AfterValidator(_database)]


class Settings(BaseSettings):
    """Everything a school may set. Each field is read from ``HOURBOOK_<NAME>``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, env_ignore_empty=True, extra="ignore", validate_default=True,
        hide_input_in_errors=True,
    )

    platform_url: DatabaseUrl = Field(default=DEMO_PLATFORM, description="the school platform's database, only read")
    store_url: DatabaseUrl = Field(default="sqlite:///var/store.db", description="Hourbook's own tables")
    warehouse: Annotated[Path, AfterValidator(lambda path: ROOT / path.expanduser())] = Field(
        default=Path("var/warehouse"), description="folder of the published snapshots",
    )
    now: AwareDatetime | None = Field(default=None, description="a fixed clock, for demos and for repeating a report")
    timezone: kinds.Zone = Field(
        default="Europe/Lisbon", description="zone of schools whose own zone is missing or unknown",
    )
    currency: kinds.Currency = Field(
        default="EUR", description="currency of schools whose own is missing",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], kinds.Upper] = Field(
        default="INFO", description="least severity that is logged",
    )
    port: int = Field(default=8501, ge=1, le=65535, description="port of the app")
    keep_snapshots: int = Field(default=5, ge=1, description="published snapshots kept for going back")
    burn_order: Literal["as_booked_then_soonest_expiry", "soonest_expiry", "oldest_first"] = Field(
        default="as_booked_then_soonest_expiry", description="which package a class is charged to",
    )
    sync_memory: kinds.Memory = Field(default="4GB", description="memory a sync may use")
    threads: int | None = Field(default=None, ge=1, description="processor threads a sync may use; all when not set")
    stale_after: int = Field(default=1440, ge=1, description="minutes after which a snapshot is called stale")
    public_url: kinds.PublicAddress | None = Field(
        default=None, description="address people open; https makes cookies secure",
    )
    allowed_hosts: kinds.Hosts = Field(default=(), description="further host names that requests may be sent to")
    trusted_proxies: kinds.Networks = Field(
        default=(), description="proxies, by address or network, whose X-Forwarded-* headers count",
    )
    finance: kinds.People = Field(
        default=(), description="finance people: e-mails or user ids, with :school for one school",
    )
    trusted_issuers: kinds.WebAddresses = Field(
        default=(), description="sign-in providers whose e-mails count as verified without saying so",
    )
    session_hours: int = Field(default=12, ge=1, le=720, description="hours after which one signs in again")
    secret_key: kinds.Key | None = Field(
        default=None, description="signs cookies; a random one is kept in a file when not set",
    )
    jwt_secret: kinds.Key | None = Field(default=None, description="secret shared with the platform for HS256 tokens")
    jwt_jwks_url: kinds.WebAddress | None = Field(default=None, description="address of the platform's public keys")
    jwt_issuer: str | None = Field(default=None, description="iss that the platform's tokens must carry")
    jwt_audience: str | None = Field(default=None, description="aud that the platform's tokens must carry")
    jwt_leeway: int = Field(default=30, ge=0, le=300, description="seconds that clocks of token makers may differ")
    embed_nonce_seconds: int = Field(default=60, ge=1, le=600, description="seconds to open an embedded page's address")
    embed_idle_minutes: int = Field(default=30, ge=1, le=1440, description="minutes an unused embedded page stays open")
    embed_longest_hours: int = Field(default=8, ge=1, le=72, description="hours an embedded page stays open at most")
    api_per_minute: int = Field(default=600, ge=1, description="API requests per minute and token")
    login_per_minute: int = Field(default=20, ge=1, description="sign-in attempts per minute and address")
    embed_per_minute: int = Field(default=60, ge=1, description="embedded pages opened per minute and address")
    verify_per_minute: int = Field(default=30, ge=1, description="receipts checked in public per minute and address")
    max_body_kb: int = Field(default=64, ge=1, le=10_240, description="kilobytes a request may send")
    metrics_token: kinds.Password | None = Field(
        default=None, description="bearer token of /metrics; without one it answers this machine only",
    )
    log_format: Literal["json", "text"] = Field(default="json", description="form of the log's lines")
    signing_pkcs12: kinds.OwnPath | None = Field(
        default=None, description="PKCS#12 file that signs documents, or a folder with one for each alias",
    )
    signing_password: SecretStr | None = Field(default=None, description="password of the PKCS#12 files")
    signing_timestamp_url: kinds.WebAddress | None = Field(
        default=None, description="RFC 3161 authority that says when documents were signed",
    )
    logo_folder: kinds.OwnPath | None = Field(
        default=None, description="folder of the schools' logos, PNG or JPEG, named by school id or as on the platform",
    )
    smtp_url: kinds.MailServer | None = Field(
        default=None, description="mail server, smtp:// (with STARTTLS) or smtps://, with user and password",
    )
    mail_from: kinds.MailSender | None = Field(default=None, description="address that mail is sent from")
    mail_folder: kinds.OwnPath | None = Field(
        default=None, description="folder that mail is written to as files, instead of being sent",
    )
    mail_unsure: Literal["again", "hold"] = Field(
        default="again", description="what is done with mail that may have left before a crash",
    )

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

    @cached_property
    def secure(self) -> bool:
        """True when people reach us by https, so that cookies may be kept to it."""
        return (self.public_url or "").startswith("https://")

    @property
    def reachable_at(self) -> str:
        """The address that stands on what leaves: the public one; in a demo school this machine's own; else none."""
        return self.public_url or (f"http://localhost:{self.port}" if self.demo else "")

    @cached_property
    def key_file(self) -> Path:
        """Where the random secret key is kept: beside our own SQLite file, else in ``var/``."""
        scheme, _, path = self.store_url.partition(":///")
        return (Path(path).parent if scheme == "sqlite" else ROOT / "var") / "secret.key"

    @cached_property
    def letter_folder(self) -> Path | None:
        """Where mail is written as files; a demo school without a mail server has such a folder by itself."""
        if self.mail_folder is not None or self.smtp_url is not None or not self.demo:
            return self.mail_folder
        return self.key_file.parent / "mail"

    @cached_property
    def _root_key(self) -> bytes:
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        return secret_file.read_or_make(self.key_file).encode()

    def key(self, purpose: str) -> str:
        """A key for one purpose, 64 hex digits, the same in every process; one purpose's key betrays no other's.

        Raises SettingsError when the file of the random key cannot be used.
        """
        return hmac.new(self._root_key, purpose.encode(), hashlib.sha256).hexdigest()

    def shown(self, name: str) -> str:
        """The value of a setting as it may be printed or logged."""
        return kinds.shown(getattr(self, name))

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        """What ``repr`` prints: never a secret."""
        return ((name, self.shown(name)) for name in type(self).model_fields)


def load() -> Settings:
    """The settings of this process; raises SettingsError naming every wrong or unknown one."""
    written = _written_in(ENV_FILE)
    problems = _unknown(written)
    settings: Settings | None = None
    try:
        settings = Settings(_env_file=ENV_FILE if ENV_FILE.exists() else None)  # type: ignore[call-arg]
        problems += _contradictions(settings)
    except ValidationError as wrong:
        problems += [_sentence(detail, written) for detail in wrong.errors()]
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
    name, *entry = detail["loc"]
    name = str(name)
    value = kinds.refused_value(name, detail, secret=kinds.is_secret(Settings.model_fields[name].annotation))
    verb = "holds" if entry else "is"
    origin = _origin(name, written) or "code"
    return f"{PREFIX}{name.upper()} {verb} {value!r} (from the {origin}): {kinds.reason(name, detail)}."


def _contradictions(chosen: Settings) -> list[str]:
    """Settings that are right alone and wrong together."""
    found = []
    if chosen.jwt_secret or chosen.jwt_jwks_url:
        missing = [f"{PREFIX}{name.upper()}" for name in ("jwt_issuer", "jwt_audience") if not getattr(chosen, name)]
        if missing:
            found.append(
                f"{' and '.join(missing)} must be set where the platform's tokens are accepted: without it a token "
                "made for another program would be accepted too."
            )
    if chosen.smtp_url and not chosen.mail_from:
        found.append(f"{PREFIX}MAIL_FROM must be set where {PREFIX}SMTP_URL is: mail comes from somebody.")
    if chosen.smtp_url and chosen.mail_folder:
        found.append(
            f"{PREFIX}SMTP_URL and {PREFIX}MAIL_FOLDER are both set: mail is sent or written to files, not both. "
            "Remove one."
        )
    if chosen.embed_idle_minutes > chosen.embed_longest_hours * 60:
        found.append(
            f"{PREFIX}EMBED_IDLE_MINUTES is {chosen.embed_idle_minutes}, more than the {chosen.embed_longest_hours} "
            f"hours of {PREFIX}EMBED_LONGEST_HOURS: lower the one or raise the other."
        )
    return found
