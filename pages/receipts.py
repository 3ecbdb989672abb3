"""Has every purchase of a month its receipt? Issue what is missing, find one, read it, send it, take them all."""

import streamlit as st

from ui import receipt_issue, receipt_list, receipt_view, receipt_words, screens
from ui.page import header, section
from ui.session import require_viewer
from ui.text import _

here = require_viewer("receipts")
header(here, _("Receipts"))

period = receipt_list.month(here)
if period is None:
    screens.empty(
        _("Nothing was bought yet."), _("As soon as a purchase is paid, the next sync shows it here for its receipt.")
    )
    st.stop()

found = receipt_list.of_month(here, *period)
receipt_list.figures(found)
receipt_issue.offer(here, found, *period)

section(_("Receipts and credit notes"), _("Of what was paid and given back in the month. A click shows one."))
words, state = receipt_list.asked()
clicked = receipt_list.table(here, receipt_list.rows(here, found, words, state))
if clicked is not None and clicked.receipt_id is not None:
    st.query_params[receipt_view.SHOWN] = str(clicked.receipt_id)
shown = receipt_view.asked()
if clicked is not None and clicked.receipt_id is None:
    st.info(_("There is no document to show yet: {state}.", state=receipt_words.status(clicked.status)))
elif shown is not None:
    receipt_view.show(here, shown)
