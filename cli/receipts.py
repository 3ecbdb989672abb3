"""``receipts``: issues a month's receipts, packs them, lists them, and says of a file whether it is genuine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from cli.options import BadOption, Json, actor, own_store, published
from cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from settings import Settings
    from store.receipts import Receipt

Month = Annotated[str, typer.Option(help="A month, such as 2025-09.", metavar="YYYY-MM")]
School = Annotated[int | None, typer.Option(help="Of this school only.", metavar="ID")]
Issued = Annotated[bool, typer.Option("--issued", help="Those issued in the month, whenever they were paid.")]

group = typer.Typer(
    help="Issue, pack and check receipts.", no_args_is_help=True, rich_markup_mode=None,
    epilog="Example: hourbook receipts issue --month 2025-09",
)


def add_to(app: typer.Typer) -> None:
    """Register the commands of this subject."""
    group.command(epilog="Example: hourbook receipts issue --month 2025-09 --school 1")(issue)
    group.command("list", epilog="Example: hourbook receipts list --month 2025-09 --json")(list_)
    group.command("zip", epilog="Example: hourbook receipts zip --month 2025-09 --output september.zip")(zip_)
    group.command(epilog="Example: hourbook receipts verify REC-2025-000042.pdf --certificate school.pem")(verify)
    group.command(epilog="Example: hourbook receipts export --output books.jsonl")(export)
    group.command(epilog="Example: hourbook receipts certificates --output school.pem")(certificates)
    group.command(epilog="Example: hourbook receipts revoke 3f9a --reason 'the key was stolen'")(revoke)
    app.add_typer(group, name="receipts")


def issue(
    month: Month, school: School = None,
    processes: Annotated[int | None, typer.Option(help="Processes that make documents.", min=1)] = None,
    no_mail: Annotated[bool, typer.Option("--no-mail", help="Write to nobody: for months long past.")] = False,
    as_json: Json = False,
) -> int:
    """Issue the missing receipts and credit notes of a month's purchases; can be stopped and called again."""
    from cli.progress import steps_shown
    from reports import receipts

    chosen, engine = _opened()
    since, until = month_of(month)
    with steps_shown("Receipts", quiet=as_json) as progress:
        done = receipts.issue_month(
            engine, published(), chosen, since=since, until=until, school_id=school, actor=actor(), now=chosen.clock(),
            processes=processes or len(os.sched_getaffinity(0)), progress=progress, mailed=not no_mail,
        )
    made = {"created": done.created, "documents": done.documents, "failed": len(done.failed), "mailed": not no_mail}
    _record(engine, chosen, "receipt_issued", school, f"month:{since:%Y-%m}", **made)
    if done.credit_notes:
        _record(engine, chosen, "receipt_credited", school, f"month:{since:%Y-%m}", created=done.credit_notes)
    if as_json:
        print_json({"ok": not done.failed, **vars(done)})
    for sentence in done.failed:
        say(sentence)
    say(
        f"{done.created} receipts and {done.credit_notes} credit notes issued, {done.existing} were there, "
        f"{done.documents} documents made, {len(done.failed)} failed."
    )
    if done.unsigned:
        say("They are not signed: set HOURBOOK_SIGNING_PKCS12 to a PKCS#12 file with the school's key.")
    return int(bool(done.failed))


def list_(
    month: Annotated[str | None, typer.Option(help="Paid in this month.", metavar="YYYY-MM")] = None,
    issued: Issued = False,
    school: School = None,
    student: Annotated[int | None, typer.Option(help="Of this student only.", metavar="ID")] = None,
    search: Annotated[str | None, typer.Option(help="Part of a number or a name.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many, newest first.", min=1, max=10_000)] = 50,
    as_json: Json = False,
) -> None:
    """List what was issued, newest first."""
    from reports import receipts

    _, engine = _opened()
    since, until = month_of(month) if month else (None, None)
    found = receipts.listed(
        engine, school_ids=None if school is None else [school], student_ids=None if student is None else [student],
        since=since, until=until, text=search, limit=limit,
        by="issued" if issued else "paid",
    )
    columns = (
        "number", "kind", "school", "paid on", "issued on", "transaction", "student", "total", "currency", "document",
    )
    if as_json:
        print_json([_plain(receipt) for receipt in found])
    else:
        print_table("Receipts", columns, [(
            one.number_text, one.kind, one.school_id, one.paid_on, one.issued_on, one.transaction_id, one.student_id,
            one.total, one.currency, "waiting" if one.document_sha256 is None else one.document_sha256[:12],
        ) for one in found])


