"""What every page has at its top: a title, one sentence on whose figures these are and as of when, and banners."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from ui import screens
from ui.formats import instant
from ui.session import Here, books, current_settings
from ui.text import _

FOLDER = Path(__file__).resolve().parent


def header(here: Here, title: str, *, places: str | None = None, why: bool = False) -> None:
    """Draws the top of a page. `title` and `places` may be what users wrote: they are escaped, never markup.

    `why` adds a failed sync's whole message, which may hold addresses, for viewers of the whole business.
    """
    said = _(
        "{places} · as of {as_of} ({zone})",
        places=places or here.places,
        as_of=instant(here.as_of, here.zone),
        zone=here.zone,
    )
    st.html(f'<header class="hb-head"><h1>{escape(title)}</h1><p>{escape(said)}</p></header>')
    screens.notices(
        as_of=here.as_of,
        now=here.now,
        last_sync=books().last_sync(),
        stale_after=current_settings().stale_after,
        zone=here.zone,
        sees_why=why and here.viewer.sees_business,
    )


def section(title: str, note: str | None = None) -> None:
    """A heading inside a page, with a line on what it shows."""
    said = f"<p>{escape(note)}</p>" if note else ""
    st.html(f'<div class="hb-section"><h2>{escape(title)}</h2>{said}</div>')


def dress() -> None:
    """Puts the logo and the style sheet on the page; called once per run, by the router."""
    st.logo(str(FOLDER / "logo.svg"), size="large")
    st.html(f"<style>{_style()}</style>")


@cache
def _style() -> str:
    return (FOLDER / "page.css").read_text("utf-8")
