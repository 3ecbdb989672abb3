"""The guide says what is so: each of its curl lines gets an answer, and it names every call."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

import pytest

from api.app import CALLS
from tests.api.world import Client, World

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", GUIDE, re.S)
LINES = [line for block in BLOCKS for line in block.replace("\\\n", " ").splitlines() if line.startswith("curl ")]


@pytest.mark.parametrize("line", LINES)
def test_each_curl_line_of_the_guide_gets_an_answer(asked: World, line: str) -> None:
    bearer = asked.secret("service")
    words = shlex.split(Template(line).substitute(HOURBOOK="https://hours.example.org", TOKEN=bearer, STUDENT="1"))
    method, address, said = _as_request(words)
    client = Client(asked.http, asked.portal)
    answer = client.request(method, address.removeprefix("/api"), **said)
    assert answer.status_code in (200, 201, 202), answer.text


def _as_request(words: list[str]) -> tuple[str, str, dict[str, Any]]:
    """What curl would send."""
    method, address = "GET", ""
    headers: dict[str, str] = {}
    said: dict[str, Any] = {"headers": headers}
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            said["content"] = next(rest)
        elif word == "-o":
            next(rest)
        elif not word.startswith("-s"):
            parts = urlsplit(word)
            address = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return method, address, said


def test_the_guide_names_every_call() -> None:
    named = set(re.findall(r"^\| `(?:GET|POST) /api(/[^`?]+)`", GUIDE, re.M))
    assert named == {call.path for call in CALLS}


def test_the_guide_tells_every_status_a_call_may_have(asked: World) -> None:
    document = asked.nobody().get("/openapi.json").json()
    statuses = {
        status for methods in document["paths"].values() for operation in methods.values()
        for status in operation["responses"]
    }
    missing = {status for status in statuses if not re.search(rf"\b{status}\b", GUIDE)} - {"200", "201"}
    assert missing == set()
