"""Commands end with what was asked for, or with one sentence and an exit code; never with a stack trace."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

import settings
from cli import main as cli_main
from cli.main import app, main
from cli.options import BadOption, seconds_of
from errors import HourbookError

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
DEMO = ["demo", "--no-serve", "--students", "20", "--years", "1"]


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a small demo school that was made and synced by the command itself."""
    folder = tmp_path_factory.mktemp("school")
    environment = {
        "HOURBOOK_PLATFORM_URL": f"sqlite:///{folder}/platform.db",
        "HOURBOOK_STORE_URL": f"sqlite:///{folder}/store.db",
        "HOURBOOK_WAREHOUSE": str(folder / "warehouse"),
        "HOURBOOK_NOW": "2026-11-23T09:00:00+00:00",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(settings, "ENV_FILE", Path("/nowhere/.env"))
        assert main(DEMO) == 0
    return environment


@pytest.fixture
def at_school(school: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """This test's commands work on the demo school."""
    for name, value in school.items():
        monkeypatch.setenv(name, value)


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one command."""
    capsys.readouterr()
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    code, out, err = ran(capsys, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


# -- every command ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(capsys, command, "--help")
    assert code == 0
    assert f"Example: hourbook {command}" in out


@pytest.mark.parametrize("wrong", [
    ["nosuch"], ["ask"], ["proof"], ["sync", "--nosuch"], ["bench"], ["serve", "--port", "x"], ["snapshots", "drop"],
    ["snapshots", "use"], [],
])
def test_misuse_ends_with_2_and_says_why(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = ran(capsys, *wrong)
    assert code == 2
    assert "Usage: hourbook" in err


def test_a_wrong_setting_ends_with_1_and_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOURBOOK_PORT", "many")
    sentence = "HOURBOOK_PORT is 'many' (from the environment): it is not a whole number.\n"
    assert ran(capsys, "doctor") == (1, "", sentence)


def test_a_failure_is_a_document_for_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOURBOOK_WAREHOUSE", str(tmp_path))
    code, out, err = ran(capsys, "ask", "schools", "--json")
    found = json.loads(out)
    assert (code, found["ok"], found["kind"]) == (1, False, "NoSnapshot")
    assert err == found["message"] + "\n"


def test_something_unexpected_is_one_sentence_and_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("by design")

    monkeypatch.setattr(cli_main, "LOG_FOLDER", tmp_path)
    monkeypatch.setattr(settings, "load", broken)
    code, out, err = ran(capsys, "doctor")
    assert (code, out) == (1, "")
    file = re.search(r"\(ZeroDivisionError\); the details are in (\S+)\.\n", err)
    assert file
    assert "by design" in Path(file[1]).read_text("utf-8")
    assert "Traceback" not in err


def test_ctrl_c_says_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(settings, "load", interrupted)
    assert ran(capsys, "doctor") == (130, "", "")


def test_help_comes_at_once() -> None:
    """Nothing heavy is imported before it is needed."""
    heavy = {"duckdb", "streamlit", "sqlalchemy", "pydantic"}
    program = f"import sys, cli.main; print(sorted({heavy} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


# -- demo, sync, snapshots ----------------------------------------------------------------------------


@pytest.mark.usefixtures("at_school")
def test_a_demo_school_is_made_once_a_day(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Demo school made" not in ran(capsys, *DEMO)[2]
    code, _, err = ran(capsys, *DEMO, "--fresh")
    assert code == 0
    assert "Demo school made: 20 students" in err
    assert re.search(r"Snapshot \d+ published", err)


def test_a_demo_is_refused_on_a_real_platform(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOURBOOK_PLATFORM_URL", "postgresql://reader:hush@db/platform")
    code, _, err = ran(capsys, "demo", "--no-serve")
    assert code == 1
    assert "postgresql+psycopg2://reader:***@db/platform, which is not a demo school" in err


@pytest.mark.usefixtures("at_school")
def test_a_sync_reports_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    report = as_json(capsys, "sync")
    assert report["ok"]
    assert report["mode"] == "full"
    assert {table["name"] for table in report["tables"]} >= {"finances_hourconsumption", "accounts_customuser"}
    code, out, err = ran(capsys, "sync", "--explain")
    assert code == 0
    assert "finances_hourconsumption" in out
    assert "Mode: full, because" in err


@pytest.mark.usefixtures("at_school")
def test_an_earlier_snapshot_can_be_served_again(capsys: pytest.CaptureFixture[str]) -> None:
    as_json(capsys, "sync")
    kept = as_json(capsys, "snapshots")
    assert [snapshot["is_current"] for snapshot in kept] == [True] + [False] * (len(kept) - 1)
    assert as_json(capsys, "snapshots", "use", str(kept[1]["snapshot_id"]))["ok"]
    assert as_json(capsys, "ask", "schools")["snapshot_id"] == kept[1]["snapshot_id"]
    code, _, err = ran(capsys, "snapshots", "use", "999")
    assert code == 1
    assert "There is no snapshot 999" in err


@pytest.mark.usefixtures("at_school")
def test_a_lasting_failure_is_said_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import etl.sync
    from cli import syncing

    down = HourbookError("The source is down.")
    outcomes: list[HourbookError | None] = [down, down, None]
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
    monkeypatch.setattr(syncing.time, "sleep", lambda seconds: None)  # type: ignore[attr-defined]
    code, _, err = ran(capsys, "sync", "--every", "1s")
    assert code == 130
    assert err.count("The source is down.") == 1
    assert err.count("The sync works again.") == 1
    assert len(reports) == 1


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("5m", 300), ("1h", 3600), ("0.5s", 0.5), ("2", 2)])
def test_a_length_of_time_is_read_with_its_unit(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "0s", "-1s", "5 weeks"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(BadOption, match="is not a length of time"):
        seconds_of(text)


# -- questions, checks, proof -------------------------------------------------------------------------


def test_every_question_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    named = {question["name"] for question in as_json(capsys, "ask", "--list")}
    assert named == {path.stem for path in (ROOT / "queries").glob("*.sql")}


@pytest.mark.usefixtures("at_school")
def test_an_answer_says_as_of_when_and_keeps_every_digit(capsys: pytest.CaptureFixture[str]) -> None:
    answer = as_json(capsys, "ask", "overview_figures")
    assert answer["as_of"] == "2026-11-23T09:00:00+00:00"
    assert re.fullmatch(r"-?\d+\.\d\d", answer["rows"][0]["hours_usable"])


@pytest.mark.usefixtures("at_school")
def test_an_answer_in_csv_runs_no_formula(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(capsys, "ask", "students_found", "--param", "search=a", "--param", "limit=1000", "--csv")
    assert code == 0
    rows = list(csv.reader(io.StringIO(out)))
    assert len(rows) > 10
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert any(cell.startswith(("'=", "'+", "'@")) for row in rows for cell in row)


@pytest.mark.usefixtures("at_school")
def test_a_scope_narrows_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(as_json(capsys, "ask", "schools", "--school", "1")["rows"]) == 1
    assert len(as_json(capsys, "ask", "schools")["rows"]) == 3
    code, _, err = ran(capsys, "ask", "schools", "--school", "1", "--student", "2")
    assert (code, "not for both" in err) == (1, True)


@pytest.mark.usefixtures("at_school")
@pytest.mark.parametrize(("arguments", "sentence"), [
    (["ask", "nosuch"], "There is no question 'nosuch'"),
    (["ask", "schools", "--param", "x"], "'x' has no value; write it as name=value"),
    (["ask", "schools", "--param", "x=1"], "has no parameter x"),
    (["proof", "--student", "nobody@example.com"], "No student has the id or e-mail 'nobody@example.com'"),
    (["proof", "--student", "CASEY.jordan@example.com"], "give the id instead"),
])
def test_what_cannot_be_answered_is_said(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = ran(capsys, *arguments)
    assert (code, out) == (1, "")
    assert sentence in err


@pytest.mark.usefixtures("at_school")
def test_checks_that_warn_fail_only_when_strict(capsys: pytest.CaptureFixture[str]) -> None:
    assert as_json(capsys, "check")["ok"]
    code, _, err = ran(capsys, "check", "--strict")
    assert code == 1
    assert re.search(r"\d+ of \d+ checks hold, [1-9]\d* warn", err)


@pytest.mark.usefixtures("at_school")
def test_a_proof_of_every_student_is_verified(capsys: pytest.CaptureFixture[str]) -> None:
    listed = as_json(capsys, "ask", "balances_page", "--param", "limit=100")["rows"]
    assert len(listed) > 20
    for student in listed:
        proof = as_json(capsys, "proof", "--student", str(student["student_id"]), "--verify")
        assert proof["verified"] is True
        assert proof["contradictions"] == []
    assert any(proof["entries"])


@pytest.mark.usefixtures("at_school")
def test_a_proof_as_of_an_earlier_instant_is_verified(capsys: pytest.CaptureFixture[str]) -> None:
    student = as_json(capsys, "ask", "balances_page")["rows"][0]["student_id"]
    now = as_json(capsys, "proof", "--student", str(student), "--verify")
    then = as_json(capsys, "proof", "--student", str(student), "--as-of", "2026-06-01T00:00:00+00:00", "--verify")
    assert then["verified"] is True
    assert len(then["entries"]) < len(now["entries"])


@pytest.mark.usefixtures("at_school")
def test_a_contradicted_proof_ends_with_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from ledger import verify

    monkeypatch.setattr(verify, "verify", lambda figures, entries: ["7.50 hours remain, but the entries say 8.00."])
    student = as_json(capsys, "ask", "balances_page")["rows"][0]["student_id"]
    code, _, err = ran(capsys, "proof", "--student", str(student), "--verify")
    assert code == 1
    assert "7.50 hours remain, but the entries say 8.00.\n" in err


# -- doctor -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("at_school")
def test_doctor_shows_each_setting_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, "doctor")
    sources = {setting["variable"]: setting["source"] for setting in found["settings"]}
    assert sources["HOURBOOK_NOW"] == "environment"
    assert sources["HOURBOOK_PORT"] == "default"
    assert {finding["state"] for finding in found["connections"]} == {"works"}


def test_doctor_names_what_is_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOURBOOK_PLATFORM_URL", "postgresql://reader:hush@127.0.0.1:1/platform")
    monkeypatch.setenv("HOURBOOK_STORE_URL", f"sqlite:///{tmp_path}/store.db")
    monkeypatch.setenv("HOURBOOK_WAREHOUSE", str(tmp_path / "warehouse"))
    code, out, _ = ran(capsys, "doctor", "--json")
    states = {finding["name"]: finding["state"] for finding in json.loads(out)["connections"]}
    assert code == 1
    assert states == {
        "platform": "fails", "extension": "works", "store": "works", "warehouse": "warns", "disk space": "works",
    }
    assert "hush" not in out


def test_doctor_tells_a_role_that_may_do_too_much(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
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
        found = json.loads(ran(capsys, "doctor", "--json")[1])
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
