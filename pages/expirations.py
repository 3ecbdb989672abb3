"""What will expire, when and whose; and what already expired unused."""

import streamlit as st

from ui import cards, expired, exports, formats, graphs, screens, students
from ui.cards import card
from ui.choices import choose
from ui.page import header, section
from ui.session import require_viewer
from ui.text import _, _n

PAGE_ROWS = 25

here = require_viewer("expirations")
header(here, _("Expirations"))

windows = {row["days"]: row for row in here.ask_school("expirations_by_window").as_dicts()}
cards.show(
    *(
        card(
            _("Next {days} days", days=window),
            formats.hours(row["hours_at_stake"]),
            _n("of {number} student", "of {number} students", row["students"]),
        )
        for window, row in windows.items()
    )
)
labels = {window: _("{days} days", days=window) for window in windows}
days = choose(st.segmented_control, _("Within"), labels, key="days", default=30, required=True, wrap=True)
at_stake = here.ask_school("amounts_at_stake_by_currency", days=days).as_dicts() if here.sees_money else []
if at_stake:
    amounts = formats.money_each((row["amount_at_stake"], row["currency"]) for row in at_stake)
    st.caption(
        _(
            "Deferred money behind the hours of the next {days} days: {amounts}. It becomes breakage when they expire.",
            days=days,
            amounts=formats.plain(amounts),
        )
    )

section(_("When"), _("Hours that expire if nothing happens."))
graphs.expiring(here, days=days, key="when")

section(_("Whose"))
pages = -(-windows[days]["packages"] // PAGE_ROWS)
if pages:
    page = min(st.session_state.get("page") or 1, pages)
    answer = here.ask_school("expirations_coming", days=days, limit=PAGE_ROWS, offset=(page - 1) * PAGE_ROWS)
    students.expiring(here, answer, key=f"coming-{days}-{page}")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.pagination(pages, key="page", bind="query-params")
        exports.button(
            here,
            _("Download all as CSV"),
            lambda: here.ask_school("expirations_coming", days=days, limit=1_000_000),
            file_name=f"expirations-{here.today}.csv",
            key="csv",
        )
else:
    screens.empty(_("Nothing expires."), _("No package with hours left expires in this time."))

section(
    _("Expired unused"),
    _("Hours that nobody took in time, and the revenue they became (breakage).")
    if here.sees_money
    else _("Hours that nobody took in time."),
)
expired.by_month(here)
