"""Makes a demo school by hand: ``python -m demo --url sqlite:///var/platform.db --students 350 --years 3``."""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import UTC, datetime

from demo import SIZES, generate
from errors import HourbookError


def main() -> int:
    """Read the arguments, make the school and print the report as JSON."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--url", default="sqlite:///var/platform.db", help="SQLAlchemy address of an empty database")
    parser.add_argument("--size", choices=sorted(SIZES), help="in place of --students and --years")
    parser.add_argument("--students", type=int, default=350)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--today", default=None, help="ISO instant at which the demo ends (default: now)")
    parser.add_argument("--no-hazards", action="store_true", help="leave out the planted oddities")
    given = parser.parse_args()
    today = datetime.fromisoformat(given.today) if given.today else datetime.now(UTC)
    size = SIZES[given.size] if given.size else None
    begun = time.monotonic()
    try:
        report = generate(
            given.url, students=size.students if size else given.students, years=size.years if size else given.years,
            seed=given.seed, today=today if today.tzinfo else today.replace(tzinfo=UTC),
            hazards=not given.no_hazards, progress=_show,
        )  # fmt: skip
    except HourbookError as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    sys.stderr.write(f"\r{sum(report.rows.values()):,} rows in {time.monotonic() - begun:.1f} s\n")
    sys.stdout.write(json.dumps(report.to_dict(), ensure_ascii=False, indent=2) + "\n")
    return 0


def _show(step: str, done: int, total: int) -> None:
    sys.stderr.write(f"\r{step} {done:,} of {total:,}   ")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main())
