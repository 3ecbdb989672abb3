"""Reports that are mailed each week or month: which there are, a new one, ending one, sending one now."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from audit import Event
from errors import HourbookError
from reports import mail
from reports.finance import REPORTS
from reports.mail.addresses import BadAddress, read
from reports.mail.scheduling import last_period, send_now
from reports.speech import speaking
from store import schedules
from store.schedules import Schedule
from ui import formats, screens, tables, trail
from ui.session import Here, current_settings, engine
from ui.text import LANGUAGES, _, _n, language

FORMS = {"pdf": "PDF", "xlsx": "XLSX", "csv": "CSV"}
WHOLE = 0
"""Stands for the whole business among the schools to choose from."""


@dataclass(frozen=True)
class _Wanted:
    """What was filled in."""

    reports: tuple[str, ...]
    rhythm: schedules.Rhythm
    form: str
    language: str
    school_id: int | None
    recipients: tuple[str, ...]


def seen(here: Here) -> list[Schedule]:
    """The schedules of the chosen school, or of all that the viewer sees; those of the business for who sees it."""
    mine = {here.school.school_id} if here.school else {school.school_id for school in here.schools}
    whole = here.viewer.sees_business and here.school is None
    return [one for one in schedules.running(engine()) if one.school_id in mine or (whole and one.school_id is None)]


def listed(here: Here) -> None:
    """Every running schedule, and what can be done with one."""
    _what_was_done()
    found = seen(here)
    if not found:
        screens.empty(_("No reports are scheduled."), _("Fill in the form below to have reports mailed."))
        return
    tables.show(
        [
            tables.text(_("Number"), (one.id for one in found), width="small"),
            tables.text(_("Reports"), (_titles(one.reports) for one in found), width="medium"),
            tables.text(_("How often"), (_rhythms()[one.rhythm] for one in found)),
            tables.text(_("School"), (_place(here, one.school_id) for one in found), width="medium"),
            tables.text(_("To"), (", ".join(one.recipients) for one in found), width="medium"),
            tables.text(_("Form"), (FORMS[one.format] for one in found), width="small"),
            tables.text(_("Language"), (LANGUAGES.get(one.language, one.language) for one in found)),
            tables.text(_("Since"), (formats.moment(one.recorded_at, here.zone) for one in found)),
        ],
        key="schedules",
        alt=_("Reports that are mailed, oldest schedule first."),
        height="content" if len(found) <= 10 else 400,
    )
    by_id = {one.id: one for one in found}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = by_id[
            st.selectbox(
                _("Scheduled delivery"),
                list(by_id),
                format_func=lambda id_: f"{id_} · {_titles(by_id[id_].reports)}",
                key="schedule",
                width=340,
            )
        ]
        if st.button(_("Send the last period now"), key="send-now"):
            _send(here, chosen)
        if st.button(_("End it"), key="end-schedule"):
            _end(here, chosen)


def form(here: Here) -> None:
    """A new schedule."""
    titles = {name: speaking(language()).say(report.title) for name, report in REPORTS.items()}
    places = {school.school_id: school.name for school in here.schools if here.school in (None, school)}
    if here.viewer.sees_business and here.school is None:
        places = {WHOLE: _("the whole business"), **places}
    with st.form("new-schedule", clear_on_submit=False):
        reports = st.multiselect(
            _("Which reports"), list(titles), format_func=titles.__getitem__, key="new-reports", placeholder=_("Choose")
        )
        left, middle, right = st.columns(3)
        rhythms = _rhythms()
        rhythm = left.selectbox(_("How often"), list(rhythms), format_func=rhythms.__getitem__, key="new-rhythm")
        kind = middle.selectbox(_("Form"), list(FORMS), format_func=FORMS.__getitem__, key="new-form")
        spoken = right.selectbox(
            _("Language"), list(LANGUAGES), format_func=LANGUAGES.__getitem__, key="new-language",
            index=list(LANGUAGES).index(language()),
        )  # fmt: skip
        school = st.selectbox(_("Of which school"), list(places), format_func=places.__getitem__, key="new-school")
        written = st.text_area(
            _("To whom, one e-mail address a line"), key="new-recipients", max_chars=2_000, height=100,
            placeholder="name@example.com",
        )  # fmt: skip
        if st.form_submit_button(_("Schedule"), type="primary"):
            lines = tuple(line.strip() for line in written.splitlines() if line.strip())
            _add(here, _Wanted(tuple(reports), rhythm, kind, spoken, school or None, lines), places=set(places))


def _add(here: Here, wanted: _Wanted, *, places: set[int]) -> None:
    trouble = _trouble(wanted, places)
    if trouble:
        st.error(formats.plain(trouble))
        return
    try:
        checked = mail.checked(here.books, Schedule(
            school_id=wanted.school_id, rhythm=wanted.rhythm, reports=wanted.reports, format=wanted.form,
            language=wanted.language, recipients=wanted.recipients, actor=here.viewer.key, recorded_at=here.now,
        ))  # fmt: skip
        made = schedules.add(engine(), checked)
    except HourbookError as refusal:
        st.error(formats.plain(refusal.message))
        return
    _write_down(here, made, "added")
    _done(_("Scheduled: the first reports go out when the next period is over."))


def _trouble(wanted: _Wanted, places: set[int]) -> str | None:
    """What is missing or wrong, in the viewer's language."""
    if not wanted.reports:
        return _("Choose at least one report.")
    if not wanted.recipients:
        return _("Write at least one e-mail address.")
    if (wanted.school_id or WHOLE) not in places:
        return _("Choose a school from the list.")
    for address in wanted.recipients:
        try:
            read(address)
        except BadAddress:
            return _("“{address}” is no e-mail address that mail can be sent to.", address=address)
    monthly = [name for name in wanted.reports if REPORTS[name].span not in ("days", "day")]
    if wanted.rhythm == "weekly" and monthly:
        return _("Made for whole months only, so not weekly: {reports}.", reports=_titles(tuple(monthly)))
    return None


