"""``mail``: sends what is due, shows what was sent and what failed, and keeps the schedules of reports."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.failures import described
from cli.options import BadOption, Json, published, seconds_of
from cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from reports.mail import Run
    from settings import Settings

_ACTOR = "command"
_REPORT_FORMATS = ("csv", "xlsx", "pdf")

group = typer.Typer(
    help="Send mail, see what became of it, schedule reports.", no_args_is_help=True, rich_markup_mode=None,
    epilog="Example: hourbook mail run --every 30s",
)


def add_to(app: typer.Typer) -> None:
    """Register the commands of this subject."""
    group.command(epilog="Example: hourbook mail run --every 30s")(run)
    group.command("list", epilog="Example: hourbook mail list --state failed")(list_)
    group.command(epilog="Example: hourbook mail retry --failed")(retry)
    group.command("test", epilog="Example: hourbook mail test --to you@school.pt")(try_out)
    group.command(epilog="Example: hourbook mail schedule sales usage --every month --to desk@school.pt")(schedule)
    group.command(epilog="Example: hourbook mail schedules --json")(schedules)
    group.command(epilog="Example: hourbook mail unschedule 3")(unschedule)
    app.add_typer(group, name="mail")


def run(
    every: Annotated[str | None, typer.Option(help="Go on: a round each time so long has passed, such as 30s.")] = None,
    most: Annotated[int | None, typer.Option(help="Send at most so many messages in a round.", min=1)] = None,
    as_json: Json = False,
) -> int:
    """Find what is due and send it; one process at a time does so, another one waits for its turn."""
    pause = seconds_of(every) if every else None
    chosen, engine = _opened()
    if pause is not None:
        _run_forever(chosen, engine, pause, most, as_json=as_json)
        return 0
    done = _round(chosen, engine, most, threading.Event())
    _show(done, as_json=as_json)
    return int(done.sent.stopped is not None)


def _run_forever(chosen: Settings, engine: Engine, pause: float, most: int | None, *, as_json: bool) -> None:
    """Round after round until told to end, which lets the message at hand finish; a failure is said once."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    said = ""
    while not ending.is_set():
        try:
            done = _round(chosen, engine, most, ending)
            trouble = done.sent.stopped or ""
            if any(vars(done.sent).values()) and trouble != said:
                _show(done, as_json=as_json)
            said = trouble
        except Exception as failure:  # noqa: BLE001 - the next round may work, whatever went wrong in this one
            if repr(failure) != said:
                say(described(failure)[1])
            said = repr(failure)
        ending.wait(pause)


def _round(chosen: Settings, engine: Engine, most: int | None, ending: threading.Event) -> Run:
    from reports import mail

    return mail.run(engine, published(), chosen, most=most, stop=ending.is_set)


def _show(done: Run, *, as_json: bool) -> None:
    planned, sent = done.planned, done.sent
    if as_json:
        print_json({"ok": sent.stopped is None, "planned": vars(planned), "sent": vars(sent)})
    for sentence in planned.held:
        say(sentence)
    say(
        f"{sent.sent} sent, {sent.later} wait for later, {sent.failed} failed, {sent.dropped} dropped; new: "
        f"{planned.reminders} reminders, {planned.low_balances} low balances, {planned.reports} reports."
    )
    if sent.again:
        say(f"{sent.again} messages of a worker that died were taken up again.")
    if sent.stopped:
        say(sent.stopped)


def list_(
    state: Annotated[str | None, typer.Option(help="waiting, sending, sent, failed or dropped.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind, such as receipt.")] = None,
    school: Annotated[int | None, typer.Option(help="Of this school only.", metavar="ID")] = None,
    limit: Annotated[int, typer.Option(help="At most so many, newest first.", min=1, max=10_000)] = 50,
    as_json: Json = False,
) -> None:
    """List messages, newest first: to whom, what about, in which state, and why it failed."""
    from store import outbox

    states = _one_of(state, "--state", outbox.STATES)
    kinds = _one_of(kind, "--kind", outbox.KINDS)
    _, engine = _opened()
    found = outbox.listed(
        engine, states=states, kinds=kinds, school_ids=None if school is None else [school], limit=limit,
    )
    if as_json:
        print_json([{name: value for name, value in vars(one).items() if name != "claimed_by"} for one in found])
        return
    columns = ("id", "kind", "school", "to", "state", "tries", "next try", "why", "reply", "enqueued", "ended")
    print_table("Messages", columns, [(
        one.id, one.kind, one.school_id, one.recipient, one.state, one.tries, one.next_try_at, one.error, one.reply,
        one.enqueued_at, one.closed_at,
    ) for one in found])
    say(", ".join(f"{count} {name}" for name, count in outbox.counts(engine).items()) + ".")


