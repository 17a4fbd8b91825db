"""Events → the panel: dyads by days by classes, and the amount of news of each day."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import polars
from numpy.typing import NDArray

from detente.errors import BadSetting
from detente.ontology.plover import near

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CLASSES = 4
CONFLICT = slice(2, 4)
COOPERATION = slice(0, 2)

SILENCE = 7
"""Days without any news from which on a stretch is unknown, not calm. Shorter: a weekend, a holiday."""

OWN_NEWS = 0.5
"""Share of one dyad in all the news above which the news tells nothing of how much was written: its days then count alike."""


class Panel(NamedTuple):
    """Events added up, sparse, sorted by dyad, day and class.

    `dyads` are (source, target), or the two codes in alphabetical order when the panel is joint. `start` (n_dyads + 1,) parts the
    cells by dyad; `day` counts from `first`; `klass` is quad - 1; `count` reports, `points` their sum. `news` (n_days,) reports of all
    dyads; `exposure` (n_days,) the same in average days, 0 where nothing is known.
    """

    dyads: tuple[tuple[str, str], ...]
    first: dt.date
    start: Ints
    day: Ints
    klass: Ints
    count: Floats  # type: ignore[assignment]  # hides `tuple.count`, which nobody calls on a panel
    points: Floats
    news: Floats
    exposure: Floats

    @property
    def n_days(self) -> int:
        """Days from the first to the last with news, both counted."""
        return len(self.news)

    @property
    def known(self) -> Bools:
        """(n_days,) whether anything is known of the day."""
        return ~silent(self.exposure)

    @property
    def last(self) -> dt.date:
        """The last day."""
        return self.first + dt.timedelta(self.n_days - 1)

    def day_of(self, index: int) -> dt.date:
        """The date of a day's number."""
        return self.first + dt.timedelta(int(index))

    def totals(self) -> Floats:
        """(n_dyads,) reports of each dyad."""
        return self._by_dyad(self.count)

    def means(self) -> Floats:
        """(n_dyads,) mean points of each dyad's reports; 0 where it has none."""
        return self._by_dyad(self.points) / np.maximum(self.totals(), 1e-12)

    def _by_dyad(self, values: Floats) -> Floats:
        return np.add.reduceat(np.append(values, 0.0), self.start[:-1]) * (np.diff(self.start) > 0)

    def counts(self, rows: slice | Ints) -> Floats:
        """(n_rows, n_days, 4) reports per day and class of these dyads."""
        return self._dense(rows, self.count)

    def sums(self, rows: slice | Ints) -> Floats:
        """(n_rows, n_days, 4) points per day and class of these dyads."""
        return self._dense(rows, self.points)

    def _dense(self, rows: slice | Ints, values: Floats) -> Floats:
        chosen = np.arange(len(self.dyads))[rows]
        dense = np.zeros((len(chosen), self.n_days, CLASSES))
        for place, row in enumerate(chosen):
            cells = slice(self.start[row], self.start[row + 1])
            dense[place, self.day[cells], self.klass[cells]] = values[cells]
        return dense

    def only(self, row: int) -> Panel:
        """One dyad alone, over the days and the news of all."""
        cells = slice(self.start[row], self.start[row + 1])
        start = np.array([0, self.start[row + 1] - self.start[row]])
        return self._replace(
            dyads=self.dyads[row : row + 1], start=start, day=self.day[cells], klass=self.klass[cells], count=self.count[cells], points=self.points[cells]
        )

    def row(self, a: str, b: str) -> int:
        """The number of a dyad.

        Raises:
            BadSetting: The panel has no event of this dyad; near codes are named.
        """
        wanted = (a, b)
        if wanted in self.dyads:
            return self.dyads.index(wanted)
        for code in wanted:
            codes = {c for dyad in self.dyads for c in dyad}
            if code not in codes:
                raise BadSetting("code", code, f"no event has it; {near(code, sorted(codes))}")
        partners = {x if y == a else y for x, y in self.dyads if a in (x, y)}
        told = ", ".join(sorted(partners)[:8]) + (", …" if len(partners) > 8 else "")
        raise BadSetting("dyad", f"{a} {b}", f"there is no event between the two; {a} has events with: {told or 'nobody'}")


