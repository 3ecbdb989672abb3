"""Who sees what: nothing outside one's own is told apart from what does not exist."""

from __future__ import annotations

import pytest

from tests.api.world import World

OF_A_STUDENT = (
    "/student-balance/", "/student-balance/history/", "/student-balance/purchases/", "/student-balance/proof/",
    "/student-balance/usage/", "/student-balance/check-booking/",
)


def params(path: str, **more: object) -> dict[str, object]:
    return {**({"duration_hours": "1"} if "booking" in path else {}), **more}


@pytest.mark.parametrize("path", OF_A_STUDENT)
@pytest.mark.parametrize("who", ["staff", "owner_a", "desk_a", "money_a", "parent", "student_1", "service"])
def test_whoever_may_see_a_student_does(asked: World, path: str, who: str) -> None:
    assert asked.asks(who).get(path, params=params(path, student_id=1)).status_code == 200


@pytest.mark.parametrize("path", OF_A_STUDENT)
@pytest.mark.parametrize(
    ("who", "student"),
    [("owner_a", 25), ("desk_a", 25), ("money_a", 30), ("parent", 3), ("parent", 25), ("student_1", 2),
     ("student_25", 1), ("owner_b", 1)],
)
def test_a_student_of_others_reads_like_one_who_does_not_exist(
    asked: World, path: str, who: str, student: int
) -> None:
    client = asked.asks(who)
    others = client.get(path, params=params(path, student_id=student))
    unknown = client.get(path, params=params(path, student_id=999_999))
    email = client.get(path, params=params(path, email=f"student{student}@example.org"))
    nobody = client.get(path, params=params(path, email="nobody@example.org"))
    assert {answer.status_code for answer in (others, unknown, email, nobody)} == {404}
    assert others.content == unknown.content == email.content == nobody.content
    assert "etag" not in others.headers


def test_a_token_of_some_schools_goes_no_further(asked: World) -> None:
    client = asked.asks("service", schools=(2,))
    assert client.get("/student-balance/", params={"student_id": 1}).status_code == 404
    students = client.body("/admin/students/", page_size=100)
    assert {school for row in students["results"] for school in row["school_ids"]} == {2}
    assert students["count"] == 11  # student 20 is of both


def test_a_school_sees_of_a_shared_student_only_its_own_books(asked: World) -> None:
    whole = asked.asks("staff").body("/student-balance/", student_id=20)
    [row] = [
        row for row in asked.asks("owner_b").body("/admin/students/", page_size=100)["results"]
        if row["student_id"] == 20
    ]
    assert row["hours_remaining"] == "0.00" != whole["balance_summary"]["remaining_hours"]
    assert row["school_ids"] == [2]
    assert row["drift"] is None


def test_who_sees_no_money_gets_none(asked: World) -> None:
    desk, owner = asked.asks("desk_a"), asked.asks("owner_a")
    assert owner.body("/student-balance/", student_id=1)["balance_summary"]["balance_amount"] == "540.00"
    assert desk.body("/student-balance/", student_id=1)["balance_summary"]["balance_amount"] is None
    assert desk.body("/student-balance/", student_id=1)["balance_summary"]["balance_amounts"] == []
    for path in ("/student-balance/history/", "/student-balance/purchases/"):
        assert {row["amount"] for row in owner.body(path, student_id=1)["results"]} == {"180.00"}
        assert {row["amount"] for row in desk.body(path, student_id=1)["results"]} == {None}
    assert {entry["amount"] for entry in desk.body("/student-balance/proof/", student_id=1)["entries"]} == {None}


def test_a_student_sees_what_was_paid(asked: World) -> None:
    assert asked.asks("student_1").body("/student-balance/")["balance_summary"]["balance_amount"] == "540.00"


def test_without_a_name_one_asks_for_oneself_or_ones_only_child(asked: World) -> None:
    assert asked.asks("student_1").body("/student-balance/")["student_info"]["id"] == 1
    assert asked.asks("father").body("/student-balance/")["student_info"]["id"] == 3


@pytest.mark.parametrize("who", ["parent", "owner_a", "service"])
def test_where_several_could_be_meant_one_must_be_named(asked: World, who: str) -> None:
    answer = asked.asks(who).get("/student-balance/")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["student_id"]


def test_a_parent_is_told_which_children_there_are(asked: World) -> None:
    assert "1, 2" in asked.asks("parent").get("/student-balance/").json()["detail"]


@pytest.mark.parametrize(
    ("who", "path"),
    [("teacher", "/student-balance/"), ("teacher", "/admin/students/"), ("student_1", "/admin/students/"),
     ("parent", "/admin/audit/"), ("desk_a", "/admin/audit/"), ("money_a", "/admin/audit/")],
)
def test_a_call_that_is_not_for_somebody_is_refused(asked: World, who: str, path: str) -> None:
    answer = asked.asks(who).get(path)
    assert (answer.status_code, answer.json()["title"]) == (403, "Not allowed")


@pytest.mark.parametrize(
    ("permissions", "path"),
    [(("embed",), "/student-balance/?student_id=1"), (("read",), "/admin/audit/"), (("audit",), "/admin/students/")],
)
def test_a_token_does_only_what_it_was_given_for(asked: World, permissions: tuple[str, ...], path: str) -> None:
    assert asked.asks("service", permissions).get(path).status_code == 403


def test_a_token_for_reading_opens_no_page(asked: World) -> None:
    answer = asked.asks("service", ("read",)).request("POST", "/embed/sessions/", json={"student_id": 1})
    assert answer.status_code == 403


def test_people_who_are_switched_off_are_not_let_in(asked: World) -> None:
    assert asked.asks("gone").get("/student-balance/").status_code == 403


def test_filters_outside_ones_schools_find_nothing(asked: World) -> None:
    client = asked.asks("owner_a")
    for filters in ({"school_id": 2}, {"search": "student25"}, {"search": "Student 25"}):
        assert client.body("/admin/students/", **filters) == {
            "count": 0, "next": None, "previous": None, "results": []
        }


def test_the_same_request_of_two_viewers_has_two_tags(asked: World) -> None:
    tags = {
        asked.asks(who).get("/student-balance/", params={"student_id": 1}).headers["etag"]
        for who in ("staff", "owner_a", "desk_a", "student_1", "parent")
    }
    assert len(tags) == 5
