"""The school's receipts: what a month lacks, issuing it, finding one, sending it; and who may do none of that."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

import audit
from audit import Event
from reports import receipts
from store import outbox
from tests.pages import receipts_world as world
from tests.pages.conftest import Run
from tests.pages.reading import tables, text
from ui import receipt_rights, receipt_view

OCTOBER, SEPTEMBER, NOVEMBER = ({"month": f"2026-{number}"} for number in ("10", "09", "11"))


def events(engine: Engine, event: Event) -> list[audit.Entry]:
    return list(audit.entries(engine, event=event.value, limit=50))


def issued(engine: Engine) -> int:
    return len(receipts.listed(engine, limit=500))


def test_the_newest_month_with_purchases_is_shown_and_says_what_it_lacks(run: Run, books: Path) -> None:
    said = text(run(books, "receipts", viewer="school-1", lang="en"))
    assert "Receipts issued 0 of 2 purchases that can have one Missing 2" in said


@pytest.mark.slow
def test_a_school_without_purchases_is_told_what_will_come(run: Run, books: Path, empty_books: Path) -> None:
    assert "Nothing was bought yet." in text(run(books, "receipts", viewer="school-3", lang="en"))
    assert "Nothing was bought yet." in text(run(empty_books, "receipts", lang="en"))


@pytest.mark.slow
def test_amounts_are_those_that_were_recorded_and_currencies_stay_apart(
    run: Run, books: Path, own_store: Engine
) -> None:
    receipts.save_receipt_settings(
        own_store, 1, receipts.ReceiptSettings(vat_rate=Decimal(23),), actor="test",
        now=world.AT,
    )  # fmt: skip
    world.issue(own_store, books, 13)
    said = text(run(books, "receipts", viewer="school-1", lang="en", asked=SEPTEMBER))
    assert "Total with VAT €180.00 of it VAT: €33.66" in said
    world.issue(own_store, books, 223)
    everything = run(books, "receipts", lang="en", asked=SEPTEMBER)
    assert "£180.00" in text(everything)
    assert "of it VAT: €33.66 · £0.00" in text(everything)
    assert "Northgate Tutors" in tables(everything)


@pytest.mark.slow
def test_before_the_vat_is_said_nothing_can_be_issued_and_the_page_says_where_to_say_it(
    run: Run, books: Path, own_store: Engine
) -> None:
    app = run(books, "receipts", viewer="school-1", lang="en", asked=OCTOBER)
    assert "No receipt is issued before the school has said its VAT rate" in text(app)
    assert "cannot be issued: the school has not said its VAT" in tables(app)
    assert not any(button.key == "issue-missing" for button in app.button)
    assert "No receipt is issued before" in text(run(books, "receipt_settings", viewer="school-1", lang="en"))


@pytest.mark.slow
def test_issuing_makes_what_is_missing_once_and_writes_it_down(run: Run, books: Path, own_store: Engine) -> None:
    world.decide(own_store, 1)
    app = run(books, "receipts", viewer="school-1", lang="en", asked=OCTOBER)
    app.button(key="issue-missing").click().run()
    assert not app.exception
    assert "2 receipts and 0 credit notes were issued, 2 documents made." in text(app)
    assert "Nothing is missing in this month." in text(app)
    assert "REC-2026-000001" in tables(app)
    begun, done = sorted(events(own_store, Event.RECEIPT_ISSUED), key=lambda entry: entry.id)
    assert (begun.details["step"], done.details["step"], done.details["created"]) == ("begun", "done", 2)
    assert (done.actor, done.school_id, done.object) == ("demo:801", 1, "month:2026-10")
    again = run(books, "receipts", viewer="school-1", lang="en", asked=OCTOBER)
    assert not any(button.key == "issue-missing" for button in again.button)
    assert issued(own_store) == 2


@pytest.mark.slow
def test_an_issue_that_was_stopped_goes_on_where_it_ended(run: Run, books: Path, own_store: Engine) -> None:
    world.issue(own_store, books, 13)
    app = run(books, "receipts", viewer="school-1", lang="en", asked=SEPTEMBER)
    before = receipts.listed(own_store)[0]
    app.button(key="issue-missing").click().run()
    assert receipts.by_id(own_store, before.id) == before
    numbers = sorted(one.number for one in receipts.listed(own_store, limit=500) if one.kind == "receipt")
    assert numbers == list(range(1, 15))


@pytest.mark.slow
def test_a_refund_without_its_credit_note_is_missing_until_it_is_issued(
    run: Run, books: Path, own_store: Engine
) -> None:
    world.issue(own_store, books, 13)
    app = run(books, "receipts", viewer="school-1", lang="en", asked=SEPTEMBER)
    assert "partly refunded" in tables(app)
    assert "REC-2026-000001, marked refunded" in str(
        run(books, "receipts", viewer="school-1", lang="en", asked={"receipt": "1"}).segmented_control
    )


def test_a_finance_person_reads_and_downloads_and_issues_nothing(
    run: Run, books: Path, own_store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOURBOOK_FINANCE", "805")
    receipt = world.issue(own_store, books, 13)[0]
    app = run(books, "receipts", viewer="finance", lang="en", asked={**SEPTEMBER, "receipt": str(receipt.id)})
    assert "REC-2026-000001" in tables(app)
    assert "Whoever runs the school issues and sends receipts" in text(app)
    assert {button.key for button in app.button} == {"pack"}
    assert events(own_store, Event.RECEIPT_ISSUED) == []


@pytest.mark.slow
@pytest.mark.parametrize("loses_it", ["user-805", "user-804"])
def test_a_button_that_is_pressed_by_who_may_not_press_it_does_nothing(
    loses_it: str, run: Run, books: Path, own_store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOURBOOK_FINANCE", "805")
    receipt = world.issue(own_store, books, 13)[0]
    before = issued(own_store)
    for key in ("issue-missing", f"send-{receipt.id}"):
        app = run(books, "receipts", viewer="school-1", lang="en", asked={**OCTOBER, "receipt": str(receipt.id)})
        app.button(key=key).click()
        app.session_state["as"] = loses_it
        app.run()
        assert not app.exception
        assert ("Whoever runs the school issues" in text(app)) == (loses_it == "user-805")
        assert ("This page is not open to you" in text(app)) == (loses_it != "user-805")
    assert issued(own_store) == before
    assert outbox.listed(own_store) == []
    assert events(own_store, Event.RECEIPT_ISSUED) + events(own_store, Event.RECEIPT_EMAILED) == []


@pytest.mark.slow
def test_settings_are_not_saved_by_who_lost_the_school_meanwhile(
    run: Run, books: Path, own_store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOURBOOK_FINANCE", "805")
    app = run(books, "receipt_settings", viewer="school-1", lang="en")
    (field,) = [one for one in app.text_input if str(one.key).endswith("-legal_name")]
    field.set_value("Mine now")
    app.run()
    app.button(key="save-receipt-settings").click()
    app.session_state["as"] = "user-805"
    app.run()
    assert receipts.receipt_settings(own_store, 1).legal_name == ""
    assert events(own_store, Event.SETTINGS_CHANGED) == []


def test_who_runs_one_school_and_sees_the_money_of_another_issues_in_the_first_only(
    coming_in: object, own_store: Engine
) -> None:
    owner, finance, business = (coming_in(id_) for id_ in (801, 805, None))  # type: ignore[operator]
    assert receipt_rights.may_issue(owner, 1)
    assert not receipt_rights.may_issue(owner, 2)
    assert not receipt_rights.may_issue(owner, None)
    assert not any(receipt_rights.may_issue(finance, school) for school in (1, 2, None))
    assert receipt_rights.may_issue(business, None)


@pytest.mark.slow
@pytest.mark.parametrize("viewer", ["staff", "teacher", "student", "parent"])
def test_receipts_of_a_school_are_closed_to_who_sees_no_money(
    viewer: str, run: Run, books: Path, own_store: Engine
) -> None:
    receipt = world.issue(own_store, books, 13)[0]
    for page in ("receipts", "receipt_settings"):
        app = run(books, page, viewer=viewer, lang="en", asked={"receipt": str(receipt.id)})
        assert "This page is not open to you" in text(app)
        assert "REC-2026" not in text(app) + tables(app)


@pytest.mark.slow
def test_another_schools_receipt_is_not_there(run: Run, books: Path, own_store: Engine) -> None:
    mine, theirs = world.issue(own_store, books, 13, 223)
    for receipt_id in (theirs.id, 999, "x"):
        app = run(books, "receipts", viewer="school-1", lang="en", asked={"receipt": str(receipt_id)})
        assert theirs.verification_code[:4] not in text(app)
        assert receipt_id == "x" or "There is no such receipt here." in text(app)
    app = run(books, "receipts", viewer="school-1", lang="en", **{"find-receipt": theirs.number_text})
    assert "Northgate" not in tables(app)
    assert f"Receipt {mine.number_text}" in text(
        run(books, "receipts", viewer="school-1", lang="en", asked={"receipt": str(mine.id)})
    )


@pytest.mark.slow
@pytest.mark.parametrize("words", ["rec-2026-000001", "ana ara", "student1@example.org", "13"])
def test_a_receipt_is_found_in_all_months_by_number_name_and_address(
    words: str, run: Run, books: Path, own_store: Engine
) -> None:
    world.issue(own_store, books, 13, 12)
    app = run(books, "receipts", viewer="school-1", lang="en", **{"find-receipt": words})
    assert "REC-2026-000001" in tables(app)
    assert "no receipt yet" not in tables(app)
    nothing = run(books, "receipts", viewer="school-1", lang="en", **{"find-receipt": "nobody at all"})
    assert "No receipt fits." in text(nothing)


@pytest.mark.slow
def test_a_state_narrows_the_list(run: Run, books: Path, own_store: Engine) -> None:
    world.issue(own_store, books, 23)
    app = run(books, "receipts", viewer="school-1", lang="en", receipt_state="valid", asked=SEPTEMBER)
    assert len(app.dataframe[0].value) == 1


@pytest.mark.slow
def test_sending_puts_it_into_the_outbox_once_and_writes_it_down(
    run: Run, books: Path, own_store: Engine
) -> None:
    receipt = world.issue(own_store, books, 23)[0]
    app = run(books, "receipts", viewer="school-1", lang="en", asked={"receipt": str(receipt.id)})
    for _press in range(2):
        app.button(key=f"send-{receipt.id}").click().run()
    assert not app.exception
    assert [one.said["receipt_id"] for one in outbox.listed(own_store)] == [receipt.id]
    assert [entry.details["new"] for entry in events(own_store, Event.RECEIPT_EMAILED)] == [False, True]


def test_why_it_cannot_be_sent_is_said_before_anybody_tries(
    run: Run, books: Path, own_store: Engine, coming_in: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = world.issue(own_store, books, 23)[0]
    here = coming_in(801)  # type: ignore[operator]
    assert receipt_view._trouble(here, receipt) is None
    monkeypatch.setattr(receipt_view, "current_settings", lambda: world.settings_of(own_store, books))
    assert "No mail server is set" in (receipt_view._trouble(here, receipt) or "")
