"""The packaged table of places: folded names → places, read by block so that the first call costs little.

The file is a sorted string table (as in Bigtable: Chang et al. 2006, OSDI, section 4): names in alphabetical order and places in
the order of their own names, both cut into blocks that are compressed one by one, and an index of the blocks in front. A look-up
bisects the index and inflates one block or two of 16 kB. The file is read whole, about 4 MB; nothing in it is ever changed, so threads may share it.
"""

from __future__ import annotations

import functools
import unicodedata
import zlib
from bisect import bisect_right
from pathlib import Path
from typing import NamedTuple

import msgspec

TABLE = Path(__file__).with_name("places.table")
MAGIC = b"detente places 1\0\n"  # the zero byte tells git and others that this is no text
_NOT_DECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ə": "a"}
    | dict.fromkeys("-–/", " ")
    | dict.fromkeys("'’‘`ʼʻʿʾ.,()", "")
)
_SHORT = {"st": "saint", "mt": "mount", "ft": "fort"}


@functools.lru_cache(maxsize=8192)
def fold(name: str) -> str:
    """Lower case without accents, stops and apostrophes, hyphens as spaces, "St." written out."""
    plain = name.casefold().translate(_NOT_DECOMPOSED)
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return " ".join(_SHORT.get(word, word) for word in plain.split())


class Place(NamedTuple):
    """A row of the table.

    `kind`: A country, A1 region, A2 district, L area, P town, PC capital, S building or site, T island or mountain, H sea, HI lake
    or river, Z several states, D the adjective of a country. `codes`: the state it lies in; several where it is shared or
    disputed, none where it is nobody's. `part`: for towns and regions GeoNames' code of the region, for countries the neighbours.
    """

    number: int | None  # GeoNames
    name: str
    kind: str
    codes: tuple[str, ...]
    people: int
    lat: float | None
    lon: float | None
    part: str

    @property
    def code(self) -> str | None:
        """The one state it lies in, if there is just one."""
        return self.codes[0] if len(self.codes) == 1 else None


class Named(NamedTuple):
    """A place that bears a name, and whether it is its own or another spelling."""

    place: Place
    own: bool


class Index(msgspec.Struct, frozen=True):
    """Front of the file: whose data it is, where the blocks end (counted from the index's end), the first name of each block of names."""

    source: str
    first_names: list[str]
    name_ends: list[int]
    place_ends: list[int]
    places_a_block: int


class Table:
    """Look-ups in the file's bytes."""

    def __init__(self, content: bytes) -> None:
        if not content.startswith(MAGIC):
            message = f"{TABLE.name} is no table of places; python -m detente.places.build writes it"
            raise ValueError(message)
        end = content.index(b"\n", len(MAGIC))
        self._index = msgspec.json.decode(content[len(MAGIC) : end], type=Index)
        self._blocks = memoryview(content)[end + 1 :]
        # 256 blocks of 16 kB: with 64, 300 articles inflated them 2.4 times as often
        self._block = functools.lru_cache(maxsize=256)(self._inflated)
        # of the names that 300 articles ask for, known or not, two in three are asked for again
        self.named = functools.lru_cache(maxsize=4096)(self._named)

    def _named(self, key: str) -> tuple[Named, ...]:
        """Every place with that folded name."""
        at = bisect_right(self._index.first_names, key) - 1
        if at < 0 or not key:
            return ()
        begin = self._index.name_ends[at - 1] if at else 0
        block = self._block(begin, self._index.name_ends[at])
        start = block.find(f"\n{key}\t".encode())
        if start < 0:
            return ()
        own, _, other = block[start + 1 : block.index(b"\n", start + 1)].decode().split("\t")[1].partition(";")
        found = [Named(self.place(int(row)), own=True) for row in own.split()]
        return (*found, *(Named(self.place(int(row)), own=False) for row in other.split()))

    def place(self, row: int) -> Place:
        """The place in that row."""
        at, offset = divmod(row, self._index.places_a_block)
        ends = self._index.place_ends
        line = self._block(ends[at - 1] if at else self._index.name_ends[-1], ends[at]).split(b"\n")[offset]
        number, name, kind, codes, people, lat, lon, part = line.decode().split("\t")
        return Place(
            number=int(number) if number else None, name=name, kind=kind, codes=tuple(codes.split()), people=int(people),
            lat=float(lat) if lat else None, lon=float(lon) if lon else None, part=part,
        )  # fmt: skip

    def country(self, code: str) -> Place | None:
        """The country or territory with that ISO alpha-3 code (or the codebook's)."""
        return next((found.place for found in self.named(f"={code}")), None)

    def countries(self) -> dict[str, Place]:
        """Every country and territory by its code."""
        first, ends = self._index.first_names, self._index.name_ends
        found: dict[str, Place] = {}
        # the keys of countries begin with "=", and stand together
        for at in range(max(bisect_right(first, "=") - 1, 0), bisect_right(first, ">")):
            for row in self._block(ends[at - 1] if at else 0, ends[at]).decode().splitlines():
                if row.startswith("="):
                    code = row[1:].partition("\t")[0]
                    if (place := self.country(code)) is not None:
                        found[code] = place
        return found

    def capital(self, code: str) -> Place | None:
        """The capital of that country."""
        return next((found.place for found in self.named(f"*{code}")), None)

    def _inflated(self, begin: int, end: int) -> bytes:
        return zlib.decompress(self._blocks[begin:end])


@functools.cache
def table() -> Table:
    """The packaged table."""
    return Table(TABLE.read_bytes())
