"""A real SMTP server that can be told to misbehave at each step, and a mailbox that recognises repeats."""

from __future__ import annotations

import asyncio
import email
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = b"right / password"


@dataclass
class PostOffice:
    """What the server answers at each step, and what it took."""

    greeting: str | None = None
    mail: str | None = None
    rcpt: str | Callable[[str], str | None] | None = None
    data: str | None = None
    after_data: str | None = None
    hang_after_data: float = 0
    cut_at: str = ""
    """The step at which the line is cut: mail, rcpt, text or reply."""
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    sessions: int = 0
    port: int = 0

    async def handle_MAIL(  # noqa: N802 - the server's names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str],
    ) -> str:
        if self.cut_at == "mail":
            _cut(server)
        if self.mail is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.mail or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str],
    ) -> str:
        if self.cut_at == "rcpt":
            _cut(server)
        answer = self.rcpt(address) if callable(self.rcpt) else self.rcpt
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.cut_at == "text":
            _cut(server)
            return "250 never said"
        if self.after_data is None:
            self.taken += [(address, bytes(envelope.original_content or b"")) for address in envelope.rcpt_tos]
        if self.hang_after_data:  # it has the message, and does not say so yet
            await asyncio.sleep(self.hang_after_data)
        if self.cut_at == "reply":
            _cut(server)
        return self.after_data or "250 2.0.0 taken"

    @property
    def messages(self) -> list[EmailMessage]:
        """Everything taken, repeats and all."""
        return [read(content) for _, content in self.taken]

    @property
    def mailbox(self) -> dict[tuple[str, str], EmailMessage]:
        """What readers see: of messages to one address with one Message-ID the first."""
        found: dict[tuple[str, str], EmailMessage] = {}
        for address, content in self.taken:
            message = read(content)
            found.setdefault((address, str(message["Message-ID"])), message)
        return found


class _Server(SMTP):
    """Answers DATA and the greeting as told."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        office: PostOffice = self.event_handler
        if office.data is not None:
            await self.push(office.data)
        else:
            await super().smtp_DATA(arg)

    async def push(self, status: Any) -> None:
        office: PostOffice = self.event_handler
        if office.greeting is not None and str(status).startswith("220 ") and "SMTP" in str(status):
            status = office.greeting
        await super().push(status)


class _Controller(Controller):
    def factory(self) -> SMTP:
        self.handler.sessions += 1
        return _Server(self.handler, **self.SMTP_kwargs)


def _cut(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


def read(content: bytes) -> EmailMessage:
    """A message as a mail program reads it."""
    message = email.message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    """The plain part, its lines joined."""
    part = message.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


@contextmanager
def opened(office: PostOffice, **server: Any) -> Iterator[PostOffice]:
    """The office, listening on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        office.port = probe.getsockname()[1]
    controller = _Controller(office, hostname="127.0.0.1", port=office.port, enable_SMTPUTF8=True, **server)
    controller.start()
    office.sessions = 0  # it calls itself to see whether it listens
    try:
        yield office
    finally:
        controller.stop()


def signing_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    """Lets ``hours`` in with the right password."""
    right = isinstance(data, LoginPassword) and data.login == b"hours" and data.password == PASSWORD
    return AuthResult(success=right, handled=False)


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS for a server called localhost, and for a client that trusts it."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-keyout", key, "-out", cert, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    return server, ssl.create_default_context(cafile=str(cert))


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def silent() -> Iterator[int]:
    """The port of a server that takes connections and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


@contextmanager
def chattering(said: bytes) -> Iterator[int]:
    """The port of a server that says the same again and again, and never ends its greeting."""
    ending = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def chatter() -> None:
            line, _ = listener.accept()
            with line, suppress(OSError):
                while not ending.wait(0.05):
                    line.sendall(said)

        talking = threading.Thread(target=chatter)
        talking.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            ending.set()
            talking.join()


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Waits for something to be so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
