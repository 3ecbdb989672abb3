"""``report`` and ``statement``: finance reports and students' statements, on the screen or as files."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import BadOption, Json, actor, published
from cli.output import print_json, print_table, say
from errors import HourbookError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from reports.finance import Period
    from reports.table import Table
    from settings import Settings
    from warehouse import Warehouse

FORMATS = ("csv", "xlsx", "pdf")

School = Annotated[int | None, typer.Option(help="For this school only.", metavar="ID")]
Month = Annotated[str | None, typer.Option(help="A month, such as 2025-09.")]
From = Annotated[str | None, typer.Option("--from", help="First month or day, such as 2025-01 or 2025-01-01.")]
To = Annotated[str | None, typer.Option(help="Last month or day, itself included.")]
Currency = Annotated[str | None, typer.Option(help="Amounts of this currency only, such as EUR.")]
Format = Annotated[str | None, typer.Option("--format", help="csv, xlsx or pdf; without it, on the screen.")]
Output = Annotated[
    Path | None, typer.Option(help="File to write, a folder for a file named by what it holds, or - for the output."),
]
Separator = Annotated[str, typer.Option(help="Separator in CSV: , or ;")]
DecimalSign = Annotated[str, typer.Option(help="Decimal sign in CSV: . or ,")]
Language = Annotated[str, typer.Option("--lang", help="en or pt.")]
Stamped = Annotated[bool, typer.Option("--stamp", help="Begin a CSV file with a comment that says of what it is.")]
NoTotals = Annotated[bool, typer.Option("--no-totals", help="Leave out the totals.")]


class CannotWrite(HourbookError):
    """The file of a report cannot be written where it should be."""


def add_to(app: typer.Typer) -> None:
    """Register the commands of this subject."""
    app.command(epilog="Example: hourbook report revenue_by_plan --month 2025-09 --format xlsx")(report)
    app.command(epilog="Example: hourbook statement --student 42 --from 2025-09 --to 2025-12 --format pdf")(statement)


def report(
    name: Annotated[str, typer.Argument(help="Name of the report, or list.")] = "list",
    month: Month = None,
    from_: From = None,
    to: To = None,
    day: Annotated[str | None, typer.Option(help="A day, such as 2025-09-30, for reports of a day's end.")] = None,
    school: School = None,
    currency: Currency = None,
    format_: Format = None,
    output: Output = None,
    separator: Separator = ",",
    decimal: DecimalSign = ".",
    lang: Language = "en",
    stamped: Stamped = False,
    no_totals: NoTotals = False,
    as_json: Json = False,
) -> None:
    """Make a finance report of a period; the last whole month when none is named."""
    if name == "list":
        _list(as_json=as_json)
        return
    import settings
    from access.scope import Scope
    from reports import finance

    _check(lang, format_, output)
    wanted = finance.report_named(name)
    books, chosen = published(), settings.load()
    scope = Scope.business() if school is None else Scope.schools([school])
    table = finance.run(
        books, scope, chosen, name, _period(books, chosen, month, from_, to, day), language=lang,
        currency=currency, engine=_store(chosen.store_url) if wanted.needs_store else None,
    )
    _record(chosen, "exported", school, report=name, format=format_ or "screen", snapshot=table.stamp.snapshot_id)
    _hand_out(table, format_, output, separator, decimal, stamped=stamped, totals=not no_totals, as_json=as_json)


def statement(
    student: Annotated[str, typer.Option(help="The student's id or e-mail.")],
    month: Month = None,
    from_: From = None,
    to: To = None,
    school: School = None,
    format_: Format = None,
    output: Output = None,
    separator: Separator = ",",
    decimal: DecimalSign = ".",
    lang: Language = "en",
    stamped: Stamped = False,
    as_json: Json = False,
) -> None:
    """Make a student's statement: what a period opened with, what happened, and what it closed with."""
    import settings
    from access.scope import Scope
    from cli.books import find_student
    from reports import statements

    _check(lang, format_, output)
    books, chosen = published(), settings.load()
    student_id = find_student(books, student)
    scope = Scope.students([student_id]) if school is None else Scope.schools([school])
    period = _period(books, chosen, month, from_, to, None)
    table = statements.statement(books, scope, chosen, student_id, period, language=lang)
    _record(chosen, "downloaded", school, student_id, what="statement", format=format_ or "screen")
    _hand_out(table, format_, output, separator, decimal, stamped=stamped, totals=True, as_json=as_json)


def _record(chosen: Settings, event: str, school: int | None, student: int | None = None, **details: Any) -> None:
    """Write down that this is handed out, before it is."""
    import audit

    audit.record(
        _store(chosen.store_url), event=audit.Event(event), actor=actor(), now=chosen.clock(), school_id=school,
        student_id=student, details=details,
    )


