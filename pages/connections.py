"""Where may a school's pages be embedded, which are open now, and which programs hold a token?"""

import streamlit as st

from ui import embed_settings, screens, token_settings
from ui.page import header, section
from ui.session import require_viewer
from ui.text import _

here = require_viewer("connections")
header(here, _("Connections"))

if not here.schools:
    screens.empty(_("No schools yet."), _("The next sync shows the schools of the platform."))
    st.stop()
school = here.school or here.schools[0]
if here.school is None and len(here.schools) > 1:
    school = st.selectbox(_("Of which school"), here.schools, format_func=lambda one: one.name, key="access-school")

section(_("Sites that may show this school's pages"), _("Browsers refuse to show them inside any other site."))
embed_settings.origins(here, school)
section(_("Embedded pages that are open"), _("Ended pages stop at their next click; they can be opened anew."))
embed_settings.sessions(here, school)
if here.viewer.sees_business:
    section(_("Tokens"), _("Keys by which programs read figures or open embedded pages."))
    token_settings.listed(here)
