"""Whatever a file's size, a line or a text of bounded length is held at a time; broken gzip gives what stands before the break."""

from __future__ import annotations

import gzip
import io
import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import BadInput
from detente.sources.bounded import MOST_BYTES, is_gzip, lines, unpacked, whole
from tests.newsroom import bomb

NOISE = random.Random(1).randbytes(300_000)


class Endless(io.RawIOBase):
    """A stream of one letter, so many bytes of it, that keeps none."""

    def __init__(self, size: int, end: bytes = b"") -> None:
        self.left, self.end = size, end

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes."""
        if self.left > 0:
            n = min(len(buffer), self.left, 2**20)
            buffer[:n] = b"a" * n
            self.left -= n
            return n
        n = min(len(buffer), len(self.end))
        buffer[:n], self.end = self.end[:n], self.end[n:]
        return n


def opened(raw: bytes) -> io.BufferedReader:
    """A stream of these bytes."""
    return io.BufferedReader(io.BytesIO(raw))


def reason_of(packed: bytes) -> tuple[bytes, str]:
    """What comes out of a gzip before it breaks, and why it breaks."""
    stream, out = unpacked(opened(packed), "a.gz"), bytearray()
    try:
        while piece := stream.read1(1000):
            out += piece
    except BadInput as error:
        return bytes(out), error.reason
    return bytes(out), "whole"


@given(st.binary(max_size=200), st.integers(min_value=1, max_value=20))
def test_every_line_comes_once_or_is_passed_over(raw: bytes, most: int) -> None:
    """As Python splits them; one that is too long leaves its place empty and the others as they are."""
    whole_lines = io.BytesIO(raw).readlines()

    assert list(lines(io.BytesIO(raw), most)) == [line if len(line) <= most else None for line in whole_lines]


def test_a_line_of_a_gigabyte_is_passed_over_in_little_memory() -> None:
    """The line after it is read."""
    stream = io.BufferedReader(Endless(2**30, b"\nnext\n"), 2**20)
    tracemalloc.start()
    found = list(lines(stream))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == [None, b"next\n"]
    assert peak < 4 * MOST_BYTES


def test_a_text_beyond_the_limit_is_refused_without_reading_on() -> None:
    """An endless stream ends at the limit."""
    stream = io.BufferedReader(Endless(2**40))
    with pytest.raises(BadInput) as caught:
        whole(stream, "a.txt")

    assert caught.value.reason == "too-long"


@given(st.lists(st.binary(max_size=300), max_size=4))
def test_gzip_of_many_members_is_one_stream(parts: list[bytes]) -> None:
    """As crawls are packed, record by record."""
    packed = b"".join(map(gzip.compress, parts))

    assert unpacked(opened(packed), "a.gz").read() == b"".join(parts)
    assert is_gzip(opened(packed)) == bool(parts)


@pytest.mark.parametrize("kept", [1, 2, 100, 200_000])
def test_a_truncated_gzip_gives_what_stands_before_its_end(kept: int) -> None:
    """A download that broke off is told from one that is whole."""
    out, reason = reason_of(gzip.compress(NOISE)[:kept])

    assert reason == "bad-gzip"
    assert NOISE.startswith(out)
    assert len(out) > kept - 80_000


def test_a_damaged_gzip_is_told() -> None:
    """A flipped bit does not pass as text."""
    packed = bytearray(gzip.compress(NOISE))
    packed[-6] ^= 1  # in the checksum: all bytes are right, and nobody could tell otherwise

    assert reason_of(bytes(packed))[1] == "bad-gzip"


def test_a_bomb_ends_early() -> None:
    """200 MB of one letter in 200 KB are not unpacked to their end; what news packs to passes."""
    out, reason = reason_of(bomb(200_000_000))

    assert reason == "gzip-bomb"
    assert len(out) < 50_000_000
    assert unpacked(opened(bomb(10_000_000)), "a.gz").read(10) == b"a" * 10
