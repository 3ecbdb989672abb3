"""What somebody tries who wants another's receipts, over the server as it is served to users."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

import queries
import store
import warehouse
from access.scope import Scope
from reports import receipts
from reports.receipts import ReceiptSettings
from store import tokens
from tests.web.served import Served
from tests.web.test_verify import BOUNDARY, bomb

pytestmark = pytest.mark.slow
LIST = "/api/student-balance/receipts/"


@dataclass(frozen=True)
class Paper:
    """A receipt that somebody has."""

    id: int
    transaction_id: int
    student_id: int
    school_id: int
    number: str
    code: str


@pytest.fixture(scope="module")
def papers(served: Served) -> list[Paper]:
    """Two receipts, of students of two schools."""
    engine, books = store.engine(served.chosen.store_url), warehouse.open(served.chosen.warehouse)
    with books.lease() as cursor:
        rows = cursor.execute(
            "select min(transaction_id), school_id from purchases where payment_status = 'completed' and amount > 0 "
            "and school_id is not null and amount_refunded = 0 group by school_id order by school_id limit 2"
        ).fetchall()
    assert len(rows) == 2
    found = []
    for transaction_id, school_id in rows:
        exempt = ReceiptSettings(vat_exemption="Exempt: education.")
        receipts.save_receipt_settings(engine, school_id, exempt, actor="a", now=served.chosen.clock())
        one = receipts.issue(
            engine, books, served.chosen, transaction_id, actor="a", now=served.chosen.clock(),
        ).receipt
        found.append(Paper(
            one.id, transaction_id, one.student_id, school_id, one.number_text, one.verification_code,
        ))
    return found


def token(served: Served, *permissions: str, user: int | None = None, school: int | None = None) -> str:
    return tokens.create(
        store.engine(served.chosen.store_url), name="attack", permissions=permissions or ("read", "issue"),
        user_id=user, school_ids=None if school is None else [school], created_by="user:1",
        now=served.chosen.clock(),
    )[1]


def asked(served: Served, path: str, bearer: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
    """Status and body of a request; the body's number of the request, which is new each time, is no part of it."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(served.address + path, data=data, headers={
        "authorization": f"Bearer {bearer}", "content-type": "application/json", **headers,
    })
    return answered(request)


def answered(request: urllib.request.Request) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


def posted(served: Served, content: bytes) -> tuple[int, bytes]:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    return answered(urllib.request.Request(served.address + "/verify", data=body, headers={
        "content-type": f"multipart/form-data; boundary={BOUNDARY}", "accept-language": "en",
    }))


def test_a_student_gets_the_own_receipt_and_nobody_elses(served: Served, papers: list[Paper]) -> None:
    first, second = papers
    bearer = token(served, user=first.student_id)
    assert asked(served, f"{LIST}{first.id}/", bearer)[1].startswith(b"%PDF-")
    unknown = asked(served, f"{LIST}987654/", bearer)
    assert unknown[0] == 404
    assert asked(served, f"{LIST}{second.id}/", bearer) == unknown
    assert asked(served, f"{LIST}{second.id}/email/", bearer, {}) == asked(served, f"{LIST}987654/email/", bearer, {})
    assert asked(served, f"{LIST}?student_id={second.student_id}", bearer)[0] == 404
    issue = [asked(served, f"{LIST}generate/", bearer, {"transaction_id": one}) for one in
             (second.transaction_id, 987654)]
    assert issue[0] == issue[1]
    assert issue[0][0] == 404


def test_a_school_gets_none_of_another_schools(served: Served, papers: list[Paper]) -> None:
    first, second = papers
    bearer = token(served, school=first.school_id)
    assert asked(served, f"{LIST}{first.id}/", bearer)[0] == 200
    assert asked(served, f"{LIST}{second.id}/", bearer) == asked(served, f"{LIST}987654/", bearer)
    answer = asked(served, f"{LIST}generate/", bearer, {"transaction_id": second.transaction_id})
    assert answer == asked(served, f"{LIST}generate/", bearer, {"transaction_id": 987654})


