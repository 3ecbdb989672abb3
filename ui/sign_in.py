"""What somebody sees who is not let in: where to sign in, or why not and what to do."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from access.rules import PAGES, may_open
from access.viewer import Viewer
from errors import HourbookError
from identity import NotAdmitted, Reason
from ui import languages, screens, trail
from ui.entry import Closed, Entrance, providers
from ui.formats import plain
from ui.session import VIEWER, books, current_settings
from ui.text import _, _n


def show(entrance: Entrance) -> None:
    """The screen for an entrance without a viewer."""
    if entrance.closed is Closed.embed_ended:
        _titled(_("This page has ended"), _("Reload the page of your school to see your hours again."))
    elif entrance.closed is Closed.no_books:
        screens.no_snapshot(books().last_sync() if current_settings().demo else None)
    elif entrance.closed is Closed.broken and entrance.failure:
        screens.broken(entrance.failure)
    elif entrance.closed is Closed.not_admitted:
        _titled(_("You cannot be let in"), _why(entrance.failure))
        sign_out_button(entrance)
    elif entrance.closed is Closed.session_ended:
        hours = current_settings().session_hours
        _titled(
            _("Your session has ended"),
            _n(
                "A sign-in lasts {number} hour. Sign in again to go on.",
                "A sign-in lasts {number} hours. Sign in again to go on.",
                hours,
            ),
        )
        _provider_buttons()
    else:
        _sign_in()
    if not entrance.embedded:
        languages.control()


def signed_in() -> None:
    """For who is let in already: on to the first page, or out."""
    viewer = st.session_state.get(VIEWER)
    if not isinstance(viewer, Viewer):
        screens.nobody()
        return
    _titled(_("You are signed in"), plain(viewer.name))
    home = next(page for page, area in PAGES.items() if area and may_open(page, viewer))
    st.page_link(f"{home}.py", label=_("To your pages"))
    sign_out_button(Entrance(viewer))


def sign_out_button(entrance: Entrance) -> None:
    """Ends the sign-in, and says so in the audit trail."""
    if entrance.is_signed_in and st.button(_("Sign out"), key="sign-out"):
        trail.signed_out(entrance)
        st.logout()


def _why(refusal: HourbookError | None) -> str:
    """Why somebody is nobody here, in the viewer's language."""
    reason = refusal.reason if isinstance(refusal, NotAdmitted) else None
    sentences = {
        Reason.no_email: _("The sign-in service told no e-mail address. Ask for that to be switched on there."),
        Reason.unverified: _("The sign-in service has not verified your e-mail address. Verify it there first."),
        Reason.unknown: _("Your school's platform knows nobody with this e-mail address. Sign in with the one it has."),
        Reason.ambiguous: _("Several people of the platform have this e-mail address. Ask your school to change that."),
        Reason.inactive: _("You are switched off on your school's platform. Ask your school."),
        Reason.no_role: _("You have no role in a school, no hours and no children there. Ask your school."),
    }
    return sentences.get(reason, plain(refusal.message if refusal else "")) if reason else ""


def _sign_in() -> None:
    if providers():
        _titled(
            _("Sign in"),
            _("Use the account whose e-mail address your school has for you."),
        )
        _provider_buttons()
        return
    _titled(
        _("Nobody is signed in"),
        _(
            "These screens show a school's books only to someone who is signed in, and signing in is not set up yet. "
            "Add a sign-in provider to `.streamlit/secrets.toml`, as `docs/sign-in.md` shows. The demo school can be "
            "looked at without it: run `./hourbook demo`."
        ),
    )


def _provider_buttons() -> None:
    found = providers()
    with st.container(key="providers", width=340):
        for name in found:
            title = name.replace("-", " ").title()
            label = _("Sign in") if name == "default" else _("Sign in with {provider}", provider=title)
            style: Literal["primary", "secondary"] = "primary" if len(found) == 1 else "secondary"
            if st.button(label, key=f"provider-{name}", width="stretch", type=style):
                st.login(None if name == "default" else name)


def _titled(title: str, said: str) -> None:
    screens.titled(title)
    st.markdown(said)
