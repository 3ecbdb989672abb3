"""Doctor tells what is set and what works, and shows no secret."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
import typer

from cli.main import app
from tests.cli.conftest import AsJson, Ran

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

ROOT = Path(__file__).resolve().parent.parent.parent
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.usefixtures("at_school")
def test_doctor_shows_each_setting_with_its_source(as_json: AsJson) -> None:
    found = as_json("doctor")
    sources = {setting["variable"]: setting["source"] for setting in found["settings"]}
    assert sources["HOURBOOK_NOW"] == "environment"
    assert sources["HOURBOOK_PORT"] == "default"
    assert {finding["state"] for finding in found["connections"]} == {"works"}


@pytest.mark.usefixtures("at_school")
def test_doctor_shows_no_secret(ran: Ran, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = "hush" * 10
    for name in ("SECRET_KEY", "JWT_SECRET", "METRICS_TOKEN"):
        monkeypatch.setenv(f"HOURBOOK_{name}", hidden)
    monkeypatch.setenv("HOURBOOK_JWT_ISSUER", "platform")
    monkeypatch.setenv("HOURBOOK_JWT_AUDIENCE", "hourbook")
    code, out, err = ran("doctor", "--json")
    values = {setting["variable"]: setting["value"] for setting in json.loads(out)["settings"]}
    assert code == 0
    assert values["HOURBOOK_SECRET_KEY"] == values["HOURBOOK_JWT_SECRET"] == values["HOURBOOK_METRICS_TOKEN"] == "***"
    assert hidden not in out + err + "".join(map(str, ran("doctor")))


def test_doctor_names_what_is_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: Ran
) -> None:
    monkeypatch.setenv("HOURBOOK_PLATFORM_URL", "postgresql://reader:hush@127.0.0.1:1/platform")
    monkeypatch.setenv("HOURBOOK_STORE_URL", f"sqlite:///{tmp_path}/store.db")
    monkeypatch.setenv("HOURBOOK_WAREHOUSE", str(tmp_path / "warehouse"))
    code, out, _ = ran("doctor", "--json")
    states = {finding["name"]: finding["state"] for finding in json.loads(out)["connections"]}
    assert code == 1
    assert states == {
        "platform": "fails", "extension": "works", "store": "works", "warehouse": "warns", "disk space": "works",
        "signing": "warns", "fonts": "works", "mail": "warns",
    }
    assert "hush" not in out


def test_doctor_tells_a_role_that_may_do_too_much(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: Ran
) -> None:
    from sqlalchemy import create_engine, text

    from etl.contract import platform

    readme = (ROOT / "README.md").read_text("utf-8")
    grants = re.search(r"```sql\n(.*?)```", readme, re.S)
    assert grants
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        platform.create_all(connection)
        connection.execute(text("drop role if exists hourbook_reader"))
        connection.execute(text(grants[1].replace("'…'", "'x'")))
    reader = re.sub(r"//postgres@", "//hourbook_reader:x@", postgres_url)
    monkeypatch.setenv("HOURBOOK_STORE_URL", f"sqlite:///{tmp_path}/store.db")
    monkeypatch.setenv("HOURBOOK_WAREHOUSE", str(tmp_path / "warehouse"))

    def states(url: str) -> dict[str, str]:
        monkeypatch.setenv("HOURBOOK_PLATFORM_URL", url)
        found = json.loads(ran("doctor", "--json")[1])
        return {finding["name"]: finding["state"] for finding in found["connections"]}

    assert states(postgres_url)["platform role"] == "warns"
    right = states(reader)
    assert (right["platform role"], right["platform tables"]) == ("works", "works")
    with engine.begin() as connection:
        connection.execute(text("revoke select on finances_hourconsumption from hourbook_reader"))
    assert states(reader)["platform tables"] == "fails"
    with engine.begin() as connection:
        connection.execute(text("drop owned by hourbook_reader; drop role hourbook_reader"))
    engine.dispose()


def test_the_environment_of_the_tests_is_clean() -> None:
    assert [name for name in os.environ if name.startswith("HOURBOOK_")] == []
