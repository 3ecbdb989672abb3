"""A slow, obvious reference of the ledger: from the platform's raw rows to entries and figures.

It is written from the rules alone and shares no code with ``etl`` or ``ledger``; tests compare the two.  Hours and
money are decimals, instants are whole microseconds since 1970 (a class in the year 9999 may leave what a datetime
can hold).
"""

from tests.reference.book import Books, Entry, replay_student
from tests.reference.figures import (
    consumption_hours,
    money_by_month,
    next_expiry,
    package_expiries,
    package_figures,
    student_figures,
)
from tests.reference.reading import Platform, StudentRows, micros, read

__all__ = [
    "Books", "Entry", "Platform", "StudentRows", "consumption_hours", "micros", "money_by_month", "next_expiry",
    "package_expiries", "package_figures", "read", "replay_student", "student_figures",
]
