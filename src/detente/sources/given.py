"""What a source reader is given: an open file, what it is called, and what the user says about its texts."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator

import msgspec

from detente.records import Document, Refused
from detente.sources.fields import Fields


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the user says about all the texts.

    `published` is the day for texts that name none themselves, `title` the title of plain texts; `tell` takes a line for the user.
    """

    published: dt.date | None = None
    title: str | None = None
    fields: Fields = Fields()
    tell: Callable[[str], None] = lambda _: None


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """One open file: `path` as the user knows it, `name` for a document that has no other, None for one named by its text."""

    path: str
    name: str | None
    stream: io.BufferedReader
    asked: Asked
    packed: bool = False  # its bytes are unpacked on the way, so that nobody can jump in it


Found = Iterator[Document | Refused]
SourceReader = Callable[[Given], Found]
