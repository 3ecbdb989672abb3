"""Runs one thing in a process of its own and prints what it took, as one line of JSON.

Called as ``python -m bench.child module:function '{"argument": …}'``.  The function prepares (imports, opens files) and
returns a callable; only that callable is measured.
"""

from __future__ import annotations

import importlib
import json
import re
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def main(target: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Wall seconds, processor seconds, peak memory in MB, and what the callable returned."""
    module, _, name = target.partition(":")
    measured: Callable[[], Any] = getattr(importlib.import_module(module), name)(**arguments)
    cpu_before = _cpu_seconds()
    started = time.perf_counter()
    found = measured()
    seconds = time.perf_counter() - started
    return {
        "seconds": seconds, "cpu_seconds": _cpu_seconds() - cpu_before, "peak_mb": _peak_bytes() / 1e6, "found": found,
    }


def _cpu_seconds() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _peak_bytes() -> int:
    """The kernel's own high-water mark; getrusage's would include the process that started this one."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], json.loads(sys.argv[2])), default=str))
