"""Whose layout a file has, by how it begins: no file is read as one of another format, however well its rows could be bent into it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from itertools import chain, islice

from detente.formats import acled, gdelt, icews, phoenix, plover, polecat
from detente.formats.rows import Line, Lines
from detente.records import Refused

MOST_LINES = 200
"""Lines over which the first object of a JSON file may be spread; a record of ours takes about 100 with a line for each value."""

_BEGIN: dict[str, Callable[[Line], bool]] = {
    "gdelt1": lambda line: gdelt.version_of(line) == "1.0",
    "gdelt2": lambda line: gdelt.version_of(line) == "2.0",
    "icews": icews.begins,
    "polecat": polecat.begins,
    "phoenix": phoenix.begins,
    "acled": acled.begins,
}
_READ_TOO = {"gdelt": ("gdelt1", "gdelt2"), "plover": ("detente",)}
"""Layouts that a format reads beside its own."""


def only(rows: Lines, path: str, format: str) -> Iterator[Line | Refused]:
    """The lines of a file in that format, or in none that is known; for a file in another one a refusal alone, with the way out."""
    rest = iter(rows)
    head = list(islice(rest, 1))
    if head and isinstance(head[0], Line):
        if plover.is_spread(head[0]):
            head += islice(rest, MOST_LINES)
        found = layout_of([line for line in head if isinstance(line, Line)])
        if found is not None and found != format and found not in _READ_TOO.get(format, ()):
            command = f"detente import {shlex.quote(path)} --format {found}"
            yield head[0].refused("other-format", f"it looks like {found}, not {format}; the file was not read: {command}")
            return
    yield from chain(head, rest)


def layout_of(head: list[Line]) -> str | None:
    """The format of a file with these first lines, one or more; None when it is none that is known."""
    return plover.layout_of(head) or next((name for name, begins in _BEGIN.items() if begins(head[0])), None)
