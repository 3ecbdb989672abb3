"""The document: the same bytes anywhere, standards kept, every script printed, nothing fetched."""

import hashlib
import io
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader

from reports import render
from reports.receipts import facts, logos, rendering
from reports.render import layout, typefaces
from reports.signing import Sealer
from store.receipts import Receipt
from tests.reports.receipts.school import NOW, PORTUGUESE, purchase, record, refund

ROOT = Path(__file__).resolve().parents[3]
NAMES = {
    "Latin": "Zoë Ștefănescu Łukasz Nguyễn", "Greek": "Ελένη Παπαδοπούλου", "Cyrillic": "Олена Щербак",
    "Arabic": "محمد الفارسي", "Hebrew": "ליאור בן־דוד", "Devanagari": "प्रिया शर्मा", "Thai": "สมชาย ใจดี",
    "Chinese": "王小明", "Japanese": "やまだ たろう", "Korean": "김민준", "Armenian": "Արամ", "Georgian": "გიორგი",
    "Bengali": "অনন্যা", "Tamil": "கவிதா", "Gurmukhi": "ਗੁਰਪ੍ਰੀਤ", "emoji": "Ana 😀🏽", "mathematical": "𝓐𝓷𝓪",
}


def text_of(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def pages_of(content: bytes) -> int:
    with pypdfium2.PdfDocument(content) as document:
        return len(document)


def documents() -> dict[str, Receipt]:
    many = [facts.Refund(number=f"CN-2026-{i:06d}", day="2026-10-01", amount=Decimal("2.50")) for i in range(1, 91)]
    copy = facts.of_copy(purchase(), many, number="REC-2026-000042", issued_on=date(2026, 9, 15))
    return {
        "exempt": record(purchase()), "Portuguese": record(purchase(PORTUGUESE)),
        "credit note": record(refund(purchase(PORTUGUESE), "33.33"), "CN-2026-000001"), "many refunds": record(copy),
        "long": record(purchase(billing_name="A" * 150, student_name="B" * 150, plan_name="C" * 150)),
        "free": record(purchase(amount=Decimal("0.00"))), "negative": record(purchase(amount=Decimal("-250.00"))),
        "largest": record(purchase(amount=Decimal("999999.99"))),
        "bare": record(purchase(billing_name=None, billing_address=None, school_address=None, hours=None,
                                card_brand=None, card_last4=None, plan_name=None, school_primary_color=None)),
    }


def test_names_in_every_script_are_printed_and_can_be_searched() -> None:
    lines = "".join(f"<p>{render.printable(name)}</p>" for name in NAMES.values())
    content = render.pdf(
        f'<html lang="en"><body>{lines}', metadata=render.Metadata("t", "en", NOW),
        stylesheets=[rendering.stylesheet()],
    )
    found = text_of(content) + "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "[U+" not in found
    for script, name in NAMES.items():
        letters = {c for c in name if c.isalpha()}
        assert len(letters & set(found)) >= len(letters) * 3 / 4, script


def test_a_receipt_of_names_from_right_to_left_and_east_asia_is_printed() -> None:
    said = purchase(billing_name=NAMES["Arabic"], student_name=NAMES["Hebrew"], school_name=NAMES["Chinese"])
    found = text_of(rendering.make(record(said)))
    assert NAMES["Chinese"] in found
    assert set(NAMES["Hebrew"]) - {" ", "־"} <= set(found)


def test_what_no_font_can_print_is_written_as_its_code_point() -> None:
    assert render.printable("Ana \U00013080 \ue000 \x07Q") == "Ana [U+13080] [U+E000] Q"


def test_a_glyph_missing_in_spite_of_all_is_written_as_its_code_point(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = typefaces._covered() | {0x13080}
    monkeypatch.setattr(typefaces, "_covered", lambda: everything)
    content = rendering.make(record(purchase(billing_name="Ana \U00013080", student_name="")))
    assert "Ana [U+13080]" in text_of(content)


def test_a_font_that_is_not_installed_is_an_error_with_the_line_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    latin = typefaces._characters(typefaces.FOLDER / "NotoSans-Regular.ttf")
    monkeypatch.setattr(typefaces, "CJK", Path("/nowhere"))
    monkeypatch.setattr(typefaces, "_covered", lambda: latin)
    with pytest.raises(render.MissingFont, match="apt-get install -y fonts-noto-cjk"):
        rendering.make(record(purchase(billing_name="王小明")))


@pytest.mark.parametrize("text", ["a\u202eb", "a\u2066b\u2069", "\ud800ab", "a\x00b", "a\u200eb"])
def test_a_name_cannot_turn_the_text_around_it(text: str) -> None:
    assert render.printable(text) == "ab"


def test_markup_in_a_name_is_printed_as_it_is_written() -> None:
    name = '<img src="http://example.com/x.png"><script>{{ 7 * 7 }}</script>'
    assert "{{ 7 * 7 }}" in text_of(rendering.make(record(purchase(billing_name=name))))


def test_nothing_is_fetched() -> None:
    for address in ("http://localhost/x.png", "file:///etc/hostname", "data:image/png;base64,AAAA", "asset:other"):
        with pytest.raises(layout.LayoutFault):
            render.pdf(
                f'<html lang="en"><title>t</title><img src="{address}" alt="x">',
                metadata=render.Metadata("t", "en", NOW),
            )


@pytest.mark.parametrize("name", [
    "exempt", *(pytest.param(name, marks=pytest.mark.slow) for name in documents() if name != "exempt"),
])
def test_a_document_keeps_to_its_standards(name: str, sealer: Sealer, tmp_path: Path) -> None:
    content = rendering.make(documents()[name], signer=sealer)
    file = tmp_path / "receipt.pdf"
    file.write_bytes(content)
    checked = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    signature = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in signature
    assert "Total document signed" in signature
    fonts = subprocess.run(["pdffonts", file], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts
    assert all(re.search(r"\byes\s+yes\s+yes\b", line) for line in fonts), fonts
    root: Any = PdfReader(io.BytesIO(content)).trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert xmp.count("<rdf:RDF") == 1
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own boolean
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
    assert root["/Lang"] in ("en-GB", "pt-PT")
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"


def test_the_invoice_is_attached_as_the_standard_wants_it(sealer: Sealer) -> None:
    content = rendering.make(record(purchase()), signer=sealer)
    reader: Any = PdfReader(io.BytesIO(content))
    assert b"urn:cen.eu:en16931:2017" in reader.attachments["factur-x.xml"][0]
    [file] = {one.get_object()["/F"]: one.get_object() for one in reader.trailer["/Root"]["/AF"]}.values()
    assert file["/AFRelationship"] == "/Alternative"
    assert b"<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in reader.trailer["/Root"]["/Metadata"].get_data()


def test_the_text_of_a_document_reads_in_order() -> None:
    found = re.sub(r"\s+", " ", text_of(rendering.make(record(purchase()))))
    order = [
        "Escola Aprender", "Receipt", "Paid", "€250.00", "paid on 15 September 2026", "REC-2026-000042",
        "23 November 2026",
        "Visa •••• 4242", "Avenida da Liberdade", "Tax number PT508123456", "Teresa Almeida", "Student: Maria Almeida",
        "10 hours of tutoring", "Valid until 14 March 2027", "€25.00", "exempt", "Total paid",
        "This document is not a fiscal invoice.", "7KQ2-MPX9-R4TB",
    ]
    places = [found.find(text) for text in order]
    assert -1 not in places, dict(zip(order, places, strict=True))
    assert places == sorted(places)


@pytest.mark.slow
def test_many_refunds_go_on_over_pages_with_their_heads() -> None:
    content = rendering.make(documents()["many refunds"])
    assert pages_of(content) > 2
    assert text_of(content).count("Credit note") >= pages_of(content) - 1
    assert text_of(content).count("CN-2026-0000") == 90


@pytest.mark.parametrize("name", ["Portuguese", "credit note"])
def test_what_is_usual_fits_on_one_page(name: str) -> None:
    assert pages_of(rendering.make(documents()[name])) == 1


@pytest.mark.slow
def test_the_same_record_has_the_same_bytes_in_every_process(keys: Path) -> None:
    program = (
        "import sys, hashlib; from tests.reports.receipts import test_rendering as t; "
        "from reports.signing import Sealer, keys; from pathlib import Path; "
        f"sealer = Sealer(keys._loaded(Path({str(keys / 'default.p12')!r}), '')); "
        "order = sorted(t.documents(), reverse=bool(int(sys.argv[1]))); "
        "found = {n: hashlib.sha256(t.rendering.make(t.documents()[n], signer=sealer)).hexdigest() for n in order}; "
        "print(sorted(found.items()))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program, str(turn)], cwd=ROOT, capture_output=True, text=True, check=True,
            env={"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": str(turn + 1), "TZ": ("UTC", "Asia/Tokyo")[turn]},
        ).stdout for turn in (0, 1)
    }
    assert len(outputs) == 1
    assert "exempt" in outputs.pop()


@pytest.mark.slow
def test_the_same_record_has_the_same_bytes_again(sealer: Sealer) -> None:
    made = {hashlib.sha256(rendering.make(record(purchase()), signer=sealer)).hexdigest() for _ in range(2)}
    assert len(made) == 1


def test_a_logo_comes_from_the_folder_only(tmp_path: Path) -> None:
    from PIL import Image

    folder = tmp_path / "logos"
    folder.mkdir()
    for file in (folder / "1.png", tmp_path / "secret.png", folder / "brand.jpg"):
        Image.new("RGB", (2000, 500), "teal").save(file)
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "3.png").write_bytes(b"no picture")
    found = logos.find(folder, 1, None)
    assert found is not None
    assert rendering.make(record(purchase(school_logo="x")), logo=found)
    assert logos.find(folder, 2, "https://cdn.example.com/a/brand.jpg?v=2") is not None
    for name in ("../secret.png", "link.png", "https://example.com/..%2Fsecret.png", "", None, "/etc/passwd"):
        assert logos.find(folder, 2, name) is None
    assert logos.find(folder, 3, None) is None
    assert logos.find(None, 1, None) is None


def test_a_logo_stays_for_the_next_document_of_the_process(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (300, 80), "navy").save(tmp_path / "1.png")
    Image.new("RGB", (200, 80), "green").save(tmp_path / "2.png")

    def made(school: int) -> bytes:
        logo = logos.find(tmp_path, school, None)
        named = hashlib.sha256(logo).hexdigest() if logo else ""
        return rendering.make(record(replace(purchase(), logo=named)), logo=logo)

    once = [made(school) for school in (1, 2, 3)]
    assert [made(school) for school in (1, 1, 2, 3)] == [once[0], once[0], once[1], once[2]]
    assert len(set(once)) == 3
