"""Questions, checks and proofs from the command line."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from cli import books, output
from cli.main import app
from tests.cli.conftest import AsJson, Ran

ROOT = Path(__file__).resolve().parent.parent.parent
COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_every_question_is_listed(as_json: AsJson) -> None:
    named = {question["name"] for question in as_json("ask", "--list")}
    assert named == {path.stem for path in (ROOT / "queries").glob("*.sql")}


@pytest.mark.usefixtures("at_school")
def test_an_answer_says_as_of_when_and_keeps_every_digit(as_json: AsJson) -> None:
    answer = as_json("ask", "overview_figures")
    assert answer["as_of"] == "2026-11-23T09:00:00+00:00"
    assert re.fullmatch(r"-?\d+\.\d\d", answer["rows"][0]["hours_usable"])


@pytest.mark.usefixtures("at_school")
def test_an_answer_in_csv_runs_no_formula(ran: Ran) -> None:
    code, out, _ = ran("ask", "students_found", "--param", "search=a", "--param", "limit=1000", "--csv")
    assert code == 0
    rows = list(csv.reader(io.StringIO(out)))
    assert len(rows) > 10
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert any(cell.startswith(("'=", "'+", "'@")) for row in rows for cell in row)


@pytest.mark.usefixtures("at_school")
def test_a_scope_narrows_the_answer(ran: Ran, as_json: AsJson) -> None:
    assert len(as_json("ask", "schools", "--school", "1")["rows"]) == 1
    assert len(as_json("ask", "schools")["rows"]) == 3
    code, _, err = ran("ask", "schools", "--school", "1", "--student", "2")
    assert (code, "not for both" in err) == (1, True)


@pytest.mark.usefixtures("at_school")
@pytest.mark.parametrize(("arguments", "sentence"), [
    (["ask", "nosuch"], "There is no question 'nosuch'"),
    (["ask", "schools", "--param", "x"], "'x' has no value; write it as name=value"),
    (["ask", "schools", "--param", "x=1"], "has no parameter x"),
    (["proof", "--student", "nobody@example.com"], "No student has the id or e-mail 'nobody@example.com'"),
    (["proof", "--student", "CASEY.jordan@example.com"], "give the id instead"),
    (["proof", "--student", "1", "--as-of", "yesterday"], "--as-of 'yesterday' is neither a day nor an instant"),
    (["proof", "--student", "1", "--as-of", "2026-10-01T00:00:00"], "with its zone; write for example 2026-10-01 or"),
])
def test_what_cannot_be_answered_is_said(
    arguments: list[str], sentence: str, ran: Ran
) -> None:
    code, out, err = ran(*arguments)
    assert (code, out) == (1, "")
    assert sentence in err


@pytest.mark.usefixtures("at_school")
def test_checks_that_warn_fail_only_when_strict(ran: Ran, as_json: AsJson) -> None:
    assert as_json("check")["ok"]
    code, _, err = ran("check", "--strict")
    assert code == 1
    assert re.search(r"\d+ of \d+ checks hold, [1-9]\d* warn", err)


@pytest.mark.slow
@pytest.mark.usefixtures("at_school")
def test_a_proof_of_every_student_is_verified(as_json: AsJson) -> None:
    listed = as_json("ask", "balances_page", "--param", "limit=100")["rows"]
    assert len(listed) > 20
    for student in listed:
        proof = as_json("proof", "--student", str(student["student_id"]), "--verify")
        assert proof["verified"] is True
        assert proof["contradictions"] == []
    assert any(proof["entries"])


@pytest.mark.usefixtures("at_school")
def test_a_proof_as_of_an_earlier_instant_is_verified(as_json: AsJson) -> None:
    student = as_json("ask", "balances_page")["rows"][0]["student_id"]
    now = as_json("proof", "--student", str(student), "--verify")
    then = as_json("proof", "--student", str(student), "--as-of", "2026-06-01T00:00:00+00:00", "--verify")
    assert then["verified"] is True
    assert len(then["entries"]) < len(now["entries"])


@pytest.mark.usefixtures("at_school")
def test_a_proof_as_of_a_day_holds_the_whole_day_of_the_school(as_json: AsJson) -> None:
    student = as_json("ask", "balances_page")["rows"][0]["student_id"]
    day, end = (
        as_json("proof", "--student", str(student), "--as-of", as_of)["entries"]
        for as_of in ("2026-06-01", "2026-06-01T23:59:59.999999+01:00")
    )
    assert day == end
    assert books.instant_of("2026-06-01") == datetime(2026, 6, 1, 22, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.usefixtures("at_school")
def test_of_twins_the_one_written_just_so_is_meant(as_json: AsJson) -> None:
    found = as_json("ask", "students_found", "--param", "search=casey.jordan@example.com")["rows"]
    twins = {row["email"]: row["student_id"] for row in found if row["is_exact"]}
    assert len(twins) == 2
    for email, student_id in twins.items():
        assert as_json("proof", "--student", email)["student_id"] == student_id


def test_a_name_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table("Names", ("name",), [("A\x1b[31mna\u202e\u2066x\x07 João 李",)], caption="\x1b]0;t")
    output.say("No student \x1b[2J'x'.\nAnother line.")
    out, err = capsys.readouterr()
    assert "A[31mnax João 李" in out
    assert {"\x1b", "\u202e", "\u2066", "\x07"} & set(out + err) == set()
    assert err == "No student [2J'x'.\nAnother line.\n"
    output.print_json({"name": "a\u202eb"})
    assert json.loads(capsys.readouterr().out) == {"name": "a\u202eb"}


@pytest.mark.usefixtures("at_school")
def test_a_contradicted_proof_ends_with_1(monkeypatch: pytest.MonkeyPatch, ran: Ran, as_json: AsJson) -> None:
    from ledger import verify

    told = ["7.50 hours remain, but the entries say 8.00."]
    monkeypatch.setattr(verify, "verify", lambda figures, entries, *, as_of: told)
    student = as_json("ask", "balances_page")["rows"][0]["student_id"]
    code, _, err = ran("proof", "--student", str(student), "--verify")
    assert code == 1
    assert "7.50 hours remain, but the entries say 8.00.\n" in err