def _send(here: Here, chosen: Schedule) -> None:
    zones = {school.school_id: school.timezone for school in here.schools}
    zone = zones.get(chosen.school_id or WHOLE, current_settings().timezone)
    period = last_period(chosen, zone=zone, now=here.now)
    count = send_now(engine(), current_settings(), chosen, period, now=here.now)
    if count:
        _write_down(here, chosen, "sent_now")
    _done(
        _n("{number} message of {period} waits to be sent.", "{number} messages of {period} wait to be sent.", count,
           period=period.words(speaking(language())))
        if count else _("They wait to be sent already.")
    )  # fmt: skip


def _end(here: Here, chosen: Schedule) -> None:
    try:
        schedules.end(engine(), chosen.id, actor=here.viewer.key, now=here.now)
    except schedules.ScheduleUnknown:
        _done(_("It was ended before."))
    _write_down(here, chosen, "ended")
    _done(_("Ended: nothing is sent by it any more."))


def _write_down(here: Here, schedule: Schedule, change: str) -> None:
    details = {"change": change, "rhythm": schedule.rhythm, "recipients": len(schedule.recipients)}
    trail.changed(
        here, Event.SCHEDULE_CHANGED, school_id=schedule.school_id, object=f"schedule:{schedule.id}", details=details
    )


_SAID = "schedules-said"


def _done(sentence: str) -> None:
    """Draws the page anew, with a sentence on what was done."""
    st.session_state[_SAID] = sentence
    st.rerun()


def _what_was_done() -> None:
    if said := st.session_state.pop(_SAID, None):
        st.success(formats.plain(said))


def _rhythms() -> dict[schedules.Rhythm, str]:
    return {"monthly": _("every month"), "weekly": _("every week")}


def _titles(names: tuple[str, ...]) -> str:
    speech = speaking(language())
    return ", ".join(speech.say(REPORTS[name].title) if name in REPORTS else name for name in names)


def _place(here: Here, school_id: int | None) -> str:
    names = {school.school_id: school.name for school in here.schools}
    return _("the whole business") if school_id is None else names.get(school_id, str(school_id))
