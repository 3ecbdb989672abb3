"""Statements of one student's hours and money over a period."""

from __future__ import annotations

from reports.statements.statement import StatementOutOfReach, statement

__all__ = ["StatementOutOfReach", "statement"]
