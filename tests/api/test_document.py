"""The OpenAPI document is right and enough: it is valid, every answer fits it, and a client can be written from it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from api.access_rules import Access
from api.app import CALLS, build
from api.calls import Call
from api.shown import FOLDER, example
from tests.api.world import World


@pytest.fixture(scope="module")
def document(asked: World) -> dict[str, Any]:
    found: dict[str, Any] = asked.nobody().get("/openapi.json").json()
    return found


def schema_of(document: dict[str, Any], path: str, method: str, status: int) -> dict[str, Any]:
    """The schema of an answer, with everything it refers to."""
    content = document["paths"][path][method]["responses"][str(status)]["content"]
    said = content.get("application/json") or content["application/problem+json"]
    return {**said["schema"], "components": document["components"]}


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    validate(document)


def test_every_call_is_in_it_with_its_security_and_its_problems(document: dict[str, Any]) -> None:
    assert set(document["paths"]) == {call.path for call in CALLS}
    for call in CALLS:
        operation = document["paths"][call.path][call.method.lower()]
        assert operation["operationId"] == call.name
        assert operation["security"] == ([] if call.access.is_public else [{"bearer": []}])
        assert {"422", "429", "500", "503"} <= set(operation["responses"])
        assert ("401" in operation["responses"]) != call.access.is_public


def test_every_parameter_says_what_it_does(document: dict[str, Any]) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                assert parameter["description"], parameter
                assert parameter["schema"].get("type"), parameter


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_every_example_has_the_form_of_its_answer(document: dict[str, Any], call: Call) -> None:
    schema = schema_of(document, call.path, call.method.lower(), call.statuses[0])
    Draft202012Validator(schema).validate(example(call.name))


def test_every_example_belongs_to_a_call() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {call.name for call in CALLS}


def test_every_route_says_who_may_use_it(asked: World) -> None:
    app = build(asked.settings)
    public = {route.path for route in app.routes if route.access.is_public}  # type: ignore[attr-defined]
    for route in app.routes:
        assert isinstance(getattr(route, "access", None), Access), route
    assert public == {
        "/pricing-plans/", "/pricing-plans", "/openapi.json", "/docs", "/docs/", "/docs/start.js",
        "/docs/swagger-ui.css", "/docs/swagger-ui-bundle.js",
    }


def test_every_call_that_is_not_public_wants_a_token(asked: World) -> None:
    for call in CALLS:
        answer = asked.nobody().request(call.method, call.path)
        assert answer.status_code == (200 if call.access.is_public else 401), call.path


def test_a_client_written_from_the_document_alone_gets_answers(asked: World, document: dict[str, Any]) -> None:
    """Discovers calls, parameters and examples, and knows of the world nothing but one student's id."""
    client = asked.asks("service")
    base = document["servers"][0]["url"]
    assert base == "/api"
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for params in _ways(operation):
                body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
                said = {"params": params, "headers": {"accept": "application/json"}}
                said |= {"json": body} if body else {}
                answer = client.request(method.upper(), _filled(path, operation), **said)
                assert answer.status_code in (200, 201, 202), (path, params, answer.text)
                schema = schema_of(document, path, method, answer.status_code)
                Draft202012Validator(schema).validate(answer.json())
                for header in operation["responses"][str(answer.status_code)]["headers"]:
                    assert header.lower() in answer.headers


def _filled(path: str, operation: dict[str, Any]) -> str:
    """The address with the examples of what it names."""
    for one in operation["parameters"]:
        path = path.replace(f"{{{one['name']}}}", str(one.get("example", "")))
    return path


def _ways(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """The required parameters alone, and each other one with its example, default or first word beside them."""
    parameters = [one for one in operation["parameters"] if one["in"] == "query"]
    names = {one["name"] for one in parameters}
    needed = {one["name"]: one["example"] for one in parameters if one["required"]}
    if "email" in names:
        needed["student_id"] = 1
    ways = [needed]
    for one in parameters:
        tried = one.get("example", one["schema"].get("default", (one["schema"].get("enum") or [None])[0]))
        if tried is not None and one["name"] not in ("email", "student_id"):
            ways.append({**needed, one["name"]: str(tried).lower() if isinstance(tried, bool) else tried})
    return ways


@pytest.mark.parametrize("path", ["/student-balance/?student_id=x", "/student-balance/?student_id=999999", "/nothing"])
def test_problems_have_the_form_the_document_gives(asked: World, document: dict[str, Any], path: str) -> None:
    schema = {"$ref": "#/components/schemas/ProblemShape", "components": document["components"]}
    Draft202012Validator(schema).validate(asked.asks("service").get(path).json())


def test_the_page_of_the_calls_loads_nothing_from_elsewhere(asked: World) -> None:
    page = asked.nobody().get("/docs")
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert not re.findall(r"https?://", page.text)
    assert not re.findall(r"<script(?![^>]* src=)", page.text)
    for address in re.findall(r'(?:src|href)="(/api/[^"]+)"', page.text):
        assert asked.nobody().get(address.removeprefix("/api")).status_code == 200
