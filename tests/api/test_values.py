"""Bad values are refused, all at once and in words; nothing a client sends is a failure of ours."""

from __future__ import annotations

import pytest

from tests.api.world import World

NUMBERS = (
    "-1", "NaN", "Infinity", "-Infinity", "1e30", "", " ", "abc", "0x10", "1.5", "٣", "1" * 400, "null", "[]", "%00",
)
DAYS = ("9999-99-99", "2026-02-30", "", "23.11.2026", "2026-11-23T00:00:00Z", "0000-01-01", "1e3", "NaN")
INSTANTS = (
    "9999-99-99", "2026-11-23", "2026-11-23T05:00:00", "", "NaN", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59", "2026-11-23T25:00:00Z", "2026-11-23 05:00:00Z",
)
TRIED = [
    *(("/student-balance/", "student_id", value) for value in (*NUMBERS, "0", str(2**63))),
    *(("/student-balance/", "days_ahead", value) for value in (*NUMBERS, "99999")),
    *(("/student-balance/", "as_of", value) for value in INSTANTS),
    *(("/student-balance/", "email", value) for value in ("", "x", "a@", "a b@c", "a@b@c", "\x00@x", "é" * 500 + "@x")),
    *(("/student-balance/history/", "page", value) for value in (*NUMBERS, "0", "1000000001")),
    *(("/student-balance/history/", "page_size", value) for value in (*NUMBERS, "0", "101")),
    *(("/student-balance/history/", "limit", value) for value in (*NUMBERS, "0", "101")),
    *(("/student-balance/history/", "cursor", value) for value in ("x", "AAAA", "é", "e30", "W10", "null", "=" * 50)),
    *(("/student-balance/history/", "date_from", value) for value in DAYS),
    *(("/student-balance/history/", "date_to", value) for value in DAYS),
    *(("/student-balance/history/", "payment_status", value) for value in ("paid", "", "COMPLETED", "completed'--")),
    *(("/student-balance/purchases/", "active_only", value) for value in ("yes", "", "2", "True")),
    *(("/student-balance/usage/", "group_by", value) for value in ("year", "", "day;drop table x")),
    *(("/student-balance/proof/", "as_of", value) for value in INSTANTS),
    *(("/student-balance/check-booking/", "duration_hours", value) for value in (
        "-1", "0", "0.00", "NaN", "Infinity", "1e30", "", "abc", "1.555", "99999", "1,5", "+1", " 1", "[]",
    )),
    *(("/student-balance/check-booking/", "at", value) for value in INSTANTS),
    *(("/student-balance/check-booking/", "session_type", value) for value in ("pair", "")),
    *(("/admin/students/", "sort", value) for value in ("email", "", "name desc")),
    *(("/admin/students/", "search", value) for value in ("", " ", "\x00", "a" * 201)),
    *(("/admin/students/", "school_id", value) for value in (*NUMBERS, "0")),
    *(("/admin/audit/", "event", value) for value in ("nothing", "")),
    *(("/admin/audit/", "cursor", value) for value in NUMBERS),
    *(("/admin/audit/", "since", value) for value in INSTANTS),
]


@pytest.mark.parametrize(("path", "name", "value"), TRIED)
def test_a_bad_value_is_named_with_its_parameter(asked: World, path: str, name: str, value: str) -> None:
    params = {"duration_hours": "1", name: value} if "booking" in path else {name: value}
    if path.startswith("/student") and name not in ("student_id", "email"):
        params["student_id"] = "1"
    answer = asked.asks("staff").get(path, params=params)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [name]
    assert "pydantic" not in answer.text.lower()
    assert len(answer.content) < 1500


def test_everything_that_is_wrong_is_told_at_once(asked: World) -> None:
    wrong = "page=0&page_size=x&date_from=1&student_id=1&stauts=paid"
    answer = asked.asks("staff").get(f"/student-balance/history/?{wrong}")
    errors = answer.json()["errors"]
    assert [error["field"] for error in errors] == ["date_from", "page", "page_size", "stauts"]
    assert "payment_status" in errors[-1]["message"]


