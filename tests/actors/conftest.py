"""The packaged base, opened once for all tests of actors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from detente.actors import ActorBase


@pytest.fixture(scope="session")
def base() -> Iterator[ActorBase]:
    """The base in the package."""
    opened = ActorBase.open()
    yield opened
    opened.close()
