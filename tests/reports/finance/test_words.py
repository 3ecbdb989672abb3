"""Every text of a report is there in Portuguese, with the same blanks to fill."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir

from reports.finance import REPORTS
from reports.finance.guard import WORTH_SAYING
from reports.speech import speaking
from translations import catalogue

ROOT = Path(__file__).resolve().parents[3]
SAME = {"individual", "Total"}
"""Words that both languages share."""


def blanks(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))


def texts() -> set[str]:
    """Every text of reports and statements, and the sentences of the checks that they quote."""
    found = set()
    for folder in ("finance", "formats", "statements"):
        for _file, _line, message, _comments, _context in extract_from_dir(
            str(ROOT / "reports" / folder), method_map=[("**.py", "python")], keywords={"_": None, "say": None},
        ):
            found.add(message if isinstance(message, str) else message[0])
    for name in {*WORTH_SAYING, *(check for report in REPORTS.values() for check in report.checks)}:
        sentence = re.search(r"-- check: (.*)", (ROOT / "etl" / "checks" / f"{name}.sql").read_text("utf-8"))
        assert sentence
        found.add(sentence[1].strip())
    return found - {""}


def test_every_text_is_translated_and_keeps_its_blanks() -> None:
    portuguese = catalogue("pt", "reports")
    missing = []
    for text in sorted(texts() | {"As of", "Snapshot", "Period", "Scope", "Source", "Total"}):
        said = portuguese.gettext(text)
        if (said == text and text not in SAME) or blanks(said) != blanks(text):
            missing.append(text)
    assert missing == []
    assert len(texts()) > 120


def test_no_translation_is_left_over() -> None:
    known = texts() | set(re.findall(r'_\("([^"]+)"\)', (ROOT / "reports" / "table.py").read_text("utf-8")))
    assert sorted(text for text in catalogue("pt", "reports")._catalog if text and text not in known) == []  # type: ignore[attr-defined]


def test_no_title_begins_a_formula() -> None:
    for language in ("en", "pt"):
        said = {speaking(language).say(text) for text in texts() if "{" not in text}
        assert [text for text in said if text[0] in "=+-@−"] == []
