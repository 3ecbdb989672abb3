"""Finds a school's logo in the configured folder, and nowhere else, and makes it a plain small PNG."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

_ENDINGS = (".png", ".jpg", ".jpeg")
_LARGEST_BYTES, _LARGEST_PIXELS = 5_000_000, 25_000_000
_WIDTH, _HEIGHT = 840, 192


def find(folder: Path | None, school_id: int, platform_logo: str | None) -> bytes | None:
    """The logo as PNG; None where the folder has none, or what it has is no picture."""
    if folder is None:
        return None
    named = PurePosixPath(unquote(urlsplit(platform_logo or "").path)).name
    for name in (*(f"{school_id}{ending}" for ending in _ENDINGS), named):
        file = folder / name
        # A name of the platform is data: it may lead to nothing outside the folder.
        if name and file.suffix.lower() in _ENDINGS and _lies_in(folder, file):
            stat = file.stat()
            if stat.st_size <= _LARGEST_BYTES:
                return _tidy(file, stat.st_mtime_ns)
    return None


def _lies_in(folder: Path, file: Path) -> bool:
    try:
        return file.is_file() and file.resolve().parent == folder.resolve()
    except (OSError, ValueError):  # a name that no file system takes
        return False


@lru_cache(maxsize=64)
def _tidy(file: Path, changed: int) -> bytes | None:
    from PIL import Image

    try:
        with Image.open(file, formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > _LARGEST_PIXELS:
                return None
            picture = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    picture.thumbnail((_WIDTH, _HEIGHT))
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
