"""A choice among named options, kept in the address by its code, so that a link means the same in every language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import streamlit as st

Option = TypeVar("Option", str, int)


def choose(
    widget: Callable[..., Any], label: str, options: Mapping[Option, str], *, key: str, default: Option, **style: Any
) -> Option:
    """Draws `widget` (a select box, pills or a segmented control) and returns the option chosen.

    `options` are the codes and what they are called. The address names the code, unless it is the default; a code that
    is not among the options is the default.
    """
    if st.session_state.get(key) not in options:
        asked = st.query_params.get(key)
        st.session_state[key] = next((option for option in options if str(option) == asked), default)
    chosen = widget(label, list(options), format_func=lambda option: options.get(option, ""), key=key, **style)
    chosen = chosen if chosen in options else default
    if chosen == default:
        if key in st.query_params:
            del st.query_params[key]
    elif st.query_params.get(key) != str(chosen):
        st.query_params[key] = str(chosen)
    return chosen
