"""Issues the receipt of a purchase, and has receipts mailed."""

from __future__ import annotations

import logging
from typing import ClassVar

import queries
from access.scope import Scope
from access.viewer import Area
from api import receipt_shapes, repeating
from api.access_rules import ISSUING
from api.calls import Answer, Asking, Call
from api.problems import Kind, Problem
from api.reading import Asked
from api.receipt_rows import AskedReceipt, is_seen, shown, visible, write_down
from api.repeating import Done
from api.values import Id, needed
from audit import Event
from errors import HourbookError
from reports import receipts

_FAILURES = logging.getLogger("hourbook.failures")


class AskedMail(AskedReceipt):
    """Which one."""

    place: ClassVar[str] = "body"


class AskedIssue(Asked):
    """Of what."""

    place: ClassVar[str] = "body"
    shown: ClassVar[tuple[str, ...]] = ("transaction_id",)

    transaction_id: Id = needed("The purchase.", 11)


def _issue(asking: Asking, asked: AskedIssue) -> Answer:
    _purchase_seen(asking, asked.transaction_id)

    def made(key: str | None) -> Done:
        issued = _issued(asking, asked.transaction_id)
        [body] = shown(asking, [issued.receipt])
        return Done(Answer(body, 201 if issued.created else 200), body)

    return repeating.once(asking, asked, made, lambda key, status, body: Answer(body, status))


def _issued(asking: Asking, transaction_id: int) -> receipts.Issued:
    try:
        issued = receipts.issue(
            asking.engine, asking.books, asking.service.settings, transaction_id, actor=asking.viewer.key,
            now=asking.now,
        )
    except (receipts.NotCompleted, receipts.NothingPaid, receipts.NoSeller) as none:
        raise Problem(Kind.NO_RECEIPT, none.message) from none
    except (receipts.VatUndecided, receipts.NotFiscalThere) as unsettled:
        raise Problem(Kind.CONFLICT, unsettled.message) from unsettled
    except HourbookError as failure:
        _FAILURES.error("receipt", extra={"facts": {"kind": failure.kind, "transaction": transaction_id}})
        said = "The receipt, or its document, could not be made now. Ask again soon: it is issued once."
        raise Problem(Kind.UNAVAILABLE, said, headers={"retry-after": "60"}) from failure
    if issued.created:
        write_down(asking, Event.RECEIPT_ISSUED, issued.receipt)
    return issued


def _mail(asking: Asking, asked: AskedMail) -> Answer:
    receipt, _ = visible(asking, asked.receipt_id, Area.issuing)

    def sent(key: str | None) -> Done:
        try:
            is_new = receipts.email(asking.engine, asking.service.settings, receipt.id, now=asking.now)
        except receipts.NotMailed as never:
            raise Problem(Kind.CONFLICT, never.message) from never
        if is_new:
            write_down(asking, Event.RECEIPT_EMAILED, receipt)
        body = {"receipt_id": receipt.id, "state": "queued" if is_new else "on_its_way"}
        return Done(Answer(body, 202), body)

    return repeating.once(asking, asked, sent, lambda key, status, body: Answer(body, status))


def _purchase_seen(asking: Asking, transaction_id: int) -> None:
    """Raises Problem for a purchase that is not there, and the same for one that is not the viewer's to see."""
    row = queries.ask(
        asking.books, Scope.business(), "receipt_facts", transaction_ids=(transaction_id,)
    ).one()
    places = [(row["student_id"], row["school_id"])] if row else []
    places += [(one.student_id, one.school_id) for one in receipts.by_transaction(asking.engine, transaction_id)]
    if not row or not all(is_seen(asking.viewer, *place, Area.issuing) is not None for place in places):
        raise Problem(Kind.NOT_FOUND, "There is no such purchase among those you may see.")


_PROBLEMS = (Kind.NOT_FOUND, Kind.CONFLICT, Kind.NOT_JSON, Kind.TOO_LARGE)
CALLS = (
    Call(
        path="/student-balance/receipts/generate/",
        name="issueReceipt",
        method="POST",
        summary="The receipt of a purchase, issued unless it was",
        description="201 when it was issued by this very request, 200 when it was there before. Only what was paid for "
        "has one.",
        access=ISSUING,
        asked=AskedIssue,
        shape=receipt_shapes.ReceiptRow,
        work=_issue,
        problems=(*_PROBLEMS, Kind.NO_RECEIPT),
        done=(201, 200),
        group="Receipts",
    ),
    Call(
        path="/student-balance/receipts/{receipt_id}/email/",
        name="emailReceipt",
        method="POST",
        summary="Sends a receipt or credit note to the student by e-mail",
        description="It is put in line and sent within a minute or so. Asked again while it is on its way, it is sent "
        "once.",
        access=ISSUING,
        asked=AskedMail,
        shape=receipt_shapes.ReceiptMail,
        work=_mail,
        problems=_PROBLEMS,
        done=(202,),
        group="Receipts",
    ),
)
