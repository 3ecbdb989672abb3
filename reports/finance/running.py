"""Makes a report within a scope: exact rows, stamped, of one snapshot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import queries
from access.scope import Reach, Scope
from errors import HourbookError
from reports.finance import guard
from reports.finance.catalogue import report_named
from reports.finance.definition import Asking, Report
from reports.finance.period import BadPeriod, Period
from reports.speech import Speech, speaking
from reports.speech import marked as _
from reports.table import Cells, Kind, Stamp, Table, one_line
from settings import Settings
from warehouse import NoSnapshot, Pinned


class CurrencyUnfit(HourbookError):
    """A report is asked for in what is no currency, or shows no amounts that could be in one."""


class ReportOutOfReach(HourbookError):
    """The viewer's scope has no finance reports, or not of this school, or no amounts."""


def run(
    books: queries.Snapshots, scope: Scope, settings: Settings, name: str, period: Period, *,
    school_id: int | None = None, currency: str | None = None, language: str = "en", engine: Any = None,
) -> Table:
    """The report `name` of a period, for the schools in scope or for one of them, of all currencies or of one.

    Raises UnknownReport, BadPeriod, ReportOutOfReach, CurrencyUnfit, and NoSnapshot before the first sync.
    """
    report, speech = report_named(name), speaking(language)
    pinned = pin(books)
    asking = Asking(pinned, within(scope, report, school_id), settings, period, speech, school_id, engine)
    _fits(report, period)
    _has_currency(report, currency)
    stamped = stamp(
        pinned, settings, period, speech, of=scope_words(pinned, asking.scope, school_id, speech),
        when=_when(report, period, speech), looks_ahead=report.looks_ahead,
        notes=(speech.say(report.note),) if report.note else (),
        filters=speech.say(_("only {currency}"), currency=currency) if currency else "",
        zone=zone_of(pinned, asking.scope, school_id, settings), live=report.needs_store,
    )
    return Table(
        name=name, title=speech.say(report.title), columns=report.columns, stamp=stamped, speech=speech,
        source=lambda: of_currency(report, report.rows(asking), currency),
        empty=speech.say(report.empty, period=stamped.period),
        blocked=guard.reason(pinned, settings, report.checks, speech),
        slug="_".join(part for part in (period.slug, _scope_slug(asking), currency) if part),
        chart=report.chart, grouped_by=report.grouped_by,
    )


def pin(books: Any) -> Pinned:
    """The books as of the snapshot that is current now, so that all figures of a report belong together."""
    snapshot = books.current()
    if snapshot is None:
        raise NoSnapshot("No snapshot has been published yet. Run a sync first.")
    return Pinned(books, snapshot)


def within(scope: Scope, report: Report, school_id: int | None) -> Scope:
    """The scope that a report is made in: schools whose amounts the viewer sees. Raises ReportOutOfReach."""
    if scope.reach not in (Reach.BUSINESS, Reach.SCHOOLS):
        raise ReportOutOfReach("Finance reports are made for schools; this viewer sees no school as a whole.")
    if report.has_money and not scope.sees_money:
        raise ReportOutOfReach(f"The report {report.name} shows amounts, which this viewer does not see.")
    if report.has_money and scope.money is not None:
        scope = Scope.schools(scope.money)
    if scope.reach is Reach.SCHOOLS and not scope.ids:
        raise ReportOutOfReach("This viewer may have reports of no school.")
    if school_id is not None and scope.reach is Reach.SCHOOLS and school_id not in scope.ids:
        raise ReportOutOfReach(f"School {school_id} is not among those that this viewer may have reports of.")
    return scope


