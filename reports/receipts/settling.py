"""Holds a school's settings against the books before they are saved: where it is, and who else has its tax number."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

import queries
from access.scope import Scope
from errors import HourbookError
from reports.receipts import places
from reports.receipts.school_settings import (
    PrefixOfTwin,
    ReceiptSettings,
    receipt_settings,
    refused,
    why_not_fiscal,
)
from store.receipt_tables import receipts


class SchoolUnknown(HourbookError):
    """The snapshot holds no school with this id."""


def check(engine: Engine, books: queries.Snapshots, school_id: int, settings: ReceiptSettings) -> None:
    """Raises PrefixOfTwin and ReceiptSettingRefused for what this school cannot say, and SchoolUnknown."""
    own = school_of(books, school_id)
    country = settings.country or places.country_of_zone(own["timezone"] or "")
    tax_id = settings.tax_id or own["tax_id"] or ""
    why = why_not_fiscal(country, tax_id) if settings.is_fiscal else ""
    if why:
        raise refused("is_fiscal", settings.is_fiscal, why)
    payer = places.taxpayer(tax_id)
    for other in _schools(books) if payer else []:
        if other["school_id"] != school_id:
            _refuse_twin(engine, settings, payer, other)


def school_of(books: queries.Snapshots, school_id: int) -> dict[str, Any]:
    """What the books say of the school; raises SchoolUnknown."""
    for school in _schools(books):
        if school["school_id"] == school_id:
            return school
    raise SchoolUnknown(f"No school has the id {school_id} in the current snapshot: sync first, or correct the id.")


def _schools(books: queries.Snapshots) -> list[dict[str, Any]]:
    return queries.ask(books, Scope.business(), "school_letterhead").as_dicts()


def _refuse_twin(engine: Engine, settings: ReceiptSettings, payer: str, other: dict[str, Any]) -> None:
    """One taxpayer's numbers are one of each, in whatever school they were given."""
    theirs = receipt_settings(engine, other["school_id"])
    if places.taxpayer(theirs.tax_id or other["tax_id"] or "") != payer:
        return
    taken = _series(engine, other["school_id"])
    if theirs.is_vat_decided:
        taken |= {theirs.receipt_prefix, theirs.credit_prefix}
    for name in ("receipt_prefix", "credit_prefix"):
        if getattr(settings, name) in taken:
            raise refused(
                name, getattr(settings, name),
                "another school with the same tax number counts under it, and one taxpayer's numbers are each there "
                "once; choose another",
                PrefixOfTwin,
            )


def _series(engine: Engine, school_id: int) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(
            select(receipts.c.series).distinct().where(receipts.c.school_id == school_id)
        ).scalars())
