"""Documented shocks of relations, split once and for all into a tuning and a held-out half.

`own_shocks.csv` was written from common knowledge before any series was looked at; `known_shocks.csv` lies beside the series. `more_shocks.csv`, 80 more
from 2018 on, was written likewise by somebody who had seen neither series nor detector, after the detector was done: with it the figures rest on more than two dozen.
The rule of the split, fixed with the table: the hash of "day a b" (codes in alphabetical order) decides, so that nobody chose.
A shock from 2018 on is looked for in the GDELT scores, an earlier one in ICEWS 2005-15.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from pathlib import Path
from typing import NamedTuple

OWN = Path(__file__).with_name("own_shocks.csv")
MORE = Path(__file__).with_name("more_shocks.csv")


class Shock(NamedTuple):
    """A day on which a relation turned: -1 towards conflict, 1 towards cooperation."""

    day: dt.date
    a: str
    b: str
    sign: int
    event: str
    later: bool = False  # from `more_shocks.csv`

    @property
    def held_out(self) -> bool:
        """Whether the shock is reported and never tuned on: the first byte of its hash is odd."""
        return hashlib.sha256(f"{self.day} {self.a} {self.b}".encode()).digest()[0] % 2 == 1


def shocks(known: Path) -> list[Shock]:
    """Our own shocks and those of `known_shocks.csv`, by day.

    Args:
        known: The table beside the series; its column of days is called `date`.
    """
    found = set()
    for file in (OWN, known, MORE):
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                a, b = sorted((row["a"], row["b"]))
                day = dt.date.fromisoformat(row.get("day") or row["date"])
                found.add(Shock(day, a, b, -1 if row["direction"] == "conflict" else 1, row["event"], file == MORE))
    return sorted(found)
