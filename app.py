"""Puts screens, API and the edge together as one ASGI app: `./hourbook serve`, or `streamlit run app.py`."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.routing import Mount

import api.app
import settings
import web.build
from web import exchange, records

chosen = settings.load()
edge = web.build.edge(chosen)
routes = [*edge.routes, Mount("/api", api.app.build(chosen))]


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Loads what the pages need before the first visitor, and takes it out of the garbage collector's rounds."""
    import plotly.graph_objects
    import pyarrow

    from queries import questions
    from ui import booking_check, charts, gate, my_history, my_hours, own, proof, tables
    from ui.session import books
    from ui.text import LANGUAGES, catalogue

    for language in LANGUAGES:
        catalogue(language)
    questions()
    books().current()
    loaded = (plotly.graph_objects, pyarrow, charts, proof, tables, gate, own, my_hours, my_history, booking_check)
    gc.collect()
    gc.freeze()
    yield {"loaded": len(loaded)}


def tell(failure: Exception) -> bool:
    """A page that fails is written down and told by a number; True: Streamlit adds nothing of its own."""
    from ui import screens

    number = exchange.new_number()
    records.write_failure(failure, request_id=number)
    screens.unexpected(number)
    return True


app = st.App(
    "pages/router.py", lifespan=lifespan, routes=routes, middleware=edge.middleware, on_script_error=tell,
)