def zip_(
    month: Month, output: Annotated[Path, typer.Option(help="The file to write.")], school: School = None,
    issued: Issued = False, as_json: Json = False,
) -> int:
    """Pack the documents of a month's payments and refunds into one ZIP with an index."""
    from cli.progress import steps_shown
    from reports import receipts

    chosen, engine = _opened()
    since, until = month_of(month)
    with steps_shown("Packing", quiet=as_json) as progress, _written(output) as sink:
        count = receipts.write_zip(
            engine, sink, since=since, until=until, school_id=school, by="issued" if issued else "paid",
            done=lambda number: progress(f"{number} documents"),
        )
        _record(engine, chosen, "exported", school, f"month:{since:%Y-%m}", what="receipts_zip", documents=count)
    if as_json:
        print_json({"ok": True, "documents": count, "file": output, "bytes": output.stat().st_size})
    say(f"{count} documents in {output}.")
    waiting = receipts.waiting_of(engine, since=since, until=until, school_id=school, by="issued" if issued else "paid")
    if waiting:
        say(f"{waiting} documents are not in it: they are still to be made, by `hourbook receipts issue`.")
    return int(bool(waiting))


def verify(
    files: Annotated[list[Path] | None, typer.Argument(help="PDF files.")] = None,
    certificate: Annotated[
        list[Path] | None, typer.Option(help="Trust these public certificates (PEM), and look at no books."),
    ] = None,
    revoked: Annotated[list[str] | None, typer.Option(help="Fingerprint of a certificate no longer trusted.")] = None,
    against: Annotated[
        Path | None, typer.Option(
            help="Look them up in this file of books and walk it; with --books, ours must still hold all of it.",
        ),
    ] = None,
    books: Annotated[bool, typer.Option("--books", help="Walk all books: numbers, links, every document.")] = False,
    as_json: Json = False,
) -> int:
    """Say of each file, in one line, whether it is genuine; 1 when one is not."""
    from reports import receipts, signing

    if not files and not books and against is None:
        raise typer.BadParameter("name files, or walk the books by --books", param_hint="FILES")
    trust = None
    if certificate:
        trust = signing.Trust.of_pem([_read(file) for file in certificate], " ".join(map(str, certificate)))
    engine = None if certificate or against else _opened()[1]
    elsewhere = None if against is None else receipts.read_books(against)
    distrusted = {_fingerprint(one): "as given" for one in revoked or []}
    verdicts = receipts.verify_files(files or [], engine=engine, trust=trust, revoked=distrusted, against=elsewhere)
    if elsewhere is not None and books:  # what was written down then must still be in the books
        engine = _opened()[1]
    walk = (
        receipts.verify_books(engine, heads=elsewhere.walk.heads if elsewhere else None)
        if books and engine is not None else elsewhere.walk if elsewhere else None
    )
    faults = walk.faults if walk else []
    if as_json:
        print_json({"ok": not faults and not receipts.exit_code(verdicts), "files": verdicts, "books": walk})
    else:
        for verdict in verdicts:
            typer.echo(verdict.line)
        for fault in faults:
            typer.echo(fault)
        if walk is not None:
            say(f"{walk.records} records and {walk.documents} documents of {walk.schools} schools walked, "
                f"{walk.waiting} documents waiting, {len(faults)} faults.")
    return int(bool(faults)) or receipts.exit_code(verdicts)


def export(
    output: Annotated[Path, typer.Option(help="The file to write.")], school: School = None, as_json: Json = False,
) -> None:
    """Write the books of receipts as one file, to be walked elsewhere by `receipts verify --against`."""
    from reports import receipts

    chosen, engine = _opened()
    with _written(output) as sink:
        count = receipts.write_books(engine, sink, school_id=school)
        _record(engine, chosen, "exported", school, "receipt_books", what="receipt_books", records=count)
    if as_json:
        print_json({"ok": True, "records": count, "file": output})
    say(f"{count} records in {output}.")