def test_a_parameter_given_twice_is_refused(asked: World) -> None:
    answer = asked.asks("staff").get("/student-balance/?student_id=1&student_id=2")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"in": "query", "field": "student_id", "message": "is given more than once"}
    ]


@pytest.mark.parametrize("query", ["a=%ff", "%C3%28=1", "&".join(f"a{n}=1" for n in range(60))])
def test_an_address_that_is_no_text_is_refused(asked: World, query: str) -> None:
    assert asked.asks("staff").get(f"/student-balance/?{query}").status_code == 400


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/student-balance/", "student_id=1&as_of=1066-10-14T09:00:00Z"),
        ("/student-balance/", "student_id=1&as_of=0001-01-01T00:00:00Z"),
        ("/student-balance/proof/", "student_id=1&as_of=0001-01-01T00:00:00Z"),
        ("/student-balance/history/", "student_id=1&page=1000000000&page_size=100"),
        ("/student-balance/history/", "student_id=1&date_from=0001-01-01&date_to=9999-12-31"),
        ("/student-balance/purchases/", "student_id=1&page=1000000000"),
        ("/student-balance/check-booking/", "student_id=1&duration_hours=9999.99&at=9999-12-31T23:59:59Z"),
        ("/student-balance/usage/", "student_id=1&date_from=9999-12-31"),
        ("/admin/students/", "page=1000000000&page_size=100"),
        ("/admin/students/", "search=%25_%27%3B%20drop"),
    ],
)
def test_what_is_far_away_is_empty_and_no_failure(asked: World, path: str, query: str) -> None:
    assert asked.asks("staff").get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("path", ["/student-balance/", "/student-balance/proof/"])
def test_the_future_has_no_balance(asked: World, path: str) -> None:
    answer = asked.asks("staff").get(path, params={"student_id": 1, "as_of": "2026-11-23T05:00:01Z"})
    assert answer.status_code == 422
    assert "2026-11-23T05:00:00+00:00" in answer.json()["detail"]


def test_classes_of_the_past_cannot_be_booked(asked: World) -> None:
    params = {"student_id": 1, "duration_hours": "1", "at": "2026-11-22T17:00:00Z"}
    assert asked.asks("staff").get("/student-balance/check-booking/", params=params).status_code == 422


@pytest.mark.parametrize("path", ["/student-balance/history/", "/student-balance/usage/"])
def test_a_period_ends_after_it_begins(asked: World, path: str) -> None:
    params = {"student_id": 1, "date_from": "2026-02-01", "date_to": "2026-01-01"}
    [error] = asked.asks("staff").get(path, params=params).json()["errors"]
    assert error["field"] == "date_to"


def test_pages_and_cursors_are_not_mixed(asked: World) -> None:
    answer = asked.asks("staff").get("/student-balance/history/?student_id=1&page=1&cursor=")
    assert [error["field"] for error in answer.json()["errors"]] == ["cursor"]


def test_two_students_whose_emails_differ_in_case_are_told_apart_by_id(asked: World) -> None:
    for email in ("twin@example.org", "Twin@example.org"):
        answer = asked.asks("staff").get("/student-balance/", params={"email": email})
        assert answer.status_code == 409
        assert "student_id=8 or student_id=9" in answer.json()["detail"]


def test_an_email_is_found_in_any_case(asked: World) -> None:
    found = asked.asks("staff").body("/student-balance/", email="STUDENT7@EXAMPLE.ORG")
    assert found["student_info"]["id"] == 7


def test_naming_a_student_twice_over_is_refused(asked: World) -> None:
    answer = asked.asks("staff").get("/student-balance/", params={"email": "student1@example.org", "student_id": 1})
    assert answer.status_code == 422
