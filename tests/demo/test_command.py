from __future__ import annotations

import json
from pathlib import Path

import pytest

from demo.__main__ import main


def test_the_command_prints_the_report_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    arguments = ["demo", "--url", url, "--students", "12", "--years", "1", "--today", "2026-11-23", "--no-hazards"]
    monkeypatch.setattr("sys.argv", arguments)
    assert main() == 0
    report = json.loads(capsys.readouterr().out)
    assert report["today"] == "2026-11-23T00:00:00+00:00"
    assert report["hazards"] == []
    assert report["rows"]["accounts_school"] == 3


def test_a_refusal_is_one_sentence_and_a_failing_exit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["demo", "--url", "sqlite:///nowhere.db", "--students", "0"])
    assert main() == 1
    assert "students = 0" in capsys.readouterr().err