def retry(
    ids: Annotated[list[int] | None, typer.Argument(help="Ids of messages.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="All that failed.")] = False,
    as_json: Json = False,
) -> None:
    """Let failed messages be tried again with the next round."""
    from store import outbox

    if bool(ids) == failed:
        raise typer.BadParameter("name messages by their ids, or all that failed by --failed", param_hint="IDS")
    _, engine = _opened()
    count = outbox.retry(engine, ids if ids else None)
    if as_json:
        print_json({"ok": True, "messages": count})
    say(f"{count} messages are tried again with the next round.")


def try_out(
    to: Annotated[str, typer.Option(help="Address that the message goes to.")],
    lang: Annotated[str, typer.Option("--lang", help="en or pt.")] = "en",
    as_json: Json = False,
) -> None:
    """Send one message that says that mail works."""
    import settings
    from reports import mail

    mail.send_test(settings.load(), to, language=lang)
    if as_json:
        print_json({"ok": True, "to": to})
    say(f"The mail server took a message to {to}.")


def schedule(
    reports: Annotated[list[str], typer.Argument(help="Names of reports; see hourbook report list.")],
    every: Annotated[str, typer.Option(help="week or month.")],
    to: Annotated[list[str], typer.Option(help="Address; may be given several times.")],
    format_: Annotated[str, typer.Option("--format", help="csv, xlsx or pdf.")] = "pdf",
    school: Annotated[int | None, typer.Option(help="For this school only.", metavar="ID")] = None,
    lang: Annotated[str, typer.Option("--lang", help="en or pt.")] = "en",
    as_json: Json = False,
) -> None:
    """Have reports mailed each time a week or a month is over, from the next one that ends."""
    from reports import mail
    from store import schedules as kept

    rhythms: dict[str, kept.Rhythm] = {"week": "weekly", "month": "monthly"}
    if every not in rhythms:
        raise BadOption(f"--every {every!r} is not a rhythm: choose week or month.")
    _one_of(format_, "--format", _REPORT_FORMATS)
    _one_of(lang, "--lang", ("en", "pt"))
    chosen, engine = _opened()
    made = kept.add(engine, mail.checked(published(), kept.Schedule(
        school_id=school, rhythm=rhythms[every], reports=tuple(reports), format=format_, language=lang,
        recipients=tuple(to), actor=_ACTOR, recorded_at=chosen.clock(),
    )))
    if as_json:
        print_json(made)
    say(f"Schedule {made.id}: {', '.join(made.reports)}, {made.rhythm}, to {', '.join(made.recipients)}.")


def schedules(as_json: Json = False) -> None:
    """List the schedules of reports."""
    from store import schedules as kept

    found = kept.running(_opened()[1])
    if as_json:
        print_json(found)
        return
    columns = ("id", "reports", "rhythm", "school", "format", "language", "to", "since")
    print_table("Schedules", columns, [(
        one.id, one.reports, one.rhythm, one.school_id, one.format, one.language, one.recipients, one.recorded_at,
    ) for one in found])


def unschedule(
    schedule_id: Annotated[int, typer.Argument(help="Id of the schedule.", metavar="ID")], as_json: Json = False,
) -> None:
    """End a schedule of reports."""
    from store import schedules as kept

    chosen, engine = _opened()
    ended = kept.end(engine, schedule_id, actor=_ACTOR, now=chosen.clock())
    if as_json:
        print_json(ended)
    say(f"Schedule {ended.id} is ended; nothing is sent by it any more.")


def _one_of(value: str | None, option: str, allowed: Any) -> list[Any] | None:
    """The value in a list, as filters take it; raises BadOption for one that is not allowed."""
    if value is None:
        return None
    if value not in allowed:
        raise BadOption(f"{option} {value!r} is unknown: choose one of {', '.join(allowed)}.")
    return [value]


def _opened() -> tuple[Settings, Engine]:
    import settings
    import store

    chosen = settings.load()
    store.migrate(chosen.store_url)
    return chosen, store.engine(chosen.store_url)
