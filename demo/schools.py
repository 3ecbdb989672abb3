"""The three schools of the demo: place, money, colours and price lists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """One line of a price list. ``price_cents`` is the price before and after the last rise."""

    id: int
    name: str
    description: str
    plan_type: str
    hours_hundredths: int
    price_cents: tuple[int, int]
    validity_days: int | None
    is_featured: bool = False
    is_active: bool = True


@dataclass(frozen=True)
class School:
    """A school with its settings; ``calendar`` is a code of demo.terms, ``share`` its share of the students."""

    id: int
    name: str
    calendar: str
    share: float
    timezone: str
    currency: str
    language: str
    address: str
    domain: str
    phone: str
    colours: tuple[str, str]
    logo: str | None
    tax_id: str
    owner: str
    plans: tuple[Plan, ...]

    def plan(self, hours: int, kind: str = "package") -> Plan:
        """The plan of that many hours; KeyError when the school does not sell it."""
        return {(p.plan_type, p.hours_hundredths): p for p in self.plans if p.is_active}[(kind, hours * 100)]


_VALIDITY = {5: 90, 10: 180, 20: 270, 40: 365}


def _price_list(first_id: int, words: tuple[str, str, str], prices: dict[int, int], monthly: int) -> tuple[Plan, ...]:
    package, subscription, old = words
    plans = [
        Plan(
            first_id + n, package.format(hours), f"{package.format(hours)} ({_VALIDITY[hours]} d)", "package",
            hours * 100, (cents - cents // 20 // 100 * 100, cents), _VALIDITY[hours], is_featured=hours == 20,
        )
        for n, (hours, cents) in enumerate(prices.items())
    ]
    plans.append(Plan(first_id + 4, subscription, subscription, "subscription", 800, (monthly - 500, monthly), None))
    # Twelve hours when it was sold; the row was edited to ten later, which rewrites the past on the platform.
    plans.append(Plan(first_id + 5, old, old, "package", 1000, (21600, 21600), 180, is_active=False))
    return tuple(plans)


SCHOOLS: tuple[School, ...] = (
    School(
        1, "Centro de Explicações Ribeira", "PT", 0.5, "Europe/Lisbon", "EUR", "pt",
        "Rua de Miragaia 46\n4050-387 Porto\nPortugal", "ribeira.example.com", "+351 222 000 101",
        ("#1f6f5c", "#f2b84b"), "logos/ribeira.png", "PT509999901", "Helena Vasconcelos",
        _price_list(
            1, ("Pacote de {} horas", "Subscrição mensal 8 horas", "Pacote de 12 horas (antigo)"),
            {5: 10000, 10: 19000, 20: 36000, 40: 68000}, 14400,
        ),
    ),
    School(
        2, "Thornbury Tutors", "GB", 0.3, "Europe/London", "GBP", "en",
        "18 Castle Street\nBristol BS1 3AD\nUnited Kingdom", "thornbury.example.com", "+44 117 496 0102",
        ("#27408b", "#d9e2f7"), "logos/thornbury.png", "GB999999973", "Margaret Ashworth",
        _price_list(
            7, ("{}-hour package", "Monthly 8 hours", "12-hour package (withdrawn)"),
            {5: 11500, 10: 22000, 20: 42000, 40: 80000}, 16800,
        ),
    ),
    School(
        3, "Atlantic Study House", "AC", 0.2, "Atlantic/Azores", "EUR", "en",
        "Rua do Mercado 21\n9500-326 Ponta Delgada\nAçores", "atlantic.example.com", "+351 296 000 103",
        ("#0b7fab", "#f4efe6"), None, "PT509999903", "Duarte Bettencourt",
        _price_list(
            13, ("{} h bundle", "8 h every month", "12 h bundle (old)"),
            {5: 9500, 10: 18000, 20: 34000, 40: 64000}, 13600,
        ),
    ),
)

