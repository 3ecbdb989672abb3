"""The line of figures at the top of a page: each exact, with its unit and what it is part of.

Drawn as one description list, so that a screen reader says each figure with its name, and so that a row of them costs
the page no more than one. Everything is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from urllib.parse import quote

import streamlit as st

_LINE = "#3f9a83"
"""A picture cannot take the theme's colour; this one holds on light and on dark."""


@dataclass(frozen=True)
class Card:
    """One figure, already written for people. `values` may be several, such as one per currency."""

    label: str
    values: tuple[str, ...]
    note: str = ""
    trend: tuple[Decimal, ...] = ()


def card(label: str, value: str | Sequence[str], note: str = "", *, trend: Sequence[Decimal] = ()) -> Card:
    """A figure with what it is part of; `trend` draws its last values as a small line."""
    values = (value,) if isinstance(value, str) else tuple(value)
    return Card(label, values, note, tuple(trend))


def show(*cards: Card | None, stacked: bool = False) -> None:
    """Draws the figures beside each other, as many as fit; a card that is None is left out.

    `stacked` puts each on a line of its own on a phone: for few figures with much to say.
    """
    drawn = [_html(card) for card in cards if card is not None]
    kind = "hb-cards hb-stacked" if stacked else "hb-cards"
    st.html(f'<dl class="{kind}" style="--cards:{len(drawn)}">{"".join(drawn)}</dl>')


def _html(card: Card) -> str:
    several = " hb-several" if len(card.values) > 1 else ""
    values = "".join(f'<dd class="hb-value{several}">{escape(value)}</dd>' for value in card.values)
    note = f'<dd class="hb-note">{escape(card.note)}</dd>' if card.note else ""
    return f'<div class="hb-card"><dt>{escape(card.label)}</dt>{values}{note}{_sparkline(card.trend)}</div>'


def _sparkline(trend: Sequence[Decimal]) -> str:
    """The last values as a line, for the eye only: the figure and the chart below say the same in words."""
    if len(trend) < 2:
        return ""
    most = float(max(trend)) or 1.0
    step = 100 / (len(trend) - 1)
    points = " ".join(f"{at * step:.1f},{22 - 20 * float(value) / most:.1f}" for at, value in enumerate(trend))
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 24" preserveAspectRatio="none" fill="none">'
        f'<polygon points="0,24 {points} 100,24" fill="{_LINE}" fill-opacity=".14"/>'
        f'<polyline points="{points}" stroke="{_LINE}" stroke-width="1.6" vector-effect="non-scaling-stroke"/></svg>'
    )
    return f'<img class="hb-spark" alt="" src="data:image/svg+xml,{quote(drawing)}">'
