"""Keeps one random secret in a file that only its owner may read, the same for every process."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from pathlib import Path

from errors import SettingsError

_LEAST = 32


def read_or_make(file: Path) -> str:
    """The secret in the file; made at the first call, and whoever comes at once reads the one that was first.

    Raises SettingsError when the file can be read by others, is not one we wrote, or cannot be made.
    """
    try:
        return _read(file) or _made(file)
    except OSError as failure:
        raise SettingsError(
            f"The file of the secret key {file} cannot be used ({failure.strerror}): make its folder writable, "
            "or set HOURBOOK_SECRET_KEY."
        ) from failure


def _read(file: Path) -> str | None:
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, encoding="ascii", errors="replace") as opened:
        mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
        secret = opened.read(1000).strip()
    if mode & 0o077:
        raise SettingsError(
            f"The secret key in {file} can be read by others (mode {mode:04o}): whoever read it can sign as Hourbook. "
            "Delete the file to get a new key, which signs everybody out."
        )
    if len(secret) < _LEAST:
        raise SettingsError(f"The file {file} holds no secret key: delete it to get a new one.")
    return secret


def _made(file: Path) -> str:
    """Written in full under a name of its own, then linked: a link never replaces, so one of several wins."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # made with mode 0600
    secret = secrets.token_urlsafe(48)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as opened:
            opened.write(secret + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        os.link(draft, file)
    except FileExistsError:
        return _read(file) or _made(file)
    finally:
        os.unlink(draft)
    return secret
