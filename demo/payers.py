"""Invents who pays: a name, an address of the school's town, now and then a tax number; and the card they pay with."""

from __future__ import annotations

import json
from typing import Any

from demo.cohort import Cohort
from demo.columns import NULL
from demo.people_rows import People

_STREETS: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("Rua de Cedofeita", "4050-180"), ("Rua do Almada", "4050-032"), ("Rua da Boavista", "4050-107"),
        ("Avenida de Fernão de Magalhães", "4300-192"), ("Rua de Costa Cabral", "4200-218"),
        ("Travessa de São Carlos", "4050-545"), ("Rua do Campo Alegre", "4150-169"),
    ),
    (
        ("Whiteladies Road", "BS8 2NX"), ("Gloucester Road", "BS7 8NU"), ("Coronation Road", "BS3 1AX"),
        ("Queen Square", "BS1 4LH"), ("Stapleton Road", "BS5 0RB"), ("North Street", "BS3 1JP"),
    ),
    (
        ("Rua de Ernesto do Canto", "9500-312"), ("Rua de São João", "9500-106"), ("Rua da Mãe de Deus", "9500-321"),
        ("Avenida do Infante Dom Henrique", "9500-150"), ("Canada do Poço", "9500-652"),
    ),
)  # fmt: skip
_TOWNS = ("Porto", "Bristol", "Ponta Delgada")
_COUNTRIES = ("PT", "GB", "PT")
_BRANDS = ("visa", "mastercard", "visa", "amex")


def billing(name: str, school: int, pick: int) -> dict[str, Any]:
    """A payer's address as the platform records it; ``school`` counts from 0, ``pick`` is any number from 0 on."""
    street, code = _STREETS[school][pick % len(_STREETS[school])]
    number = 1 + pick * 7 % 180
    found = {
        "name": name, "line1": f"{number} {street}" if school == 1 else f"{street} {number}",
        "line2": f"{1 + pick % 6}.º Dto." if school != 1 and pick % 3 == 0 else "", "city": _TOWNS[school],
        "postal_code": code, "country": _COUNTRIES[school],
    }  # fmt: skip
    if school != 1 and pick % 3 == 1:
        found["tax_id"] = _tax_number(pick)
    return found


def card(pick: int) -> dict[str, str]:
    """The brand and last digits of a payer's card; leading zeros are digits too."""
    return {"brand": _BRANDS[pick % 4], "last4": f"{(pick * 37 + 42) % 10_000:04d}"}


def _tax_number(pick: int) -> str:
    """Nine digits of which the last is deliberately wrong, so that the number is nobody's."""
    digits = f"2{pick * 7919 % 10_000_000:07d}"
    right = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(9, 1, -1), strict=True)) % 11
    return f"{digits}{(right % 10 + 1) % 10}"


def payer_texts(people: People, cohort: Cohort) -> list[str]:
    """Each student's payer (a parent who has a user, else the student) as JSON text."""
    first_parent = int(people.students[0]) + len(people.students) + len(people.teachers)
    rows = zip(people.student_names, people.parent_of.tolist(), cohort.school.tolist(), strict=True)
    return [
        json.dumps(
            billing(name if parent == NULL else people.parent_names[parent - first_parent], school, pick),
            ensure_ascii=False,
        )
        for pick, (name, parent, school) in enumerate(rows)
    ]
