"""The packaged table of places."""

from __future__ import annotations

import csv
import threading
import zlib

import pytest

from detente.places.build import HERE
from detente.places.table import TABLE, Table, fold, table


def test_a_name_is_found_by_block_as_by_reading_the_whole() -> None:
    """Of every block of names its first, its last, and one in the middle."""
    places = table()
    index = places._index
    begins = [0, *index.name_ends]
    for begin, end in zip(begins, index.name_ends, strict=False):
        lines = zlib.decompress(places._blocks[begin:end]).decode().split("\n")[1:-1]
        for line in (lines[0], lines[len(lines) // 2], lines[-1]):
            key, _, numbers = line.partition("\t")
            own, _, other = numbers.partition(";")
            expected = [(places.place(int(row)), True) for row in own.split()] + [
                (places.place(int(row)), False) for row in other.split()
            ]

            assert [(found.place, found.own) for found in places.named(key)] == expected


def test_every_place_of_our_own_is_known_by_its_names() -> None:
    """`regions.csv` and the table are of one making."""
    places = table()
    with (HERE / "regions.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            for name in (row["name"], *filter(None, row["also"].split("|"))):
                codes = {found.place.codes for found in places.named(fold(name))}

                assert tuple(code for code in row["codes"].split("|") if code) in codes, name


def test_the_table_is_small() -> None:
    """It is read whole at the first call, and stands in the repository."""
    assert TABLE.stat().st_size < 4_000_000


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Al Fallūjah", "al fallujah"),
        ("St. Peter's Square", "saint peters square"),
        ("Port-au-Prince", "port au prince"),
    ],
)
def test_names_are_compared_without_accents_and_marks(name: str, folded: str) -> None:
    """So that the news may spell them as it likes."""
    assert fold(name) == folded


def test_a_country_has_its_capital() -> None:
    """Every country with one can be asked for it."""
    capital, unknown = table().capital("KEN"), table().capital("UNO")

    assert capital is not None
    assert (capital.name, unknown) == ("Nairobi", None)


def test_threads_may_share_it() -> None:
    """Eight threads find what one finds."""
    names = ["tripoli", "san jose", "baghdad", "georgetown", "darfur", "nowhere at all"] * 20
    expected = [table().named(name) for name in names]
    found: list[list[object]] = []
    threads = [threading.Thread(target=lambda: found.append([table().named(name) for name in names])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [expected] * 8


def test_another_file_is_refused() -> None:
    """A table of an older making names the command that renews it."""
    with pytest.raises(ValueError, match=r"detente\.places\.build"):
        Table(b"detente places 0\n")
