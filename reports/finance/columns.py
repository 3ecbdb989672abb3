"""Columns that several reports share, so that one thing has one name in all of them."""

from __future__ import annotations

from reports.speech import marked as _
from reports.table import Column, Kind

TYPES = {
    "package": _("package"), "subscription": _("subscription"), "individual": _("individual"), "group": _("group"),
}

SCHOOL = Column("school_name", _("School"), missing=_("no school"), share=16)
STUDENT_ID = Column("student_id", _("Student no."), Kind.ID, share=9)
STUDENT = Column("student_name", _("Student"), missing=_("no name"), share=18)
TEACHER = Column("teacher_name", _("Teacher"), missing=_("no teacher"), share=18)
PLAN = Column("plan_name", _("Plan"), missing=_("no plan"), share=16)
PACKAGE_ID = Column("package_id", _("Package no."), Kind.ID, share=9)
CURRENCY = Column("currency", _("Currency"), share=8)
MONTH = Column("month", _("Month"), Kind.MONTH, share=9)


def money(name: str, title: str, *, total: bool = True) -> Column:
    """An amount in the row's currency."""
    return Column(name, title, Kind.MONEY, total=total, share=12)


def hours(name: str, title: str) -> Column:
    """Hours, added up below."""
    return Column(name, title, Kind.HOURS, total=True, share=9)


def count(name: str, title: str) -> Column:
    """A number of things, added up below."""
    return Column(name, title, Kind.COUNT, total=True, share=8)


def day(name: str, title: str) -> Column:
    """A day of the school."""
    return Column(name, title, Kind.DAY, share=11)
