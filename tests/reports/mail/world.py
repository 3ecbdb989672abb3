"""A school whose students, guardians, packages and purchases give cause for messages."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import store
import warehouse
from reports import mail
from reports.receipts import ReceiptSettings, save_receipt_settings
from settings import Settings
from tests import synthetic
from tests.reports.receipts.school import SNAPSHOT

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROWS = SNAPSHOT + """
update schools set contact_email = 'geral@aprender.pt' where school_id = 1;
update students set name = E'Ana\r\nBcc: evil@example.com' where student_id = 9;
insert into users (user_id, name, email, is_active) select student_id, name, email, true from students;
update users set email = 'not an address' where user_id = 6;
update users set email = '' where user_id = 7;
insert into users (user_id, name, email, is_active) values
    (101, 'Teresa', 'teresa@example.com', true), (102, 'Gone', 'gone@example.com', false),
    (103, 'Same address', 'S2@example.com', true);
insert into guardians values (101, 1, 1, true), (102, 1, 1, true), (103, 2, 1, true);
insert into student_schools select student_id, school_id, true from purchases where school_id is not null;
insert into packages (package_id, student_id, school_id, plan_name, purchased_date, expires_date, hours_remaining)
    select transaction_id, student_id, school_id, plan_name, created_date, date '2026-11-26', 2.5 from purchases
    where transaction_id < 40;
insert into expirations (package_id, student_id, school_id, plan_name, currency, expires_at, expires_date,
    days_until_expiry, is_expired, hours_at_stake)
select transaction_id, student_id, school_id, plan_name, currency, timestamptz '2026-11-26 10:00:00+00',
    date '2026-11-26' + farther, 3 + farther, false, case when transaction_id = 4 then 0 else 2.5 end
from (
    select *, (case when transaction_id in (3, 13) then 9 when transaction_id > 20 then 60 else 0 end)::integer
        as farther
    from purchases where transaction_id < 40);
insert into student_school_balances (student_id, school_id, hours_purchased, hours_added, hours_usable)
    select student_id, school_id, 10, 0, 2.5 from purchases where transaction_id < 40;
insert into entries (entry_id, student_id, school_id, package_id, kind, hours, amount, effective_at, effective_date)
    select 'purchase:' || transaction_id, student_id, school_id, transaction_id, 'purchased', 10, amount, created_at,
        created_date from purchases where transaction_id < 40;
insert into checks select unnest(['balance_figures_add_up', 'days_add_up_to_the_total', 'ledger_adds_up_to_balances',
    'nothing_is_dated_ahead', 'package_hours_add_up', 'rows_are_counted_once', 'the_certificate_matches',
    'closing_is_what_packages_defer', 'months_roll_forward', 'package_money_adds_up']),
    'stop', true, 0, 'Holds.', null, 0;
insert into certificate values ('finances_hourconsumption', 1, 1, 'a', 'a', 'b', 'b', 'all rows', 1, 0, true, 0.1);
"""


def settings_of(folder: Path, port: int, **more: Any) -> Settings:
    """Settings of the school in a folder, for a mail server of this machine."""
    return Settings.model_validate({
        "platform_url": "postgresql://nobody@localhost/nothing", "store_url": f"sqlite:///{folder}/store.db",
        "warehouse": str(folder / "warehouse"), "now": NOW.isoformat(), "smtp_url": f"smtp://127.0.0.1:{port}",
        "mail_from": "hours@school.pt", **more,
    })


class World:
    """A store, books that can be published again with other rows, and settings for one mail server."""

    def __init__(self, folder: Path, port: int = 1, *, made_in: Path | None = None, **more: Any) -> None:
        """Make it, or take a copy of one that was made in another folder."""
        self.folder, self._snapshots = folder, 0
        self.settings = settings_of(folder, port, **more)
        if made_in is None:
            store.migrate(self.settings.store_url)
        else:
            shutil.copytree(made_in, folder, dirs_exist_ok=True)
            self._snapshots = 1
        self.engine = store.engine(self.settings.store_url)
        if made_in is None:
            self.publish()

    @property
    def books(self) -> warehouse.Warehouse:
        return warehouse.open(self.settings.warehouse)

    def publish(self, more: str = "", *, as_of: str = synthetic.AS_OF) -> None:
        """Publish the rows once more, changed."""
        self._snapshots += 1
        rows = ROWS + more + f";update sync set snapshot_id = {self._snapshots}, as_of = '{as_of}';"
        synthetic.publish(self.folder / "warehouse", rows=rows, snapshot_id=self._snapshots, as_of=as_of)

    def at(self, now: datetime, **more: Any) -> None:
        """Let it be another time, or other settings."""
        self.settings = self.settings.model_copy(update={"now": now, **more})

    def switch(self, school_id: int = 1, **settings: Any) -> None:
        """Change a school's switches for mail; those not named are off."""
        chosen = ReceiptSettings(**{"reminder_days": (), "vat_exemption": "Exempt.", **settings})
        save_receipt_settings(self.engine, school_id, chosen, actor="test", now=NOW)

    def silence(self) -> None:
        """No school writes to anybody."""
        for school_id in (1, 2):
            self.switch(school_id)


def run(world: World) -> mail.Run:
    """One round of the worker."""
    return mail.run(world.engine, world.books, world.settings)
