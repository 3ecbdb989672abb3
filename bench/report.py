"""Makes docs/performance.md from the results that were written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"

_HEAD = """# Performance

Made by `./hourbook bench read`, `sync`, `pages`, `api`, `sessions`, `receipts` and `exports` from what they
measured; do not edit.

Each run starts a PostgreSQL of its own and measures ours and the others in interleaved rounds on one machine, each in
a process of its own. Figures are medians; only ratios within one run mean something. *Processor* is what the reading
side used, without PostgreSQL's part. *Memory* is the peak of the process.
"""
_SIZES = (
    "Sizes: S = 300 students with about 10 thousand consumptions; M = 10 thousand with 1 million; L = 100 thousand\n"
    "with 10 million."
)


def write(results: Path) -> None:
    """Write the page from every result in the folder."""
    PAGE.write_text(text(results), encoding="utf-8")


def text(results: Path) -> str:
    """The page as it must be for these results."""
    lines = [_HEAD, _SIZES]
    order = ("read", "sync", "pages", "api", "sessions", "receipts", "exports")
    found = [json.loads(file.read_text("utf-8")) for file in results.glob("*.json")]
    for result in sorted(found, key=lambda r: (order.index(r["name"]), "SML".index(r.get("size", "S")))):
        lines += ["", *section(result)]
    if not found:
        lines += ["", "Nothing has been measured yet."]
    goals = Path(__file__).with_name("goals.md")
    lines += ["", goals.read_text("utf-8").rstrip()]
    return "\n".join(lines) + "\n"


def section(result: dict[str, Any]) -> list[str]:
    """The heading, the table and the verdicts of one result."""
    sections = {
        "read": _read, "sync": _sync, "pages": _pages, "api": _api, "sessions": _sessions, "receipts": _receipts,
        "exports": _exports,
    }
    made = sections[result["name"]](result)
    when = result["measured_at"][:10]
    return [*made, "", f"{result['rounds']} rounds on {result['machine']}, {when}."]


def _read(result: dict[str, Any]) -> list[str]:
    floor = _seconds(result["ways"], "floor")
    lines = [
        f"## Reading {result['rows']:,} consumptions", "",
        "The floor is `psql` writing PostgreSQL's binary COPY to nowhere.", "",
        "| way | seconds | × floor | processor s | memory MB | exact |", "|---|---|---|---|---|---|",
    ]
    for way in result["ways"]:
        if "failure" in way:
            lines.append(f"| {way['name']} | – | – | – | – | {way['failure']} |")
            continue
        exact = {True: "yes", False: "no", None: "–"}[way.get("exact")]
        lines.append(
            f"| {way['name']} | {way['seconds']:.2f} | {_ratio(way['seconds'], floor)} | {way['cpu_seconds']:.2f} "
            f"| {way['peak_mb']:.0f} | {exact} |"
        )
    return lines


def _sync(result: dict[str, Any]) -> list[str]:
    floor, full = _seconds(result["ways"], "floor"), _seconds(result["ways"], "full sync")
    lines = [
        f"## Syncing, size {result['size']} ({result['consumptions']:,} consumptions)", "",
        "From the platform to a published snapshot, checks and certificate included. The floor is reading alone:",
        "`psql` copying every table to nowhere. The incremental sync meets",
        f"{result['changes']:,} changed consumptions.", "",
        "| way | seconds | × floor | × full | processor s | memory MB |", "|---|---|---|---|---|---|",
    ]
    for way in result["ways"]:
        if "failure" in way:
            lines.append(f"| {way['name']} | – | – | – | – | {way['failure']} |")
            continue
        lines.append(
            f"| {way['name']} | {way['seconds']:.2f} | {_ratio(way['seconds'], floor)} "
            f"| {_ratio(way['seconds'], full)} | {way['cpu_seconds']:.2f} | {way['peak_mb']:.0f} |"
        )
    return lines


def _pages(result: dict[str, Any]) -> list[str]:
    lines = [
        f"## Pages, size {result['size']} ({result['consumptions']:,} consumptions)", "",
        "Processor time of a page's whole script when it is opened again, against the time PostgreSQL takes to answer",
        "the page's main questions from the platform's own tables, asked through SQLAlchemy.", "",
        "| page | script, processor ms (median) | slowest ms | first opening, ms | PostgreSQL ms | times faster |",
        "|---|---|---|---|---|---|",
    ]
    return lines + [
        f"| {page['name']} | {page['warm_cpu_ms']:.1f} | {page['slowest_cpu_ms']:.1f} | {page['first_ms']:.0f} "
        f"| {page['postgres_ms']:.0f} | {page['postgres_ms'] / max(page['warm_cpu_ms'], 0.01):.0f} |"
        for page in result["pages"]
    ]


def _api(result: dict[str, Any]) -> list[str]:
    peer = next(way for way in result["ways"] if way["name"] == "platform's own view")
    lines = [
        f"## The API's balance, size {result['size']} ({result['consumptions']:,} consumptions)", "",
        f"One student's balance, students picked at random, over {result['connections']} connections that never rest.",
        "Each server is one process. The peer answers from the platform's tables by SQLAlchemy's object-relational",
        "mapper, as the platform's own view would. Who asks shares the machine with the servers.", "",
        "| way | requests/s | × peer | median ms | p95 ms | p99 ms |", "|---|---|---|---|---|---|",
    ]
    return lines + [
        f"| {way['name']} | {way['requests_per_second']:.0f} "
        f"| {_ratio(way['requests_per_second'], peer['requests_per_second'])} "
        f"| {way['p50_ms']:.1f} | {way['p95_ms']:.1f} | {way['p99_ms']:.1f} |"
        for way in result["ways"]
    ]


def _sessions(result: dict[str, Any]) -> list[str]:
    lines = [
        f"## Many sessions at once, size {result['size']} ({result['consumptions']:,} consumptions)", "",
        f"The usage page opened in {result['sessions']} websocket sessions at the same moment; the peer is a page with",
        "the same kind of content under Streamlit's own settings, nothing cached.", "",
        "| way | until the last has its page, s | the median visitor, s |", "|---|---|---|",
    ]
    return lines + [
        f"| {way['name']} | {way['last_seconds']:.2f} | {way['median_seconds']:.2f} |" for way in result["ways"]
    ]


def _exports(result: dict[str, Any]) -> list[str]:
    lines = [
        f"## Exports of {result['rows']:,} rows", "",
        "A report of ten columns, from its question to the file: totals, a stamp and cells that no spreadsheet runs.",
        "pandas writes the rows of the same question, as they are.", "",
        "| way | seconds | processor s | memory MB | file MB |", "|---|---|---|---|---|",
    ]
    for way in result["ways"]:
        if "failure" in way:
            lines.append(f"| {way['name']} | – | – | – | {way['failure']} |")
            continue
        lines.append(
            f"| {way['name']} | {way['seconds']:.2f} | {way['cpu_seconds']:.2f} | {way['peak_mb']:.0f} "
            f"| {way['found']['bytes'] / 1e6:.1f} |"
        )
    return lines


def _receipts(result: dict[str, Any]) -> list[str]:
    packed = result["zip"]
    lines = [
        "## Receipts", "",
        f"{result['documents']} receipts made by one warm process. Ours are PDF/A-3a and PDF/UA-1 with an EN 16931",
        "invoice inside; naive is the same page by one call of WeasyPrint each, as plain PDF; ReportLab writes the",
        "same words at fixed places in a built-in font.", "",
        "| way | processor ms each | documents per second and core | memory MB |", "|---|---|---|---|",
    ]
    for way in result["ways"]:
        if "failure" in way:
            lines.append(f"| {way['name']} | – | – | {way['failure']} |")
            continue
        each = way["cpu_seconds"] / result["documents"]
        lines.append(f"| {way['name']} | {each * 1000:.0f} | {1 / each:.1f} | {way['peak_mb']:.0f} |")
    return [
        *lines, "",
        f"{result['stored']:,} stored documents into one ZIP with its index: {packed['seconds']:.2f} s, of which "
        f"{packed['cpu_seconds']:.2f} s processor, with {packed['peak_mb']:.0f} MB.",
    ]


def _seconds(ways: list[dict[str, Any]], name: str) -> float | None:
    return next((way.get("seconds") for way in ways if way["name"] == name), None)


def _ratio(seconds: float, base: float | None) -> str:
    return f"{seconds / base:.2f}" if base else "–"
