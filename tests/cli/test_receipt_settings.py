"""A school's receipt settings by command: shown, changed, refused, and written down without what is in them."""

from __future__ import annotations

from pathlib import Path

import pytest

import audit
import settings
import store
from reports import receipts
from tests.cli.conftest import DEMO, AsJson, Ran

pytestmark = pytest.mark.slow  # the quick part has a minute and a half for everything


@pytest.fixture
def own(at_school: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo school with a store of its own, in which no school said anything."""
    monkeypatch.setenv("HOURBOOK_STORE_URL", f"sqlite:///{tmp_path}/store.db")
    store.migrate(settings.load().store_url)


def changes() -> list[audit.Entry]:
    return list(audit.entries(store.engine(settings.load().store_url), event=audit.Event.SETTINGS_CHANGED))


@pytest.mark.usefixtures("own")
def test_vat_is_undecided_until_it_is_said_and_nothing_is_issued_before(ran: Ran, as_json: AsJson) -> None:
    code, out, _ = ran("receipts", "settings", "--school", "1")
    assert code == 0
    assert "undecided" in out
    assert as_json("receipts", "settings", "--school", "1")["vat_decided"] is False
    code, _, err = ran("receipts", "issue", "--month", "2026-10", "--school", "1")
    assert code == 1
    assert "./hourbook receipts settings --school 1 --vat-rate 23" in " ".join(err.split())
    assert "0 receipts and 0 credit notes issued" in err
    assert changes() == []


@pytest.mark.usefixtures("own")
def test_settings_are_changed_together_and_the_log_names_them_only(ran: Ran, as_json: AsJson) -> None:
    said = as_json(
        "receipts", "settings", "--school", "3", "--exempt", "Isento – artigo 9.º do CIVA", "--prefix", "AC",
        "--set", "footer=Secret words", "--set", "reminder_days=30,7", "--set", "email_at_issue=true",
    )
    assert said["vat_decided"]
    assert set(said["changed"]) == {"vat_exemption", "receipt_prefix", "footer", "reminder_days", "email_at_issue"}
    assert (said["receipt_prefix"], said["reminder_days"], said["email_at_issue"]) == ("AC", [30, 7], True)
    [entry] = changes()
    assert (entry.object, entry.school_id, entry.details["fields"]) == ("receipt_settings:3", 3, said["changed"])
    assert "Secret" not in repr(entry)
    assert as_json("receipts", "settings", "--school", "3", "--vat-rate", "16")["vat_exemption"] == ""
    assert as_json("receipts", "settings", "--school", "3", "--vat-rate", "16")["changed"] == []
    assert len(changes()) == 2


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(("options", "said"), [
    (("--vat-rate", "23", "--exempt", "x"), "leave out"), (("--vat-rate", "NaN"), "vat_rate"),
    (("--vat-rate", "x"), "a number such as 23"), (("--set", "footer"), "sets nothing"),
    (("--set", "colour=red"), "choose one of"), (("--set", "is_fiscal=true"), "certified"),
    (("--set", "is_fiscal=maybe"), "true or false"), (("--set", "reminder_days=soon"), "no list of days"),
    (("--exempt", "x", "--exemption-code", "VATEX-PT-M07"), "VATEX list"), (("--prefix", "rec"), "capital letters"),
])
def test_what_cannot_be_is_refused_with_a_sentence_and_changes_nothing(
    options: tuple[str, ...], said: str, ran: Ran,
) -> None:
    code, _, err = ran("receipts", "settings", "--school", "1", *options)
    assert code == 1
    assert said in " ".join(err.split())
    assert changes() == []


@pytest.mark.usefixtures("own")
def test_a_school_that_is_not_there_has_no_settings(ran: Ran) -> None:
    code, _, err = ran("receipts", "settings", "--school", "99")
    assert code == 1
    assert "No school has the id 99" in " ".join(err.split())


@pytest.mark.slow
@pytest.mark.usefixtures("own")
def test_the_demo_says_the_vat_of_its_invented_schools_where_they_have_not(ran: Ran, as_json: AsJson) -> None:
    as_json("receipts", "settings", "--school", "2", "--vat-rate", "20")
    for _ in range(2):
        assert ran(*DEMO)[0] == 0
    engine = store.engine(settings.load().store_url)
    kept = {school: receipts.receipt_settings(engine, school) for school in (1, 2, 3)}
    assert [str(one.vat_rate) for one in kept.values()] == ["23.00", "20.00", "None"]
    assert "artigo 9.º do CIVA" in kept[3].vat_exemption
    assert sorted(str(entry.object) for entry in changes()) == [f"receipt_settings:{n}" for n in (1, 2, 3)]
    code, _, err = ran("receipts", "issue", "--month", "2026-10", "--processes", "1", "--no-mail")
    assert code == 0, err
