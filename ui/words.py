"""Names in the viewer's language what platform and ledger call by short codes; unknown codes stay as written."""

from __future__ import annotations

from decimal import Decimal

from ui.text import _


def kind(code: str, hours: Decimal) -> str:
    """Kinds of ledger entries; a booking that gives its hours back has ended."""
    if code == "reserved" and hours > 0:
        return _("booking ended")
    return {
        "purchased": _("purchased"),
        "reserved": _("booked"),
        "consumed": _("charged for a class"),
        "returned": _("returned"),
        "expired": _("expired"),
        "extended": _("given back"),
        "added": _("added"),
        "deducted": _("deducted"),
        "voided": _("refunded"),
        "overdrawn": _("overdrawn"),
    }.get(code, code)


def package_status(code: str) -> str:
    """States of a package."""
    return {
        "active": _("active"),
        "upcoming": _("upcoming"),
        "exhausted": _("used up"),
        "expired": _("expired"),
        "refunded": _("refunded"),
    }.get(code, code)


def payment_status(code: str) -> str:
    """States of a payment."""
    return {
        "pending": _("pending"),
        "processing": _("processing"),
        "completed": _("completed"),
        "failed": _("failed"),
        "cancelled": _("cancelled"),
        "refunded": _("refunded"),
    }.get(code, code)


def session_status(code: str | None) -> str:
    """States of a class."""
    return {
        None: "",
        "scheduled": _("scheduled"),
        "in_progress": _("in progress"),
        "completed": _("took place"),
        "cancelled": _("called off"),
        "no_show": _("no-show"),
        "no session": _("no class"),
    }.get(code, code or "")


def session_type(code: str | None) -> str:
    """Kinds of classes and of purchases."""
    return {
        None: _("unknown"),
        "individual": _("individual"),
        "group": _("group"),
        "package": _("package"),
        "subscription": _("subscription"),
    }.get(code, code or _("unknown"))


def reason(code: str) -> str:
    """Why a student needs a word."""
    return {
        "overdrawn": _("overdrawn"),
        "runs_out": _("runs out within 14 days"),
        "fading": _("no class for 28 days"),
    }.get(code, code)


def severity(code: str) -> str:
    """How grave an issue or a check is."""
    return {
        "error": _("error"),
        "warning": _("warning"),
        "info": _("info"),
        "stop": _("stop"),
        "warn": _("warning"),
    }.get(code, code)


def compared(code: str | None) -> str:
    """Which rows' contents the certificate compares."""
    return {"all rows": _("all rows"), "changed rows": _("changed rows only")}.get(code or "", code or "")


def event(code: str) -> str:
    """What the audit trail records."""
    return {
        "session_started": _("came in"),
        "sign_in_refused": _("sign-in refused"),
        "sign_out": _("signed out"),
        "view_as_started": _("looks as a student"),
        "view_as_ended": _("looks as a student no more"),
        "student_viewed": _("opened a student"),
        "exported": _("downloaded a list"),
        "downloaded": _("downloaded a document"),
        "proof_read": _("read a proof"),
        "token_created": _("made a token"),
        "token_revoked": _("ended a token"),
        "token_refused": _("token refused"),
        "embed_requested": _("asked for an embedded page"),
        "embed_opened": _("opened an embedded page"),
        "embed_refused": _("embedded page refused"),
        "embed_revoked": _("ended embedded pages"),
        "origins_changed": _("changed the sites that may embed"),
        "settings_changed": _("changed settings"),
        "receipt_issued": _("issued a receipt"),
        "receipt_emailed": _("sent a receipt by e-mail"),
        "receipt_credited": _("issued a credit note"),
        "certificate_revoked": _("revoked a signing certificate"),
        "schedule_changed": _("changed the mail of reports"),
        "mail_sent": _("mail was sent"),
        "access_refused": _("access refused"),
        "audit_read": _("read the trail"),
        "audit_verified": _("checked the trail"),
    }.get(code, code)


def source(table: str | None, id_: int | None) -> str:
    """The row of the platform behind something."""
    named = {
        "finances_purchasetransaction": _("purchase"),
        "finances_hourconsumption": _("consumption"),
        "finances_classsession": _("class"),
        "adjustments": _("adjustment"),
    }
    return " ".join(str(part) for part in (named.get(table or "", table), id_) if part is not None)


def issue(code: str) -> str:
    """An odd row's short name, as words."""
    return code.replace("_", " ")
