"""What became of mail: how much waits, was sent or failed and why, and letting failed messages be tried again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

import queries
from access.viewer import Area
from audit import Event
from store import outbox
from store.outbox import Message
from ui import cards, formats, mail_words, screens, tables, trail
from ui.choices import choose
from ui.session import Here, current_settings, engine
from ui.text import _, _n

MOST = 200
ALL_FAILED = 0


def schools_seen(here: Here) -> list[int] | None:
    """The schools whose mail the viewer sees; None for all mail, also that of no school."""
    if here.school:
        return [here.school.school_id]
    return None if here.viewer.sees_business else [school.school_id for school in here.schools]


def show(here: Here) -> None:
    """Counts, the messages of one state and kind, and trying failed ones again."""
    if current_settings().letter_folder is not None:
        st.info(_("Messages are written to a folder instead of being sent (HOURBOOK_MAIL_FOLDER)."))
    elif current_settings().smtp_url is None:
        st.info(_("No mail server is set (HOURBOOK_SMTP_URL), so messages wait until there is one."))
    counted = outbox.counts(engine(), school_ids=schools_seen(here))
    cards.show(*(cards.card(_first_large(mail_words.state(state)), formats.count(counted[state])) for state in _SHOWN))
    found = outbox.listed(engine(), **_asked(), school_ids=schools_seen(here), limit=MOST)
    if not found:
        screens.empty(_("No messages."), _("Mail that is due is written down here before it is sent."))
        return
    _table(here, found)
    if len(found) == MOST:
        st.caption(_("The newest {number} messages.", number=formats.count(MOST)))
    _retry(here)


_SHOWN: tuple[outbox.State, ...] = ("waiting", "sent", "failed", "dropped")


def _asked() -> dict[str, Any]:
    states: dict[str, str] = {"any": _("All"), **{one: _first_large(mail_words.state(one)) for one in _SHOWN}}
    kinds: dict[str, str] = {"any": _("All"), **{one: _first_large(mail_words.kind(one)) for one in outbox.KINDS}}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state = choose(st.segmented_control, _("State"), states, key="state", default="any", required=True, wrap=True)
        kind = choose(st.selectbox, _("About"), kinds, key="kind", default="any", width=280)
    return {"states": None if state == "any" else [state], "kinds": None if kind == "any" else [kind]}


def _table(here: Here, found: Sequence[Message]) -> None:
    schools = {school.school_id: school.name for school in here.schools}
    names = _names(here, found)
    tables.show(
        [
            tables.text(_("Number"), (one.id for one in found), width="small"),
            tables.text(_("About"), (mail_words.kind(one.kind) for one in found)),
            tables.text(_("To"), (names.get(one.recipient, one.recipient) for one in found), width="medium"),
            tables.text(_("State"), (mail_words.state(one.state) for one in found)),
            tables.text(_("Why"), (mail_words.reason(one.error, one.reply) for one in found), width="large"),
            tables.text(_("Tries"), (one.tries for one in found), width="small"),
            tables.text(_("Next try"), (_moment(here, one.next_try_at) for one in found)),
            tables.text(_("Written down"), (_moment(here, one.enqueued_at) for one in found)),
            tables.text(_("Ended"), (_moment(here, one.closed_at) for one in found)),
            tables.text(_("School"), (schools.get(one.school_id or 0, "") for one in found)),
        ],
        key=f"outbox-{found[0].id}-{len(found)}",
        alt=_("Messages, newest first."),
        height="content" if len(found) <= 12 else 460,
    )


def _retry(here: Here) -> None:
    """Failed messages of the viewer's schools, whatever the list above shows."""
    failed = outbox.listed(engine(), states=["failed"], school_ids=schools_seen(here), limit=MOST)
    if not failed:
        return
    names = {ALL_FAILED: _n("the {number} that failed", "all {number} that failed", len(failed))}
    names |= {one.id: f"{one.id} · {mail_words.kind(one.kind)} · {mail_words.reason(one.error)}" for one in failed}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(_("Try again"), list(names), format_func=names.__getitem__, key="retry", width=420)
        if st.button(_("Try again with the next round"), key="retry-button"):
            _again(here, [one.id for one in failed if chosen in (ALL_FAILED, one.id)])


def _again(here: Here, ids: list[int]) -> None:
    try:
        count = outbox.retry(engine(), ids)
    except outbox.MessageUnknown:
        st.warning(_("Some of them are on their way already. Look again."))
        return
    school_id = here.school.school_id if here.school else None
    trail.changed(here, Event.SCHEDULE_CHANGED, school_id=school_id, object="outbox",
                  details={"change": "retried", "messages": count})  # fmt: skip
    st.toast(_n("{number} message is tried again.", "{number} messages are tried again.", count))
    st.rerun()


def _names(here: Here, found: Sequence[Message]) -> dict[str, str]:
    """Names of the people written to, as far as the viewer may see them; the outbox holds their ids."""
    users = {one.recipient: int(one.recipient[5:]) for one in found if one.recipient.startswith("user:")}
    scope = here.viewer.scope(Area.students)
    if scope is None or not users:
        return {}
    answer = queries.ask(here.books, scope, "people_names", user_ids=",".join(map(str, sorted(users.values()))))
    known = {row["user_id"]: row["name"] for row in answer.as_dicts() if row["name"]}
    return {key: f"{known[id_]} ({key})" for key, id_ in users.items() if id_ in known}


def _moment(here: Here, at: Any) -> str:
    return formats.moment(at, here.zone) if at else ""


def _first_large(text: str) -> str:
    return text[:1].upper() + text[1:]
