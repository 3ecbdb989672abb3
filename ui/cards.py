"""The line of figures at the top of a page: each exact, with its unit and what it is part of."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import streamlit as st


def cards() -> Any:
    """A row of cards that wraps to the width there is; use as a context."""
    return st.grid(min_column_width=165, gap="small", row_height="content")


def card(
    label: str, value: str, note: str = "", *, help_: str | None = None, trend: Sequence[Decimal | int] | None = None
) -> None:
    """One figure, already written for people; `trend` draws its last values as a small line."""
    st.metric(
        label,
        value,
        delta=note or None,
        delta_color="off",
        delta_arrow="off",
        help=help_,
        border=True,
        height="stretch",
        chart_data=[float(point) for point in trend] if trend else None,
        chart_type="area",
    )
