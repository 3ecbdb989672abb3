from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

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


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
