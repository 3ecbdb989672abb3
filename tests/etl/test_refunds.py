"""The laws of refunds, under invented platforms full of hazards."""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.etl.synced_worlds import synced
from tests.strategies import platform_rows, worlds
from tests.worlds.world import World

_UNEQUAL = """
select purchases.transaction_id, purchases.amount_refunded, sum(refunds.amount)
from purchases
left join refunds on refunds.transaction_id = purchases.transaction_id
group by purchases.transaction_id, purchases.amount_refunded
having purchases.amount_refunded is distinct from coalesce(sum(refunds.amount), 0)
"""
_TOLD_WRONG = """
select refund_id
from refunds
left join purchases on purchases.transaction_id = refunds.transaction_id
left join sync on true
group by refund_id
having count(*) > 1
    or not bool_and(
        (purchases.student_id, purchases.school_id, purchases.currency)
            is not distinct from (refunds.student_id, refunds.school_id, refunds.currency)
        and refunds.refunded_at between purchases.created_at and sync.as_of
        and refunds.amount <> 0
        and sign(refunds.amount) = sign(purchases.amount)
        and refund_id like refunds.transaction_id || ':%'
    )
"""


def _refunds(world: World) -> list[tuple[Any, ...]]:
    """The refunds of a world once synced, after the laws were held against them."""
    with TemporaryDirectory() as folder, synced(world, Path(folder)) as con:
        assert con.execute(_UNEQUAL).fetchall() == []
        assert con.execute(_TOLD_WRONG).fetchall() == []
        return con.execute("select * from refunds order by refund_id").fetchall()


def _backwards(world: World) -> World:
    """The same rows in the opposite order."""
    return World(world.now, {table: rows[::-1] for table, rows in world.rows.items()}, world.adjustments)


def test_refunds_of_a_platform_full_of_hazards_add_up_and_have_ids_of_their_own() -> None:
    assert len(_refunds(platform_rows(Random(11), students=40))) > 10


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(world=worlds())
def test_every_purchases_refunds_add_up_to_its_amount_refunded_in_any_order_of_the_rows(world: World) -> None:
    assert _refunds(world) == _refunds(_backwards(world))
