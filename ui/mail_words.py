"""Says in the viewer's language what the outbox keeps as codes: kinds, states, and why a message did not leave."""

from __future__ import annotations

from ui.text import _


def kind(code: str) -> str:
    """What a message is about."""
    return {
        "receipt": _("receipt"),
        "credit_note": _("credit note"),
        "reminder": _("reminder of an expiry"),
        "low_balance": _("few hours left"),
        "report": _("scheduled reports"),
        "report_notice": _("reports are late"),
    }.get(code, code)


def state(code: str) -> str:
    """Where a message is on its way."""
    return {
        "waiting": _("waiting"),
        "sending": _("being sent"),
        "sent": _("sent"),
        "failed": _("not delivered"),
        "dropped": _("not needed any more"),
    }.get(code, code)


def reason(code: str | None, reply: str | None = None) -> str:
    """Why a message waits, failed or was dropped, with the mail server's code where it gave one."""
    if not code:
        return ""
    said = {**_of_the_server(), **_of_ours()}.get(code, code.replace("_", " "))
    return f"{said} ({reply})" if reply else said


def _of_the_server() -> dict[str, str]:
    return {
        "unreachable": _("the mail server does not answer"),
        "greeting_refused": _("the mail server takes no mail now"),
        "login_refused": _("the mail server refused user or password"),
        "tls_failed": _("no secure connection to the mail server"),
        "tls_missing": _("the mail server offers no secure connection"),
        "sender_refused": _("the mail server refused our sender"),
        "recipient_refused": _("the mail server knows no such recipient"),
        "recipient_later": _("the mail server takes mail for this recipient later"),
        "message_refused": _("the mail server refused the message"),
        "message_later": _("the mail server takes the message later"),
        "address_needs_utf8": _("the mail server cannot send to addresses in this script"),
        "line_broke": _("the connection broke before the message left"),
        "garbled": _("the mail server's answer cannot be understood"),
        "unsure": _("the connection broke: it may have arrived"),
        "worker_died": _("the sender was stopped meanwhile"),
    }


def _of_ours() -> dict[str, str]:
    return {
        "bad_address": _("the address is none"),
        "no_address": _("there is no address"),
        "document_gone": _("the document is not there"),
        "report_blocked": _("the reports cannot be made yet: see Data health"),
        "switched_off": _("switched off by the school"),
        "not_true_any_more": _("no longer true when it was to be sent"),
        "person_gone": _("the person is gone"),
        "schedule_ended": _("the schedule was ended"),
    }