def _store(url: str) -> Engine:
    """Hourbook's own store, its tables made where they are missing."""
    import store

    store.migrate(url)
    return store.engine(url)


def _list(*, as_json: bool) -> None:
    from reports.finance import REPORTS

    if as_json:
        print_json([
            {"name": one.name, "title": one.title, "about": one.about, "made_for": one.span,
             "columns": [{"name": column.name, "title": column.title, "kind": column.kind} for column in one.columns]}
            for one in REPORTS.values()
        ])
        return
    rows = [(one.name, one.about, one.span) for one in REPORTS.values()]
    print_table("Reports", ("name", "what it answers", "made for"), rows)


def _check(lang: str, format_: str | None, output: Path | None) -> None:
    if lang not in ("en", "pt"):
        raise BadOption(f"--lang {lang!r} is not a language of reports: choose en or pt.")
    if format_ is not None and format_ not in FORMATS:
        raise BadOption(f"--format {format_!r} is not a form of reports: choose one of {', '.join(FORMATS)}.")
    if output is not None and format_ is None:
        raise BadOption("--output needs --format: say csv, xlsx or pdf.")


def _period(
    books: Warehouse, chosen: Settings, month: str | None, from_: str | None, to: str | None, day: str | None,
) -> Period:
    """The period that the options name; the month before the books' own when they name none. Raises BadOption."""
    from zoneinfo import ZoneInfo

    from reports.finance import Period

    if sum((month is not None, from_ is not None or to is not None, day is not None)) > 1:
        raise BadOption("Name one period: by --month, or by --from and --to, or by --day.")
    if month is not None:
        return Period.of_month(month)
    if day is not None:
        return Period.between(day, day)
    if from_ is not None and to is not None:
        return Period.between(from_, to)
    if from_ is not None or to is not None:
        raise BadOption("A period has two ends: give --from and --to.")
    snapshot = books.current()
    as_of = (snapshot.as_of if snapshot else None) or chosen.clock()
    return Period.month_before(as_of.astimezone(ZoneInfo(chosen.timezone)).date())


def _hand_out(
    table: Table, format_: str | None, output: Path | None, separator: str, decimal: str,
    *, stamped: bool, totals: bool, as_json: bool,
) -> None:
    """The report on the screen, or in a file; says so where there is nothing in it."""
    if format_ is None:
        _show(table, totals=totals, as_json=as_json)
        return
    from reports import formats

    options: dict[str, Any] = {"totals": totals}
    if format_ == "csv":
        options |= {"separator": separator, "decimal": decimal, "stamped": stamped}
    write = {"csv": formats.to_csv, "xlsx": formats.to_xlsx, "pdf": formats.to_pdf}[format_]
    if output is not None and str(output) == "-":
        rows = write(table, sys.stdout.buffer, **options)
    else:
        path = _path(output, formats.file_name(table, format_))
        rows = _written(path, lambda sink: write(table, sink, **options))
        say(f"{path} written: {table.title}, {table.stamp.period}, {rows} rows, as of {table.stamp.as_of_words}.")
        if as_json:
            print_json({"file": path, "rows": rows, "snapshot_id": table.stamp.snapshot_id, "as_of": table.stamp.as_of})
    if rows == 0:
        say(table.empty)


def _path(output: Path | None, name: str) -> Path:
    if output is None:
        return Path(name)
    return output / name if output.is_dir() else output


def _written(path: Path, write: Any) -> int:
    """Writes beside the file and puts it in place once it is whole; leaves nothing behind where that fails."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as sink:
            rows: int = write(sink)
        part.replace(path)
    except OSError as failure:
        raise CannotWrite(f"{path} cannot be written ({failure.strerror}): choose another place by --output.") from None
    finally:
        part.unlink(missing_ok=True)
    return rows


def _show(table: Table, *, totals: bool, as_json: bool) -> None:
    lines = [line for line in table.lines() if totals or not line.is_total]
    if as_json:
        names = [column.name for column in table.columns]
        print_json({
            "report": table.name, "title": table.title, "snapshot_id": table.stamp.snapshot_id,
            "as_of": table.stamp.as_of, "period": table.stamp.period, "scope": table.stamp.scope,
            "remarks": table.stamp.remarks, "blocked": table.blocked,
            "rows": [dict(zip(names, line.cells, strict=True)) for line in lines if not line.is_total],
            "totals": [dict(zip(names, line.cells, strict=True)) for line in lines if line.is_total],
        })
        return
    rows = [
        [table.written(cell, column) for cell, column in zip(line.cells, table.columns, strict=True)] for line in lines
    ]
    caption = " · ".join(f"{name}: {value}" for name, value in table.stamp.facts(table.speech))
    print_table(f"{table.title}, {table.stamp.period}", table.heads, rows, caption=caption)
    for remark in [*([] if rows else [table.empty]), *([table.blocked] if table.blocked else []), *table.stamp.remarks]:
        say(remark)
