"""Which reports are mailed to whom, and what became of all mail?"""

from ui import outbox, schedules
from ui.page import header, section
from ui.session import require_viewer
from ui.text import _

here = require_viewer("schedules")
header(here, _("Mail"))

section(_("Scheduled reports"), _("Made and sent when a week or a month is over, and only while their checks hold."))
schedules.listed(here)
section(_("Schedule reports"), _("Whoever gets them sees the school's amounts: check the addresses."))
schedules.form(here)
section(_("What became of mail"), _("Every message once: receipts, reminders, reports."))
outbox.show(here)
