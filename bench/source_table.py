"""Fills the platform's tables on a real PostgreSQL with as many consumptions as a measurement needs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import create_engine, text

from etl.contract import platform

_ROWS = """
insert into finances_hourconsumption (
    id, student_account_id, class_session_id, purchase_transaction_id, hours_consumed, hours_originally_reserved,
    consumed_at, is_refunded, refund_reason, created_at, updated_at
)
select
    n, 1 + n % 100000, n, 1 + n % 300000,
    (array[0.50, 0.75, 1.00, 1.50, 2.00])[1 + n % 5], (array[0.50, 0.75, 1.00, 1.50, 2.00])[1 + n % 5],
    timestamptz '2023-01-02 08:00+00' + n * interval '13.7 seconds',
    n % 20 = 0, case when n % 20 = 0 then 'Session cancelled: "ill", so sorry' else '' end,
    timestamptz '2023-01-01 08:00+00' + n * interval '13.7 seconds',
    timestamptz '2023-01-02 09:00:00.123456+00' + n * interval '13.7 seconds'
from generate_series(1, :rows) as n
"""


def fill(url: str, rows: int) -> None:
    """Make all tables of the contract, with consumptions only; other tables stay empty, so nothing refers to them."""
    engine = create_engine(url)
    with engine.begin() as connection:
        platform.create_all(connection)
        connection.execute(text("set local session_replication_role = replica"))  # leaves out the foreign keys' checks
        connection.execute(text(_ROWS), {"rows": rows})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum (freeze, analyze) finances_hourconsumption"))
    engine.dispose()


def truth(url: str) -> dict[str, Any]:
    """Rows and hours as PostgreSQL counts them."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows, hours = connection.execute(
            text("select count(*), sum(hours_consumed) from finances_hourconsumption")
        ).one()
    engine.dispose()
    return {"rows": rows, "hours": str(Decimal(hours))}
