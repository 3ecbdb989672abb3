"""Hands one message at a time to the mail server, and says exactly what became of it.

A failure is one of four: the server itself is the trouble, this message may go later, it can never go, or nobody knows
whether it went, because the line broke after its text and before the reply.
"""

from __future__ import annotations

import ipaddress
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from errors import HourbookError, SettingsError
from reports.mail.addresses import Address
from reports.mail.patient import PatientSmtp, dialled

if TYPE_CHECKING:
    from settings import Settings

_DEFAULT_PORTS = {"smtp": 587, "smtps": 465}


class Verdict(StrEnum):
    """What a failed delivery means."""

    SERVER = "server"
    """No message can go now; it says nothing about this one."""
    LATER = "later"
    NEVER = "never"
    UNSURE = "unsure"


class NotDelivered(HourbookError):
    """The mail server did not take a message, or did not say so."""

    def __init__(self, verdict: Verdict, reason: str, sentence: str, reply: str | None = None) -> None:
        super().__init__(sentence)
        self.verdict = verdict
        self.reason = reason
        """The class of the failure, kept with the message."""
        self.reply = reply
        """The server's codes, never its text, which may repeat the address."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where mail is handed in and how."""

    host: str
    port: int
    sender: Address
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False
    """Speaks TLS from the first byte."""
    starttls: bool = True
    """Must change to TLS before anything is said; false for this machine only."""
    context: ssl.SSLContext | None = field(default=None, repr=False)
    wait: float = 30.0
    """Seconds for a connection and for each reply."""
    wait_for_text: float = 600.0
    """Seconds for the reply to the text, as RFC 5321 asks: who hangs up early makes twins."""

    def opened(self) -> Line:
        """Where messages are handed over one after the other; nothing is dialled before the first."""
        return Line(self)


def server_of(settings: Settings) -> Server:
    """The mail server of the settings; raises SettingsError where there is none."""
    if settings.smtp_url is None or settings.mail_from is None:
        raise SettingsError(
            "No mail server is set: set HOURBOOK_SMTP_URL, for example smtp://user:password@mail.school.pt:587, and "
            "HOURBOOK_MAIL_FROM."
        )
    parts = urlsplit(settings.smtp_url)
    local, _, domain = settings.mail_from.rpartition("@")
    host = parts.hostname or ""
    return Server(
        host=host, port=parts.port or _DEFAULT_PORTS[parts.scheme], sender=Address(local, domain),
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        tls=parts.scheme == "smtps", starttls=parts.scheme == "smtp" and not _is_loopback(host),
    )


