"""States who may open which page and ask which question: tests read both folders, and fail where a rule is missing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from access.roles import Area
from access.viewer import Viewer

PAGES: Mapping[str, Area | None] = MappingProxyType(
    {
        "sign_in": None,
        "overview": Area.students,
        "balances": Area.students,
        "student": Area.students,
        "usage": Area.usage,
        "expirations": Area.expirations,
        "receipts": Area.money,
        "finance_reports": Area.money,
        "schedules": Area.money,
        "health": Area.health,
        "my_hours": Area.own,
        "history": Area.own,
        "my_receipts": Area.own,
        "check": Area.own,
        "audit_trail": Area.audit,
        "receipt_settings": Area.settings,
        "connections": Area.settings,
    }
)
"""The area each page belongs to; None for a page that anybody may open."""


def may_open(page: str, viewer: Viewer | None) -> bool:
    """A viewer, or nobody in particular, may open the page. A page without a rule is closed to all."""
    if page not in PAGES:
        return False
    area = PAGES[page]
    return area is None or (viewer is not None and viewer.may(area))


_STUDENTS = frozenset({Area.students})
_ONE_STUDENT = frozenset({Area.students, Area.own})
_USAGE = frozenset({Area.usage, Area.students})
_EXPIRATIONS = frozenset({Area.expirations, Area.students})
_HEALTH = frozenset({Area.health})
_MONEY = frozenset({Area.money})
_EVERYWHERE = frozenset(Area)
_NOBODY: frozenset[Area] = frozenset()

QUESTIONS: Mapping[str, frozenset[Area]] = MappingProxyType(
    {
        "amounts_at_stake_by_currency": _MONEY,
        "balances_page": _STUDENTS,
        "certificate": _HEALTH,
        "checks": _HEALTH,
        "classes_by_hour_of_week": _USAGE,
        "data_issues_by_kind": _HEALTH,
        "data_issues_found": _HEALTH,
        "deferred_by_currency": _MONEY,
        "deferred_by_package": _MONEY,
        "deferred_by_school": _MONEY,
        "drift_by_cause": _HEALTH,
        "expirations_by_period": _EXPIRATIONS,
        "expirations_by_window": _EXPIRATIONS,
        "expirations_coming": _EXPIRATIONS,
        "expirations_of_period": _EXPIRATIONS,
        "first_of_each_role": _NOBODY,
        "hours_expired_by_month": _EXPIRATIONS,
        "hours_left_by_student": _NOBODY,
        "hours_used_by_day": _USAGE,
        "money_by_month": _MONEY,
        "money_of_period": _MONEY,
        "no_shows_by_month": _USAGE,
        "overview_figures": _STUDENTS,
        "packages_to_remind": _NOBODY,
        "people_by_email": _NOBODY,
        "people_names": _STUDENTS,
        "people_of_students": _NOBODY,
        "person": _NOBODY,
        "person_roles": _NOBODY,
        "pricing_plans": _EVERYWHERE,
        "receipt_facts": _MONEY,
        "receipts_wanted": _MONEY,
        "refund_facts": _MONEY,
        "refunds_in_ledger": _MONEY,
        "refunds_of_period": _MONEY,
        "revenue_by_plan": _MONEY,
        "revenue_by_teacher": _MONEY,
        "sales_of_period": _MONEY,
        "school_letterhead": _NOBODY,
        "schools": _EVERYWHERE,
        "statement_entries": _ONE_STUDENT,
        "student_balance_as_of": _ONE_STUDENT,
        "student_card": _ONE_STUDENT,
        "student_classes": _ONE_STUDENT,
        "student_consumption_of_packages": _ONE_STUDENT,
        "student_drift": _STUDENTS | _HEALTH,
        "student_ledger": _ONE_STUDENT,
        "student_next_class": _ONE_STUDENT,
        "student_packages": _ONE_STUDENT,
        "student_purchases": _ONE_STUDENT,
        "student_purchases_with_plans": _ONE_STUDENT,
        "student_standing": _ONE_STUDENT,
        "student_standing_as_of": _ONE_STUDENT,
        "student_transactions": _ONE_STUDENT,
        "student_usage_by_month": _ONE_STUDENT,
        "student_usage_by_period": _ONE_STUDENT,
        "student_usage_by_session_type": _ONE_STUDENT,
        "student_usage_by_teacher": _ONE_STUDENT,
        "students_at_risk": _STUDENTS,
        "students_by_hours_used": _USAGE,
        "students_drifted": _HEALTH,
        "students_found": _STUDENTS,
        "students_with_email": _ONE_STUDENT,
        "sync": _EVERYWHERE,
        "usage_by_grade": _USAGE,
        "usage_by_period": _USAGE,
        "usage_by_school": _USAGE,
        "usage_by_session_type": _USAGE,
        "usage_by_student": _USAGE,
        "usage_by_teacher": _USAGE,
        "usage_in_all": _USAGE,
        "usage_of_period": _USAGE,
    }
)
"""The areas whose scope each question may be asked within; none for what only `identity/` and the mail
ask, of the whole business.

The scope decides which rows are seen; this decides what is asked at all.
"""


def may_ask(question: str, viewer: Viewer) -> bool:
    """Some area that the question belongs to is open to the viewer. A question without a rule is closed to all."""
    return any(viewer.may(area) for area in QUESTIONS.get(question, _NOBODY))
