"""Decides which pages stand in the navigation, and which one is at the root of the address."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from access.rules import PAGES, may_open
from access.viewer import Area, Viewer
from ui.entry import Entrance
from ui.text import _

OWN = tuple(page for page, area in PAGES.items() if area is Area.own)
"""The pages of a student: all there is inside a school's own site."""


def navigate(entrance: Entrance) -> st.Page:
    """Registers the pages and returns the one that was asked for.

    Every page stays registered, so that a link to one that is closed leads to a sentence rather than to nothing; each
    gates itself. The page at the root has its own name as well, so that a link to it stays right whoever follows it.
    """
    names = OWN if entrance.embedded else tuple(PAGES)
    home = next((name for name in names if PAGES[name] and may_open(name, entrance.viewer)), names[0])
    pages = [st.Page(f"{home}.py", title=title(home), url_path="home", default=True, visibility=shown(home, entrance))]
    for name in names:
        visibility = "hidden" if name == home else shown(name, entrance)
        pages.append(st.Page(f"{name}.py", title=title(name), url_path=name, visibility=visibility))
    return st.navigation(pages, position="sidebar" if has_menu(entrance) else "hidden")


def has_menu(entrance: Entrance) -> bool:
    """There is more to open than a student's pages, which have their own links."""
    return any(may_open(name, entrance.viewer) for name, area in PAGES.items() if area not in (None, Area.own))


def opens(viewer: Viewer, *names: str) -> bool:
    """All of these pages are open to the viewer."""
    return all(may_open(name, viewer) for name in names)


def title(name: str) -> str:
    """What a page is called."""
    return {
        "sign_in": _("Sign in"),
        "overview": _("Overview"),
        "balances": _("Balances"),
        "student": _("Student"),
        "usage": _("Usage"),
        "expirations": _("Expirations"),
        "receipts": _("Receipts"),
        "receipt_settings": _("Receipt settings"),
        "my_receipts": _("My receipts"),
        "health": _("Data health"),
        "my_hours": _("My hours"),
        "history": _("History"),
        "check": _("Check a class"),
        "finance_reports": _("Reports"),
        "schedules": _("Mail"),
        "audit_trail": _("Audit trail"),
        "connections": _("Connections"),
    }[name]


def shown(name: str, entrance: Entrance) -> Literal["visible", "hidden"]:
    """Whether a page stands in the navigation: where it is open to the viewer."""
    return "visible" if PAGES[name] is not None and may_open(name, entrance.viewer) else "hidden"
