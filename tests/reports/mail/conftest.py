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


@pytest.fixture(scope="session")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a school that writes to nobody, to be copied."""
    folder = tmp_path_factory.mktemp("world")
    made = World(folder)
    made.silence()
    made.engine.dispose()
    return folder


@pytest.fixture
def world(tmp_path: Path, office: PostOffice, made_world: Path) -> World:
    return World(tmp_path, office.port, made_in=made_world)