def stamp(
    books: queries.Snapshots, settings: Settings, period: Period, speech: Speech, *, of: str, when: str,
    looks_ahead: bool = False, notes: tuple[str, ...] = (), checks: bool = True, filters: str = "",
    zone: str | None = None, live: bool = False,
) -> Stamp:
    """What a report of a period is made from, with what its reader must know: notes, and what checks found.

    Instants are told in `zone`, the business's own where none is given. `live`: its rows are newer than the snapshot.

    Raises BadPeriod where the period lies ahead of the books.
    """
    sync = queries.ask(books, Scope.business(), "sync").one()
    snapshot = books.current()
    as_of = snapshot.as_of if snapshot else None
    if not sync or as_of is None:
        raise NoSnapshot("The snapshot does not say as of when it is. Run a sync.")
    zone = zone or settings.timezone
    today = as_of.astimezone(ZoneInfo(zone)).date()
    if period.start > today + timedelta(days=1) and not looks_ahead:
        raise BadPeriod(f"The period beginning on {period.start} lies ahead of the books, which are as of {today}.")
    as_of_words = speech.instant(as_of, zone)
    remarks = (*notes, *(guard.remarks(books, speech) if checks else ()))
    if period.end > today and not looks_ahead:
        up_to = speech.say(_("The period is not over: figures are up to {instant}."), instant=as_of_words)
        remarks = (speech.say(_("The period is not over.")) if live else up_to, *remarks)
    return Stamp(
        as_of=as_of, as_of_words=as_of_words, snapshot_id=sync["snapshot_id"], scope=of, period=when,
        filters=filters, remarks=remarks, is_demo=bool(sync["is_demo"]),
    )


def of_currency(report: Report, rows: Iterator[Cells], currency: str | None) -> Iterator[Cells]:
    """The rows of one currency, and those without any money; all rows where none is named."""
    names = [column.name for column in report.columns]
    if currency is None or "currency" not in names:
        return rows
    at = names.index("currency")
    money = [place for place, column in enumerate(report.columns) if column.kind is Kind.MONEY]
    return (
        cells for cells in rows
        if cells[at] == currency or (cells[at] is None and all(cells[place] is None for place in money))
    )


def _has_currency(report: Report, currency: str | None) -> None:
    if currency is None:
        return
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise CurrencyUnfit(f"{currency[:20]!r} is no currency: write its three letters, such as EUR.")
    if all(column.name != "currency" for column in report.columns):
        raise CurrencyUnfit(f"The report {report.name} shows no amounts: ask for it without a currency.")


def zone_of(books: queries.Snapshots, scope: Scope, school_id: int | None, settings: Settings) -> str:
    """The zone of the schools that the report is about, where they have one in common; else the business's."""
    rows = queries.ask(books, scope, "schools").as_dicts()
    zones = {row["timezone"] for row in rows if school_id in (None, row["school_id"])}
    return zones.pop() or settings.timezone if len(zones) == 1 else settings.timezone


def _when(report: Report, period: Period, speech: Speech) -> str:
    if report.span == "day":
        return speech.say(_("end of {day}"), day=speech.long_day(period.last_day))
    return period.words(speech)


def _fits(report: Report, period: Period) -> None:
    if report.span == "month" and not period.is_one_month:
        raise BadPeriod(f"The report {report.name} is made for one month, such as 2025-09.")
    if report.span == "months" and not period.is_whole_months:
        raise BadPeriod(f"The report {report.name} is made for whole months: let it begin and end with one.")


def scope_words(books: queries.Snapshots, scope: Scope, school_id: int | None, speech: Speech) -> str:
    """Whose books these are, as a person says it. Raises ReportOutOfReach for a school that is not there."""
    if scope.reach is Reach.BUSINESS and school_id is None:
        return speech.say(_("the whole business"))
    wanted = [school_id] if school_id is not None else list(scope.ids)
    names = {row["school_id"]: row["name"] for row in queries.ask(books, scope, "schools").as_dicts()}
    for id_ in wanted:
        if id_ not in names:
            raise ReportOutOfReach(f"There is no school {id_} in this snapshot. See them by `hourbook ask schools`.")
    return speech.listed([one_line(names[id_] or "") or f"{speech.say(_('School'))} {id_}" for id_ in wanted])


def _scope_slug(asking: Asking) -> str:
    if asking.school_id is not None:
        return f"school-{asking.school_id}"
    if asking.scope.reach is Reach.BUSINESS:
        return "business"
    return "school-" + "-".join(map(str, asking.scope.ids)) if len(asking.scope.ids) < 6 else "schools"
