"""What every page has at its top: a title, one sentence on whose figures these are and as of when, and banners."""

from __future__ import annotations

import streamlit as st

from ui import screens
from ui.formats import instant, plain
from ui.session import Here, books, current_settings
from ui.text import _


def header(here: Here, title: str, *, places: str | None = None) -> None:
    """Draws the top of a page. `title` and `places` are made safe for Markdown here."""
    st.title(plain(title), anchor=False)
    st.caption(
        _(
            "{places} · as of {as_of} ({zone})",
            places=plain(places or here.places),
            as_of=instant(here.as_of, here.zone),
            zone=plain(here.zone),
        )
    )
    screens.notices(
        as_of=here.as_of,
        now=here.now,
        last_sync=books().last_sync(),
        stale_after=current_settings().stale_after,
        zone=here.zone,
        sees_why=here.viewer.sees_business,
    )


def section(title: str, note: str | None = None) -> None:
    """A heading inside a page, with a line on what it shows."""
    st.subheader(title, anchor=False)
    if note:
        st.caption(note)
