"""A letter becomes bytes that say the same in text and HTML, in both languages, whatever names hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from reports.mail import letters
from reports.mail.addresses import Address, BadAddress, read
from reports.mail.letters import Attachment, Letter
from reports.mail.words import words_of
from reports.receipts.colors import DARK, ink_on_dark
from tests.reports.mail.post_office import read as parsed
from tests.reports.mail.world import NOW

ROOT = Path(__file__).resolve().parents[3]
LETTER = Letter(
    language="pt", school_name="Escola Aprender", color="#0f766e", reply_to="geral@aprender.pt",
    subject="Expiram 2,5 h em 26 de novembro de 2026", headline="Há horas prestes a expirar", figure="2,5 h",
    figure_note="expiram dentro de 3 dias, em 26 de novembro de 2026", paragraphs=("Marque as aulas a tempo.",),
    rows=(("Aluno", "Ana <b>Sousa</b>"), ("Pacote", "Pacote de 10 horas")), why="A escola avisa antes.",
)
SENDER, TO = Address("hours", "school.pt"), Address("ana", "example.pt")


def sent(letter: Letter, to: Address = TO) -> bytes:
    return letters.as_bytes(letter, sender=SENDER, recipient=to, message_id="<1@school.pt>", now=NOW)


def test_text_and_html_say_the_same() -> None:
    message = parsed(sent(LETTER))
    text, page = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    seen = re.sub(r"<style>.*</style>|<title>.*</title>|<[^>]+>", " ", page, flags=re.DOTALL)
    for part in (LETTER.headline, LETTER.figure, LETTER.figure_note, *LETTER.paragraphs, LETTER.why, "Pacote"):
        assert " ".join(part.split()) in " ".join(text.split())
        assert part in seen
    assert message.get_content_type() == "multipart/alternative"
    assert not re.search(r"https?://|<img|<link|@import|url\(", page), "nothing is fetched when it is read"


def test_a_name_in_html_is_text() -> None:
    page = letters.html(LETTER)
    assert "Ana &lt;b&gt;Sousa&lt;/b&gt;" in page
    assert 'lang="pt-PT"' in page


@pytest.mark.parametrize("name", [
    "Escola\r\nBcc: evil@example.com", "Escola\u2028Bcc: evil@example.com", 'Escola" <evil@example.com>, "x',
    "Escola, evil@example.com", "Escola\x00\x1b[31m", "\u202eaicseab", "=?utf-8?q?evil?=", "😀" * 200, "",
])
def test_no_name_can_break_a_header(name: str) -> None:
    content = sent(replace(LETTER, school_name=name, subject=f"Recibo {name}"))
    message = parsed(content)
    assert str(message["From"].addresses[0].addr_spec) == "hours@school.pt"
    assert len(message["From"].addresses) == len(message["To"].addresses) == 1
    assert message["Bcc"] is message["Cc"] is None
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert content.isascii()
    assert "\u202e" not in str(message["Subject"]) + str(message["From"])


def test_an_address_in_another_script_keeps_its_letters() -> None:
    message = parsed(sent(LETTER, read("joão@exemplo.pt")))
    assert message["To"] == "joão@exemplo.pt"


def test_an_attachment_arrives_byte_by_byte() -> None:
    content = bytes(range(256)) * 40
    letter = replace(LETTER, attachments=(
        Attachment(name="REC-2026-00001.pdf", media_type="application/pdf", content=content),
    ))
    [file] = list(parsed(sent(letter)).iter_attachments())
    assert (file.get_filename(), file.get_content_type()) == ("REC-2026-00001.pdf", "application/pdf")
    assert file.get_content() == content


@pytest.mark.parametrize(("text", "address"), [
    (" ana@Example.PT ", "ana@example.pt"), ("ana+horas@example.pt", "ana+horas@example.pt"),
    ("ana@bücher.example", "ana@xn--bcher-kva.example"), ("joão@exemplo.pt", "joão@exemplo.pt"),
])
def test_an_address_is_read_as_it_is_sent_to(text: str, address: str) -> None:
    assert str(read(text)) == address


@pytest.mark.parametrize("text", [
    "", "ana", "@example.pt", "ana@", "ana@localhost", "a b@example.pt", "ana@example.pt, rui@example.pt",
    "ana@example.pt\nBcc: x@example.pt", "<ana@example.pt>", ".ana@example.pt", "ana..b@example.pt", "ana@-a.pt",
    "a" * 65 + "@example.pt", "ana@127.0.0.1", "ana@example..pt", "ana\u200b@example.pt",
])
def test_what_is_no_address_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(BadAddress) as failure:
        read(text)
    assert not text.strip() or text.strip() not in failure.value.message


@pytest.mark.parametrize("color", ["#0f766e", "#000000", "#ffff00", "#7f1d1d"])
def test_the_schools_colour_can_be_read_on_a_dark_ground(color: str) -> None:
    assert contrast(ink_on_dark(color), DARK) >= 4.5


def contrast(one: str, other: str) -> float:
    def light(color: str) -> float:
        parts = [int(color[at:at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


def texts_in_code() -> Iterator[str]:
    for file in (ROOT / "reports" / "mail").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                assert isinstance(node.args[0], ast.Constant), f"{file.name}: a text that is made cannot be translated"
                yield str(node.args[0].value)


def test_every_text_of_a_letter_is_in_portuguese_with_the_same_gaps() -> None:
    used = set(texts_in_code())
    kept = (ROOT / "locale/pt/LC_MESSAGES/mail.po").read_text(encoding="utf-8")
    known = set(re.findall(r'^msgid "(.+)"$', kept, flags=re.MULTILINE))
    assert known == used
    assert "fuzzy" not in kept
    for text in used:
        said = words_of("pt").say(text)
        assert said
        assert sorted(re.findall(r"{\w+}", said)) == sorted(re.findall(r"{\w+}", text))


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_letter_fits_a_telephone_and_can_be_read(browser: Browser, scheme: str) -> None:
    letter = replace(LETTER, school_name="Escola" * 30, rows=(("Aluno", "a" * 200), ("Pacote", "هند" * 30)))
    page = browser.new_page(
        viewport={"width": 375, "height": 700}, color_scheme=scheme,  # type: ignore[arg-type]
    )
    page.set_content(letters.html(letter))
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    pale = page.evaluate("""() => [...document.querySelectorAll('td, p, h1, div')].filter(e =>
        [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(e => {
            let at = e; while (getComputedStyle(at).backgroundColor === 'rgba(0, 0, 0, 0)') at = at.parentElement;
            return [getComputedStyle(e).color, getComputedStyle(at).backgroundColor, e.textContent]; })""")
    for ink, ground, text in pale:
        assert contrast(hexed(ink), hexed(ground)) >= 4.5, (ink, ground, text[:30])
    assert len(pale) > 5


def hexed(color: str) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", color)[:3])
