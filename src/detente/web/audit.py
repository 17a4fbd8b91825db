"""The log of who came in, judged, and changed accounts: appended beside the store, and never changed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec

from detente.store.folder import writing
from detente.store.lines import Lines

LOG = "audit"
PATIENCE = 10.0
"""Seconds that a line waits for those that others write."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One act: when, who, what, of what, from which address."""

    at: str
    who: str
    what: str
    of: str | None = None
    address: str | None = None


def note(folder: Path, who: str, what: str, *, of: str | None = None, address: str | None = None) -> None:
    """Append a line and wait until the disk has it.

    Raises:
        StoreProblem: The log cannot be written.
    """
    lines = log(folder)
    with writing(folder):
        lines.file.touch(mode=0o600)  # its owner's alone
    lines.append(Entry(at=dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"), who=who, what=what, of=of, address=address), patience=PATIENCE)


def entries(folder: Path) -> list[Entry]:
    """The whole log in its order.

    Raises:
        StoreProblem: A line is damaged, or one was changed or taken out since it was written.
    """
    return log(folder).read()


def log(folder: Path) -> Lines[Entry]:
    """The lines of the log."""
    return Lines(folder, LOG, Entry)
