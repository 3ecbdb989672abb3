"""One student: the balance in words, packages, the proof of every figure, classes, purchases, drift."""

import streamlit as st

from ui import finder, formats, navigation, statement, student, trail, view_as
from ui.page import header, section
from ui.proof import proof
from ui.session import require_viewer
from ui.text import _

here = require_viewer("student")
asked = st.query_params.get("student", "")
who = here.ask("student_card", student_id=int(asked)).one() if asked.isdecimal() and len(asked) < 19 else {}
if not who:
    header(here, _("Student"))
    finder.find(here, missing=asked)
    st.stop()

trail.student_viewed(here, who)
header(here, formats.name(who), places=" · ".join(part for part in (who["school_names"], who["email"]) if part))
st.markdown(student.balance_line(who))
view_as.start_button(here, who["student_id"])
student.headline(who)
student.packages(here, who["student_id"])
proof(here, who)

section(_("Usage and classes"))
student.usage(here, who["student_id"])
student.classes(here, who["student_id"])
section(_("Purchases"))
student.purchases(here, who["student_id"])
section(_("Statement"))
statement.offer(here, who)
if navigation.opens(here.viewer, "health"):
    section(_("The platform's counter"))
    student.drift(here, who)
