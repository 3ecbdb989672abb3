"""One question per .sql file, and the one door that answers it within a scope: `ask`."""

from __future__ import annotations

from queries.answer import Answer
from queries.blocks import ask_one
from queries.catalogue import Parameter, Question, QuestionError, question, questions
from queries.door import ask, cache_report, forget

__all__ = [
    "Answer", "Parameter", "Question", "QuestionError", "ask", "ask_one", "cache_report", "forget", "question",
    "questions",
]  # fmt: skip
