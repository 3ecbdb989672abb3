"""The tokens by which programs read, and ending one; making one is for the command line, where its secret is shown."""

from __future__ import annotations

import streamlit as st

from audit import Event
from store import tokens
from store.tokens import Token
from ui import formats, screens, tables, trail
from ui.session import Here, engine
from ui.text import _


def listed(here: Here) -> None:
    """Every token that was ever made, and a way to end those that work."""
    known = tokens.listed(engine())
    st.caption(_("A new token is made by `./hourbook token create`, which shows its secret once."))
    if not known:
        screens.empty(_("No tokens."), _("Programs that read or embed need one; none has been made yet."))
        return
    names = {school.school_id: school.name for school in here.schools}
    tables.show(
        [
            tables.text(_("Name"), (token.name for token in known), width="medium"),
            tables.text(_("Begins with"), (f"hb_{token.prefix}" for token in known)),
            tables.text(_("May"), (", ".join(sorted(token.permissions)) for token in known)),
            tables.text(_("Schools"), (_schools(token, names) for token in known), width="medium"),
            tables.text(_("Made"), (formats.moment(token.created_at, here.zone) for token in known)),
            tables.text(_("State"), (_state(here, token) for token in known)),
        ],
        key="tokens",
        alt=_("Tokens, oldest first."),
        height="content" if len(known) <= 10 else 400,
    )
    working = {token.id: token for token in known if token.works(here.now)}
    if not working:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            _("End the token"),
            list(working),
            index=None,
            format_func=lambda id_: f"{working[id_].name} (hb_{working[id_].prefix})",
            placeholder=_("Choose one"),
            key="token-to-end",
            width=340,
        )
        if st.button(_("End it"), key="end-token", disabled=chosen is None) and chosen is not None:
            tokens.revoke(engine(), chosen, now=here.now)
            trail.changed(here, Event.TOKEN_REVOKED, object=f"token:{chosen}")
            st.toast(_("The token was ended, and every page it opened."))
            st.rerun()


def _schools(token: Token, names: dict[int, str]) -> str:
    if token.school_ids is None:
        return _("all schools")
    return ", ".join(names.get(school_id) or str(school_id) for school_id in token.school_ids)


def _state(here: Here, token: Token) -> str:
    if token.revoked_at is not None:
        return _("ended")
    if not token.works(here.now):
        return _("expired")
    if token.expires_at is None:
        return _("works")
    return _("works until {when}", when=formats.moment(token.expires_at, here.zone))
