"""The API over a real server: one round of calls, and everything schemathesis can think of."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema
from starlette.applications import Starlette
from starlette.routing import Mount

from api.app import CALLS, build
from api.calls import Call
from tests.api import world

pytestmark = pytest.mark.slow
CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
)


@dataclass(frozen=True)
class Served:
    """Where the server listens, and a token that opens everything."""

    address: str
    bearer: str

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {"authorization": f"Bearer {self.bearer}"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of this module's own."""
    folder = tmp_path_factory.mktemp("served")
    world.publish(folder)
    with world.opened(folder) as own, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        app = Starlette(routes=[Mount("/api", build(own.settings))])
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        deadline = time.monotonic() + 60
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", own.secret("service"))
        server.should_exit = True
        thread.join(30)


@pytest.fixture(scope="module")
def document(served: Served) -> OpenApiSchema:
    """The calls as schemathesis reads them."""
    return schemathesis.openapi.from_url(f"{served.address}/api/openapi.json", wait_for_schema=60)


def test_one_round_of_calls(served: Served) -> None:
    with httpx.Client(base_url=f"{served.address}/api", headers=served.headers, timeout=60) as client:
        first = client.get("/student-balance/", params={"student_id": 1})
        assert first.status_code == 200
        again = client.get("/student-balance/?student_id=1", headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        opened = client.post("/embed/sessions/", json={"student_id": 1})
        assert opened.status_code == 201
        assert client.post("/embed/sessions/", content=b"x" * 100_000).status_code in (413, 415)
        assert client.get("/student-balance/check-booking/?student_id=1").status_code == 422


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_no_request_makes_it_fail_or_answer_otherwise_than_it_says(
    document: OpenApiSchema, served: Served, call: Call
) -> None:
    @given(document[call.path][call.method].as_strategy())
    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def holds(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=served.headers, checks=list(CHECKS), timeout=60)

    holds()
