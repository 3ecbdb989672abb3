"""Writes messages to a folder instead of sending them: to look at, where there is no mail server."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from errors import HourbookError
from reports.mail.addresses import Address
from reports.mail.smtp import Server, server_of

if TYPE_CHECKING:
    from settings import Settings

_NOBODY = Address("hourbook", "hourbook.invalid")


class FolderUnusable(HourbookError):
    """Messages cannot be written to the folder for mail."""


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder in the place of a mail server; each message is there once, for mail programs and for browsers."""

    path: Path
    sender: Address = _NOBODY
    wait_for_text: float = 0.0

    def opened(self) -> Folder:
        """Itself: nothing needs to be dialled."""
        return self

    def deliver(self, text: bytes, recipient: Address, handing: Callable[[], None]) -> None:
        """Write a message that is not there yet.  Raises FolderUnusable, which says nothing about the message."""
        message = message_from_bytes(text, policy=policy.default)
        assert isinstance(message, EmailMessage)
        mark = sha256(str(message["Message-ID"]).encode()).hexdigest()[:8]
        sent_at = parsedate_to_datetime(str(message["Date"]))
        name = f"{sent_at:%Y-%m-%dT%H%M%S}_{re.sub(r'[^A-Za-z0-9@.-]', '_', str(recipient))[:100]}_{mark}"
        handing()
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not any(self.path.glob(f"*_{mark}.eml")):
                page = message.get_body(("html",))
                if page is not None:
                    _write(self.path / f"{name}.html", page.get_content().encode())
                _write(self.path / f"{name}.eml", text)
        except OSError as failure:
            raise FolderUnusable(
                f"Mail cannot be written to {self.path} ({type(failure).__name__}): make room or let Hourbook write "
                "there, or name another folder by HOURBOOK_MAIL_FOLDER."
            ) from failure

    def try_out(self) -> None:
        """Nothing can be tried before there is a message."""

    def close(self) -> None:
        """Nothing was opened."""


def office_of(settings: Settings) -> Server | Folder:
    """Where mail is handed in; raises SettingsError where there is neither a mail server nor a folder."""
    if settings.letter_folder is None:
        return server_of(settings)
    local, _, domain = (settings.mail_from or str(_NOBODY)).rpartition("@")
    return Folder(path=settings.letter_folder, sender=Address(local, domain))


def _write(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner's eyes."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(content)
    unfinished.replace(file)
