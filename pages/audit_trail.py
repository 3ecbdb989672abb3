"""Who looked at what, and what was changed? The audit trail, with its chain of checksums."""

from ui import audit_log
from ui.page import header, section
from ui.session import require_viewer
from ui.text import _

here = require_viewer("audit_trail")
header(here, _("Audit trail"))

audit_log.show(here, audit_log.asked(here))
section(_("Is the trail whole?"))
audit_log.chain(here)
