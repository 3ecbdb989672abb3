from __future__ import annotations

import json
import logging

import pytest
from starlette.types import Receive, Scope, Send

from settings import Settings
from tests.web.asking import Asker
from web.records import ACCESS, FAILURES, LineFormat


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    for logger in (ACCESS, FAILURES):
        logger.addHandler(caplog.handler)
        logger.setLevel("DEBUG")
    return caplog


def written(lines: pytest.LogCaptureFixture) -> list[str]:
    return [LineFormat(as_json=True).format(record) for record in lines.records]


def test_a_line_holds_what_happened_and_never_what_was_asked(chosen: Settings, lines: pytest.LogCaptureFixture) -> None:
    asker = Asker(chosen)
    asker.get("/student?student=7&search=maria.silva@example.com", ("cookie", "hb_embed=secretsecretsecretsecret"))
    asker.get("/embed/enter?n=nonce-nonce-nonce-nonce", ("referer", "https://www.school.example/maria"))
    asker.get("/made-up-by-maria/silva")
    found = [json.loads(line) for line in written(lines)]
    assert [line["route"] for line in found] == ["/student", "/embed/enter", "/*"]
    assert all(set(line) == {"at", "level", "event", "request", "method", "route", "status", "milliseconds"}
               for line in found)
    for hidden in ("maria", "secretsecret", "nonce-nonce", "7&"):
        assert hidden not in "".join(written(lines))


def test_an_unexpected_failure_becomes_a_page_with_the_number_the_log_knows(
    chosen: Settings, lines: pytest.LogCaptureFixture
) -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("maria.silva@example.com")

    answer = Asker(chosen, failing).get("/balances")
    failure = next(json.loads(line) for line in written(lines) if '"failure"' in line)
    assert answer.status == 500
    assert failure["request"] == answer.header("x-request-id")
    assert failure["request"] in answer.body.decode()
    assert failure["kind"] == "KeyError"
    for said in (answer.body.decode(), "".join(written(lines))):
        assert "maria" not in said
        assert "Traceback" not in said
    assert answer.header("content-security-policy")


def test_the_api_says_a_failure_in_its_own_form(chosen: Settings) -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("x")

    answer = Asker(chosen, failing).get("/api/student-balance/")
    assert answer.header("content-type") == "application/problem+json"
    assert json.loads(answer.body)["status"] == 500


def test_a_line_can_be_words(chosen: Settings) -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "request", (), None)
    record.facts = {"status": 200}
    assert LineFormat(as_json=False).format(record).endswith("level=info event=request status=200")


def test_what_visitors_write_makes_no_new_series(chosen: Settings) -> None:
    asker = Asker(chosen)
    for n in range(50):
        asker.get(f"/made-up-{n}", method=f"METHOD{n}")
    assert asker.get("/made-up").status == 200
