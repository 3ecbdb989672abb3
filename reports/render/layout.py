"""Lays out one HTML text as a PDF/A-3a + PDF/UA-1 document, with one warm set-up per process.

What makes it fast is kept between documents: the fonts, the parsed stylesheets, the images that many documents share.
Nothing is fetched: a document may use the assets handed over with it and no others.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal

from errors import HourbookError
from reports.render import typefaces, xmp

Variant = Literal["pdf/a-3a", "plain"]
Relationship = Literal["Alternative", "Data", "Source", "Supplement", "Unspecified"]
Seal = Callable[[Any], Callable[[bytes], bytes]]
"""Called with the pydyf document before it is written; what it returns turns the written bytes into sealed ones."""

GENERATOR = "Hourbook"
_KEPT = "asset:kept/"
_KEPT_AT_MOST = 64
_lock = threading.Lock()


class MissingGlyph(HourbookError):
    """A font was chosen for a character and has no glyph for it."""

    def __init__(self, character: str) -> None:
        self.character = character
        super().__init__(
            f"No glyph for {character!r} (U+{ord(character):04X}) in any font: the document would show a box. "
            "Write the name in other characters, or have a font added to reports/fonts."
        )


class LayoutFault(HourbookError):
    """WeasyPrint complained about a document: a template, an image or a stylesheet is at fault."""


@dataclass(frozen=True)
class Metadata:
    """What a document says about itself; ``created`` (aware) stands in for every date in it."""

    title: str
    language: str
    created: datetime
    author: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Attachment:
    """A file inside the document."""

    name: str
    content: bytes
    media_type: str
    description: str
    relationship: Relationship = "Unspecified"


@dataclass(frozen=True)
class Asset:
    """An image of the document, used as ``asset:<name>``; ``kept`` ones stay decoded for the next documents."""

    name: str
    content: bytes
    media_type: str
    kept: bool = False

    @property
    def url(self) -> str:
        """Its address in the HTML."""
        return f"{_KEPT if self.kept else 'asset:'}{self.name}"


def pdf(
    html: str, *, metadata: Metadata, variant: Variant = "pdf/a-3a", stylesheets: Sequence[str] = (),
    assets: Sequence[Asset] = (), attachments: Sequence[Attachment] = (), seal: Seal | None = None,
) -> bytes:
    """The document's bytes: the same input gives the same bytes, in any process.

    Raises MissingGlyph naming a character no font has, and LayoutFault with WeasyPrint's complaint.
    """
    import weasyprint

    at = metadata.created.astimezone(UTC)
    signed: list[Callable[[bytes], bytes]] = []

    def finish(document: Any, made: Any) -> None:
        if variant == "pdf/a-3a":
            _replace_xmp(made, metadata, at, invoice=any(one.name == "factur-x.xml" for one in attachments))
        if seal is not None:
            signed.append(seal(made))

    with _lock, _complaints_raised():
        fonts, images = _warm()
        fetcher = _fetcher({asset.url: asset for asset in assets})
        document = weasyprint.HTML(string=html, base_url=None, url_fetcher=fetcher).render(
            font_config=fonts, cache=images, pdf_variant=_named(variant),
            stylesheets=[_parsed(css) for css in stylesheets],
        )
        _describe(document.metadata, metadata, at)
        written = document.write_pdf(
            finisher=finish, pdf_variant=_named(variant), pdf_identifier=None if variant == "pdf/a-3a" else True,
            attachments=[_attached(one, at) for one in attachments],
        )
        _drop_images(images)
    for sign in signed:
        written = sign(written)
    return bytes(written)


def _named(variant: Variant) -> str | None:
    return None if variant == "plain" else variant


@cache
def _warm() -> tuple[Any, dict[Any, Any]]:
    """The fonts and the images of this process; a second set-up would not be given back when dropped."""
    from weasyprint.text.fonts import FontConfiguration

    with typefaces.only_ours():
        return FontConfiguration(), {}


@cache
def _parsed(css: str) -> Any:
    import weasyprint

    return weasyprint.CSS(string=css, font_config=_warm()[0])


def _describe(described: Any, metadata: Metadata, at: datetime) -> None:
    described.title = metadata.title
    described.lang = metadata.language
    described.authors = [metadata.author] if metadata.author else []
    described.description = metadata.subject
    described.generator = GENERATOR
    described.created = described.modified = at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _attached(one: Attachment, at: datetime) -> Any:
    import weasyprint

    return weasyprint.Attachment(
        string=one.content, name=one.name, description=one.description, created=at, modified=at,
        relationship=one.relationship,
    )


def _replace_xmp(made: Any, metadata: Metadata, at: datetime, *, invoice: bool) -> None:
    number = int(made.catalog["Metadata"].split()[0])
    stream = made.objects[number]
    stream.compress = False  # so that a program that knows no PDF finds it
    stream.stream = [xmp.packet(
        title=metadata.title, author=metadata.author or GENERATOR, subject=metadata.subject or metadata.title,
        language=metadata.language, created=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        producer=made.info["Producer"].string, generator=GENERATOR, invoice=invoice,
    )]


def _drop_images(images: dict[Any, Any]) -> None:
    """Forget what only this document used: the cache would keep every QR code."""
    kept = [key for key in images if _KEPT in str(key)][-_KEPT_AT_MOST:]
    needed = {*kept, *(images[key].image_data._key for key in kept)}  # their bytes, under a name only the image knows
    for key in [key for key in images if key not in needed]:
        del images[key]


def _fetcher(assets: Mapping[str, Asset]) -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OnlyAssets(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url not in assets:
                raise FatalURLFetchingError(f"{url[:80]} was not handed over with the document")
            asset = assets[url]
            return URLFetcherResponse(url, asset.content, {"Content-Type": asset.media_type})

    return OnlyAssets()


class _Complaints(logging.Handler):
    """Keeps the first complaint of this thread's document."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.first: HourbookError | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if self.first is None:
            if str(record.msg).startswith(".notdef") and isinstance(record.args, tuple) and record.args:
                self.first = MissingGlyph(str(record.args[0]))
            else:
                self.first = LayoutFault(
                    f"The document could not be laid out as meant: {record.getMessage()}. "
                    "Correct the template or what it is given."
                )


@contextmanager
def _complaints_raised() -> Iterator[None]:
    from weasyprint.urls import FatalURLFetchingError

    logger, heard = logging.getLogger("weasyprint"), _Complaints()
    before = (logger.handlers[:], logger.propagate)
    logger.handlers, logger.propagate = [heard], False
    try:
        yield
    except FatalURLFetchingError as refused:
        raise LayoutFault(f"A document may fetch nothing: {refused}.") from refused
    finally:
        logger.handlers, logger.propagate = before[0], before[1]
    if heard.first is not None:
        raise heard.first
