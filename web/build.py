"""Puts the edge together: the layers in their order, and the addresses that are not pages."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from settings import Settings
from web import health, records
from web.deep_links import DeepLinks
from web.embedding import Embedding
from web.entrance import Entrance
from web.front_door import FrontDoor
from web.metrics import Metrics
from web.policy import SecurityHeaders
from web.rates import RateLimits
from web.records import Records
from web.verify import Check


@dataclass(frozen=True)
class Edge:
    """What an ASGI app is given to be safe on the internet."""

    middleware: list[Middleware]
    routes: list[BaseRoute]


def edge(chosen: Settings) -> Edge:
    """The layers, outermost first, and the routes of one process.

    Headers go on every answer, also on refusals and failures; everything is written down, also what is refused; and
    nothing is looked up for a request that the front door turns away.
    """
    records.set_up(chosen)
    metrics = Metrics(chosen)
    middleware = [
        Middleware(SecurityHeaders, chosen),
        Middleware(Records, metrics),
        Middleware(FrontDoor, chosen),
        Middleware(RateLimits, chosen, metrics),
        Middleware(DeepLinks, chosen),
        Middleware(Embedding, chosen),
    ]
    routes = [*health.routes(chosen, metrics), Entrance(chosen, metrics).route(), *Check(chosen).routes()]
    return Edge(middleware, list(routes))
