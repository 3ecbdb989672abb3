"""Draws rows as a list that fits a phone: what and when on the left, the figure on the right. Everything is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import streamlit as st


@dataclass(frozen=True)
class Row:
    """One entry: its first line and what belongs to it, the figure and what it means."""

    first: str
    second: str
    figure: str
    note: str = ""


def show(rows: Iterable[Row], *, label: str) -> None:
    """The rows in their order; `label` names the list for who hears it."""
    items = "".join(
        f"<li><div><strong>{escape(row.first)}</strong><span>{escape(row.second)}</span></div>"
        f'<div class="hb-figure"><strong>{escape(row.figure)}</strong><span>{escape(row.note)}</span></div></li>'
        for row in rows
    )
    st.html(f'<ul class="hb-rows" aria-label="{escape(label)}">{items}</ul>')
