"""A receipt as it would look with the settings on the screen, of an invented purchase."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import streamlit as st

from errors import HourbookError
from reports.receipts import ReceiptSettings, logos, sample
from ui import formats, receipt_files
from ui.session import Here, School, current_settings
from ui.text import _

_DRAWN = "hourbook_sample"
_LOOKED_BACK = timedelta(days=730)


def show(here: Here, school: School, settings: ReceiptSettings | None) -> None:
    """The document on the screen; nothing while a field is wrong."""
    if settings is None:
        st.caption(_("The sample comes back as soon as every field is right."))
        return
    mark = (here.snapshot.snapshot_id, school.school_id, settings)
    kept = st.session_state.get(_DRAWN)
    if kept is None or kept[0] != mark:
        try:
            kept = (mark, _drawn(here, school, settings))
        except HourbookError as failure:
            st.error(formats.plain(failure.message))
            return
        st.session_state[_DRAWN] = kept
    receipt_files.sheet(kept[1], key="sample", alt=_("A sample of a receipt with these settings"), beside=True)


def _drawn(here: Here, school: School, settings: ReceiptSettings) -> bytes:
    letterhead = _letterhead(here, school)
    logo = logos.find(current_settings().logo_folder, school.school_id, letterhead.get("school_logo"))
    return sample.draw(letterhead, settings, now=here.now, logo=logo)


def _letterhead(here: Here, school: School) -> dict[str, Any]:
    """What the platform knows of the school: read from its newest purchase, else the little that is known anyway."""
    known = {
        "school_id": school.school_id, "school_name": school.name, "school_timezone": school.timezone,
        "school_language": school.language, "currency": school.currency,
    }  # fmt: skip
    bought = here.ask(
        "receipts_wanted", school_id=school.school_id, since=here.today - _LOOKED_BACK,
        until=here.today + timedelta(days=1),
    ).column("transaction_id")  # fmt: skip
    if not bought:
        return known
    row = here.ask("receipt_facts", transaction_ids=(bought[-1],)).one() or {}
    return {**known, **{name: value for name, value in row.items() if name.startswith("school_")}}
