"""What every page has at its top: a title, one sentence on whose figures these are and as of when, and banners."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from access.viewer import Via
from ui import screens
from ui.entry import Entrance
from ui.formats import instant, moment
from ui.session import Here, books, current_settings
from ui.text import _

FOLDER = Path(__file__).resolve().parent
EMBEDDED = ".stMainBlockContainer { padding-top: 1rem !important; }"
"""Inside a school's own site there is no bar above the page to keep clear of."""


def header(
    here: Here, title: str, *, places: str | None = None, student: dict[str, Any] | None = None, why: bool = False
) -> None:
    """Draws the top of a page. `title` and `places` may be what users wrote: they are escaped, never markup.

    A page that is the `student`'s own tells times of the student's zone, and nothing of syncs but their age.
    `why` adds a failed sync's whole message, which may hold addresses, for viewers of the whole business.
    """
    zone = student["timezone"] if student else here.zone
    places = places or here.places
    if student:
        said = _("{places} · as of {as_of}", places=places, as_of=moment(here.as_of, zone))
    else:
        said = _("{places} · as of {as_of} ({zone})", places=places, as_of=instant(here.as_of, zone), zone=zone)
    st.html(f'<header class="hb-head"><h1>{escape(title)}</h1><p>{escape(said)}</p></header>')
    screens.notices(
        as_of=here.as_of,
        now=here.now,
        last_sync=None if student else books().last_sync(),
        stale_after=current_settings().stale_after,
        zone=zone,
        sees_why=why and here.viewer.sees_business,
    )


def section(title: str, note: str | None = None) -> None:
    """A heading inside a page, with a line on what it shows."""
    said = f"<p>{escape(note)}</p>" if note else ""
    st.html(f'<div class="hb-section"><h2>{escape(title)}</h2>{said}</div>')


def dress(entrance: Entrance) -> None:
    """Puts the logo, the style sheet and the demo school's banner on the page; called once per run, by the router."""
    if not entrance.embedded:
        st.logo(str(FOLDER / "logo.svg"), size="large")
    st.html(f"<style>{_style()}{EMBEDDED if entrance.embedded else ''}</style>")
    if entrance.viewer is not None and entrance.viewer.via is Via.demo:
        said = _("Demo school: everybody in it is invented. Choose in the menu whom to be.")
        st.html(f'<p class="hb-demo" role="note">{escape(said)}</p>')


@cache
def _style() -> str:
    return "".join((FOLDER / name).read_text("utf-8") for name in ("page.css", "own.css"))
