import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

import secret_file
import settings
from errors import SettingsError
from settings import Settings, masked_url


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder without any setting."""
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    monkeypatch.setattr(settings, "ENV_FILE", tmp_path / ".env")
    return tmp_path


def test_without_any_setting_the_demo_school_is_read(project: Path) -> None:
    chosen = settings.load()
    assert chosen.platform_url == f"sqlite:///{project}/var/platform.db"
    assert chosen.store_url == f"sqlite:///{project}/var/store.db"
    assert chosen.warehouse == project / "var" / "warehouse"
    assert chosen.demo
    assert set(chosen.sources.values()) == {"default"}


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(
    project: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    (project / ".env").write_text("HOURBOOK_PORT=9000\nHOURBOOK_CURRENCY=gbp\nOTHER_PROGRAM=1\n")
    monkeypatch.setenv("HOURBOOK_PORT", "9100")
    chosen = settings.load()
    assert (chosen.port, chosen.currency) == (9100, "GBP")
    assert chosen.sources["port"] == "environment"
    assert chosen.sources["currency"] == ".env file"
    assert chosen.sources["timezone"] == "default"


def test_settings_cannot_be_changed_after_they_were_read(project: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings.load().port = 1


@pytest.mark.parametrize(("variable", "value", "sentence"), [
    ("PORT", "many", "HOURBOOK_PORT is 'many' (from the environment): it is not a whole number."),
    ("PORT", "0", "HOURBOOK_PORT is '0' (from the environment): it is too small; the least is 1."),
    ("PORT", "70000", "HOURBOOK_PORT is '70000' (from the environment): it is too large; the most is 65535."),
    ("TIMEZONE", "Lisbon", "it is not a time zone; use an IANA name such as Europe/Lisbon."),
    ("NOW", "2026-11-23T08:00", "it is not an instant with its time zone; write for example 2026-11-23T08:00:00"),
    ("CURRENCY", "EURO", "it is not a currency code of three letters; write for example EUR."),
    ("SYNC_MEMORY", "much", "it is not an amount of memory; write for example 4GB."),
    ("LOG_LEVEL", "loud", "HOURBOOK_LOG_LEVEL is 'LOUD' (from the environment): it must be 'DEBUG', 'INFO'"),
    ("BURN_ORDER", "newest", "'as_booked_then_soonest_expiry', 'soonest_expiry' or 'oldest_first'."),
    ("PLATFORM_URL", "school", "it is not a database address; write postgresql://user:password@host/database."),
    ("PLATFORM_URL", "mysql://u:hush@h/d", "HOURBOOK_PLATFORM_URL is 'mysql://u:***@h/d' (from the environment)"),
    ("PUBLIC_URL", "hours.school.pt", "it is not an address; write for example https://hours.school.pt."),
    ("PUBLIC_URL", "http://hours.school.pt", "it must begin with https://; http is for this machine only."),
    ("PUBLIC_URL", "https://hours.school.pt/hours", "it must end with the host or port"),
    ("PUBLIC_URL", "https://u:hush@hours.school.pt", "HOURBOOK_PUBLIC_URL is 'https://***@hours.school.pt' (from the"),
    ("PUBLIC_URL", "https://hours.school.pt:port", "it is not an address"),
    ("ALLOWED_HOSTS", "a.pt,https://b.pt", "HOURBOOK_ALLOWED_HOSTS holds 'https://b.pt' (from the environment): it is "
     "not a host's name; write for example hours.school.pt, without scheme or port."),
    ("ALLOWED_HOSTS", "*.school.pt", "it is not a host's name"),
    ("TRUSTED_PROXIES", "10.0.0.1/24", "it is neither an address nor a network of a proxy; write for example 10.0.0.7"),
    ("TRUSTED_PROXIES", "0.0.0.0/0", "it would let everybody say where they come from; name your proxies only."),
    ("FINANCE", "ana@school.pt, rui", "HOURBOOK_FINANCE holds 'rui' (from the environment): it names nobody; write an"),
    ("FINANCE", "ana@school.pt:all", "HOURBOOK_FINANCE holds 'ana@school.pt:all'"),
    ("TRUSTED_ISSUERS", "http://login.school.pt", "it must begin with https://; http is for this machine only."),
    ("JWT_JWKS_URL", "https://hush@login.school.pt/keys", "it may hold neither a user nor a fragment."),
    ("JWT_SECRET", "hush", "HOURBOOK_JWT_SECRET is '***' (from the environment): it is too short to be safe; write at "
     "least 32 characters."),
    ("SECRET_KEY", "hush", "HOURBOOK_SECRET_KEY is '***' (from the environment): it is too short to be safe"),
    ("METRICS_TOKEN", "hush", "it is too short to be safe; write at least 16 characters."),
    ("EMBED_NONCE_SECONDS", "0", "it is too small; the least is 1."),
    ("JWT_LEEWAY", "301", "it is too large; the most is 300."),
    ("EMBED_IDLE_MINUTES", "600", "HOURBOOK_EMBED_IDLE_MINUTES is 600, more than the 8 hours of HOURBOOK_EMBED_"),
    ("LOG_FORMAT", "xml", "it must be 'json' or 'text'."),
    ("STORE_URL", "sqlite://", "a database in memory is gone before the next command reads it; name a file."),
])
def test_a_wrong_value_is_named_with_its_source_and_what_to_do(
    project: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str,
) -> None:
    monkeypatch.setenv(f"HOURBOOK_{variable}", value)
    with pytest.raises(SettingsError) as failure:
        settings.load()
    assert sentence in failure.value.message
    assert "hush" not in failure.value.message


def test_a_wrong_value_in_the_file_is_told_to_be_from_the_file(project: Path) -> None:
    (project / ".env").write_text("HOURBOOK_THREADS=two\n")
    with pytest.raises(SettingsError, match=r"HOURBOOK_THREADS is 'two' \(from the \.env file\)"):
        settings.load()


def test_an_unknown_variable_is_named_with_the_nearest_known_one(
    project: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOURBOOK_PLATFROM_URL", "x")
    (project / ".env").write_text("HOURBOOK_ZZZ=1\n")
    with pytest.raises(SettingsError) as failure:
        settings.load()
    assert "HOURBOOK_PLATFROM_URL (from the environment)" in failure.value.message
    assert "did you mean HOURBOOK_PLATFORM_URL?" in failure.value.message
    assert "HOURBOOK_ZZZ (from the .env file) is not a setting" in failure.value.message


def test_all_problems_are_told_at_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOURBOOK_PORT", "x")
    monkeypatch.setenv("HOURBOOK_CURRENCY", "x")
    with pytest.raises(SettingsError) as failure:
        settings.load()
    assert len(failure.value.message.splitlines()) == 2


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_every_way_to_write_a_postgres_address_names_the_driver(scheme: str) -> None:
    assert Settings(platform_url=f"{scheme}://u@h/d").platform_url == "postgresql+psycopg2://u@h/d"


def test_a_postgres_platform_is_not_a_demo() -> None:
    assert not Settings(platform_url="postgresql://u@h/d").demo


def test_the_clock_is_fixed_when_now_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOURBOOK_NOW", "2026-11-23T09:00:00+01:00")
    assert settings.load().clock() == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert settings.load().clock().tzinfo is UTC


def test_the_clock_runs_when_now_is_not_set() -> None:
    assert abs(Settings().clock() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(("url", "masked"), [
    ("postgresql://u:p@h:5/d", "postgresql://u:***@h:5/d"),
    ("postgresql://u:p@ss/w:ord@h/d", "postgresql://u:***@h/d"),
    ("postgresql://u@h/d?password=p&sslmode=require", "postgresql://u@h/d?password=***&sslmode=require"),
    ("postgresql://h/d", "postgresql://h/d"),
    ("sqlite:////var/a:b.db", "sqlite:////var/a:b.db"),
])
def test_a_password_is_masked_wherever_it_stands(url: str, masked: str) -> None:
    assert masked_url(url) == masked


def test_a_list_is_written_with_commas(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOURBOOK_ALLOWED_HOSTS", " Hours.School.pt,[::1] , 10.0.0.7")
    monkeypatch.setenv("HOURBOOK_FINANCE", "Ana@school.pt,12,rui@school.pt:3,14:3")
    monkeypatch.setenv("HOURBOOK_TRUSTED_PROXIES", "10.0.0.7,fd00::/8")
    monkeypatch.setenv("HOURBOOK_TRUSTED_ISSUERS", "https://login.school.pt/,http://localhost:9000")
    chosen = settings.load()
    assert chosen.allowed_hosts == ("hours.school.pt", "::1", "10.0.0.7")
    assert chosen.finance == ("Ana@school.pt", "12", "rui@school.pt:3", "14:3")
    assert chosen.trusted_proxies == ("10.0.0.7/32", "fd00::/8")
    assert chosen.trusted_issuers == ("https://login.school.pt/", "http://localhost:9000")
    assert chosen.shown("allowed_hosts") == "hours.school.pt, ::1, 10.0.0.7"
    assert chosen.shown("now") == "not set"
    hash(chosen)


@pytest.mark.parametrize(("address", "secure"), [
    ("https://Hours.School.pt/", True), ("http://localhost:8501", False), (None, False),
])
def test_cookies_are_secure_when_people_come_by_https(address: str | None, secure: bool) -> None:
    chosen = Settings(public_url=address)
    assert chosen.secure is secure
    assert chosen.public_url == (address and address.lower().rstrip("/"))


def test_tokens_of_the_platform_need_an_issuer_and_an_audience(
    project: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOURBOOK_JWT_SECRET", "s" * 32)
    with pytest.raises(SettingsError, match="HOURBOOK_JWT_ISSUER and HOURBOOK_JWT_AUDIENCE must be set"):
        settings.load()
    monkeypatch.setenv("HOURBOOK_JWT_ISSUER", "platform")
    monkeypatch.setenv("HOURBOOK_JWT_AUDIENCE", "hourbook")
    secret = settings.load().jwt_secret
    assert secret is not None
    assert secret.get_secret_value() == "s" * 32


def test_no_secret_is_ever_shown(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = "hush" * 8
    for name in ("SECRET_KEY", "JWT_SECRET", "METRICS_TOKEN"):
        monkeypatch.setenv(f"HOURBOOK_{name}", hidden)
    monkeypatch.setenv("HOURBOOK_JWT_ISSUER", "platform")
    monkeypatch.setenv("HOURBOOK_JWT_AUDIENCE", "hourbook")
    monkeypatch.setenv("HOURBOOK_PLATFORM_URL", f"postgresql://u:{hidden}@h/d")
    monkeypatch.setenv("HOURBOOK_STORE_URL", f"postgresql://h/d?password={hidden}")
    chosen = settings.load()
    everything = [chosen.shown(name) for name in Settings.model_fields]
    assert hidden not in " ".join([*everything, repr(chosen), str(chosen), f"{chosen}"])
    assert {chosen.shown(name) for name in ("secret_key", "jwt_secret", "metrics_token")} == {"***"}
    with pytest.raises(ValueError, match="jwt_secret") as failure:
        Settings(jwt_secret=SecretStr("hush"), platform_url="mysql://u:hush@h/d")
    assert "hush" not in str(failure.value)


def test_the_key_of_each_purpose_is_another_and_stays_the_same(project: Path) -> None:
    chosen = Settings(secret_key=SecretStr("k" * 32))
    assert chosen.key("cookies") == Settings(secret_key=SecretStr("k" * 32)).key("cookies")
    assert chosen.key("cookies") != chosen.key("other")
    assert not chosen.key_file.exists()


def test_without_a_secret_key_a_random_one_is_kept_beside_the_store(tmp_path: Path) -> None:
    chosen = Settings(store_url=f"sqlite:///{tmp_path}/a folder/store.db")
    first = chosen.key("cookies")
    assert chosen.key_file == tmp_path / "a folder" / "secret.key"
    assert stat.S_IMODE(chosen.key_file.stat().st_mode) == 0o600
    assert Settings(store_url=chosen.store_url).key("cookies") == first
    assert os.listdir(chosen.key_file.parent) == ["secret.key"]


def test_on_postgres_the_random_key_is_kept_in_var(project: Path) -> None:
    assert Settings(store_url="postgresql://h/d").key_file == project / "var" / "secret.key"


def test_whoever_makes_the_key_at_once_gets_the_same(tmp_path: Path) -> None:
    for attempt in range(20):
        with ThreadPoolExecutor(8) as pool:
            made = set(pool.map(lambda _, n=attempt: secret_file.read_or_make(tmp_path / str(n)), range(8)))
        assert len(made) == 1


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    secret = secret_file.read_or_make(file)
    file.chmod(0o640)
    with pytest.raises(SettingsError, match="can be read by others") as failure:
        secret_file.read_or_make(file)
    assert secret not in failure.value.message


def test_a_key_file_that_was_cut_or_is_a_link_is_refused(tmp_path: Path) -> None:
    cut, link = tmp_path / "cut", tmp_path / "link"
    cut.touch(mode=0o600)
    with pytest.raises(SettingsError, match="holds no secret key: delete it"):
        secret_file.read_or_make(cut)
    link.symlink_to(cut)
    with pytest.raises(SettingsError, match="cannot be used"):
        secret_file.read_or_make(link)


def test_a_list_that_is_not_set_is_empty(project: Path) -> None:
    chosen = settings.load()
    assert (chosen.finance, chosen.shown("finance")) == ((), "not set")


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
