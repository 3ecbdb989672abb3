"""A school's receipt settings: errors beside their fields, saved together, written down without their texts."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

import audit
from audit import Event
from reports import receipts
from reports.receipts import ReceiptSettings, receipt_settings, sample
from reports.signing import demo_authority, key_for
from store import certificates
from tests.pages import receipts_world as world
from tests.pages.conftest import Run
from tests.pages.reading import tables, text
from ui import receipt_settings as fields_of
from ui import session


def put(app: AppTest, name: str, value: str) -> AppTest:
    """Types into a field."""
    found = [one for one in [*app.text_input, *app.text_area] if str(one.key).endswith(f"-{name}")]
    found[0].set_value(value)
    return app.run()


def switch(app: AppTest, name: str) -> AppTest:
    (found,) = [one for one in app.toggle if str(one.key).endswith(f"-{name}")]
    found.set_value(not found.value)
    return app.run()


def save(app: AppTest) -> AppTest:
    return app.button(key="save-receipt-settings").click().run()


def changes(engine: Engine) -> list[audit.Entry]:
    return list(audit.entries(engine, event=Event.SETTINGS_CHANGED.value, limit=50))


@pytest.mark.slow
def test_what_is_saved_holds_for_the_school_and_the_trail_names_the_fields_only(
    run: Run, books: Path, own_store: Engine
) -> None:
    app = run(books, "receipt_settings", viewer="school-1", lang="en")
    assert app.button(key="save-receipt-settings").disabled
    put(app, "receipt_prefix", "AUR")
    put(app, "vat_rate", "6,5")
    put(app, "footer", "Secret words of Aurora")
    put(app, "reminder_days", "3 30, 7")
    put(app, "low_balance_hours", "1.5")
    save(switch(app, "email_at_issue"))
    assert not app.exception
    kept = receipt_settings(own_store, 1)
    assert (kept.receipt_prefix, kept.vat_rate, kept.footer) == ("AUR", Decimal("6.5"), "Secret words of Aurora")
    assert (kept.reminder_days, kept.low_balance_hours, kept.email_at_issue) == ((30, 7, 3), Decimal("1.5"), True)
    assert receipt_settings(own_store, 2) == ReceiptSettings()
    (entry,) = changes(own_store)
    assert set(entry.details["fields"]) == {
        "receipt_prefix", "vat_rate", "footer", "reminder_days", "low_balance_hours", "email_at_issue",
    }  # fmt: skip
    assert (entry.actor, entry.school_id, entry.object) == ("demo:801", 1, "receipt_settings:1")
    assert "Secret" not in str(entry)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("receipt_prefix", "rec-1", "Write 1 to 6 capital letters or digits"),
        ("credit_prefix", "REC", "It differs from the prefix of receipts."),
        ("country", "xx", "Write two capital letters"),
        ("vat_rate", "0", "Write a rate above 0"),
        ("vat_rate", "abc", "Write a rate above 0"),
        ("vat_rate", "NaN", "Write a rate above 0"),
        ("vat_rate", "-1", "Write a rate above 0"),
        ("reminder_days", "0", "Write up to five whole numbers"),
        ("reminder_days", "1 2 3 4 5 6", "Write up to five whole numbers"),
        ("low_balance_hours", "1,005", "Write hours from 0 to 1000"),
        ("low_balance_hours", "Infinity", "Write hours from 0 to 1000"),
    ],
)
def test_a_wrong_field_says_what_it_may_hold_and_nothing_is_saved(name: str, value: str, said: str) -> None:
    def page(name: str, value: str) -> None:
        from reports.receipts import ReceiptSettings
        from ui.receipt_settings import _Form

        form = _Form(ReceiptSettings(), "k", "PT")
        if name == "credit_prefix":
            form.put("receipt_prefix", "REC")
        if name in ("vat_rate", "low_balance_hours"):
            form.number(name, "label")
        elif name == "reminder_days":
            form.days(name, "label")
        else:
            form.text(name, "label")

    app = AppTest.from_function(page, args=(name, value)).run()
    put(app, name, value)
    assert not app.exception
    assert said in text(app)


@pytest.mark.slow
def test_a_portuguese_school_cannot_call_its_receipts_fiscal(run: Run, books: Path, own_store: Engine) -> None:
    app = switch(run(books, "receipt_settings", viewer="school-1", lang="en"), "is_fiscal")
    assert "In Portugal fiscal documents come from certified software" in text(app)
    assert app.button(key="save-receipt-settings").disabled


@pytest.mark.slow
def test_a_prefix_of_the_other_kind_is_refused_in_words(run: Run, books: Path, own_store: Engine) -> None:
    world.issue(own_store, books, 23)
    app = run(books, "receipt_settings", viewer="school-1", lang="en")
    put(app, "receipt_prefix", "NEW")
    save(put(app, "credit_prefix", "REC"))
    assert "counted the other kind of document" in text(app)
    assert receipt_settings(own_store, 1).credit_prefix == "CN"
    assert changes(own_store) == []


@pytest.mark.slow
def test_a_wrong_field_stops_saving_and_the_sample(run: Run, books: Path, own_store: Engine) -> None:
    app = run(books, "receipt_settings", viewer="school-1", lang="pt")
    put(app, "receipt_prefix", "não!")
    assert "Escreva 1 a 6 letras maiúsculas" in text(app)
    assert "O exemplo volta assim que" in text(app)
    assert app.button(key="save-receipt-settings").disabled
    assert changes(own_store) == []


def test_every_setting_has_a_field_and_words_for_its_refusal() -> None:
    assert {one.name for one in dataclasses.fields(ReceiptSettings)} - set(fields_of._advice()) == {
        "refunded_copy", "email_at_issue",
    }  # fmt: skip


@pytest.mark.slow
def test_every_setting_can_be_read_on_the_page(run: Run, books: Path) -> None:
    app = run(books, "receipt_settings", viewer="school-1", lang="en")
    keys = [str(one.key) for one in [*app.text_input, *app.text_area, *app.toggle, *app.selectbox]]
    missing = {
        one.name for one in dataclasses.fields(ReceiptSettings) if not any(key.endswith(f"-{one.name}") for key in keys)
    }
    assert missing == set()


@pytest.mark.slow
def test_a_change_alters_nothing_that_was_issued_and_the_page_says_so(
    run: Run, books: Path, own_store: Engine
) -> None:
    receipt = world.issue(own_store, books, 23)[0]
    before = receipts.document(own_store, receipt.id)
    app = run(books, "receipt_settings", viewer="school-1", lang="en")
    assert "What was issued stays exactly as it is" in text(app)
    save(put(app, "legal_name", "Another Name, Lda."))
    assert receipts.by_id(own_store, receipt.id) == receipt
    assert receipts.document(own_store, receipt.id) == before


@pytest.mark.slow
def test_settings_are_closed_to_who_does_not_run_the_school(
    run: Run, books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOURBOOK_FINANCE", "805")
    for viewer in ("finance", "staff"):
        assert "This page is not open to you" in text(run(books, "receipt_settings", viewer=viewer, lang="en"))


def test_a_sample_is_nobodys_and_no_receipt() -> None:
    row = {"school_id": 1, "school_name": "Aurora", "student_name": "Ana Araújo", "billing_name": "Ana Araújo"}
    drawn = sample.draw(row, ReceiptSettings(language="en", footer="Our footer"), now=world.AT)
    said = world.words_of(drawn)
    assert "Sample, not a receipt" in said
    assert "Our footer" in said
    assert "Ana" not in said
    assert "-000000" in said


def signed_once(engine: Engine, folder: Path) -> str:
    """A certificate that signed, as the store keeps it."""
    demo_authority.read_or_make(folder, now=world.AT)
    chosen = session.current_settings().model_copy(update={"signing_pkcs12": folder})
    key = key_for(chosen)
    assert key is not None
    certificates.note(
        engine, fingerprint=key.fingerprint, chain=key.chain, subject=key.name, expires_at=key.expires_at,
        now=world.AT,
    )  # fmt: skip
    return key.fingerprint


@pytest.mark.slow
def test_a_certificate_is_revoked_with_a_reason_and_a_second_yes_only(
    run: Run, books: Path, own_store: Engine, tmp_path: Path
) -> None:
    app = run(books, "receipt_settings", lang="en")
    fingerprint = signed_once(own_store, tmp_path / "keys")
    app.run()
    assert "trusted" in tables(app)
    app.selectbox(key="certificate").set_value(fingerprint)
    app.text_input(key="revoke-reason").set_value("The key was stolen")
    app.run()
    assert app.button(key="revoke-certificate").disabled
    app.checkbox(key="revoke-sure").check().run()
    app.button(key="revoke-certificate").click().run()
    assert not app.exception
    assert certificates.known(own_store)[0].revoked_reason == "The key was stolen"
    (entry,) = audit.entries(own_store, event=Event.CERTIFICATE_REVOKED.value, limit=5)
    assert entry.object == f"certificate:{fingerprint[:40]}"
    assert "stolen" not in str(entry)


@pytest.mark.slow
def test_a_school_neither_revokes_nor_sees_certificates_of_others(
    run: Run, books: Path, own_store: Engine, tmp_path: Path
) -> None:
    run(books, "overview", viewer="school-1", lang="en")
    signed_once(own_store, tmp_path / "keys")
    app = run(books, "receipt_settings", viewer="school-1", lang="en")
    assert "Nothing was signed yet." in text(app)
    assert not any(button.key == "revoke-certificate" for button in app.button)
