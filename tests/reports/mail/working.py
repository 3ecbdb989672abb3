"""A mail worker in a process that may be killed at any point.

Started by ``python -m tests.reports.mail.working FOLDER PORT again|hold``.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import store
import warehouse
from reports.mail.making import Maker
from reports.mail.sending import Sender
from reports.mail.smtp import server_of
from settings import Settings
from store import outbox
from tests.reports.mail.world import settings_of

LEASE = timedelta(seconds=1.5)


def sender_of(settings: Settings, *, again: bool = True) -> Sender:
    """A sender whose claims end soon, so that a test need not wait for minutes."""
    engine = store.engine(settings.store_url)
    maker = Maker(engine, warehouse.open(settings.warehouse), settings)
    server = replace(server_of(settings), wait=2, wait_for_text=2)
    return Sender(engine=engine, maker=maker, office=server, send_unsure=again, lease=LEASE, wait_for_text=LEASE)


def main(folder: str, port: int, *, again: bool) -> None:
    """Send until nothing is left to be sent."""
    sender = sender_of(settings_of(Path(folder), port), again=again)
    while True:
        sender.send_due()
        left = outbox.counts(sender.engine)
        if not left["waiting"] and not left["sending"]:
            return
        time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), again=sys.argv[3] == "again")