def panel_of(events: polars.DataFrame, *, directed: bool = False, since: dt.date | None = None, until: dt.date | None = None) -> Panel:
    """The panel of a frame of `tables.checked`.

    Args:
        events: Columns day, source, target, quad, points, n.
        directed: Keep A towards B and B towards A apart.
        since: First day; the first event's when None.
        until: Last day; the last event's when None.

    Raises:
        BadSetting: The days are reversed, or no event is left.
    """
    if since is not None and until is not None and since > until:
        raise BadSetting("--since", str(since), f"it lies after the last day, {until}; give the earlier day first")
    col = polars.col
    inside = events.filter(col("day") >= (since or dt.date.min), col("day") <= (until or dt.date.max))
    if events.is_empty():
        raise BadSetting("events", 0, "at least one must have a date and be between two states")
    if inside.is_empty():
        raise BadSetting("events", 0, f"at least one must lie between --since and --until; there are {events['day'].min()!s} to {events['day'].max()!s}")
    a, b = (col("source"), col("target")) if directed else (polars.min_horizontal("source", "target"), polars.max_horizontal("source", "target"))
    cells = (
        inside.with_columns(a.alias("a"), b.alias("b"), (col("points") * col("n")).alias("sum"))
        .group_by("a", "b", "day", "quad").agg(col("n").sum(), col("sum").sum()).sort("a", "b", "day", "quad")
    )  # fmt: skip
    first, last = since or inside["day"].min(), until or inside["day"].max()
    assert isinstance(first, dt.date) and isinstance(last, dt.date)  # noqa: PT018 - for the type checker; the frame is not empty
    day = (cells["day"] - first).dt.total_days().to_numpy().astype(np.int64)
    count = cells["n"].to_numpy().astype(np.float64)
    news = np.bincount(day, weights=count, minlength=(last - first).days + 1).astype(np.float64)
    heads = cells.select("a", "b").with_row_index("at").group_by("a", "b", maintain_order=True).agg(col("at").first())
    start = np.append(heads["at"].to_numpy(), cells.height).astype(np.int64)
    share = float(np.add.reduceat(count, start[:-1]).max() / count.sum())
    return Panel(
        dyads=tuple(heads.select("a", "b").iter_rows()), first=first, start=start, day=day,
        klass=cells["quad"].to_numpy().astype(np.int64) - 1, count=count, points=cells["sum"].to_numpy().astype(np.float64),
        news=news, exposure=exposure_of(news, alike=share > OWN_NEWS),
    )  # fmt: skip


def known_until(events: polars.DataFrame, until: dt.date | None) -> dt.date | None:
    """The last day to know of: that of the last event where `until` lies after it, since days after the news are unknown, not calm."""
    last = events["day"].max()
    return min(until, last) if until is not None and isinstance(last, dt.date) else until


def exposure_of(news: Floats, *, alike: bool = False) -> Floats:
    """(n_days,) news in average days; 0 on days of which nothing is known.

    Args:
        news: (n_days,) reports.
        alike: Count every known day as one, for news that is the dyad itself.
    """
    known = ~silent(news)
    if alike:
        return known.astype(np.float64)
    return np.where(known, news, 0.0) / max(float(news[known].mean()) if known.any() else 1.0, 1e-12)


def silent(news: Floats, *, shortest: int = SILENCE) -> Bools:
    """(n_days,) whether the day lies in a stretch of at least `shortest` days without any news."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], news == 0, [False])).astype(np.int8)))
    lonely = np.zeros(len(news), dtype=bool)
    for begin, end in edges.reshape(-1, 2):
        lonely[begin:end] = end - begin >= shortest
    return lonely
