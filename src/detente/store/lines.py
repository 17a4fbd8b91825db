"""Records that are appended and never changed: lines of JSON, each with the hash of the line before, so that a change shows.

Of the last line nothing bears the hash: whether it was changed or removed nobody can tell, neither now nor when the next line follows
on what is found there. It can be told from then on.
"""

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
USUAL = 1 << 16
"""Bytes at the end of a file in which its last line lies; where it is longer, more of them are read."""


class _Line(msgspec.Struct, frozen=True):
    """A line of the file: the record, and the hash of the line before; "" before the first."""

    before: str
    told: msgspec.Raw


class _Read(NamedTuple, Generic[T]):
    """A line that was read: where it stands, its record, and what is wrong with the chain at it."""

    where: str
    record: T
    fault: str | None


class Appending(NamedTuple, Generic[T]):
    """What a writer holds who is alone with the lines: those that are there, and how to add one; it returns once the disk has it."""

    known: list[T]
    add: Callable[[T], None]


class Lines(Generic[T]):
    """The lines of one file in a store's folder; they have a lock of their own, since the store may be written meanwhile."""

    def __init__(self, folder: Path, name: str, kind: Any, *, older: bool = False) -> None:
        """Of records of one kind, or a union of tagged ones, in the file `name`.jsonl.

        `older`: the file may be older than the chain, and begin with records that have no hash; the first hash is that of all of them.
        """
        self._folder, self._name, self._older = folder, name, older
        self.file = folder / f"{name}.jsonl"
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)

    def read(self) -> list[T]:
        """All records, in the order in which they were added.

        Raises:
            StoreProblem: A line is damaged, was changed or is missing.
        """
        return [each.record for each in self._sound()]

    def records(self) -> list[T]:
        """All records as they stand there, whether or not the chain is whole.

        Raises:
            StoreProblem: A line is damaged.
        """
        return [each.record for each in self._read()]

    def faults(self) -> Iterator[str]:
        """A sentence for each line at which the chain is broken, or for the first one that is damaged."""
        try:
            yield from (f"{each.where}: {each.fault}" for each in self._read() if each.fault is not None)
        except StoreProblem as error:
            yield str(error)

    @contextmanager
    def appending(self) -> Iterator[Appending[T]]:
        """Alone with the lines.

        Raises:
            StoreProblem: Another program is writing them, they cannot be written, or a line is damaged.
        """
        with locked(self._folder, f"{self._name}.lock"):
            found = self._sound()
            with writing(self._folder), self.file.open("a+b") as out:
                last = [self._end(out, _last_line(out))]

                def add(record: T) -> None:
                    with writing(self._folder):
                        last[:] = [_put(out, record, last[0])]

                yield Appending([each.record for each in found], add)

    def append(self, record: T, *, patience: float = 0.0) -> None:
        """Add one record, once the disk has it; however many stand before, only the last line is looked at, or all when none has a hash.

        Raises:
            StoreProblem: Another program is writing them for more than `patience` seconds, or they cannot be written.
        """
        with self._alone(patience) as out:
            _put(out, record, self._end(out, _last_line(out)))

    def append_next(self, following: Callable[[T | None], T], *, patience: float = 0.0) -> T:
        """The record that follows on the last one, added as by `append`.

        Raises:
            StoreProblem: As `append`, or the last line is damaged.
        """
        with self._alone(patience) as out:
            last = _last_line(out)
            record = following(self._told(last, str(self.file))[1] if last else None)
            _put(out, record, self._end(out, last))
        return record

    def _end(self, out: BinaryIO, last: bytes) -> bytes:
        """What the next line bears the hash of: the last line, or all of them while none bears one."""
        if not self._older or not last or not self._is_bare(last):
            return last
        out.seek(0)
        whole = out.read().removesuffix(b"\n")
        return whole if all(map(self._is_bare, whole.split(b"\n"))) else last

    def _is_bare(self, line: bytes) -> bool:
        return self._told(line, str(self.file))[0] is None

    @contextmanager
    def _alone(self, patience: float) -> Iterator[BinaryIO]:
        with locked(self._folder, f"{self._name}.lock", patience=patience), writing(self._folder), self.file.open("a+b") as out:
            yield out

    def _sound(self) -> list[_Read[T]]:
        found = list(self._read())
        for each in found:
            if each.fault is not None:
                raise StoreProblem("line", each.where, f"{each.fault}; put the file back from a copy")
        return found

    def _read(self) -> Iterator[_Read[T]]:
        """Every line that was written to its end."""
        expected, begun = "", False
        whole = self.file.read_bytes().split(b"\n")[:-1] if self.file.is_file() else []
        for number, line in enumerate(whole, 1):
            where = f"{self.file}:{number}"
            before, record = self._told(line, where)
            if before is not None and not begun and number > 1:  # the chain begins behind lines that are older
                expected = _hash(b"\n".join(whole[: number - 1]))
            if before is None:
                fault = "it has no hash, and those before it have one: it was changed or put in" if begun else None
            else:
                fault = f"{'the' if begun else 'a'} line before it was changed or removed after it had been written" if before != expected else None
            expected, begun = _hash(line), before is not None or begun
            yield _Read(where, record, fault)

    def _told(self, line: bytes, where: str) -> tuple[str | None, T]:
        """The hash that a line bears, None when it is older than the chain, and its record."""
        try:
            try:
                read = msgspec.json.decode(line, type=_Line)
            except msgspec.ValidationError:
                if not self._older:
                    raise
                return None, self._decoder.decode(line)
            return read.before, self._decoder.decode(read.told)
        except msgspec.DecodeError as error:
            raise StoreProblem("line", where, f"it is damaged ({error}); put the file back from a copy") from error


def _last_line(out: BinaryIO) -> bytes:
    """The last line that was written to its end, b"" when there is none; what stands behind it was never said to be kept, and goes."""
    end, size = out.seek(0, os.SEEK_END), USUAL
    while True:
        out.seek(max(0, end - size))
        whole, _, cut = out.read().rpartition(b"\n")
        _, begins, last = whole.rpartition(b"\n")
        if begins or size >= end:
            out.truncate(end - len(cut))
            return last
        size *= 8


def _put(out: BinaryIO, record: object, last: bytes) -> bytes:
    """The line of a record behind the last one, once the disk has it."""
    line = msgspec.json.encode(_Line(before=_hash(last) if last else "", told=msgspec.Raw(msgspec.json.encode(record))))
    out.write(line + b"\n")
    out.flush()
    os.fsync(out.fileno())
    return line


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()[:32]
