"""Records that are appended and never changed: lines of JSON, each with the hash of the line before, so that a change shows."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Generic, NamedTuple, TypeVar

import msgspec

from detente.errors import StoreProblem
from detente.store.folder import locked, writing

T = TypeVar("T")
LONGEST = 1 << 16
"""Bytes of a line that `append` may follow."""


class _Line(msgspec.Struct, frozen=True):
    """A line of the file: the record, and the hash of the line before; "" before the first."""

    before: str
    told: msgspec.Raw


class Appending(NamedTuple, Generic[T]):
    """What a writer holds who is alone with the lines: those that are there, and how to add one; it returns once the disk has it."""

    known: list[T]
    add: Callable[[T], None]


class Lines(Generic[T]):
    """The lines of one file in a store's folder; they have a lock of their own, since the store may be written meanwhile."""

    def __init__(self, folder: Path, name: str, kind: Any) -> None:
        """Of records of one kind, or a union of tagged ones, in the file `name`.jsonl."""
        self._folder, self._name = folder, name
        self.file = folder / f"{name}.jsonl"
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)

    def read(self) -> list[T]:
        """All records, in the order in which they were added.

        Raises:
            StoreProblem: A line is damaged, was changed or is missing.
        """
        return [record for record, _ in self._read()]

    @contextmanager
    def appending(self) -> Iterator[Appending[T]]:
        """Alone with the lines.

        Raises:
            StoreProblem: Another program is writing them, they cannot be written, or a line is damaged.
        """
        with locked(self._folder, f"{self._name}.lock"):
            lines = self._read()
            last = [line for _, line in lines[-1:]]
            with writing(self._folder), self.file.open("ab") as out:
                cut_to(out, [line for _, line in lines])

                def add(record: T) -> None:
                    told = msgspec.Raw(msgspec.json.encode(record))
                    line = msgspec.json.encode(_Line(before=_hash(last[0]) if last else "", told=told))
                    with writing(self._folder):
                        put_line(out, line)
                    last[:] = [line]

                yield Appending([record for record, _ in lines], add)

    def append(self, record: T, *, patience: float = 0.0) -> None:
        """Add one record, once the disk has it; however many stand before, only the last line is looked at.

        Raises:
            StoreProblem: Another program is writing them for more than `patience` seconds, or they cannot be written.
        """
        with locked(self._folder, f"{self._name}.lock", patience=patience), writing(self._folder), self.file.open("a+b") as out:
            end = out.seek(0, os.SEEK_END)
            out.seek(max(0, end - LONGEST))
            whole, _, cut = out.read().rpartition(b"\n")
            out.truncate(end - len(cut))  # as in `cut_to`
            last = whole.rpartition(b"\n")[2]
            told = msgspec.Raw(msgspec.json.encode(record))
            put_line(out, msgspec.json.encode(_Line(before=_hash(last) if last else "", told=told)))

    def _read(self) -> list[tuple[T, bytes]]:
        found: list[tuple[T, bytes]] = []
        before = ""
        for number, line in enumerate(whole_lines(self.file), 1):
            try:
                read = msgspec.json.decode(line, type=_Line)
                record = self._decoder.decode(read.told)
            except msgspec.DecodeError as error:
                raise StoreProblem("line", f"{self.file}:{number}", f"it is damaged ({error}); put the file back from a copy") from error
            if read.before != before:
                told = "the line before it was changed or removed after it had been written; put the file back from a copy"
                raise StoreProblem("line", f"{self.file}:{number}", told)
            before = _hash(line)
            found.append((record, line))
        return found


def whole_lines(file: Path) -> list[bytes]:
    """The lines of a file that were written to their end; none where there is no file."""
    return file.read_bytes().split(b"\n")[:-1] if file.is_file() else []


def cut_to(out: BinaryIO, lines: list[bytes]) -> None:
    """Leave the whole lines alone in the file: one that was cut short was never said to be kept."""
    out.truncate(sum(len(line) + 1 for line in lines))


def put_line(out: BinaryIO, line: bytes) -> None:
    """Write a line at the end of the file; done once the disk has it."""
    out.write(line + b"\n")
    out.flush()
    os.fsync(out.fileno())


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()[:32]
