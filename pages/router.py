"""Decides who looks and which pages there are. It lives inside pages/ so that the legacy page mode finds no pages."""

import streamlit as st

from ui import gate, languages, page, view_as
from ui.navigation import navigate
from ui.sidebar import sidebar

st.set_page_config(page_title="Hourbook", page_icon="📒", layout="wide")
entrance = gate.enter()
languages.listen(entrance)
chosen = navigate(entrance)
page.dress(entrance)
sidebar(entrance)
if gate.admit(entrance):
    view_as.banner(entrance)
    chosen.run()
