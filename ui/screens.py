"""Says clearly why there is nothing to see, or why what is seen is old, and what to do next."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any

import streamlit as st

from errors import HourbookError
from ui.formats import instant, lasting, plain
from ui.text import _


def titled(title: str) -> None:
    """The head of a screen that stands in for a page."""
    st.html(f'<header class="hb-head"><h1>{escape(title)}</h1></header>')


def nobody() -> None:
    """No viewer: nothing may be shown."""
    titled(_("Nobody is signed in"))
    st.write(_("This page shows a school's books only to someone who is signed in. Open the app at its first page."))


def not_allowed() -> None:
    """The page is not open to this viewer."""
    titled(_("This page is not open to you"))
    st.write(
        _(
            "Your role does not include it. If it should, ask an administrator of your school to change your role on "
            "the school's platform; it counts here from the next sync on."
        )
    )


def no_snapshot(last_sync: dict[str, Any] | None) -> None:
    """Nothing has been published yet."""
    titled(_("There are no books yet"))
    st.write(
        _(
            "The platform has not been read so far, so there is nothing to show. Run `./hourbook sync`; this page "
            "shows the first figures as soon as it has finished."
        )
    )
    if last_sync and not last_sync.get("ok"):
        st.error(" ".join(failed(last_sync.get("kind"))))


def broken(failure: HourbookError) -> None:
    """The books are there but cannot be opened."""
    titled(_("The books cannot be opened"))
    st.error(plain(failure.message))


def unexpected(number: str) -> None:
    """The page failed for a reason nobody foresaw: the log knows it by this number."""
    titled(_("Something went wrong"))
    said = _(
        "This page could not be made. Try again; if it stays so, name this number to whoever runs Hourbook: {number}",
        number=number,
    )
    st.error(plain(said))


def empty(what: str, next_step: str) -> None:
    """A list or a school without rows: what is missing, and what to do next."""
    st.html(
        f'<div class="hb-empty" role="status"><strong>{escape(what)}</strong><span>{escape(next_step)}</span></div>'
    )


def notices(
    *, as_of: datetime, now: datetime, last_sync: dict[str, Any] | None, stale_after: int, zone: str, sees_why: bool
) -> None:
    """Banners over a page whose figures are older than they should be: the last sync failed, or none ran for long."""
    age = (now - as_of).total_seconds()
    if last_sync and not last_sync.get("ok"):
        st.warning(_failed(last_sync, as_of, zone, sees_why))
    elif age > stale_after * 60:
        st.warning(
            _(
                "These figures are {age} old: no sync has finished since {as_of}. Changes made on the platform since "
                "then are not here.",
                age=lasting(age),
                as_of=instant(as_of, zone),
            )
        )


def _failed(last_sync: dict[str, Any], as_of: datetime, zone: str, sees_why: bool) -> str:
    what, advice = failed(last_sync.get("kind"))
    serving = _("The figures of {as_of} stay until it succeeds.", as_of=instant(as_of, zone))
    why = plain(last_sync.get("message")) if sees_why else ""
    return " ".join(part for part in (f"**{what}**", serving, advice, why) if part)


def failed(kind: str | None) -> tuple[str, str]:
    """A failed sync in words by its kind: what happened and what to do. Neither holds an address or a row."""
    checked = (
        _("The last sync failed: the new figures did not pass their checks."),
        _("Run `./hourbook sync --full`; if it fails again, its message names the table."),
    )
    ours = (
        _("The last sync failed: Hourbook's own files or tables cannot be opened."),
        _("Run `./hourbook doctor`: it tries every connection and the disk."),
    )
    return {
        "SourceUnreachable": (
            _("The platform cannot be reached."),
            _("Check that its database runs and that the network lets Hourbook through."),
        ),
        "SourceRefused": (
            _("The last sync failed: the platform did not let Hourbook read."),
            _("Check the rights of Hourbook's role by `./hourbook doctor`."),
        ),
        "ContractViolated": (
            _("The last sync failed: the platform's tables are not as they were agreed."),
            _("Run `./hourbook doctor`: it names each table and column."),
        ),
        "CertificateMismatch": checked,
        "ChecksFailed": checked,
        "StoreUnreachable": ours,
        "WarehouseUnwritable": ours,
    }.get(kind or "", (_("The last sync failed."), _("Run `./hourbook sync` to see why.")))
