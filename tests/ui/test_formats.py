"""Figures as people write them, exact to the last digit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import exports, formats, tables
from ui.text import speak

GAP = "\u00a0"


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    speak("en")
    yield
    speak("en")


@pytest.mark.parametrize(
    ("language", "amount", "currency", "said"),
    [
        ("en", "1234.56", "EUR", "€1,234.56"),
        ("en", "-1234.56", "GBP", "−£1,234.56"),
        ("en", "0.00", "EUR", "€0.00"),
        ("en", "5.00", "CHF", f"CHF{GAP}5.00"),
        ("pt", "1234.56", "EUR", f"1{GAP}234,56{GAP}€"),
        ("pt", "-0.05", "GBP", f"−0,05{GAP}£"),
        ("pt", "999999999999.99", "EUR", f"999{GAP}999{GAP}999{GAP}999,99{GAP}€"),
    ],
)
def test_money_is_written_as_the_language_does(language: str, amount: str, currency: str, said: str) -> None:
    speak(language)
    assert formats.money(Decimal(amount), currency) == said


def test_two_currencies_stand_beside_each_other() -> None:
    assert formats.money_each([(Decimal("1.00"), "EUR"), (Decimal("2.00"), "GBP")]) == "€1.00 · £2.00"


def test_what_is_not_known_is_not_zero() -> None:
    assert formats.hours(None) == formats.money(None, "EUR") == formats.day(None) == formats.NOTHING
    assert formats.share(0, 0) == formats.NOTHING


def test_a_day_is_in_words() -> None:
    assert formats.day(date(2026, 11, 23)) == "23 November 2026"
    speak("pt")
    assert formats.day(date(2026, 11, 23)) == "23 de novembro de 2026"


def test_an_instant_is_told_in_the_schools_time() -> None:
    night = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert formats.instant(night, "Europe/Madrid") == "Monday, 23 November 2026, 00:30"


@given(st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False))
def test_no_digit_is_lost_on_the_way_to_the_screen(value: Decimal) -> None:
    assert Decimal(formats.number(value).replace(",", "")) == value


@given(st.lists(st.decimals(min_value=0, max_value=10**6, places=2, allow_nan=False), min_size=2, max_size=9))
def test_figures_in_a_table_sort_as_text_as_they_do_as_numbers(values: list[Decimal]) -> None:
    cells = tables.hours("Hours", values).cells
    assert [cell.strip() for cell in sorted(cells)] == [formats.number(value) for value in sorted(values)]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_cell_that_a_spreadsheet_would_run_becomes_text(text: str) -> None:
    line = exports.csv_bytes(["name"], [[text]]).decode("utf-8-sig").split("\r\n", 1)[1]
    assert line.lstrip('"').startswith("'")


def test_numbers_stay_numbers_in_a_file() -> None:
    written = exports.csv_bytes(["a", "b", "c"], [[Decimal("-1.50"), -2, date(2026, 11, 23)]])
    assert written.decode("utf-8-sig") == "a,b,c\r\n-1.50,-2,2026-11-23\r\n"


@pytest.mark.parametrize("text", ["**bold**", "$x^2$", ":material/home:", "<b>", "[a](http://x)", "`code`", "# title"])
def test_markup_that_a_user_wrote_is_escaped(text: str) -> None:
    escaped = formats.plain(text)
    assert escaped.replace("\\", "") == text
    assert all(escaped[at - 1] == "\\" for at, character in enumerate(escaped) if character in "*$<>[]`#_" and at)


def test_a_student_without_a_name_is_called_by_the_email_or_the_id() -> None:
    assert formats.name({"name": " ", "email": "a@b.c", "student_id": 7}) == "a@b.c"
    assert formats.name({"name": None, "email": "", "student_id": 7}) == "student 7"