def test_going_through_all_ids_finds_ones_own_only(served: Served, papers: list[Paper]) -> None:
    bearer = token(served, user=papers[0].student_id)
    found = {number: asked(served, f"{LIST}{number}/", bearer, accept="application/json") for number in range(1, 30)}
    seen = [json.loads(body) for status, body in found.values() if status == 200]
    assert {one["student_id"] for one in seen} == {papers[0].student_id}
    assert len({answer for answer in found.values() if answer[0] != 200}) == 1


def test_twenty_requests_at_once_issue_one_receipt(served: Served, papers: list[Paper]) -> None:
    books = warehouse.open(served.chosen.warehouse)
    with books.lease() as cursor:
        [transaction] = cursor.execute(
            "select max(transaction_id) from purchases where payment_status = 'completed' and amount > 0 "
            "and school_id = $1 and amount_refunded = 0", [papers[0].school_id],
        ).fetchone() or (0,)
    bearer = token(served, school=papers[0].school_id)
    with ThreadPoolExecutor(20) as pool:
        waiting = [
            pool.submit(asked, served, f"{LIST}generate/", bearer, {"transaction_id": transaction}) for _ in range(20)
        ]
        answers = [one.result() for one in waiting]
    assert sorted(status for status, _ in answers) == [200] * 19 + [201]
    assert len({body for _, body in answers}) == 1


def test_a_token_that_may_only_read_issues_nothing(served: Served, papers: list[Paper]) -> None:
    bearer = token(served, "read", school=papers[0].school_id)
    assert asked(served, f"{LIST}generate/", bearer, {"transaction_id": papers[0].transaction_id})[0] == 403
    assert asked(served, f"{LIST}{papers[0].id}/email/", bearer, {})[0] == 403
    assert asked(served, f"{LIST}{papers[0].id}/", "hb_guess")[0] == 401


def test_the_public_check_tells_the_code_of_one_receipt_from_anothers(served: Served, papers: list[Paper]) -> None:
    first, second = papers
    right = served.get(f"/verify/{first.number}?code={first.code}", {"accept-language": "en"})
    assert (right.status, "Genuine" in right.body) == (200, True)
    wrong = served.get(f"/verify/{first.number}?code={second.code[::-1]}", {"accept-language": "en"})
    unknown = served.get(f"/verify/REC-1999-000001?code={second.code}", {"accept-language": "en"})
    assert (wrong.status, unknown.status) == (404, 404)
    assert wrong.body.replace(first.number, "") == unknown.body.replace("REC-1999-000001", "")
    student = queries.ask(
        warehouse.open(served.chosen.warehouse), Scope.business(), "student_card", student_id=first.student_id
    ).one()
    assert student["name"] not in right.body


def test_files_made_to_harm_leave_the_server_as_it_was(served: Served, papers: list[Paper]) -> None:
    for content in (b"", b"\x00" * 100_000, b"%PDF-1.7\n" + b"<<" * 500_000, bomb()):
        status, body = posted(served, content)
        assert status in (200, 400)
        assert b"Genuine" not in body
        assert b"Traceback" not in body
    with suppress(OSError):  # the server may hang up while it is still being sent to
        assert posted(served, b"%PDF-1.7\n" + b"\x00" * 50_000_000)[0] == 413
    assert served.get("/readyz").status == 200
    assert served.get(f"/verify/{papers[0].number}?code={papers[0].code}").status == 200


def test_the_log_holds_neither_numbers_nor_codes(served: Served, papers: list[Paper]) -> None:
    served.get(f"/verify/{papers[0].number}?code={papers[0].code}")
    logged = served.log.read_text("utf-8")
    assert '"/verify/{number}"' in logged
    assert papers[0].number not in logged
    assert papers[0].code not in logged
