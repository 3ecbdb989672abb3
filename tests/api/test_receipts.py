"""Receipts by the API: issued once, handed out to who may see them, and to nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from reports import receipts
from reports.receipts import ReceiptSettings, save_receipt_settings
from store import mail_tables
from tests.api import world
from tests.api.world import NOW, Client, World

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything

LIST = "/student-balance/receipts/"
GENERATE = f"{LIST}generate/"
JSON = {"accept": "application/json"}
MORE = """
update purchases set payment_status = 'pending', is_granted = false, grants = false where transaction_id = 12;
update purchases set amount = 0 where transaction_id = 21;
update purchases set school_id = null where transaction_id = 22;
insert into refunds values
    ('13:re_1', 13, 1, 1, 30, 'EUR', '2026-10-01 10:00:00+00', '2026-10-01', 'succeeded', 're_1');
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[World]:
    world.publish(tmp_path, rows=MORE)
    with world.opened(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for tests that add nothing: receipt 1 of student 1 at school 1, receipt 2 of student 25 at school 2."""
    folder = tmp_path_factory.mktemp("settled")
    world.publish(folder, rows=MORE)
    with world.opened(folder) as found:
        issued(found, 11)
        issued(found, 251)
        yield found


def issued(own: World, transaction: int, who: str = "service", **more: Any) -> httpx.Response:
    return own.asks(who).request("POST", GENERATE, json={"transaction_id": transaction}, **more)


def of(client: Client, receipt: int, **headers: str) -> httpx.Response:
    return client.get(f"{LIST}{receipt}/", headers=headers)


def test_a_receipt_is_issued_once_and_then_the_same(own: World) -> None:
    first, again = issued(own, 11), issued(own, 11)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    entries = own.asks("staff").body("/admin/audit/", event="receipt_issued")["results"]
    assert [(one["object"], one["student_id"], one["school_id"]) for one in entries] == [("receipt:1", 1, 1)]


def test_a_key_brings_the_first_answer_back_and_is_good_for_one_request(own: World) -> None:
    key = {"idempotency-key": "one"}
    first, again = (issued(own, 11, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert issued(own, 13, headers=key).status_code == 409


@pytest.mark.parametrize(
    ("transaction", "reason"), [(12, "'pending'"), (21, "nothing was"), (22, "belongs to no school")]
)
def test_what_was_not_paid_has_no_receipt_and_one_is_told_why(own: World, transaction: int, reason: str) -> None:
    answer = issued(own, transaction)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["type"] == "urn:hourbook:problem:no-receipt"
    assert reason in answer.json()["detail"]
    assert own.asks("service").body(LIST, student_id=2)["count"] == 0


def test_the_document_comes_byte_for_byte_with_the_headers_of_a_persons_paper(own: World) -> None:
    sha = issued(own, 11).json()["sha256"]
    answer = of(own.asks("student_1"), 1)
    assert answer.content == receipts.document(own.engine, 1)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="REC-2026-000001.pdf"'
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["etag"] == f'"{sha}"'
    known = of(own.asks("student_1"), 1, **{"if-none-match": answer.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    [entry] = own.asks("staff").body("/admin/audit/", event="downloaded")["results"]
    assert (entry["object"], entry["student_id"], entry["details"]["via"]) == ("receipt:1", 1, "api")


@pytest.mark.parametrize(
    ("accepted", "media"),
    [("*/*", "application/pdf"), ("application/pdf", "application/pdf"), ("text/html,*/*;q=0.8", "application/pdf"),
     ("application/json", "application/json"), ("application/pdf;q=0.5, application/json", "application/json"),
     ("application/json;q=0.1, application/pdf", "application/pdf"), ("", "application/pdf"),
     ("application/json;q=0", "application/pdf")],
)
def test_who_asks_for_json_gets_the_record_and_others_the_document(
    settled: World, accepted: str, media: str
) -> None:
    answer = of(settled.asks("service"), 1, accept=accepted)
    assert answer.headers["content-type"] == media
    assert answer.headers["vary"] == "Accept, Authorization"


def test_a_refund_shows_and_changes_the_records_tag(own: World) -> None:
    client = own.asks("service")
    issued(own, 11)
    first = of(client, 1, **JSON)
    assert of(client, 1, **JSON, **{"if-none-match": first.headers["etag"]}).status_code == 304
    refunded = issued(own, 13).json()
    assert (refunded["is_valid"], refunded["amount_refunded"]) == (False, "30.00")
    rows = client.body(LIST, student_id=1)["results"]
    assert [(row["kind"], row["for_receipt_id"]) for row in rows] == [
        ("refunded_copy", 2), ("credit_note", 2), ("receipt", None), ("receipt", None),
    ]
    valid, not_valid = (client.body(LIST, student_id=1, is_valid=wanted) for wanted in ("true", "false"))
    assert [row["id"] for row in valid["results"]] == [4, 3, 1]
    assert [row["id"] for row in not_valid["results"]] == [2]


def test_lists_are_paged_both_ways_and_filtered_by_days_of_issue(own: World) -> None:
    client = own.asks("owner_a")
    for transaction in (11, 13, 23):
        issued(own, transaction)
    both = []
    for start in ({"page_size": 3}, {"limit": 3}):
        page = client.body(LIST, student_id=1, **start)
        where = {"page": 2, "page_size": 3} if "count" in page else {"limit": 3, "cursor": page["next_cursor"]}
        rest = client.body(LIST, student_id=1, **where)
        both.append([row["id"] for row in page["results"] + rest["results"]])
    assert both == [[4, 3, 2, 1]] * 2
    assert client.body(LIST, student_id=1, start_date="2026-11-23", end_date="2026-11-23")["count"] == 4
    assert client.body(LIST, student_id=1, start_date="2026-11-24")["count"] == 0
    assert client.body(LIST, student_id=1, end_date="2026-11-22")["count"] == 0


@pytest.mark.parametrize(
    ("path", "fields"),
    [(f"{LIST}?student_id=1&start_date=2026-02-30&is_valid=yes", ["is_valid", "start_date"]),
     (f"{LIST}?student_id=1&start_date=2026-02-02&end_date=2026-02-01", ["end_date"]),
     (f"{LIST}x/", ["receipt_id"]), (f"{LIST}0/", ["receipt_id"]), (f"{LIST}1/?receipt_id=2", ["receipt_id"]),
     (f"{LIST}99999999999999999999/", ["receipt_id"]), (f"{LIST}1/?format=pdf", ["format"])],
)
def test_bad_values_are_named(settled: World, path: str, fields: list[str]) -> None:
    answer = settled.asks("service").get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [error["field"] for error in answer.json()["errors"]] == fields


@pytest.mark.parametrize(
    ("said", "status"),
    [({"content": b"{"}, 400), ({"json": {}}, 422), ({"json": {"transaction_id": "x"}}, 422),
     ({"json": {"transaction_id": 11, "school_id": 1}}, 422), ({"json": {"transaction_id": True}}, 422),
     ({"json": {"transaction_id": -1}}, 422), ({"json": {"transaction_id": 4711}}, 404),
     ({"json": {"transaction_id": 11}, "headers": {"idempotency-key": "ä".encode()}}, 422)],
)
def test_a_body_that_cannot_be_used_issues_nothing(settled: World, said: dict[str, Any], status: int) -> None:
    said = {"headers": {"content-type": "application/json"}, **said}
    answer = settled.asks("service").request("POST", GENERATE, **said)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert len(receipts.listed(settled.engine)) == 2


@pytest.mark.parametrize(
    ("who", "receipt"), [("student_25", 1), ("owner_b", 1), ("owner_a", 2), ("desk_a", 1), ("teacher", 1),
                         ("parent", 2), ("money_a", 2), ("father", 1), ("student_1", 2)],
)
def test_somebody_elses_receipt_reads_like_one_that_does_not_exist(settled: World, who: str, receipt: int) -> None:
    client, staff = settled.asks(who), settled.asks("staff")
    before = staff.body("/admin/audit/", event="downloaded")["results"]
    answers = [of(client, number, **headers) for number in (receipt, 4711) for headers in ({}, JSON)]
    mailed = [client.request("POST", f"{LIST}{number}/email/") for number in (receipt, 4711)]
    closed = who in ("desk_a", "teacher")
    assert {answer.status_code for answer in answers} == {403 if closed else 404}
    assert {answer.status_code for answer in mailed} == {403 if closed or who == "money_a" else 404}
    assert [len({answer.content for answer in some}) for some in (answers, mailed)] == [1, 1]
    assert len({tuple(sorted(answer.headers.items())) for answer in answers[:4]}) == 1
    assert staff.body("/admin/audit/", event="downloaded")["results"] == before
    assert letters(settled) == []


@pytest.mark.parametrize(
    ("who", "transaction"), [("student_25", 11), ("owner_b", 11), ("owner_a", 251), ("parent", 251), ("student_1", 251)]
)
def test_nobody_issues_for_a_purchase_of_others_or_learns_that_there_is_one(
    own: World, who: str, transaction: int
) -> None:
    others, unknown = issued(own, transaction, who), issued(own, 4711, who)
    assert (others.status_code, unknown.status_code) == (404, 404)
    assert others.content == unknown.content
    assert receipts.listed(own.engine) == []
    issued(own, transaction)  # nor afterwards
    assert issued(own, transaction, who).content == unknown.content


def test_a_school_sees_of_a_shared_student_only_its_own_receipts(own: World) -> None:
    issued(own, 201)
    assert own.asks("owner_a").body(LIST, student_id=20)["count"] == 1
    assert own.asks("owner_b").body(LIST, student_id=20)["count"] == 0
    assert own.asks("service", schools=(2,)).get(f"{LIST}1/").status_code == 404


@pytest.mark.parametrize("who", ["staff", "owner_a", "money_a", "parent", "student_1"])
def test_who_may_see_the_money_of_a_student_gets_receipts(settled: World, who: str) -> None:
    assert issued(settled, 11, who).status_code == (403 if who == "money_a" else 200)
    client = settled.asks(who)
    assert client.body(LIST, student_id=1)["count"] == 1
    assert of(client, 1).status_code == 200


def test_a_token_that_may_only_read_issues_and_mails_nothing(own: World) -> None:
    issued(own, 11)
    for permissions in (("read",), ("read", "embed", "audit"), ("issue",)):
        client = own.asks("owner_a", permissions)
        assert client.request("POST", GENERATE, json={"transaction_id": 13}).status_code == 403
        assert client.request("POST", f"{LIST}1/email/").status_code == 403
    assert of(own.asks("owner_a", ("issue",)), 1).status_code == 403
    assert len(receipts.listed(own.engine)) == 1
    assert letters(own) == []


def letters(own: World) -> list[Any]:
    with own.engine.connect() as connection:
        return list(connection.execute(select(mail_tables.outbox.c.recipient, mail_tables.outbox.c.facts)))


def test_a_receipt_goes_into_the_outbox_once_while_it_is_on_its_way(own: World) -> None:
    issued(own, 11)
    client = own.asks("owner_a")
    first, again = (client.request("POST", f"{LIST}1/email/") for _ in range(2))
    assert (first.status_code, first.json()) == (202, {"receipt_id": 1, "state": "queued"})
    assert (again.status_code, again.json()) == (202, {"receipt_id": 1, "state": "on_its_way"})
    [(recipient, facts)] = letters(own)
    assert (recipient, re.findall(r'"receipt_id": (\d+)', facts)) == ("user:1", ["1"])
    [entry] = own.asks("staff").body("/admin/audit/", event="receipt_emailed")["results"]
    assert (entry["object"], entry["student_id"]) == ("receipt:1", 1)


def test_a_copy_marked_refunded_is_not_mailed(own: World) -> None:
    issued(own, 13)
    assert own.asks("owner_a").request("POST", f"{LIST}3/email/").status_code == 409


def test_a_document_that_cannot_be_made_is_told_without_our_paths(tmp_path: Path) -> None:
    world.publish(tmp_path, rows=MORE)
    with world.opened(tmp_path, signing_pkcs12=str(tmp_path / "missing.p12")) as own:
        answer = issued(own, 11)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert "missing" not in answer.text
        assert of(own.asks("service"), 1).status_code == 409


def test_who_reads_money_and_runs_nothing_issues_and_mails_nothing(own: World) -> None:
    assert issued(own, 11, "money_a").status_code == 403
    assert issued(own, 11, "owner_b").status_code == 404
    assert issued(own, 11, "owner_a").status_code == 201
    assert of(own.asks("money_a"), 1).status_code == 200
    assert own.asks("money_a").request("POST", f"{LIST}1/email/").status_code == 403
    assert not own.asks("staff").body("/admin/audit/", event="receipt_emailed")["results"]


def test_before_a_school_has_said_its_vat_its_receipts_conflict(own: World) -> None:
    save_receipt_settings(own.engine, 1, ReceiptSettings(), actor="user:102", now=NOW)
    answer = issued(own, 11)
    assert answer.status_code == 409
    assert "VAT" in answer.json()["detail"]
