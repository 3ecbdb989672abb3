"""Writes the OpenAPI document from the calls themselves, so that it cannot say anything else than they do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from api.calls import Call
from api.problems import MEDIA_TYPE, URN, Kind
from api.shapes import ProblemShape
from api.shown import example

_REFS = "#/components/schemas/{model}"
_ALWAYS = (Kind.BAD_VALUES, Kind.TOO_MANY, Kind.FAILURE, Kind.UNAVAILABLE, Kind.UNREADABLE)
_WITH_TOKEN = (Kind.NOT_SIGNED_IN, Kind.NOT_ALLOWED)
_ABOUT = """\
The account book of a tutoring school that sells hours, for programs.

Hours and money are **text with two decimals** (`"12.50"`), never floating-point numbers. Instants are ISO 8601 with
their offset; a day is a day of the school. Every answer says in `X-Data-As-Of` up to which instant of the platform its
figures are known. Send the `ETag` of an answer back as `If-None-Match`: 304 means that nothing has changed.

An unknown parameter, or one given twice, is an error: a filter with a typing mistake never shows more than was asked
for. A student outside what the token may see reads like one who does not exist.
"""


def document(calls: Iterable[Call], version: str) -> dict[str, Any]:
    """The document, as OpenAPI 3.1 wants it."""
    calls = list(calls)
    shapes = {call.shape for call in calls} | {ProblemShape}
    refs, definitions = models_json_schema(
        [(shape, "serialization") for shape in sorted(shapes, key=lambda shape: shape.__name__)],
        ref_template=_REFS,
    )
    schemas = {name: _plain(schema) for name, schema in definitions.get("$defs", {}).items()}
    paths: dict[str, Any] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, refs[(call.shape, "serialization")])
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hourbook", "version": version, "description": _ABOUT},
        "servers": [{"url": "/api"}],
        "tags": [{"name": group} for group in dict.fromkeys(call.group for call in calls)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token made by `hourbook token create`, or one that the platform signed (JWT).",
                }
            },
            "headers": _HEADERS,
        },
    }


def _operation(call: Call, shape: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": call.name,
        "summary": call.summary,
        "tags": [call.group],
        "security": [] if call.access.is_public else [{"bearer": []}],
    }
    if call.description:
        operation["description"] = call.description
    operation["parameters"] = _parameters(call)
    if call.asked.place == "body":
        operation["parameters"].append(_KEY)
        operation |= _body(call)
    operation["responses"] = _responses(call, shape)
    return operation


def _responses(call: Call, shape: dict[str, Any]) -> dict[str, Any]:
    tagged = call.from_snapshot or call.tagged
    names = ["X-Data-As-Of", *(["ETag"] if tagged else [])]
    content: dict[str, Any] = {"application/json": {"schema": shape, "example": example(call.name)}}
    content |= {media: {"schema": {"type": "string", "format": "binary"}} for media in call.files}
    answers: dict[str, Any] = {
        str(done): {
            "description": _DONE[done],
            "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
            "content": content,
        }
        for done in call.statuses
    }
    if tagged:
        answers["304"] = {"description": "Nothing has changed since the answer with this ETag."}
    kinds = {*_ALWAYS, *call.problems, *(() if call.access.is_public else _WITH_TOKEN)}
    for kind in sorted(kinds, key=lambda kind: kind.status):
        answers[str(kind.status)] = _problem(kind)
    return answers


def _problem(kind: Kind) -> dict[str, Any]:
    headers = {
        Kind.NOT_SIGNED_IN: ["WWW-Authenticate"], Kind.TOO_MANY: ["Retry-After"], Kind.UNAVAILABLE: ["Retry-After"]
    }
    said: dict[str, Any] = {
        "type": URN + kind.name.lower().replace("_", "-"),
        "title": kind.title,
        "status": kind.status,
        "detail": "What happened, with which value, and what to do.",
        "errors": [],
    }
    if kind is Kind.BAD_VALUES:
        message = "'0' is not a whole number from 1 to 1000000000"
        said |= {"detail": f"page: {message}", "errors": [{"in": "query", "field": "page", "message": message}]}
    return {
        "description": kind.title,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers.get(kind, [])},
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REFS.format(model="ProblemShape")}, "example": said}},
    }


def _parameters(call: Call) -> list[dict[str, Any]]:
    schema = call.asked.model_json_schema()
    found = []
    for name, said in schema.get("properties", {}).items():
        place = call.asked.place_of(name)
        if place == "body":
            continue
        of = _plain(said)
        parameter = {"name": name, "in": place, "required": place == "path" or name in schema.get("required", [])}
        parameter["description"] = of.pop("description", "")
        examples = of.pop("examples", [])
        of.pop("title", None)
        if examples:
            parameter["example"] = examples[0]
        found.append({**parameter, "schema": of})
    return found


def _body(call: Call) -> dict[str, Any]:
    schema = _plain(call.asked.model_json_schema())
    properties = schema["properties"]
    if set(properties) == set(call.asked.in_path):
        return {}
    shown = {name: said["examples"][0] for name, said in properties.items() if name in call.asked.shown}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": shown}}}}


def _plain(schema: Any) -> Any:
    """A schema without what only Python means: titles, and "or nothing" where leaving out says it."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: _plain(one) for name, one in schema.items() if name != "title" or not isinstance(one, str)}
    either = kept.get("anyOf")
    if "default" in kept and kept["default"] is None and isinstance(either, list):
        del kept["default"], kept["anyOf"]
        [only] = [one for one in either if one != {"type": "null"}]
        kept = {**only, **kept}
    return kept


_DONE = {200: "The answer.", 201: "The answer; something was made.", 202: "The answer; it will be done soon."}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Any text of your own: the same key with the same body gets the same answer for a day.",
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
}
_HEADERS = {
    "X-Data-As-Of": {
        "description": "The instant of the platform up to which the figures are known.",
        "schema": TypeAdapter(str).json_schema() | {"format": "date-time"},
    },
    "ETag": {"description": "Send it back as If-None-Match.", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "That a bearer token is wanted.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string", "pattern": r"^\d+$"}},
}
