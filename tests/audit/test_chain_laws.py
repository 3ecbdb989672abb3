"""Laws of the chain: whatever is written holds, and whatever is done to it shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from audit import Anchor, Broken, chain
from audit.verification import walk

Row = dict[str, Any]
WORDS = st.text(st.characters(codec="utf-8"), max_size=8)
NUMBERS = st.none() | st.integers(-(2**63), 2**63 - 1)
CONTENTS = st.fixed_dictionaries({
    "at": WORDS, "event": WORDS, "actor": WORDS, "school_id": NUMBERS, "student_id": NUMBERS,
    "object": st.none() | WORDS, "details": WORDS,
})
LOGS = st.lists(CONTENTS, min_size=1, max_size=8)


def chained(contents: Iterable[Row]) -> list[Row]:
    """The rows of a log, linked as recording links them."""
    rows: list[Row] = []
    for number, content in enumerate(contents, 1):
        row = {**content, "id": number, "previous_hash": rows[-1]["hash"] if rows else chain.GENESIS}
        rows.append({**row, "hash": chain.hash_of(row)})
    return rows


def head(rows: list[Row]) -> Anchor:
    return Anchor(id=rows[-1]["id"], hash=rows[-1]["hash"])


@given(LOGS)
def test_whatever_is_written_holds(contents: list[Row]) -> None:
    rows = chained(contents)
    verdict = walk(rows, head(rows))
    assert (verdict.holds, verdict.entries, verdict.head) == (True, len(rows), head(rows))


@given(LOGS, st.data())
def test_any_change_of_any_column_is_found_in_its_row(contents: list[Row], data: st.DataObject) -> None:
    rows = chained(contents)
    place = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.sampled_from([name for name in (*chain.FIELDS, "hash") if name != "id"]))
    value = data.draw(NUMBERS | WORDS | st.booleans() | st.floats() | st.binary(max_size=4))
    before = rows[place][column]
    assume(type(value) is not type(before) or value != before)
    rows[place][column] = value
    assert walk(rows).broken == Broken(place + 1, "changed")


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), 0.5, b"\xff"])
@pytest.mark.parametrize("column", ["at", "school_id", "details", "previous_hash"])
def test_a_value_that_recording_never_writes_is_a_change_and_no_failure(column: str, value: object) -> None:
    content = {"at": "a", "event": "b", "actor": "c", "school_id": 1, "student_id": 2, "object": "d", "details": "e"}
    rows = chained([content, content])
    rows[1][column] = value
    assert walk(rows).broken == Broken(2, "changed")


@given(LOGS, st.data())
def test_any_rows_removed_are_found_at_the_first(contents: list[Row], data: st.DataObject) -> None:
    rows = chained(contents)
    gone = data.draw(st.sets(st.integers(1, len(rows)), min_size=1))
    left = [row for row in rows if row["id"] not in gone]
    broken = walk(left, head(rows)).broken
    assert broken is not None
    assert broken.id == min(gone)
    assert broken.kind == ("missing" if any(row["id"] > min(gone) for row in left) else "cut_off")


@given(LOGS, st.data())
def test_rows_in_another_order_are_found_where_the_order_begins_to_differ(
    contents: list[Row], data: st.DataObject,
) -> None:
    rows = chained(contents)
    shuffled = data.draw(st.permutations(rows))
    numbered = [{**row, "id": number} for number, row in enumerate(shuffled, 1)]
    differing = [new["id"] for new, old in zip(numbered, rows, strict=True) if new != old]
    broken = walk(numbered).broken
    assert (None if broken is None else broken.id) == (differing[0] if differing else None)


@given(LOGS, CONTENTS, st.data())
def test_a_chain_rebuilt_from_any_row_on_is_found_by_any_later_anchor(
    contents: list[Row], other: Row, data: st.DataObject,
) -> None:
    rows = chained(contents)
    place = data.draw(st.integers(0, len(rows) - 1))
    anchored = data.draw(st.integers(place, len(rows) - 1))
    assume(other != contents[place])
    forged = chained([*contents[:place], other, *contents[place + 1:]])
    assert walk(forged).holds
    assert walk(forged, head(rows[:anchored + 1])).broken == Broken(anchored + 1, "rewritten")
    if place:
        assert walk(forged, head(rows[:place])).holds


@given(CONTENTS, CONTENTS)
def test_one_text_has_one_meaning(one: Row, other: Row) -> None:
    assert (chain.canonical(one) == chain.canonical(other)) == (one == other)
    assert chain.canonical(one) == chain.canonical(dict(reversed(one.items())))
