"""Judges a stranger's file in a process of its own, with little memory and little time: it may be made to do harm."""

from __future__ import annotations

import json
import os
import pickle
import resource
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from reports.signing.judge import Judgement, Trust, judge

SECONDS = 10
_MEMORY = 1024 * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[2]
_UNREADABLE = Judgement("changed", "it cannot be read within reasonable time and memory")


def judge_apart(content: bytes, trust: Trust, *, seconds: float = SECONDS) -> Judgement:
    """The same as `judge`; what takes too long or too much is one that cannot be read. Blocks so long at most."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "reports.signing.apart"], input=pickle.dumps((content, trust)), cwd=_ROOT,
            env={"PATH": os.environ.get("PATH", "")}, capture_output=True, timeout=seconds, check=True,
        )
        said = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return _UNREADABLE
    at = said.pop("signed_at")
    return replace(Judgement(**said), signed_at=None if at is None else datetime.fromisoformat(at))


def main() -> None:
    """The other process: reads from its input, and says what it found as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content, trust = pickle.load(sys.stdin.buffer)  # from who started us, never from the file
    found = judge(content, trust)
    at = None if found.signed_at is None else found.signed_at.isoformat()
    sys.stdout.write(json.dumps({**vars(found), "signed_at": at}))


if __name__ == "__main__":
    main()
