"""Says what a call is, and carries one out: who asks, what is asked, was it answered before, and what is the answer."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from anyio import to_thread
from pydantic import BaseModel
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import Response

import warehouse
from access.viewer import Viewer
from api.access_rules import VISITOR, Access
from api.admission import Admission, bearer_of
from api.problems import Kind, Problem
from api.reading import Asked, read_body, read_query
from api.rendering import rendered
from api.service import Kept, Service
from api.trail import Viewed
from audit import Event

FORM = "1"
"""Goes into every tag: raised when answers change their form, so that none of before is taken for one of now."""


@dataclass(frozen=True)
class Asking:
    """One request, once it is known who makes it. ``books`` stay on one snapshot until it is answered."""

    service: Service
    viewer: Viewer
    books: warehouse.Pinned
    as_of: datetime
    now: datetime
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    base_url: str = ""

    @property
    def engine(self) -> Engine:
        """Our own tables."""
        return self.service.engine


@dataclass(frozen=True)
class Answer:
    """What a call found. ``viewed``: whom it shows, where somebody looks at another's figures.

    ``headers`` stand in place of the usual ones of the same name.
    """

    body: Any
    status: int = 200
    viewed: Viewed | None = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call: its address, who may make it, what it is asked and answers, and who does the work.

    ``from_snapshot``: the answer is decided by snapshot, scope and request alone, so it has a tag and is kept.
    """

    path: str
    name: str
    summary: str
    access: Access
    asked: type[Asked]
    shape: type[BaseModel]
    work: Callable[[Asking, Any], Answer]
    method: str = "GET"
    description: str = ""
    problems: tuple[Kind, ...] = ()
    from_snapshot: bool = False
    viewing: Event = Event.STUDENT_VIEWED
    group: str = "Hours of a student"
    done: tuple[int, ...] = ()
    """Statuses of an answer; when left out, 201 of a POST and else 200."""
    files: tuple[str, ...] = ()
    """Media types it answers beside JSON, for whoever accepts them."""
    tagged: bool = False
    """Its answers carry tags of their own."""

    @property
    def statuses(self) -> tuple[int, ...]:
        """Statuses that an answer may have."""
        return self.done or ((201,) if self.method == "POST" else (200,))


def endpoint(call: Call, service: Service, admission: Admission) -> Callable[[Request], Awaitable[Response]]:
    """The call as something that an HTTP route can do. It blocks nothing but a thread of its own."""

    async def answer(request: Request) -> Response:
        viewer = await _viewer(call, service, admission, request)
        asked = await _asked(call, service, request)
        snapshot = service.books.current()
        if snapshot is None or snapshot.as_of is None:
            raise warehouse.NoSnapshot("No snapshot has been published yet.")
        headers = {
            "x-data-as-of": snapshot.as_of.isoformat(),
            "cache-control": "public, max-age=60" if call.access.is_public else "private, no-cache",
            "vary": "Authorization",
        }
        tag = ""
        if call.from_snapshot:
            tag = _tag(call, service, viewer, snapshot, asked)
            headers["etag"] = f'"{tag}"'
            if is_known(request.headers.get("if-none-match"), tag):
                return Response(status_code=304, headers=headers)
            kept = service.answers.get(tag)
            if kept is not None:
                await _write_down(call, service, viewer, kept.viewed)
                return Response(kept.body, headers=headers, media_type="application/json")
        asking = Asking(
            service, viewer, service.books.pinned(snapshot), snapshot.as_of, service.settings.clock(),
            request.scope.get("root_path", "") + call.path, request.headers, _base_url(service, request),
        )
        found, body = await to_thread.run_sync(_worked, call, asking, asked, limiter=service.threads)
        if tag:
            service.answers.put(tag, Kept(body, found.viewed))
        if call.method != "GET":
            headers["cache-control"] = "no-store"
        return Response(body, found.status, headers={**headers, **found.headers}, media_type=found.media_type)

    return answer


def _worked(call: Call, asking: Asking, asked: Asked) -> tuple[Answer, bytes]:
    """The answer and its text, after what must be written down has been."""
    found = call.work(asking, asked)
    if found.viewed is not None:
        asking.service.trail.write(call.viewing, asking.viewer, found.viewed, asking.now)
    return found, found.body if isinstance(found.body, bytes) else rendered(found.body)


async def _write_down(call: Call, service: Service, viewer: Viewer, viewed: Viewed | None) -> None:
    now = service.settings.clock()
    if viewed is not None and not service.trail.is_fresh(call.viewing, viewer, viewed, now):
        await to_thread.run_sync(service.trail.write, call.viewing, viewer, viewed, now, limiter=service.threads)


async def _viewer(call: Call, service: Service, admission: Admission, request: Request) -> Viewer:
    address = request.client.host if request.client else "unknown"
    if call.access.is_public:
        admission.count(f"address:{address}")
        return VISITOR
    bearer = bearer_of(request.scope["headers"])
    viewer = admission.remembered(bearer)
    if viewer is None:
        viewer = await to_thread.run_sync(admission.admit, bearer, address, limiter=service.threads)
    request.scope.setdefault("state", {})["actor"] = viewer.key
    admission.count(viewer.key)
    if not call.access.admits(viewer):
        raise Problem(Kind.NOT_ALLOWED, "This token may not make this call.")
    return viewer


async def _asked(call: Call, service: Service, request: Request) -> Asked:
    if call.asked.place == "query":
        return read_query(call.asked, request.scope["query_string"], request.path_params)
    read_query(Asked, request.scope["query_string"])  # a call with a body takes no parameters beside it
    body = await _body(request, service.settings.max_body_kb * 1024)
    return read_body(call.asked, request.headers.get("content-type", ""), body, request.path_params)


async def _body(request: Request, most: int) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise Problem(Kind.TOO_LARGE, f"More was sent than the {most // 1024} kB accepted.")
    return body


def _tag(call: Call, service: Service, viewer: Viewer, snapshot: warehouse.SnapshotRef, asked: Asked) -> str:
    """Names the answer: equal for equal snapshot, scope and request, and not to be guessed."""
    facts = (
        FORM, str(snapshot.path), str(snapshot.published_at), call.name, call.access.key(viewer),
        str(viewer.user_id), asked.model_dump_json(),
    )
    return hmac.new(service.tag_key, "\n".join(facts).encode(), hashlib.sha256).hexdigest()[:32]


def is_known(said: str | None, tag: str) -> bool:
    """The client has this very answer (RFC 9110, 13.1.2: compared weakly)."""
    if said is None:
        return False
    return tag in (part.strip().removeprefix("W/").strip('"') for part in said.split(","))


def request_id(request: Request) -> str:
    """The number by which the layers around know this request, else one of its own."""
    notes = request.scope.get("state", {}).get("hourbook")
    return getattr(notes, "request_id", None) or secrets.token_hex(8)


def _base_url(service: Service, request: Request) -> str:
    """Where browsers reach this installation: never a host that only the request names."""
    chosen = service.settings
    if chosen.public_url:
        return chosen.public_url.rstrip("/")
    host = request.url.hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") or host in chosen.allowed_hosts:
        return f"{request.url.scheme}://{request.url.netloc}"
    return f"http://localhost:{chosen.port}"
