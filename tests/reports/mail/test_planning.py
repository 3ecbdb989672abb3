"""What is mailed, to whom, and that it is mailed once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from reports import mail, receipts
from reports.mail.planning import due_reminder
from store import outbox
from tests.reports.mail.post_office import PostOffice, text_of
from tests.reports.mail.world import NOW, World, run

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything


def issue(world: World, transaction_id: int) -> receipts.Issued:
    return receipts.issue(world.engine, world.books, world.settings, transaction_id, actor="test", now=NOW)


def test_nothing_is_sent_to_students_of_a_school_that_switched_it_off(world: World, office: PostOffice) -> None:
    issue(world, 1)
    assert run(world).planned == mail.Planned()
    assert office.taken == []


def test_a_receipt_is_mailed_once_with_its_document(world: World, office: PostOffice) -> None:
    world.switch(email_at_issue=True, language="pt")
    receipt = issue(world, 1).receipt
    issue(world, 1)
    assert run(world).sent.sent == 1
    assert run(world).sent.sent == 0
    [message] = office.messages
    assert message["To"] == "s1@example.com"
    assert message["Subject"] == f"Recibo {receipt.number_text}"
    assert message["From"] == "Escola Aprender <hours@school.pt>"
    assert message["Reply-To"] == "Escola Aprender <geral@aprender.pt>"
    assert message["Content-Language"] == "pt-PT"
    [pdf] = list(message.iter_attachments())
    assert pdf.get_filename() == f"{receipt.number_text}.pdf"
    assert pdf.get_content() == receipts.document(world.engine, receipt.id)
    assert "segue em anexo" in text_of(message)


def test_a_receipt_that_is_asked_for_is_mailed_whatever_the_switch_says(world: World, office: PostOffice) -> None:
    receipt = issue(world, 1).receipt
    assert receipts.email(world.engine, world.settings, receipt.id, now=NOW)
    assert not receipts.email(world.engine, world.settings, receipt.id, now=NOW), "asked twice in a hurry"
    run(world)
    assert [message["To"] for message in office.messages] == ["s1@example.com"]
    assert "a pedido" in text_of(office.messages[0])
    assert receipts.email(world.engine, world.settings, receipt.id, now=NOW)
    run(world)
    assert len(office.mailbox) == 2


def test_a_refunded_copy_is_not_mailed(world: World) -> None:
    issue(world, 3)
    made = receipts.credit(world.engine, world.books, world.settings, 3, actor="test", now=NOW)
    [copy] = [one.receipt for one in made if one.receipt.kind not in ("receipt", "credit_note")]
    with pytest.raises(receipts.NotMailed, match="credit note"):
        receipts.email(world.engine, world.settings, copy.id, now=NOW)


def test_a_refund_mails_its_credit_note_and_no_copy(world: World, office: PostOffice) -> None:
    world.switch(email_at_issue=True)
    issue(world, 3)
    made = receipts.credit(world.engine, world.books, world.settings, 3, actor="test", now=NOW)
    notes = [one.receipt for one in made if one.receipt.kind == "credit_note"]
    assert run(world).sent.sent == 3
    subjects = [message["Subject"] for message in office.messages]
    assert subjects[1:] == [f"Nota de crédito {one.number_text}" for one in notes]


@pytest.mark.slow
def test_a_month_long_past_is_issued_without_mail(world: World, office: PostOffice) -> None:
    world.switch(email_at_issue=True)
    done = receipts.issue_month(
        world.engine, world.books, world.settings, since=date(2026, 9, 1), until=date(2026, 9, 2), actor="test",
        now=NOW, school_id=1, mailed=False,
    )
    assert done.created > 3
    assert run(world).sent.sent == 0


def test_a_reminder_reaches_the_student_and_the_guardians_each_address_once(world: World, office: PostOffice) -> None:
    world.switch(reminder_days=(14, 3), language="en")
    done = run(world)
    to = sorted(address for address, _ in office.taken)
    assert done.planned.reminders == done.sent.sent + done.sent.failed
    assert to.count("s1@example.com") == to.count("teresa@example.com") == 1
    assert "gone@example.com" not in to
    assert [one.lower() for one in to].count("s2@example.com") == 1
    assert not any(address in to for address in ("s4@example.com", "s5@example.com", "s21@example.com"))
    [ana] = [one for one in office.messages if one["To"] == "s1@example.com"]
    assert ana["Subject"] == "2.5 h expire on 26 November 2026"
    assert "in 3 days" in text_of(ana)
    again = run(world)
    assert (again.planned.reminders, again.sent.sent) == (0, 0)


def test_addresses_that_cannot_be_are_failed_with_their_reason(world: World, office: PostOffice) -> None:
    world.switch(reminder_days=(3,))
    run(world)
    failed = {one.recipient: one.error for one in outbox.listed(world.engine, states=["failed"])}
    assert failed == {"user:6": "bad_address", "user:7": "no_address"}
    assert outbox.retry(world.engine, None) == 2


def test_a_name_with_line_breaks_is_one_line(world: World, office: PostOffice) -> None:
    world.switch(reminder_days=(3,))
    run(world)
    [message] = [one for one in office.messages if one["To"] == "s9@example.com"]
    assert message["Bcc"] is None
    assert "Ana Bcc: evil@example.com" in text_of(message)
    assert not any("evil" in address for address, _ in office.taken)


def test_days_are_counted_from_today_also_when_the_books_are_of_yesterday(world: World, office: PostOffice) -> None:
    world.switch(reminder_days=(3,), language="en")
    world.at(datetime(2026, 11, 24, 1, tzinfo=UTC))
    run(world)
    [ana] = [one for one in office.messages if one["To"] == "s1@example.com"]
    assert "in 2 days, on 26 November 2026" in text_of(ana)


def test_nobody_is_reminded_of_what_has_expired_since_the_books_were_made(world: World, office: PostOffice) -> None:
    world.switch(reminder_days=(3,))
    planned = mail.plan(world.engine, world.books, world.settings, now=NOW).reminders
    world.at(datetime(2026, 11, 27, 1, tzinfo=UTC), stale_after=100_000)
    done = run(world)
    assert done.planned.reminders == 0
    assert done.sent.dropped + done.sent.failed == planned > 5
    assert office.taken == []


@pytest.mark.slow
def test_each_expiry_is_reminded_of_again_when_it_was_moved(world: World, office: PostOffice) -> None:
    world.switch(reminder_days=(3,))
    first = run(world).sent.sent
    world.publish("update expirations set expires_date = date '2026-11-25', days_until_expiry = 2 where package_id = 1")
    assert first > 5
    assert run(world).sent.sent == 2  # the student and the guardian


@pytest.mark.parametrize("change", [
    "update expirations set hours_at_stake = 0", "update expirations set is_expired = true",
    "update expirations set expires_date = date '2027-06-01', days_until_expiry = 190",
    "update users set is_active = false",
])
def test_a_reminder_that_is_not_true_any_more_is_dropped(world: World, office: PostOffice, change: str) -> None:
    world.switch(reminder_days=(3,))
    planned = mail.plan(world.engine, world.books, world.settings, now=NOW)
    world.publish(change)
    done = run(world)
    assert done.sent.sent == 0
    assert done.sent.dropped + done.sent.failed == planned.reminders > 5


def test_a_switch_turned_off_stops_what_still_waits(world: World, office: PostOffice) -> None:
    world.switch(reminder_days=(3,), email_at_issue=True)
    issue(world, 1)
    mail.plan(world.engine, world.books, world.settings, now=NOW)
    world.silence()
    assert run(world).sent.dropped > 5
    assert office.taken == []


@pytest.mark.parametrize(("until_expiry", "validity", "due"), [
    (15, 90, None), (14, 90, 14), (5, 90, 14), (3, 90, 3), (0, 90, 3), (14, 14, None), (3, 10, 3), (2, 3, None),
    (2, None, 3),
])
def test_the_latest_reminder_whose_day_has_come_is_due(
    until_expiry: int, validity: int | None, due: int | None,
) -> None:
    assert due_reminder((14, 3), until_expiry, validity) == due
    assert due_reminder((), until_expiry, validity) is None


def test_a_low_balance_is_told_once_per_fall(world: World, office: PostOffice) -> None:
    world.switch(low_balance_hours=Decimal("2.00"), language="en")
    assert run(world).planned.low_balances == 0
    low = "update student_school_balances set hours_usable = 2.00 where student_id = 1"
    world.publish(low)
    assert run(world).planned.low_balances == 2  # the student and the guardian
    assert {address for address, _ in office.taken} == {"s1@example.com", "teresa@example.com"}
    assert "Hours left: 2" in office.messages[0]["Subject"]
    assert run(world).planned.low_balances == 0
    world.publish()
    run(world)
    world.at(NOW + timedelta(hours=20))
    world.publish(low)
    assert run(world).planned.low_balances == 2


def test_switching_low_balances_on_tells_nobody_what_is_old(world: World, office: PostOffice) -> None:
    world.switch(low_balance_hours=Decimal("2.00"))
    run(world)
    world.silence()
    world.publish("update student_school_balances set hours_usable = 0")
    run(world)
    world.switch(low_balance_hours=Decimal("2.00"))
    assert run(world).planned.low_balances == 0


def test_nothing_is_said_about_hours_that_are_not_proved(world: World, office: PostOffice) -> None:
    world.switch(reminder_days=(3,), low_balance_hours=Decimal("2.00"))
    world.publish("update checks set passed = false, found = 3 where name = 'package_hours_add_up'")
    done = run(world)
    assert done.planned.reminders == 0
    assert "A check failed" in done.planned.held[0]
    world.publish()
    world.at(NOW + timedelta(days=3))
    assert "stale" in run(world).planned.held[0]
    assert office.taken == []