class Line:
    """A connection to a mail server, made when first needed and again after a fault.  Close it in the end."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: PatientSmtp | None = None

    def deliver(self, text: bytes, recipient: Address, handing: Callable[[], None]) -> None:
        """Hand a message over; ``handing`` is called when the next step is its text.  Raises NotDelivered."""
        smtp = self._opened()
        try:
            self._envelope(smtp, recipient)
            handing()
            self._text(smtp, text)
        except NotDelivered:
            self.close()  # whatever stands on the line now belongs to no next message
            raise
        except BaseException:
            self._smtp = None  # the server may wait for the text: it would take a goodbye for its beginning
            smtp.close()
            raise

    def try_out(self) -> None:
        """Connect and sign in, and send nothing.  Raises NotDelivered."""
        self._opened()

    def close(self) -> None:
        """Hang up; never fails."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                smtp.sock.settimeout(1) if smtp.sock else None
                smtp.quit()
            except (smtplib.SMTPException, OSError, ValueError):
                smtp.close()

    def _opened(self) -> PatientSmtp:
        if self._smtp is not None:
            try:
                if self._smtp.noop()[0] == 250:
                    return self._smtp
            except (smtplib.SMTPException, OSError):
                pass
            self.close()
        self._smtp = _connected(self._server)
        return self._smtp

    def _envelope(self, smtp: smtplib.SMTP, recipient: Address) -> None:
        """Everything before the text: nothing has left as long as this fails."""
        options = []
        if recipient.needs_utf8:
            if not smtp.has_extn("smtputf8"):
                raise NotDelivered(
                    Verdict.NEVER, "address_needs_utf8", "The mail server cannot send to addresses in other scripts.",
                )
            options = ["SMTPUTF8", "BODY=8BITMIME"]
            smtp.command_encoding = "utf-8"
        try:
            code, answer = smtp.mail(str(self._server.sender), options)
            if code // 100 != 2:
                # The sender is the same for all: this is no message's own fault.
                raise NotDelivered(
                    Verdict.SERVER, "sender_refused" if 400 <= code < 600 else "garbled",
                    f"The mail server does not send for HOURBOOK_MAIL_FROM now ({_codes(code, answer)}).",
                    _codes(code, answer) if code >= 0 else None,
                )
            code, answer = smtp.rcpt(str(recipient))
            _judge("recipient", code, answer, 2)
            code, answer = smtp.docmd("DATA")
            _judge("message", code, answer, 3)
        except (smtplib.SMTPException, OSError) as broken:
            raise NotDelivered(
                Verdict.LATER, "line_broke", "The connection to the mail server broke before the message left.",
            ) from broken

    def _text(self, smtp: PatientSmtp, text: bytes) -> None:
        stuffed = re.sub(rb"(?m)^\.", b"..", text)
        try:
            smtp.patience(self._server.wait_for_text)
            smtp.send(stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            code, answer = smtp.getreply()
        except (smtplib.SMTPException, OSError) as broken:
            raise _unsure() from broken
        if code // 100 not in (2, 4, 5):
            raise _unsure()
        _judge("message", code, answer, 2)
        smtp.patience(self._server.wait)


def _unsure() -> NotDelivered:
    return NotDelivered(
        Verdict.UNSURE, "unsure", "The connection broke before the mail server said whether it took it.",
    )


def _connected(server: Server) -> PatientSmtp:
    """A connection, encrypted and signed in as far as the server asks for it."""
    context = server.context or ssl.create_default_context()
    try:
        smtp = dialled(server.host, server.port, server.wait, context if server.tls else None)
    except ssl.SSLError as failure:
        raise _trouble("tls_failed", f"TLS with the mail server failed ({failure.reason})") from failure
    except smtplib.SMTPResponseException as refusal:
        raise _trouble("greeting_refused", "the mail server does not take mail now", refusal.smtp_code) from refusal
    except (smtplib.SMTPException, OSError) as failure:
        raise _trouble(
            "unreachable", f"the mail server {server.host}:{server.port} does not answer ({type(failure).__name__})",
        ) from failure
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.starttls:
            _encrypt(smtp, context)
        if server.user is not None:
            smtp.login(server.user, server.password or "")
    except smtplib.SMTPAuthenticationError as refusal:
        smtp.close()
        raise _trouble("login_refused", "the mail server refused user or password", refusal.smtp_code) from refusal
    except smtplib.SMTPNotSupportedError as missing:
        smtp.close()
        raise _trouble("login_refused", "the mail server offers no way to sign in") from missing
    except UnicodeEncodeError as unsayable:
        smtp.close()
        raise _trouble("login_refused", "user or password holds a letter that SMTP cannot say") from unsayable
    except smtplib.SMTPResponseException as refusal:
        smtp.close()
        raise _trouble("greeting_refused", "the mail server does not take mail now", refusal.smtp_code) from refusal
    except ssl.SSLError as failure:
        smtp.close()
        raise _trouble("tls_failed", f"TLS with the mail server failed ({failure.reason})") from failure
    except (smtplib.SMTPException, OSError) as failure:
        smtp.close()
        raise _trouble("unreachable", f"the mail server hung up ({type(failure).__name__})") from failure
    except BaseException:
        smtp.close()
        raise
    return smtp


def _encrypt(smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
    if not smtp.has_extn("starttls"):
        raise _trouble("tls_missing", "the mail server offers no STARTTLS, and mail is not sent in the clear")
    code, _ = smtp.starttls(context=context)
    if code != 220:
        raise _trouble("tls_failed", "the mail server refused STARTTLS", code)
    smtp.ehlo()


def _trouble(reason: str, what: str, code: int | None = None) -> NotDelivered:
    reply = None if code is None or code < 0 else str(code)  # smtplib says -1 for what is no reply
    said = "" if reply is None else f" ({reply})"
    return NotDelivered(
        Verdict.SERVER, reason, f"No mail was sent: {what}{said}. Check HOURBOOK_SMTP_URL; mail waits meanwhile.",
        reply,
    )


def _judge(what: str, code: int, answer: bytes, good: int) -> None:
    """Go on where the reply's first digit is the good one; raises NotDelivered."""
    if code // 100 == good:
        return
    codes = _codes(code, answer)
    if 500 <= code < 600:
        raise NotDelivered(Verdict.NEVER, f"{what}_refused", f"The mail server refused the {what} ({codes}).", codes)
    if 400 <= code < 500:
        raise NotDelivered(Verdict.LATER, f"{what}_later", f"The mail server takes the {what} later ({codes}).", codes)
    raise NotDelivered(Verdict.LATER, "garbled", "The mail server's answer cannot be understood.")


def _codes(code: int, answer: bytes) -> str:
    """The reply's numbers, such as ``550 5.1.1``."""
    if code < 0:
        return "no code"
    found = re.match(rb"([245]\.\d{1,3}\.\d{1,3})\b", answer)
    return f"{code} {found[1].decode()}" if found else str(code)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
