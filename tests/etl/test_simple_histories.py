"""Set-based SQL and the replay give the same snapshot: every entry, charge and figure, with the same ids."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from etl import replaying, statements, sync
from tests.etl import synced_worlds as snapshots
from tests.strategies import calm_rows, platform_rows
from tests.worlds.world import World

pytestmark = pytest.mark.slow  # a thousand histories are synced both ways

_EVERYONE = "create or replace temp table build_replay_students as select student_id from picked_students"
_TELLS_HOW_IT_WAS_MADE = {"sync", "certificate", "checks"}
Tables = dict[str, list[str]]


def let_the_replay_count(patch: pytest.MonkeyPatch, counts: list[int]) -> None:
    """Note how many students each sync replays."""

    def counted(*arguments: Any) -> int:
        counts.append(replaying.replay_students(*arguments))
        return counts[-1]

    patch.setattr("etl.build.replay_students", counted)


def let_everyone_be_replayed(patch: pytest.MonkeyPatch) -> None:
    """Let the one statement that chooses who is replayed choose everyone."""

    def chosen(folder: str) -> tuple[statements.Statement, ...]:
        found = statements.statements(folder)
        return tuple(replace(one, text=_EVERYONE) if one.name == "20_replay_students" else one for one in found)

    patch.setattr("etl.build.statements", chosen)


def tables(world: World, folder: Path) -> Tables:
    """Every published table of the world's snapshot; its rows as text, sorted."""
    folder.mkdir()
    settings = snapshots.settings_for(world, folder)
    snapshots.write(world, settings)
    report = sync.run(settings)
    with duckdb.connect(str(settings.warehouse / f"snap_{report.snapshot_id:06d}.duckdb"), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        names = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
        return {
            name: sorted(str(row) for row in con.execute(f"select * from {name}").fetchall())
            for name in sorted((names | {"ledger"}) - _TELLS_HOW_IT_WAS_MADE)
        }


def students_left_to_sql(world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Hold the usual snapshot against one where everyone is replayed; returns how many students only one replayed."""
    counts: list[int] = []
    with monkeypatch.context() as patch:
        let_the_replay_count(patch, counts)
        usual = tables(world, folder / "usual")
        let_everyone_be_replayed(patch)
        replayed = tables(world, folder / "replayed")
    for name in usual:
        only_usual = sorted(set(usual[name]) - set(replayed[name]))
        only_replayed = sorted(set(replayed[name]) - set(usual[name]))
        assert (name, only_usual[:5], only_replayed[:5]) == (name, [], [])
        assert len(usual[name]) == len(replayed[name]), name
    some, all_of_them = counts
    return all_of_them - some


def test_calm_histories_are_the_same_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert students_left_to_sql(calm_rows(Random(11), students=150), tmp_path, monkeypatch) > 100


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_thousand_calm_histories_are_the_same_both_ways(
    seed: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert students_left_to_sql(calm_rows(Random(seed), students=1000), tmp_path, monkeypatch) > 700


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_what_is_simple_among_hazards_is_the_same_both_ways(
    seed: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = platform_rows(Random(seed), students=800, with_adjustments=False)
    assert students_left_to_sql(world, tmp_path, monkeypatch) > 30
