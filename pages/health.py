"""Can these books be trusted? How old they are, what was checked, what is odd, and where counters drifted."""

from ui import cards, formats, health
from ui.cards import card
from ui.page import header, section
from ui.session import require_viewer
from ui.text import _

here = require_viewer("health")
header(here, _("Data health"), why=True)

made = here.ask("sync").one()
checks = here.ask("checks")
certificate = here.ask("certificate")
issues = here.ask_school("data_issues_by_kind")
passed = sum(checks.column("passed"))
matching = sum(certificate.column("matches"))
cards.show(
    card(
        _("Age"),
        formats.lasting(max((here.now - here.as_of).total_seconds(), 0)),
        _("since the platform was read"),
    ),
    card(_("Checks that hold"), _("{part} of {whole}", part=passed, whole=len(checks)), _("tried before publishing")),
    card(
        _("Tables proved equal"),
        _("{part} of {whole}", part=matching, whole=len(certificate)),
        _("counts and checksums of both sides"),
    ),
    card(_("Odd rows"), formats.count(sum(issues.column("rows_found"))), _("of the platform")),
    card(
        _("Last sync"),
        formats.lasting(float(made.get("seconds") or 0)),
        _("{mode}, {rows} rows read", mode=health.mode(made.get("mode")), rows=formats.count(made.get("rows_read"))),
    )
    if here.viewer.sees_business
    else None,
)

health.lag(here, made.get("latest_change_at"))

section(_("Drift"), _("Where the platform's own counters differ from the ledger, and why."))
health.drift(here)
section(_("Odd rows"), _("Rows of the platform that are odd, and how they were read."))
health.issues(here, issues)
section(_("Checks"), _("Sentences that must hold, tried before this snapshot was published."))
health.checks(checks)
section(_("Certificate"), _("Whether the snapshot holds what the platform held, table by table."))
health.certificate(certificate)
if here.viewer.sees_business:
    section(_("Snapshots"))
    health.snapshots(here, made)
