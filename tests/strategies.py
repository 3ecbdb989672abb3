"""Strategies of invented platforms, small ones that shrink and large ones from a seed."""

from __future__ import annotations

from datetime import datetime
from random import Random

from hypothesis import strategies as st

from tests.worlds.calm import CalmInventor
from tests.worlds.hazards import Inventor
from tests.worlds.values import NOW
from tests.worlds.world import World


def platform_rows(random: Random, *, students: int, with_adjustments: bool = True, now: datetime = NOW) -> World:
    """A platform of so many students full of hazards; the same generator gives the same platform."""
    inventor = Inventor(random, now)
    inventor.schools()
    for _ in range(students):
        inventor.student(with_adjustments=with_adjustments)
    return inventor.world


def calm_rows(random: Random, *, students: int, now: datetime = NOW) -> World:
    """A platform of so many students whose packages never run short."""
    inventor = CalmInventor(random, now)
    inventor.schools()
    for _ in range(students):
        inventor.student()
    return inventor.world


def worlds(*, with_adjustments: bool = True) -> st.SearchStrategy[World]:
    """Platforms of one to three students that Hypothesis can shrink."""
    return st.builds(
        lambda random, students: platform_rows(random, students=students, with_adjustments=with_adjustments),
        st.randoms(use_true_random=False), st.integers(1, 3),
    )
