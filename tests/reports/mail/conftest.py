"""A mail server and a school that writes to nobody until a test says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reports.mail.post_office import PostOffice, opened
from tests.reports.mail.world import World


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A server that takes everything."""
    with opened(PostOffice()) as listening:
        yield listening


@pytest.fixture
def world(tmp_path: Path, office: PostOffice) -> World:
    made = World(tmp_path, office.port)
    made.silence()
    return made
