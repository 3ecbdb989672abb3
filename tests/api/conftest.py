"""One world for all tests that only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api import world


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[world.World]:
    """The synthetic business and its people, behind the API."""
    folder = tmp_path_factory.mktemp("api")
    world.publish(folder)
    with world.opened(folder) as found:
        yield found
