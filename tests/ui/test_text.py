"""Every text of the screens is there in Portuguese, with the same blanks to fill."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir

from ui.text import _, _n, catalogue, speak

ROOT = Path(__file__).resolve().parents[2]
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "_n": (1, 2)}


def texts() -> list[tuple[str, ...]]:
    """Every text in the code, with its plural where it has one."""
    found = set()
    for folder in ("ui", "pages"):
        for _file, _line, message, _comments, _context in extract_from_dir(
            str(ROOT / folder), method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            found.add(tuple(message) if isinstance(message, (tuple, list)) else (message,))
    return sorted(found)


def blanks(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_every_text_is_translated_and_keeps_its_blanks() -> None:
    portuguese = catalogue("pt")
    missing = []
    for text in texts():
        for number in (1, 2):
            said = portuguese.ngettext(*text, number) if len(text) == 2 else portuguese.gettext(text[0])
            known = text[0] in portuguese._catalog or (text[0], 0) in portuguese._catalog  # type: ignore[attr-defined]
            if not known or blanks(said) != blanks(text[-1]):
                missing.append(text)
    assert missing == []
    assert len(texts()) > 250


def test_an_unknown_language_speaks_english() -> None:
    speak("xx")
    assert _("Balances") == "Balances"


def test_one_and_many_differ_in_both_languages() -> None:
    speak("en")
    assert [_n("{number} class", "{number} classes", n) for n in (1, 2)] == ["1 class", "2 classes"]
    speak("pt")
    assert [_n("{number} class", "{number} classes", n) for n in (1, 2)] == ["1 aula", "2 aulas"]
    speak("en")
