"""``receipts settings``: shows what a school says on its receipts, and changes it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import BadOption, Json, actor, own_store, published
from cli.output import print_json, print_table, say
from cli.receipts import group

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

    from reports.receipts import ReceiptSettings

UNDECIDED = "undecided: nothing is issued until a rate, or an exemption with its reason, is set"


def add_to(app: typer.Typer) -> None:
    """Register the command in the group of receipts, which is registered already."""
    group.command("settings", epilog="Example: hourbook receipts settings --school 1 --vat-rate 23")(settings_)


def settings_(
    school: Annotated[int, typer.Option(help="Whose settings.", metavar="ID")],
    vat_rate: Annotated[str | None, typer.Option(help="VAT within the price, in per cent.", metavar="23")] = None,
    exempt: Annotated[str | None, typer.Option(help="Exempt from VAT, for this reason, printed as it is.")] = None,
    exemption_code: Annotated[str | None, typer.Option(help="Its VATEX code in electronic invoices, or ''.")] = None,
    prefix: Annotated[str | None, typer.Option(help="Of receipts, such as REC.")] = None,
    credit_prefix: Annotated[str | None, typer.Option(help="Of credit notes, such as CN.")] = None,
    legal_name: Annotated[str | None, typer.Option(help="Empty: the school's name.")] = None,
    tax_id: Annotated[str | None, typer.Option(help="Empty: the platform's.")] = None,
    country: Annotated[str | None, typer.Option(help="Two letters. Empty: of the school's time zone.")] = None,
    language: Annotated[str | None, typer.Option(help="en or pt. Empty: the school's.")] = None,
    other: Annotated[
        list[str] | None, typer.Option("--set", help="Any other of those shown, such as footer='Bank 0007 …'."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show a school's receipt settings, or change them for what is issued from now on."""
    from reports import receipts
    from reports.receipts import settling

    if vat_rate is not None and exempt is not None:
        raise BadOption("A school charges VAT or is exempt: leave out --vat-rate or --exempt.")
    engine, chosen = own_store()
    settling.school_of(published(), school)
    kept = receipts.receipt_settings(engine, school)
    named = {
        "vat_rate": vat_rate, "vat_exemption": exempt, "vat_exemption_code": exemption_code, "receipt_prefix": prefix,
        "credit_prefix": credit_prefix, "legal_name": legal_name, "tax_id": tax_id, "country": country,
        "language": language,
    }
    values: dict[str, Any] = {name: value.strip() for name, value in named.items() if value is not None}
    values |= dict(_other(one) for one in other or [])
    if vat_rate is not None:
        values["vat_exemption"] = ""
    if exempt is not None:
        values["vat_rate"] = None
    wanted = receipts.settings_from({**asdict(kept), **values})
    changed = sorted(name for name, value in asdict(wanted).items() if value != asdict(kept)[name])
    if changed:
        settling.check(engine, published(), school, wanted)
        _save(engine, school, wanted, changed, chosen.clock())
    _show(school, wanted, changed, as_json=as_json)


def _save(engine: Engine, school: int, wanted: ReceiptSettings, changed: list[str], now: datetime) -> None:
    """The log says which settings, never what is in them."""
    import audit
    from reports import receipts

    audit.record(
        engine, event=audit.Event.SETTINGS_CHANGED, actor=actor(), now=now, school_id=school,
        object=f"receipt_settings:{school}", details={"fields": changed},
    )
    receipts.save_receipt_settings(engine, school, wanted, actor=actor(), now=now)


def _show(school: int, wanted: ReceiptSettings, changed: list[str], *, as_json: bool) -> None:
    if as_json:
        said = {**asdict(wanted), "reminder_days": list(wanted.reminder_days)}
        print_json({"ok": True, "school_id": school, "vat_decided": wanted.is_vat_decided, "changed": changed} | said)
    else:
        shown = {name: "" if value is None else value for name, value in asdict(wanted).items()}
        if not wanted.is_vat_decided:
            shown["vat_rate"] = UNDECIDED
        print_table(f"Receipt settings of school {school}", ("setting", "value"), list(shown.items()))
    if changed:
        say(f"Changed: {', '.join(changed)}. It counts for receipts issued from now on.")


def _other(text: str) -> tuple[str, Any]:
    """A setting and its value as one writes it: true and false, numbers of days with commas; raises BadOption."""
    name, equals, value = text.partition("=")
    if not equals:
        raise BadOption(f"{text!r} sets nothing: write a setting and its value, such as footer='Thank you'.")
    name, value = name.strip(), value.strip()
    if value.casefold() in ("true", "false"):
        return name, value.casefold() == "true"
    if name == "reminder_days":
        parts = value.split(",") if value else []
        if not all(part.strip().isdecimal() and len(part) < 6 for part in parts):
            raise BadOption(f"{value!r} is no list of days: write for example reminder_days=14,3.")
        return name, [int(part) for part in parts]
    return name, None if name in ("vat_rate", "low_balance_hours") and not value else value
