"""Reads what a page of AppTest says: words, cells, links."""

from __future__ import annotations

import re
from html import unescape

from streamlit.testing.v1 import AppTest


def text(app: AppTest) -> str:
    """Everything a page says in words: plain HTML, captions, Markdown."""
    html = " ".join(re.sub(r"<style>.*?</style>", "", element.proto.body, flags=re.S) for element in app.get("html"))
    said = [unescape(re.sub(r"<[^>]+>", " ", html))]
    for kind in ("markdown", "caption", "warning", "error", "success", "title"):
        said += [getattr(element, "value", "") for element in app.get(kind)]
    return re.sub(r"\s+", " ", " ".join(said))


def tables(app: AppTest) -> str:
    """Every cell of every table, as text."""
    return " ".join(str(cell) for table in app.dataframe for row in table.value.values.tolist() for cell in row)


def columns(app: AppTest) -> set[str]:
    """The heads of every table."""
    return {str(column) for table in app.dataframe for column in table.value.columns}
