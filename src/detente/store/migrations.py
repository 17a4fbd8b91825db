"""From an older version of the store to this one, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from detente.store.folder import HEAD, Head, put, version_of
from detente.store.tables import VERSION

Step = Callable[[Path], None]

OLDEST_READ = 1
"""Stores of this version and later answer as they are; whoever writes brings them up to date first."""


def _nothing(_: Path) -> None:
    """Every store of the version is one of the next, too."""


STEPS: Mapping[int, Step] = {
    1: _nothing,  # 2: compacting may leave out signatures, and parts have a layout, which `detente store compact` renews
}
"""Version → what makes a store of the next version out of one of this.

A step may be killed at any moment and is then done again, so it must bear being done twice. It writes new files under new names
(`folder.put_tables`) and removes the old ones last.
"""


def upgrade(folder: Path, *, to: int = VERSION, steps: Mapping[int, Step] = STEPS) -> None:
    """Bring the store to a version, one step after the other; the head tells after each how far it is.

    Raises:
        StoreProblem: The store is newer than this program.
    """
    for version in range(version_of(folder), to):
        steps[version](folder)
        put(folder / HEAD, msgspec.json.encode(Head(version + 1)) + b"\n")
