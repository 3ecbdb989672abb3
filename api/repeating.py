"""Does once what is asked for twice: a request sent again with its Idempotency-Key gets the first one's answer."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from api.calls import Answer, Asking
from api.problems import FieldError, Kind, Problem, bad_values
from api.reading import Asked
from api.rendering import rendered
from store import answers

KEY_HEADER = "idempotency-key"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True)
class Done:
    """An answer, and what is kept so that it can be given again."""

    answer: Answer
    kept: Any


def once(
    asking: Asking, asked: Asked, do: Callable[[str | None], Done], again: Callable[[str, int, Any], Answer],
) -> Answer:
    """The answer that this request's key was given before, else a new one that it will be given again.

    ``do`` is told the key, ``again`` the key, the status and what was kept. Without a key it is simply done.
    Raises Problem for a key that was used for something else.
    """
    key = asking.headers.get(KEY_HEADER)
    if key is None:
        return do(None).answer
    if not _KEY.fullmatch(key):
        raise bad_values([FieldError("Idempotency-Key", "is not 1 to 200 visible ASCII characters", "header")])
    owner = asking.viewer.key
    request_hash = hashlib.sha256(f"{asking.path}\n{asked.model_dump_json()}".encode()).hexdigest()
    try:
        kept = answers.claim(asking.engine, owner=owner, key=key, request_hash=request_hash, now=asking.now)
    except answers.KeyReused as reused:
        raise Problem(Kind.CONFLICT, reused.message) from reused
    except answers.StillAnswering as busy:
        raise Problem(Kind.CONFLICT, busy.message, headers={"retry-after": "1"}) from busy
    if kept is not None:
        return again(key, kept.status, orjson.loads(kept.body))
    try:
        done = do(key)
    except BaseException:
        answers.release(asking.engine, owner=owner, key=key)
        raise
    answers.keep(asking.engine, owner=owner, key=key, status=done.answer.status, body=rendered(done.kept).decode())
    return done.answer
