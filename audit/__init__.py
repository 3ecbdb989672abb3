"""The audit log: who did what, when, in a chain that shows every later change.  See audit/README.md."""

from audit.anchor import Anchor, AnchorUnreadable, read_anchor, write_anchor
from audit.entry import Entry, Event, LogDamaged, NotForTheLog
from audit.reading import entries
from audit.recording import Gathering, Said, record
from audit.verification import Broken, Verdict, verify

__all__ = [
    "Anchor", "AnchorUnreadable", "Broken", "Entry", "Event", "Gathering", "LogDamaged", "NotForTheLog", "Said",
    "Verdict", "entries", "read_anchor", "record", "verify", "write_anchor",
]
