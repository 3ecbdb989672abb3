"""Puts the calls together as one FastAPI app, to be mounted at /api."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import warehouse
from api import (
    administration,
    balance,
    booking,
    docs_page,
    embedding,
    evidence,
    issuing,
    prices,
    problems,
    receipts,
    transactions,
)
from api.access_rules import PUBLIC
from api.admission import Admission
from api.calls import Call, endpoint, request_id
from api.document import document
from api.problems import Kind, Problem
from api.rendering import rendered
from api.service import Service
from settings import Settings

VERSION = "1"
LOG = logging.getLogger("hourbook.failures")
CALLS: tuple[Call, ...] = (
    *balance.CALLS, *transactions.CALLS, *booking.CALLS, *evidence.CALLS, *issuing.CALLS, *receipts.CALLS,
    *prices.CALLS, *administration.CALLS, *embedding.CALLS,
)

Handler = Callable[[Request], Awaitable[Response]]


class ApiRoute(Route):
    """A route that says who may use it; ``call`` is None for the documents about the calls, which are public."""

    def __init__(self, path: str, handler: Handler, *, methods: list[str], call: Call | None = None) -> None:
        super().__init__(path, handler, methods=methods)
        self.call = call
        self.access = PUBLIC if call is None else call.access

    def matches(self, scope: Any) -> Any:
        """As any route, and the layers around are told which one it was."""
        match, child = super().matches(scope)
        if child:
            child["route"] = self
        return match, child


def build(settings: Settings) -> FastAPI:
    """The app; it reads settings, snapshot and our own tables, and never a cookie."""
    service = Service(settings)
    service.warm()
    admission = Admission(service)
    app = FastAPI(
        title="Hourbook", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False,
    )
    app.router.routes.extend([*_call_routes(service, admission), *_document_routes()])
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(warehouse.NoSnapshot, _no_snapshot)
    app.add_exception_handler(OperationalError, _no_store)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failure)
    return app


def _call_routes(service: Service, admission: Admission) -> list[ApiRoute]:
    """Each call with its slash and without: a redirect would lose a body and might lead elsewhere."""
    routes: list[ApiRoute] = []
    for call in CALLS:
        handler = endpoint(call, service, admission)
        paths = (call.path, call.path.rstrip("/"))
        routes += [ApiRoute(path, handler, methods=[call.method], call=call) for path in paths]
    return routes


def _document_routes() -> list[ApiRoute]:
    text = rendered(document(CALLS, VERSION))

    async def openapi(request: Request) -> Response:
        return Response(text, media_type="application/json", headers={"cache-control": "public, max-age=60"})

    def route(path: str, handler: Handler) -> ApiRoute:
        return ApiRoute(path, handler, methods=["GET"])

    return [
        route("/openapi.json", openapi),
        route("/docs", docs_page.page),
        route("/docs/", docs_page.page),
        route("/docs/start.js", docs_page.start),
        *(route(f"/docs/{name}", docs_page.file) for name in docs_page.FILES),
    ]


async def _problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return problems.answer(problem)


async def _no_snapshot(request: Request, failure: Exception) -> Response:
    missing = "No figures have been published yet. Try again after the first sync."
    return problems.answer(Problem(Kind.UNAVAILABLE, missing, headers={"retry-after": "30"}))


async def _no_store(request: Request, failure: Exception) -> Response:
    _log(request, failure)
    missing = "Our own tables cannot be reached now. Try again soon."
    return problems.answer(Problem(Kind.UNAVAILABLE, missing, headers={"retry-after": "5"}))


async def _http(request: Request, failure: Exception) -> Response:
    """What the framework itself refuses, in our words."""
    assert isinstance(failure, HTTPException)
    kind = Kind.of(failure.status_code)
    said = {
        Kind.NOT_FOUND: "There is no call at this address; /api/docs lists them.",
        Kind.WRONG_METHOD: "This call is made with another method; /api/docs tells which.",
        Kind.TOO_LARGE: "The body is larger than what is accepted.",
    }
    return problems.answer(Problem(kind, said.get(kind, kind.title), headers=dict(failure.headers or {})))


async def _failure(request: Request, failure: Exception) -> Response:
    number = _log(request, failure)
    said = "The request failed. Its number finds the cause in our log."
    return problems.answer(Problem(Kind.FAILURE, said), request_id=number)


def _log(request: Request, failure: Exception) -> str:
    """The failure's kind and where it arose, without its message, which may quote what somebody wrote."""
    number = request_id(request)
    frames = traceback.extract_tb(failure.__traceback__)[-8:]
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    LOG.error("failure", extra={"facts": {"request": number, "kind": type(failure).__name__, "where": where}})
    return number
