"""``mail``: sends what is due, shows what was sent and what failed, and keeps the schedules of reports."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import BadOption, Json, actor, own_store, published, seconds_of
from cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from reports.mail import Run
    from settings import Settings
    from store.schedules import Schedule

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
    while_stdin: Annotated[
        bool, typer.Option("--while-stdin", help="End when standard input does: for programs that start it.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Find what is due and send it; one process at a time does so, another one waits for its turn."""
    from cli import mail_worker
    from reports import mail

    pause = seconds_of(every) if every else None
    engine, chosen = own_store()
    office = mail.office_of(chosen)
    if isinstance(office, mail.Folder):
        say(f"Mail is not sent but written to {office.path}.")
    if pause is not None:
        mail_worker.until_told(
            chosen, engine, pause, most, show=lambda done: _show(done, as_json=as_json), while_stdin=while_stdin,
        )
        return 0
    done = mail_worker.one_round(chosen, engine, most, threading.Event())
    _show(done, as_json=as_json)
    return int(done.sent.stopped is not None)


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
    engine, _ = own_store()
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
    engine, _ = own_store()
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
    import audit
    from reports import mail

    _one_of(lang, "--lang", ("en", "pt"))
    engine, chosen = own_store()
    mail.send_test(chosen, to, language=lang)
    audit.record(engine, event=audit.Event.MAIL_SENT, actor=actor(), now=chosen.clock(), details={"kind": "test"})
    if as_json:
        print_json({"ok": True, "to": to})
    folder = chosen.letter_folder
    say(f"The mail server took a message to {to}." if folder is None else f"A message to {to} was written to {folder}.")


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
    engine, chosen = own_store()
    made = kept.add(engine, mail.checked(published(), kept.Schedule(
        school_id=school, rhythm=rhythms[every], reports=tuple(reports), format=format_, language=lang,
        recipients=tuple(to), actor=actor(), recorded_at=chosen.clock(),
    )))
    _record(engine, chosen, made)
    if as_json:
        print_json(made)
    say(f"Schedule {made.id}: {', '.join(made.reports)}, {made.rhythm}, to {', '.join(made.recipients)}.")


def schedules(as_json: Json = False) -> None:
    """List the schedules of reports."""
    from store import schedules as kept

    found = kept.running(own_store()[0])
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

    engine, chosen = own_store()
    ended = kept.end(engine, schedule_id, actor=actor(), now=chosen.clock())
    _record(engine, chosen, ended)
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


def _record(engine: Engine, chosen: Settings, changed: Schedule) -> None:
    """Write a change of schedules into the audit log: which reports, and to how many, never to whom."""
    import audit

    audit.record(
        engine, event=audit.Event.SCHEDULE_CHANGED, actor=actor(), now=chosen.clock(), school_id=changed.school_id,
        object=f"schedule:{changed.id}", details={
            "reports": changed.reports, "recipients": len(changed.recipients), "ended": changed.ended_at is not None,
        },
    )
