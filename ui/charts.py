"""Draws figures people can read without colour or sight: few marks, named axes, and a summary in words.

Exact decimals become floats here and only here, on their way to the screen; the words and tables beside a chart hold
the exact values. Colours are Streamlit's own placeholders, which the theme replaces, light or dark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import streamlit as st

FIRST, SECOND, THIRD, FOURTH = "#000001", "#000002", "#000003", "#000004"
"""The theme's categorical colours; Streamlit puts the real ones in."""

_HEIGHT = 280
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def bars(
    labels: Sequence[str],
    values: Sequence[Decimal | int],
    said: Sequence[str],
    *,
    unit: str,
    colour: str = FIRST,
    height: int = _HEIGHT,
) -> go.Figure:
    """One bar per label; `said` is what is read when pointing at it."""
    figure = go.Figure(
        go.Bar(
            x=list(range(len(labels))),
            y=[float(value) for value in values],
            customdata=list(said),
            hovertemplate="%{customdata}<extra></extra>",
            marker={"color": colour, "cornerradius": 3},
        )
    )
    return _laid_out(figure, labels, unit, height)


def lines(
    labels: Sequence[str], series: Mapping[str, tuple[Sequence[Decimal | None], Sequence[str]]], *, unit: str
) -> go.Figure:
    """Several measures over the same labels, each by name: values and what is read when pointing at them."""
    figure = go.Figure()
    for colour, dash, (name, (values, said)) in zip(
        (FIRST, SECOND, THIRD), ("solid", "dot", "dash"), series.items(), strict=False
    ):
        figure.add_trace(
            go.Scatter(
                x=list(range(len(labels))),
                y=[None if value is None else float(value) for value in values],
                name=name,
                customdata=list(said),
                mode="lines+markers",
                line={"color": colour, "width": 2, "dash": dash},
                marker={"size": 6},
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    figure.update_layout(legend={"orientation": "h", "y": 1.12, "x": 0})
    return _laid_out(figure, labels, unit, _HEIGHT)


def heat_map(
    columns: Sequence[str],
    rows: Sequence[str],
    values: Sequence[Sequence[int]],
    said: Sequence[Sequence[str]],
    *,
    unit: str,
) -> go.Figure:
    """A grid of counts of `unit`, each colour explained by the scale below."""
    most = max((value for row in values for value in row), default=0) or 1
    figure = go.Figure(
        go.Heatmap(
            x=list(columns),
            y=list(rows),
            z=[list(row) for row in values],
            customdata=[list(row) for row in said],
            hovertemplate="%{customdata}<extra></extra>",
            xgap=2,
            ygap=2,
            zmin=0,
            zmax=most,
            colorbar={
                "orientation": "h",
                "title": {"text": unit, "side": "top"},
                "thickness": 10,
                "y": -0.12,
                "yanchor": "top",
                "tickformat": "d",
                "nticks": min(6, 1 + most),
            },
            colorscale=[[at / 9, f"#{11 + at:06d}"] for at in range(10)],
        )
    )
    figure.update_layout(height=360, margin={"l": 8, "r": 8, "t": 8, "b": 8}, dragmode=False)
    figure.update_yaxes(autorange="reversed", fixedrange=True, automargin=True, showgrid=False)
    figure.update_xaxes(fixedrange=True, showgrid=False, type="category", tickangle=0, nticks=9)
    return figure


def show(figure: go.Figure, *, alt: str, key: str) -> None:
    """Puts a chart on the page with its summary in words for those who cannot see it."""
    st.plotly_chart(figure, key=key, config=_CONFIG, alt=alt)


def _laid_out(figure: go.Figure, labels: Sequence[str], unit: str, height: int) -> go.Figure:
    fitting = 7 if max(map(len, labels), default=0) <= 7 else 5  # on a phone
    every = max(1, -(-len(labels) // fitting))
    ticks: list[int] = list(range(0, len(labels), every))
    figure.update_layout(height=height, margin={"l": 8, "r": 8, "t": 8, "b": 8}, bargap=0.25, dragmode=False)
    figure.update_xaxes(
        tickvals=ticks, ticktext=[labels[at] for at in ticks], tickangle=0, fixedrange=True, showgrid=False
    )
    layout: dict[str, Any] = {"title": unit, "fixedrange": True, "rangemode": "tozero", "automargin": True}
    figure.update_yaxes(**layout)
    return figure
