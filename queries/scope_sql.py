"""Puts a scope underneath a question: each table it names is replaced by its rows in scope, as SQL.

A narrowed scope (a student as far as one school's books go) is the narrower rule read over what the wider one shows,
so it can show no row that either of the two would hide. Amounts are covered last, over everything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from access.scope import Reach, Scope
from queries.catalogue import with_steps
from queries.scope_rules import RULES, WHOLLY

__all__ = ["FREE_TEXT", "MONEY_ONLY", "RULES", "rows_of", "under"]

FREE_TEXT: Mapping[str, tuple[str, ...]] = {
    "data_issues": ("value", "detail"),
    "entries": ("note",),
    "ledger": ("note",),
    "purchases": (
        "stripe_payment_intent_id", "billing_name", "billing_address", "billing_country", "billing_tax_id",
        "card_brand", "card_last4",
    ),
}
"""Texts that may tell an amount, lead to one at the payment provider, or say who paid and how: covered together with
the amounts."""

MONEY_ONLY = frozenset({"money_by_month", "refunds"})
"""Tables that hold nothing but money: without amounts, without rows."""

AmountColumns = Mapping[str, tuple[str, ...]]
"""The columns of each table that hold amounts; see `amounts.py`."""


def under(scope: Scope, tables: Iterable[str], sql: str, amounts: AmountColumns) -> str:
    """`sql` with every table it names replaced by its rows in scope.

    Not materialized, so that the question's own filters still reach the files.
    """
    if scope.reach is Reach.BUSINESS:
        return sql
    return with_steps({table: rows_of(table, scope, amounts) for table in sorted(tables)}, sql)


def rows_of(table: str, scope: Scope, amounts: AmountColumns) -> str:
    """The select that stands for the table within `scope` (not for the whole business)."""
    rule = RULES[table]
    if scope.reach is Reach.SCHOOLS:
        text = _filled(rule.schools, scope.ids)
    else:
        text = _filled(rule.students if scope.reach is Reach.STUDENTS else rule.teaching, scope.ids)
        if scope.within is not None:
            text = _over_schools(text, scope.within)
    if scope.money is None:
        return text
    return _covered(table, scope.money, text, amounts)


def _filled(text: str, ids: Iterable[int]) -> str:
    listed = ", ".join(str(int(id_)) for id_ in ids) or "null"
    return text.replace("{wholly}", WHOLLY).replace("{ids}", listed)


def _over_schools(text: str, school_ids: tuple[int, ...]) -> str:
    """The rule with every table it reads replaced by what a viewer of those schools sees of it."""
    return re.sub(r"\bmain\.(\w+)", lambda found: f"({_filled(RULES[found[1]].schools, school_ids)})", text)


def _covered(table: str, school_ids: tuple[int, ...], text: str, amounts: AmountColumns) -> str:
    """The rows with their amounts left only where the school is one of these."""
    if table in MONEY_ONLY:
        return _filled(f"select * from ({text}) as t where t.school_id in ({{ids}})", school_ids)
    columns = (*amounts.get(table, ()), *FREE_TEXT.get(table, ()))
    if not columns:
        return text
    if table == "consumptions":  # a class spread over packages has one amount for all of their schools
        seen = "t.charged_school_id in ({ids}) and (not t.is_split or {wholly})"
    else:
        seen = "t.school_id in ({ids})"
    shown = ", ".join(f"case when {seen} then t.{column} end as {column}" for column in columns)
    return _filled(f"select t.* replace ({shown}) from ({text}) as t", school_ids)
