"""What a message says, and how it becomes the bytes that are handed over: plain text, HTML and attachments."""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.mail.addresses import Address, BadAddress, read
from reports.receipts.colors import DARK, brand, ink, ink_on_dark
from reports.table import one_line

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_LONGEST_SUBJECT = 150
_LONGEST_NAME = 60
_WIDTH = 72
_NAME_SPECIALS = str.maketrans(dict.fromkeys('()<>[]:;@\\,"=?', " "))
TAGS = {"en": "en-GB", "pt": "pt-PT"}


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message's contents in the words of its language."""

    language: str
    school_name: str
    color: str | None
    reply_to: str | None
    subject: str
    headline: str
    paragraphs: tuple[str, ...]
    figure: str = ""
    """The one thing that matters most, written large."""
    figure_note: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    why: str = ""
    """Why the reader gets it, and what to do about it."""
    attachments: tuple[Attachment, ...] = ()


def as_bytes(
    letter: Letter, *, sender: Address, recipient: Address, message_id: str, now: datetime,
) -> bytes:
    """The message as it is handed over.  Whatever names hold, it has one sender, one recipient and one subject."""
    utf8 = recipient.needs_utf8
    message = EmailMessage(policy=policy.SMTPUTF8 if utf8 else policy.SMTP.clone(cte_type="7bit"))
    name = header_name(letter.school_name)
    message["From"] = HeaderAddress(name, sender.local, sender.domain)
    message["To"] = HeaderAddress("", recipient.local, recipient.domain)
    message["Subject"] = header_text(letter.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # so that no out-of-office answers it
    message["X-Auto-Response-Suppress"] = "All"
    reply_to = _reply_to(letter.reply_to)
    if reply_to is not None:
        message["Reply-To"] = HeaderAddress(name, reply_to.local, reply_to.domain)
    message.set_content(plain(letter))
    message.add_alternative(html(letter), subtype="html")
    for one in letter.attachments:
        main, _, sub = one.media_type.partition("/")
        message.add_attachment(one.content, maintype=main, subtype=sub, filename=one.name)
    message["Content-Language"] = TAGS[letter.language]  # at the end: parts take Content-* headers with them
    return message.as_bytes()


def html(letter: Letter) -> str:
    """The HTML part: inline styles and tables, as mail programs want them, dark where one says so; nothing remote."""
    color = brand(letter.color or "")
    return str(_template().render(
        letter=letter, brand=color, ink=ink(color), dark_ink=ink_on_dark(color), dark=DARK, tag=TAGS[letter.language],
    ))


def plain(letter: Letter) -> str:
    """The plain part: the same words, in lines of a readable length."""
    blocks = [letter.school_name, letter.headline]
    if letter.figure:
        blocks.append(" · ".join(text for text in (letter.figure, letter.figure_note) if text))
    blocks += ["\n".join(textwrap.wrap(text, _WIDTH)) for text in letter.paragraphs]
    if letter.rows:
        blocks.append("\n".join(f"{label}: {value}" for label, value in letter.rows))
    blocks.append("\n".join(["-- ", *textwrap.wrap(letter.why, _WIDTH)]))
    return "\n\n".join(blocks) + "\n"


def header_text(text: str) -> str:
    """A text of one line, short enough for a subject; what breaks lines or turns their direction is left out."""
    line = " ".join(_visible(one_line(text)).split())
    return line if len(line) <= _LONGEST_SUBJECT else line[:_LONGEST_SUBJECT - 1].rstrip() + "…"


def header_name(text: str) -> str:
    """A name without any character that means something in a list of addresses."""
    return " ".join(_visible(one_line(text)).translate(_NAME_SPECIALS).split())[:_LONGEST_NAME].strip()


def _visible(text: str) -> str:
    """Without characters that are not seen: they change how others are, and folding may break within them."""
    return "".join(one if unicodedata.category(one)[0] not in "CZ" else " " for one in text)


def _reply_to(text: str | None) -> Address | None:
    try:
        found = read(text or "")
    except BadAddress:
        return None
    return None if found.needs_utf8 else found


@cache
def _template() -> Any:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template("mail.html")
