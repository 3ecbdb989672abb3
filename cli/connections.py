"""``doctor``: shows every setting with its source, and tries every connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cli.options import Json
from cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from settings import Settings


def add_to(app: typer.Typer) -> None:
    """Register the commands of this subject."""
    app.command(epilog="Example: hourbook doctor --json")(doctor)


def doctor(as_json: Json = False) -> int:
    """Show the settings and try every connection; 1 when one fails."""
    import settings
    from cli import probes

    chosen = settings.load()
    findings = probes.all_findings(chosen)
    failed = [finding for finding in findings if finding.state == "fails"]
    if as_json:
        print_json({"ok": not failed, "settings": _settings(chosen), "connections": findings})
    else:
        rows = [(s["variable"], s["value"], s["source"], s["meaning"]) for s in _settings(chosen)]
        print_table("Settings", ("variable", "value", "from", "meaning"), rows)
        print_table("Connections", ("what", "state", "detail"), [(f.name, f.state, f.detail) for f in findings])
        say(f"{len(failed)} of {len(findings)} fail." if failed else "Everything works.")
    return 1 if failed else 0


def _settings(chosen: Settings) -> list[dict[str, str]]:
    return [
        {
            "variable": f"HOURBOOK_{name.upper()}", "value": chosen.shown(name), "source": chosen.sources[name],
            "meaning": field.description or "",
        }
        for name, field in type(chosen).model_fields.items()
    ]
