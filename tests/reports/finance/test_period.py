"""Periods are half-open days; what makes none, or none for a report, is refused with the reason."""

from __future__ import annotations

from datetime import date

import pytest

from access.scope import Scope
from reports.finance import BadPeriod, Period, UnknownReport, run
from reports.speech import speaking
from settings import Settings
from warehouse import Warehouse


@pytest.mark.parametrize(
    ("period", "slug", "english", "portuguese"),
    [
        (Period.of_month("2025-12"), "2025-12", "December 2025", "dezembro de 2025"),
        (Period.between("2025-01", "2025-03"), "2025-01_2025-03", "1 January 2025 to 31 March 2025",
         "1 de janeiro de 2025 a 31 de março de 2025"),
        (Period.between("2025-02-28", "2025-02-28"), "2025-02-28", "28 February 2025", "28 de fevereiro de 2025"),
        (Period.between("2024-02-29", "2024-03-01"), "2024-02-29_2024-03-01", "29 February 2024 to 1 March 2024",
         "29 de fevereiro de 2024 a 1 de março de 2024"),
        (Period(date(2025, 2, 1), date(2025, 3, 1)), "2025-02", "February 2025", "fevereiro de 2025"),
        (Period.month_before(date(2026, 1, 31)), "2025-12", "December 2025", "dezembro de 2025"),
    ],
)
def test_a_period_has_a_name_in_words_and_in_a_file(period: Period, slug: str, english: str, portuguese: str) -> None:
    assert (period.slug, period.words(speaking("en")), period.words(speaking("pt"))) == (slug, english, portuguese)


@pytest.mark.parametrize("text", ["2025-13", "2025", "25-01", "", "2025-1", "2025-01-01", "September", "２０２５-01"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(BadPeriod, match="is not a month"):
        Period.of_month(text)


@pytest.mark.parametrize(
    ("first", "last"), [("2025-03", "2025-01"), ("2025-02-30", "2025-03-01"), ("1999-01", "1999-02"), ("2025", "2026")]
)
def test_what_is_no_period_is_refused(first: str, last: str) -> None:
    with pytest.raises(BadPeriod):
        Period.between(first, last)


@pytest.mark.parametrize(
    ("report", "period"),
    [
        ("month", Period.between("2026-01", "2026-02")), ("month", Period.between("2026-01-01", "2026-01-30")),
        ("roll_forward", Period.between("2026-01-02", "2026-03-31")), ("sales", Period.of_month("2027-01")),
        ("vat_summary", Period.of_month("2027-01")),
    ],
)
def test_a_report_refuses_a_period_that_it_is_not_made_for(
    report: str, period: Period, books: Warehouse, chosen: Settings,
) -> None:
    with pytest.raises(BadPeriod):
        run(books, Scope.business(), chosen, report, period)


def test_expirations_may_be_asked_ahead(books: Warehouse, chosen: Settings) -> None:
    table = run(books, Scope.business(), chosen, "expirations", Period.of_month("2027-01"))
    assert list(table.rows())
    assert not any("not over" in remark for remark in table.stamp.remarks)


def test_a_period_that_is_not_over_says_so(books: Warehouse, chosen: Settings) -> None:
    now, before = (run(books, Scope.business(), chosen, "sales", Period.of_month(m)) for m in ("2026-11", "2026-10"))
    assert "The period is not over" in now.stamp.remarks[0]
    assert not any("not over" in remark for remark in before.stamp.remarks)


def test_an_unknown_report_is_refused_with_those_there_are(books: Warehouse, chosen: Settings) -> None:
    with pytest.raises(UnknownReport, match="roll_forward"):
        run(books, Scope.business(), chosen, "nosuch", Period.of_month("2026-09"))