@contextmanager
def _written(output: Path) -> Iterator[IO[bytes]]:
    """A file that takes its place when it is whole; raises BadOption where there is no folder."""
    draft = output.with_name(f".{output.name}.part")
    try:
        with draft.open("wb") as sink:
            yield sink
        draft.replace(output)
    except FileNotFoundError as missing:
        raise BadOption(f"The folder of {output} does not exist: make it, or name another file.") from missing
    finally:
        draft.unlink(missing_ok=True)


def _fingerprint(text: str) -> str:
    """A certificate's fingerprint or how it begins; raises BadOption for what could fit by accident."""
    plain = text.lower().replace(":", "").strip()
    if not re.fullmatch("[0-9a-f]{8,64}", plain):
        raise BadOption(f"{text!r} is no fingerprint: write at least 8 of its hexadecimal digits.")
    return plain


def certificates(
    output: Annotated[Path | None, typer.Option(help="Write them all as PEM, for checks elsewhere.")] = None,
    as_json: Json = False,
) -> None:
    """Show the public certificates that ever signed; what others need to check receipts offline."""
    from reports.receipts import checking
    from reports.signing import pem_of
    from store import certificates as kept

    engine = _opened()[1]
    found = kept.known(engine)
    if output is not None:
        revoked = checking.books_trust(engine).revoked
        output.write_text(pem_of((one.chain for one in found), revoked), encoding="utf-8")
        say(f"{len(found)} certificates written to {output}, {len(revoked)} of them as revoked.")
    if as_json:
        print_json(found)
    elif output is None:
        columns = ("fingerprint", "subject", "expires at", "first used", "revoked", "why")
        print_table("Certificates", columns, [(
            one.fingerprint, one.subject, one.expires_at, one.first_used_at, one.revoked_at, one.revoked_reason,
        ) for one in found])


def revoke(
    fingerprint: Annotated[str, typer.Argument(help="The beginning of the certificate's fingerprint.")],
    reason: Annotated[str, typer.Option(help="Why it is not to be trusted any more.")],
    as_json: Json = False,
) -> None:
    """Distrust a certificate: files it signed that are not in our books are called revoked."""
    from store import certificates as kept

    chosen, engine = _opened()
    found = kept.revoke(engine, fingerprint, reason=reason, now=chosen.clock())
    _record(engine, chosen, "certificate_revoked", None, f"certificate:{found.fingerprint[:32]}")
    if as_json:
        print_json(found)
    say(f"The certificate {found.fingerprint[:16]}… of {found.subject} is not trusted any more.")


def month_of(text: str) -> tuple[date, date]:
    """The first day of a month and of the next one; raises BadOption."""
    found = re.fullmatch(r"(\d{4})-(\d{2})", text.strip())
    if not found or not (1 <= int(found[2]) <= 12) or not (1 <= int(found[1]) < 9999):
        raise BadOption(f"{text!r} is not a month; write for example 2025-09.")
    year, number = int(found[1]), int(found[2])
    return date(year, number, 1), date(year + number // 12, number % 12 + 1, 1)


def _opened() -> tuple[Settings, Engine]:
    engine, chosen = own_store()
    return chosen, engine


def _record(engine: Engine, chosen: Settings, event: str, school: int | None, about: str, **details: Any) -> None:
    """Write down what the command did, by counts and ids."""
    import audit

    audit.record(
        engine, event=audit.Event(event), actor=actor(), now=chosen.clock(), school_id=school, object=about,
        details=details,
    )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as failure:
        raise BadOption(f"The certificate {file} cannot be read ({failure.strerror}).") from failure


def _plain(receipt: Receipt) -> dict[str, Any]:
    return {
        name: getattr(receipt, name) for name in (
            "id", "number_text", "kind", "school_id", "transaction_id", "student_id", "paid_on", "issued_on",
            "issued_at", "net", "vat", "total", "currency", "verification_code", "document_sha256",
            "document_size", "signed_by",
        )
    }
