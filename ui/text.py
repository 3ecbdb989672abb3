"""Speaks the viewer's language: English as written in the code, Portuguese from locale/."""

from __future__ import annotations

from contextvars import ContextVar

from translations import catalogue as catalogue

LANGUAGES = {"en": "English", "pt": "Português"}
"""Languages of the screens, each under its own name."""

_speaking: ContextVar[str] = ContextVar("language", default="en")


def speak(language: str) -> None:
    """Every text of this run is in `language` from now on; one that is not known is English."""
    _speaking.set(language if language in LANGUAGES else "en")


def language() -> str:
    """The language of this run: "en" or "pt"."""
    return _speaking.get()


def _(message: str, /, **values: object) -> str:
    """`message` in the viewer's language, its {names} filled in."""
    text = catalogue(language()).gettext(message)
    return text.format(**values) if values else text


def _n(one: str, many: str, number: int, /, **values: object) -> str:
    """The form that fits `number`, in the viewer's language; {number} is the count itself."""
    from ui.formats import count

    return catalogue(language()).ngettext(one, many, number).format(number=count(number), **values)
