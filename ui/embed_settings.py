"""Where a school's pages may be shown inside its own site, which of them are open, and ending them."""

from __future__ import annotations

import streamlit as st

import queries
from access.viewer import Area
from audit import Event
from errors import HourbookError
from store import embeds
from store.embeds import EmbedSession
from ui import formats, screens, tables, trail
from ui.session import Here, School, engine
from ui.text import _, _n

MOST_SESSIONS = 200


def origins(here: Here, school: School) -> None:
    """The addresses whose pages may frame the school's pages; saved as a whole."""
    kept = embeds.origins(engine(), school.school_id)
    key = f"origins-{school.school_id}"
    with st.form(f"{key}-form"):
        written = st.text_area(
            _("Addresses, one a line"),
            value="\n".join(kept),
            key=f"{key}-{'|'.join(kept)}",
            placeholder="https://www.example.com",
            help=_("Scheme and host, with a port if there is one; no path and no star."),
        )
        if st.form_submit_button(_("Save")):
            _save(here, school, [line.strip() for line in written.splitlines() if line.strip()], len(kept))
    if not kept:
        st.caption(_("No address yet: no site can show the pages of this school's students."))


def sessions(here: Here, school: School) -> None:
    """The pages that are open inside the school's site now, and ending them."""
    running = embeds.sessions(engine(), now=here.now, school_id=school.school_id, limit=MOST_SESSIONS)
    if not running:
        screens.empty(
            _("No embedded page is open."),
            _("Pages that the school's site opens for its students are listed here while they last."),
        )
        return
    names = _names(here, running)
    tables.show(
        [
            tables.text(_("Student"), (names[one.student_id] for one in running), width="medium"),
            tables.text(_("Opened"), (formats.moment(one.started_at, school.timezone) for one in running)),
            tables.text(_("Last used"), (formats.moment(one.seen_at, school.timezone) for one in running)),
            tables.text(_("Ends at the latest"), (formats.moment(one.longest_at, school.timezone) for one in running)),
        ],
        key=f"sessions-{school.school_id}",
        alt=_("Embedded pages that are open, newest first."),
        height="content" if len(running) <= 10 else 400,
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        students = list(dict.fromkeys(one.student_id for one in running))
        chosen = st.selectbox(
            _("End the pages of"),
            [None, *students],
            format_func=lambda id_: _("all students of this school") if id_ is None else names[id_],
            key=f"revoke-{school.school_id}",
            width=340,
        )
        if st.button(_("End them"), key=f"revoke-button-{school.school_id}"):
            _revoke(here, school, chosen)


def _save(here: Here, school: School, lines: list[str], before: int) -> None:
    try:
        kept = embeds.set_origins(engine(), school.school_id, lines)
    except HourbookError as refusal:
        st.error(formats.plain(refusal.message))
        return
    counted = {"before": before, "after": len(kept)}
    trail.changed(here, Event.ORIGINS_CHANGED, school_id=school.school_id, details=counted)
    st.toast(_n("Saved: {number} address.", "Saved: {number} addresses.", len(kept)))
    st.rerun()


def _revoke(here: Here, school: School, student_id: int | None) -> None:
    ended = embeds.revoke(engine(), student_id=student_id, school_id=school.school_id, now=here.now)
    trail.changed(
        here, Event.EMBED_REVOKED, school_id=school.school_id, student_id=student_id, details={"sessions": ended}
    )
    st.toast(_n("{number} page was ended.", "{number} pages were ended.", ended))
    st.rerun()


def _names(here: Here, running: tuple[EmbedSession, ...]) -> dict[int, str]:
    """What the students are called, as far as the viewer may see them; else their numbers."""
    ids = sorted({one.student_id for one in running})
    scope = here.viewer.scope(Area.students)
    found = {}
    if scope is not None:
        listed = ",".join(map(str, ids))
        answer = queries.ask(here.books, scope, "people_names", user_ids=listed)
        found = {row["user_id"]: row["name"] for row in answer.as_dicts() if row["name"]}
    return {id_: found.get(id_) or _("student {id}", id=id_) for id_ in ids}
