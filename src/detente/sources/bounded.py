"""Bytes that come in, in bounded memory: lines of bounded length, gzip that is unpacked as it is read.

Nothing here holds more than one line or one text at a time, whatever the file's size.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from detente.errors import BadInput

MOST_BYTES = 16 * 2**20
"""A longer line, row, page or mail is refused: 2,000,000 characters of JSON, six bytes each when escaped, fit in it."""

MOST_RATIO = 200
"""Unpacked bytes per packed byte beyond which gzip is a bomb: news packs 3 to 5 to one, a text of one letter a thousand to one."""

_RATIO_FROM = 2**24  # unpacked bytes: below, a bomb does no harm
_BUFFER = 2**17


class _Counted(io.RawIOBase):
    """A stream that counts the bytes read from it."""

    def __init__(self, inner: BinaryIO) -> None:
        self._inner, self.read_so_far = inner, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants a protocol of its own
        chunk = self._inner.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self.read_so_far += len(chunk)
        return len(chunk)


class _Unpacked(io.RawIOBase):
    """What a gzip stream holds; a broken or boundless one is a `BadInput` once what stands before it has been read."""

    def __init__(self, packed: BinaryIO, source: str) -> None:
        self._packed, self._source, self._made = _Counted(packed), source, 0
        self._gzip = gzip.GzipFile(fileobj=self._packed)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as above
        try:
            chunk = self._gzip.read1(len(buffer))
        except EOFError as error:
            raise BadInput(self._source, "bad-gzip", "the gzip breaks off; of what it packs, only whole rows, mails and records before that are read") from error
        except (zlib.error, gzip.BadGzipFile) as error:
            told = f"the gzip is damaged ({error}); the rest cannot be unpacked; whole rows, mails and records before that are read"
            raise BadInput(self._source, "bad-gzip", told) from error
        self._made += len(chunk)
        if self._made > max(_RATIO_FROM, MOST_RATIO * self._packed.read_so_far):
            told = f"it unpacks to over {MOST_RATIO} times its size, as no news does; unpack it yourself if you trust it"
            raise BadInput(self._source, "gzip-bomb", told)
        buffer[: len(chunk)] = chunk
        return len(chunk)


def unpacked(packed: BinaryIO, source: str) -> io.BufferedReader:
    """The bytes inside a gzip stream of one or many members.

    Reading from it raises `BadInput`, `bad-gzip` or `gzip-bomb`, where the stream breaks.
    """
    return io.BufferedReader(_Unpacked(packed, source), _BUFFER)


def is_gzip(stream: io.BufferedReader) -> bool:
    """Whether the stream begins as gzip does; nothing of it is used up."""
    return stream.peek(2)[:2] == b"\x1f\x8b"


def lines(stream: BinaryIO, most: int = MOST_BYTES) -> Iterator[bytes | None]:
    """Each line with its end; None in the place of a line longer than `most` bytes, which is passed over piece by piece."""
    while line := stream.readline(most + 1):
        if len(line) <= most:
            yield line
        else:
            while line and not line.endswith(b"\n"):
                line = stream.readline(most)
            yield None


def whole(stream: BinaryIO, source: str, most: int = MOST_BYTES) -> bytes:
    """Everything that the stream holds.

    Raises:
        BadInput: `too-long`: more than `most` bytes.
    """
    raw = stream.read(most + 1)
    if len(raw) > most:
        raise BadInput(source, "too-long", f"it has over {most:,} bytes, but one text has at most so many; split it")
    return raw
