"""Syncing from the command line: what it reports, and how it goes on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import create_engine

from cli.main import app
from cli.options import BadOption, seconds_of
from errors import HourbookError
from etl.contract import platform
from tests.cli.conftest import DEMO, AsJson, Ran

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

ROOT = Path(__file__).resolve().parent.parent.parent
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.usefixtures("at_school")
def test_a_demo_school_is_made_once_a_day(ran: Ran) -> None:
    assert "Demo school made" not in ran(*DEMO)[2]
    code, _, err = ran(*DEMO, "--fresh")
    assert code == 0
    assert "Demo school made: 20 students" in err
    assert re.search(r"Snapshot \d+ published", err)


def test_a_demo_is_refused_on_a_real_platform(
    monkeypatch: pytest.MonkeyPatch, ran: Ran, tmp_path: Path
) -> None:
    platform.create_all(create_engine(f"sqlite:///{tmp_path / 'real.db'}"))
    monkeypatch.setenv("HOURBOOK_PLATFORM_URL", f"sqlite:///{tmp_path / 'real.db'}")
    code, _, err = ran("demo", "--no-serve")
    assert code == 1
    assert "no hourbook_demo marker" in err


def test_a_demo_on_a_database_that_is_away_is_a_sentence(monkeypatch: pytest.MonkeyPatch, ran: Ran) -> None:
    monkeypatch.setenv("HOURBOOK_PLATFORM_URL", "postgresql://reader:hush@127.0.0.1:9/platform")
    code, _, err = ran("demo", "--no-serve")
    assert code == 1
    assert "hush" not in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("at_school")
def test_a_sync_reports_what_it_did(ran: Ran, as_json: AsJson) -> None:
    report = as_json("sync")
    assert report["ok"]
    assert report["mode"] == "full"
    assert {table["name"] for table in report["tables"]} >= {"finances_hourconsumption", "accounts_customuser"}
    code, out, err = ran("sync", "--explain")
    assert code == 0
    assert "finances_hourconsumption" in out
    assert "Mode: full, because" in err


@pytest.mark.usefixtures("at_school")
def test_an_earlier_snapshot_can_be_served_again(ran: Ran, as_json: AsJson) -> None:
    as_json("sync")
    kept = as_json("snapshots")
    assert [snapshot["is_current"] for snapshot in kept] == [True] + [False] * (len(kept) - 1)
    assert as_json("snapshots", "use", str(kept[1]["snapshot_id"]))["ok"]
    assert as_json("ask", "schools")["snapshot_id"] == kept[1]["snapshot_id"]
    code, _, err = ran("snapshots", "use", "999")
    assert code == 1
    assert "There is no snapshot 999" in err


@pytest.mark.usefixtures("at_school")
def test_a_lasting_failure_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: Ran) -> None:
    import etl.sync
    from cli import failures, syncing

    down = HourbookError("The source is down.")
    outcomes: list[Exception | None] = [down, down, OSError("by design"), None]
    reports: list[Any] = []
    real = etl.sync.run

    def run(*arguments: Any, **options: Any) -> Any:
        if not outcomes:
            raise KeyboardInterrupt
        failure = outcomes.pop(0)
        if failure:
            raise failure
        reports.append(real(*arguments, **options))
        return reports[-1]

    monkeypatch.setattr(etl.sync, "run", run)
    monkeypatch.setattr(failures, "LOG_FOLDER", tmp_path)
    monkeypatch.setattr(syncing.time, "sleep", lambda seconds: None)  # type: ignore[attr-defined]
    code, _, err = ran("sync", "--every", "1s")
    assert code == 130
    assert err.count("The source is down.") == 1
    assert err.count("Something unexpected happened (OSError)") == 1
    assert err.count("The sync works again.") == 1
    assert len(reports) == 1


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("5m", 300), ("1h", 3600), ("0.5s", 0.5), ("2", 2)])
def test_a_length_of_time_is_read_with_its_unit(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "0s", "-1s", "5 weeks"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(BadOption, match="is not a length of time"):
        seconds_of(text)
