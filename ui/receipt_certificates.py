"""The key that signs a school's receipts, the certificates that ever did, and trusting one no more."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from audit import Event
from errors import HourbookError
from reports import signing
from reports.receipts import ReceiptSettings
from store import certificates, receipt_overview
from store.certificates import Certificate
from ui import formats, screens, tables, trail
from ui.session import Here, School, current_settings, engine
from ui.text import _


def show(here: Here, school: School, settings: ReceiptSettings | None) -> None:
    """Who signs now, who signed before, and for viewers of the whole business a way to revoke."""
    _key(here, settings.signing_alias if settings else "")
    known = certificates.known(engine())
    if not here.viewer.sees_business:
        mine = receipt_overview.signers(engine(), [school.school_id])
        known = [one for one in known if one.fingerprint in mine]
    if not known:
        screens.empty(_("Nothing was signed yet."), _("The certificate is listed here once it has signed a document."))
        return
    _table(here, known)
    if here.viewer.sees_business:
        _revoking(here, [one for one in known if one.revoked_at is None])
    else:
        st.caption(_("A key may sign for several schools, so only who runs the whole business revokes a certificate."))


def _key(here: Here, alias: str) -> None:
    settings = current_settings()
    try:
        key = signing.key_for(settings, alias)
    except HourbookError as failure:
        st.error(_("The key cannot be used, so that no document can be made. Whoever runs Hourbook can correct it."))
        if here.viewer.sees_business:
            st.caption(formats.plain(failure.message))
        return
    if key is None:
        st.info(_("No key is set (HOURBOOK_SIGNING_PKCS12), so documents are not signed and do not say that they are."))
        return
    until = formats.day(formats.local_day(key.expires_at, here.zone))
    st.markdown(_("Signs now: **{name}**, until {day}.", name=formats.plain(key.name), day=until))
    if settings.signing_pkcs12 is None:
        st.caption(_("A key of this demo school, made by itself; nobody outside trusts it."))


def _table(here: Here, known: Sequence[Certificate]) -> None:
    tables.show(
        [
            tables.text(_("Certificate of"), (one.subject for one in known), width="medium"),
            tables.text(_("Fingerprint"), (f"{one.fingerprint[:16]}…" for one in known), width="medium"),
            tables.text(_("First used"), (formats.moment(one.first_used_at, here.zone) for one in known)),
            tables.text(_("Valid until"), (formats.moment(one.expires_at, here.zone) for one in known)),
            tables.text(_("State"), (_state(here, one) for one in known), width="large"),
        ],
        key=f"certificates-{len(known)}",
        alt=_("Certificates that signed, in the order of first use."),
    )


def _state(here: Here, one: Certificate) -> str:
    if one.revoked_at is not None:
        when = formats.moment(one.revoked_at, here.zone)
        return _("revoked {when}: {why}", when=when, why=one.revoked_reason or "")
    return _("expired, its documents stay genuine") if one.expires_at < here.now else _("trusted")


def _revoking(here: Here, trusted: Sequence[Certificate]) -> None:
    """Asks for a reason and for a second yes: files outside our books become worthless by it."""
    if not trusted:
        return
    names = {one.fingerprint: f"{one.subject} ({one.fingerprint[:16]}…)" for one in trusted}
    with st.expander(_("Revoke a certificate")):
        st.write(
            _(
                "Revoke it when its key was stolen or lost. Documents in our books stay genuine; files that are not "
                "there and carry its signature are called revoked. This cannot be taken back."
            )
        )
        chosen = st.selectbox(
            _("Certificate"), list(names), index=None, format_func=names.__getitem__, key="certificate",
            placeholder=_("Choose one"),
        )  # fmt: skip
        why = st.text_input(_("Why"), key="revoke-reason", max_chars=300).strip()
        sure = st.checkbox(_("Yes, it is not to be trusted any more"), key="revoke-sure")
        ready = chosen is not None and bool(why) and sure
        if st.button(_("Revoke it"), key="revoke-certificate", disabled=not ready) and ready and chosen is not None:
            trail.changed(here, Event.CERTIFICATE_REVOKED, object=f"certificate:{chosen[:40]}")
            certificates.revoke(engine(), chosen, reason=why, now=current_settings().clock())
            st.toast(_("The certificate is not trusted any more."))
            st.rerun()
