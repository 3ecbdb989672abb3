"""Decides which pages there are. It lives inside pages/ so that the legacy page mode finds no pages of its own."""

import streamlit as st

from ui.page import dress
from ui.sidebar import sidebar
from ui.text import _, speak

st.set_page_config(page_title="Hourbook", page_icon="📒", layout="wide")
speak(st.session_state.get("lang") or st.query_params.get("lang") or "en")

pages = [
    st.Page("overview.py", title=_("Overview"), default=True),
    st.Page("balances.py", title=_("Balances"), url_path="balances"),
    st.Page("student.py", title=_("Student"), url_path="student"),
    st.Page("usage.py", title=_("Usage"), url_path="usage"),
    st.Page("expirations.py", title=_("Expirations"), url_path="expirations"),
    st.Page("health.py", title=_("Data health"), url_path="health"),
]
page = st.navigation(pages)
dress()
sidebar()
page.run()
