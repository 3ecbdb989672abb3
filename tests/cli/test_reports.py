"""Reports and statements from the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest

from reports.finance import REPORTS
from tests.cli.conftest import AsJson, Ran

pytestmark = [pytest.mark.usefixtures("at_school"), pytest.mark.slow]


def test_every_report_is_listed_with_its_columns(as_json: AsJson, ran: Ran) -> None:
    listed = {one["name"]: one for one in as_json("report", "list")}
    assert set(listed) == set(REPORTS)
    assert listed["sales"]["columns"][-1] == {"name": "amount", "title": "Price", "kind": "money"}
    assert "roll_forward" in ran("report", "list")[1]


def test_a_report_on_the_screen_says_of_what_it_is(ran: Ran, as_json: AsJson) -> None:
    code, out, err = ran("report", "roll_forward", "--from", "2026-07", "--to", "2026-09", "--lang", "pt")
    assert (code, "Movimento da receita diferida" in out, "Âmbito: todo o negócio" in out) == (0, True, True)
    assert "Não se cumpre em todo o lado" in err
    found = as_json("report", "roll_forward", "--month", "2026-09", "--school", "1")
    assert found["blocked"] is None
    assert found["scope"] == found["rows"][0]["school_name"]
    assert found["totals"][0]["sold"] == found["rows"][0]["sold"]


def test_without_a_period_the_last_whole_month_is_meant(as_json: AsJson) -> None:
    assert as_json("report", "sales")["period"] == "October 2026"


@pytest.mark.parametrize(("form", "magic"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_a_file_is_written_where_it_is_wanted(ran: Ran, tmp_path: Path, form: str, magic: bytes) -> None:
    file = tmp_path / f"usage.{form}"
    code, _, err = ran("report", "usage", "--month", "2026-09", "--format", form, "--output", str(file))
    assert (code, file.read_bytes()[: len(magic)]) == (0, magic)
    assert "September 2026" in err
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_gets_a_file_that_is_named_by_what_it_holds(ran: Ran, tmp_path: Path) -> None:
    options = ("--month", "2026-09", "--school", "1", "--format", "csv", "--separator", ";", "--decimal", ",")
    assert ran("report", "sales", *options, "--stamp", "--no-totals", "--output", str(tmp_path))[0] == 0
    [file] = tmp_path.iterdir()
    # Another test may have synced the school again.
    assert re.fullmatch(r"sales_2026-09_school-1_as-of-20261123T0900Z_snapshot-\d+\.csv", file.name)
    text = file.read_text("utf-8-sig")
    assert text.startswith("# Packages sold")
    assert ";EUR;" in text
    assert "Total;" not in text


def test_csv_goes_to_the_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    from cli.main import main

    assert main(("report", "sales", "--month", "2024-01", "--format", "csv", "--output", "-")) == 0
    out, err = capfdbinary.readouterr()
    assert out.endswith(b"Currency,Price\r\n")
    assert b"No package was bought in January 2024." in err


def test_a_statement_is_a_table_and_a_file(ran: Ran, as_json: AsJson, tmp_path: Path) -> None:
    student = as_json("ask", "balances_page", "--param", "limit=1")["rows"][0]
    options = ("--student", str(student["student_id"]), "--from", "2025-11", "--to", "2026-11")
    rows = as_json("statement", *options)["rows"]
    assert (rows[0]["what"], rows[-1]["what"]) == ("Opening balance", "Closing balance")
    file = tmp_path / "statement.xlsx"
    assert ran("statement", *options, "--format", "xlsx", "--output", str(file), "--lang", "pt")[0] == 0
    sheet = openpyxl.load_workbook(file).worksheets[0]
    assert sheet.cell(2, 3).value == "Saldo inicial"
    assert sheet.max_row == len(rows) + 1


def test_a_stale_snapshot_is_shown_and_not_handed_out(
    ran: Ran, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:
    monkeypatch.setenv("HOURBOOK_NOW", "2026-12-01T09:00:00+00:00")
    code, out, err = ran("report", "usage", "--month", "2026-09")
    assert (code, bool(out), "is stale" in err) == (0, True, True)
    code, out, _ = ran("report", "usage", "--month", "2026-09", "--format", "csv", "--json", "--output", str(tmp_path))
    assert (code, json.loads(out)["kind"]) == (1, "ExportBlocked")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["report", "nosuch"], "There is no report 'nosuch'. There are: month"),
    (["report", "sales", "--month", "2026-13"], "'2026-13' is not a month"),
    (["report", "sales", "--month", "2027-09"], "lies ahead of the books"),
    (["report", "sales", "--from", "2026-01"], "give --from and --to"),
    (["report", "sales", "--from", "2026-03", "--to", "2026-01"], "holds no day"),
    (["report", "sales", "--month", "2026-09", "--day", "2026-09-01"], "Name one period"),
    (["report", "month", "--from", "2026-01", "--to", "2026-02"], "is made for one month"),
    (["report", "sales", "--school", "77"], "There is no school 77"),
    (["report", "sales", "--format", "doc"], "'doc' is not a form of reports"),
    (["report", "sales", "--lang", "de"], "'de' is not a language"),
    (["report", "sales", "--output", "x.csv"], "--output needs --format"),
    (["report", "sales", "--format", "csv", "--decimal", ",", "--output", "-"], "separate by a semicolon"),
    (["report", "sales", "--format", "csv", "--output", "/nowhere/x.csv"], "/nowhere/x.csv cannot be written"),
    (["statement", "--student", "nobody@example.com"], "No student has the id or e-mail"),
    (["report", "sales", "--from", "2026-01-40", "--to", "2026-02"], "is not a day"),
])
def test_bad_input_is_one_sentence(ran: Ran, arguments: list[str], sentence: str) -> None:
    code, out, err = ran(*arguments)
    assert (code, out) == (1, "")
    assert sentence in err
    assert "Traceback" not in err
