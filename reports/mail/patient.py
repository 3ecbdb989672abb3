"""A connection to a mail server that waits so long for a whole reply, not so long for each of its bytes."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from typing import Any


class PatientSmtp(smtplib.SMTP):
    """Gives each reply so much time, however often the server lets hear of itself in between."""

    def patience(self, seconds: float) -> None:
        """Wait so long from now on."""
        self.timeout = seconds
        if self.sock is not None:
            self.sock.settimeout(seconds)

    def getreply(self) -> tuple[int, bytes]:
        """The next reply; raises SMTPServerDisconnected where it takes too long."""
        timer = threading.Timer(self.timeout, _cut, [self.sock])
        timer.daemon = True
        timer.start()
        try:
            return super().getreply()
        finally:
            timer.cancel()


class _WithinTls(PatientSmtp, smtplib.SMTP_SSL):
    """The same within TLS from the first byte."""


def dialled(host: str, port: int, wait: float, tls: ssl.SSLContext | None) -> PatientSmtp:
    """A connection whose server has greeted; raises what smtplib, ssl and sockets raise."""
    name = socket.gethostname()
    asked: dict[str, Any] = {
        "host": host, "port": port, "timeout": wait,
        # Asking the network for our own full name may take as long as everything else.
        "local_hostname": name if re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", name) else "[127.0.0.1]",
    }
    return PatientSmtp(**asked) if tls is None else _WithinTls(**asked, context=tls)


def _cut(line: socket.socket | None) -> None:
    """End a read that another thread waits in: closing would not."""
    if line is not None:
        with suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)
