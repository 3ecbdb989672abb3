from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.web.asking import Asker

PAGE = ("accept", "text/html,application/xhtml+xml")
LOGGED_IN = "_streamlit_user=x"


def remembered(answer_cookie: str | None) -> str | None:
    if not answer_cookie or not answer_cookie.startswith("hb_next="):
        return None
    return answer_cookie.partition(";")[0].removeprefix("hb_next=")


def test_the_page_that_a_stranger_wants_is_remembered_for_ten_minutes(plain: Asker) -> None:
    cookie = plain.get("/student?student=7&figure=used", PAGE).header("set-cookie")
    assert cookie == "hb_next=%2Fstudent%3Fstudent%3D7%26figure%3Dused; Path=/; HttpOnly; SameSite=Lax; Max-Age=600"


def test_after_signing_in_it_is_opened_and_forgotten(plain: Asker) -> None:
    answer = plain.get("/", PAGE, ("cookie", f"{LOGGED_IN}; hb_next={quote('/student?student=7', safe='')}"))
    assert (answer.status, answer.header("location")) == (303, "/student?student=7")
    assert "Max-Age=0" in (answer.header("set-cookie") or "")


def test_who_is_signed_in_is_led_nowhere_else(plain: Asker) -> None:
    assert plain.get("/student?student=7", PAGE, ("cookie", LOGGED_IN)).header("set-cookie") is None
    assert plain.get("/", PAGE, ("cookie", LOGGED_IN)).status == 200


def test_the_page_from_which_signing_in_begins_is_remembered(plain: Asker) -> None:
    referrer = ("referer", "http://localhost:8501/usage?school=2")
    answer = plain.get("/auth/login?provider=x", referrer, ("cookie", LOGGED_IN))
    assert remembered(answer.header("set-cookie")) == "%2Fusage%3Fschool%3D2"


@pytest.mark.parametrize("value", [
    "https://evil.example/", "//evil.example", "/\\evil.example", "/%5cevil.example", "/nowhere", "/embed/", "/api/x",
    "/student?x=1\r\nset-cookie: a=b", "/student#x", "/auth/logout", "javascript:alert(1)", "/student/../embed/",
    "/student?next=" + "x" * 2000, "/sign_in", "", "student", "/student?é",
])
def test_a_cookie_that_somebody_wrote_leads_to_our_pages_only(value: str, plain: Asker) -> None:
    for written in (quote(value, safe=""), value.replace("\r\n", "")):
        answer = plain.get("/", PAGE, ("cookie", f"{LOGGED_IN}; hb_next={written}"))
        if answer.status != 200:
            assert (answer.status, answer.header("location")) in [(303, "/"), (303, "/student?x=1set-cookie:%20a=b")]


@pytest.mark.parametrize("referrer", [
    "http://evil.example/student", "https://localhost:8501.evil.example/student", "http://localhost:8502/student", "//",
])
def test_a_page_elsewhere_cannot_choose_where_signing_in_ends(referrer: str, plain: Asker) -> None:
    assert plain.get("/auth/login?provider=x", ("referer", referrer)).header("set-cookie") is None


@pytest.mark.parametrize("parameter", ["next", "hb_next", "redirect", "redirect_uri", "url"])
@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_no_parameter_redirects_anywhere(parameter: str, target: str, plain: Asker) -> None:
    for path in ("/", "/balances", "/sign_in", "/embed/", "/embed/enter", "/embed"):
        answer = plain.get(f"{path}?{parameter}={quote(target, safe='')}", PAGE, ("cookie", LOGGED_IN))
        assert (answer.header("location") or "/").startswith("/embed/") or answer.header("location") is None


def test_nothing_is_remembered_for_embeds_and_files(plain: Asker) -> None:
    for path in ("/embed/my_hours", "/static/js/a.js", "/", "/sign_in", "/nowhere"):
        assert plain.get(path, PAGE).header("set-cookie") is None
    assert plain.get("/balances", ("accept", "text/html"), ("sec-fetch-dest", "empty")).header("set-cookie") is None
