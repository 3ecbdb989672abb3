"""One question per .sql file, and the one door that answers it within a scope: `ask`, or row by row `stream`."""

from __future__ import annotations

from queries.answer import Answer
from queries.blocks import ask_one
from queries.catalogue import Parameter, Question, QuestionError, question, questions
from queries.door import Snapshots, Streamed, ask, cache_report, forget, stream

__all__ = [
    "Answer", "Parameter", "Question", "QuestionError", "Snapshots", "Streamed", "ask", "ask_one", "cache_report",
    "forget", "question", "questions", "stream",
]  # fmt: skip
