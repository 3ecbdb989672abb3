"""What do a school's receipts say, who signs them, and which messages does its students get?"""

import streamlit as st

from ui import receipt_certificates, receipt_sample, receipt_settings, screens
from ui.page import header, section
from ui.session import require_viewer
from ui.text import _

here = require_viewer("receipt_settings")
header(here, _("Receipt settings"))

if not here.schools:
    screens.empty(_("No schools yet."), _("The next sync shows the schools of the platform."))
    st.stop()
school = here.school or here.schools[0]
if here.school is None and len(here.schools) > 1:
    school = st.selectbox(_("Of which school"), here.schools, format_func=lambda one: one.name, key="receipt-school")

st.caption(
    _("Changes count for receipts issued from now on. What was issued stays exactly as it is, whatever changes here.")
)
form, sample = st.columns(2, gap="large")
with form:
    wanted = receipt_settings.form(here, school)
with sample:
    section(_("How a receipt would look"), _("With an invented purchase; not issued, not signed, without a number."))
    receipt_sample.show(here, school, wanted)
section(_("Signature"), _("A signed document shows by itself whether anything in it was changed."))
receipt_certificates.show(here, school, wanted)
