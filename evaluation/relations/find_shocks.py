"""Whether known shocks are found within 14 days, at one alarm a dyad and year: our detector beside plain ones on Goldstein scores.

    python -m evaluation.relations.find_shocks ../shared/data            the table; held-out shocks at the thresholds of the tuning half

A shock counts as found when an alarm sounds on its day or within the 14 days after it (or the eve: papers are dated by their own
zone). Every other alarm of the shocks' dyads counts as false, though many are turns of the relation that no table holds. Thresholds are
the lowest at which the tuning half has at most one false alarm a dyad and year. "first" are the shocks that were written down before there was a
detector, and those that lie beside the series; "more" the eighty written after it. The last column is what alarms at that rate find by luck. Intervals:
2,000 bootstrap draws of shocks.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars
from numpy.typing import NDArray

from detente.relations import alarms
from detente.relations.panel import Floats, silent
from evaluation.relations.shocks import Shock, shocks

WITHIN = 14


class Source(NamedTuple):
    """Daily series of the dyads: (n, n_days) each, NaN where nothing is known, by the name of the score."""

    name: str
    first: dt.date
    dyads: list[tuple[str, str]]
    series: dict[str, Floats]

    @property
    def years(self) -> float:
        """Years after the warm-up."""
        return float(next(iter(self.series.values())).shape[1] - alarms.Settings().warm_up) / 365.25


def gdelt(folder: Path, dyads: list[tuple[str, str]]) -> Source:
    """Daily sums of GDELT's Goldstein scores."""
    col = polars.col
    frame = polars.read_parquet(folder / "dyads" / "gdelt_daily_dyad_scores_2018_2024.parquet").select(
        day=col("date").dt.date(), x=col("iso_a").cast(polars.String), y=col("iso_b").cast(polars.String), sum=col("score").cast(polars.Float64),
    )  # fmt: skip
    days = frame["day"].unique()
    frame = frame.with_columns(a=polars.min_horizontal("x", "y"), b=polars.max_horizontal("x", "y")).filter(col("a") != col("b"))
    first, last = days.min(), days.max()
    assert isinstance(first, dt.date) and isinstance(last, dt.date)  # noqa: PT018 - for the type checker
    known = np.zeros((last - first).days + 1, dtype=bool)
    known[(days - first).dt.total_days().to_numpy()] = True
    return Source("GDELT 2018-24", first, dyads, {"sum": np.where(known, _daily(frame, dyads, first, len(known), "sum"), np.nan)})


def icews(folder: Path, dyads: list[tuple[str, str]]) -> Source:
    """Daily sums and means of ICEWS' Goldstein scores, reports weighted where only a fifth of them is there."""
    col = polars.col
    frame = polars.read_parquet(folder / "icews_dyads" / "icews_events.parquet").filter(col("dataset").cast(polars.String) == "icews0515").select(
        day=col("date").dt.date(), x=col("src_iso3").cast(polars.String), y=col("tgt_iso3").cast(polars.String),
        n=col("weight").cast(polars.Float64), sum=(col("weight") * col("goldstein")).cast(polars.Float64), quad="quad",
    )  # fmt: skip
    frame = frame.with_columns(a=polars.min_horizontal("x", "y"), b=polars.max_horizontal("x", "y"))
    frame = frame.filter(col("a") != col("b"), col("a") != "")
    first, last = dt.date(2005, 1, 1), dt.date(2015, 12, 31)
    n_days = (last - first).days + 1
    total = np.bincount((frame["day"] - first).dt.total_days().to_numpy(), minlength=n_days)
    n, points = (_daily(frame, dyads, first, n_days, name) for name in ("n", "sum"))
    hostile = _daily(frame.filter(col("quad") >= 3), dyads, first, n_days, "n")
    mean = np.where(n > 0, points / np.maximum(n, 1), np.nan)
    unknown = silent(total.astype(float))
    series = {"sum": points, "mean": mean, "conflict": -hostile}
    return Source("ICEWS 2005-15", first, dyads, {k: np.where(unknown, np.nan, v) for k, v in series.items()})


def _daily(frame: polars.DataFrame, dyads: list[tuple[str, str]], first: dt.date, n_days: int, value: str) -> Floats:
    out = np.zeros((len(dyads), n_days))
    row = {dyad: number for number, dyad in enumerate(dyads)}
    wanted = polars.DataFrame({"a": [a for a, _ in dyads], "b": [b for _, b in dyads]})
    for a, b, day, v in frame.join(wanted, on=["a", "b"]).select("a", "b", "day", value).iter_rows():
        out[row[a, b], (day - first).days] += v
    return out


def plain_scores(series: Floats, *, past: int = 90) -> Floats:
    """The rival: the day's distance from the mean of the last `past` days, in their standard deviations."""
    n, n_days = series.shape
    out = np.zeros((2, n, n_days))
    for day in range(alarms.Settings().warm_up, n_days):
        before = series[:, max(0, day - past) : day]
        known = ~np.isnan(before)
        count = np.maximum(known.sum(axis=1), 1)
        mean = np.where(known, before, 0).sum(axis=1) / count
        sd = np.sqrt((np.where(known, before - mean[:, None], 0) ** 2).sum(axis=1) / count) + 1e-3
        off = np.where(np.isnan(series[:, day]), 0.0, (series[:, day] - mean) / sd)
        out[:, :, day] = -off, off
    return out


class Found(NamedTuple):
    """What one detector finds: per shock either way and in the right direction, alarms a dyad and year outside shocks, luck."""

    either: list[bool]
    right: list[bool]
    false_rate: float
    luck: float


def found(source: Source, score: Floats, threshold: float, wanted: list[Shock], every: list[Shock]) -> Found:
    """What sounds near the shocks, and what sounds elsewhere in their dyads."""
    sound = np.sign(alarms.sounded(score, threshold, alarms.Settings()))
    rows = {dyad: number for number, dyad in enumerate(source.dyads)}
    near = near_shocks(source, every)
    heard = [sound[rows[s.a, s.b], _days(source, s)] for s in wanted]
    mine = sorted({rows[s.a, s.b] for s in wanted})
    false = np.count_nonzero(sound[mine] * ~near[mine]) / len(mine) / source.years
    luck = 1 - np.exp(-np.count_nonzero(sound[mine]) / len(mine) / source.years * (WITHIN + 2) / 365.25)
    return Found([bool(h.any()) for h in heard], [bool((h == s.sign).any()) for h, s in zip(heard, wanted, strict=True)], float(false), float(luck))


def near_shocks(source: Source, some: list[Shock]) -> NDArray[np.bool_]:
    """(n, n_days) whether an alarm of that day finds one of these shocks."""
    near = np.zeros(next(iter(source.series.values())).shape, dtype=bool)
    for shock in some:
        near[source.dyads.index((shock.a, shock.b)), _days(source, shock)] = True
    return near


def _days(source: Source, shock: Shock) -> slice:
    day = (shock.day - source.first).days
    return slice(max(0, day - 1), day + WITHIN + 1)


def interval(hits: list[bool]) -> str:
    """Share with its 95 % bootstrap interval."""
    draws = np.random.default_rng(0).choice(np.array(hits, dtype=float), (2000, len(hits))).mean(axis=1)
    return f"{np.mean(hits):.2f} [{np.quantile(draws, 0.025):.2f}, {np.quantile(draws, 0.975):.2f}]"


def detectors(source: Source) -> dict[str, Floats]:
    """Scores of our detector and of the plain one on each series."""
    out = {f"ours on {name}": alarms.scores(series) for name, series in source.series.items()}
    return out | {f"plain z on {name}": plain_scores(series) for name, series in source.series.items()}


def halves(some: list[Shock]) -> dict[str, list[Shock]]:
    """The shocks by half and by table, as far as there are any."""
    parts = {
        f"{half}, {table}": [s for s in some if s.held_out == out and s.later == later]
        for half, out in (("tuning", False), ("held out", True))
        for table, later in (("first", False), ("more", True))
    }
    return {name: wanted for name, wanted in parts.items() if wanted}


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1])
    show_held_out = "--tuning" not in sys.argv
    every = shocks(folder / "dyads" / "known_shocks.csv")
    print(f"{'series':<14} {'detector':<20} {'thr':>6}  {'half':<15} {'shocks':>6}  {'found':<18} {'right way':<18} {'false/yr':>8} {'luck':>5}")
    for read, years in ((gdelt, range(2018, 2025)), (icews, range(2005, 2016))):
        mine = [s for s in every if s.day.year in years]
        source = read(folder, sorted({(s.a, s.b) for s in mine}))
        tuning = [s for s in mine if not s.held_out]
        rows = [source.dyads.index(dyad) for dyad in sorted({(s.a, s.b) for s in tuning})]
        for name, score in detectors(source).items():
            threshold = alarms.threshold_for(score[:, rows], source.years, known=near_shocks(source, tuning)[rows])
            for half, wanted in halves(mine).items():
                if half.startswith("tuning") or show_held_out:
                    r = found(source, score, threshold, wanted, mine)
                    print(f"{source.name:<14} {name:<20} {threshold:>6.2f}  {half:<15} {len(wanted):>6}  {interval(r.either):<18} {interval(r.right):<18} {r.false_rate:>8.2f} {r.luck:>5.2f}")
        if "conflict" in source.series:
            for half, wanted in halves(mine).items():
                mute = sum(bool(np.nansum(source.series["conflict"][source.dyads.index((s.a, s.b)), _days(source, s)]) == 0) for s in wanted if s.sign < 0)
                print(f"{source.name:<14} {mute} of {sum(s.sign < 0 for s in wanted)} hostile shocks, {half}, have no hostile report in those days")


if __name__ == "__main__":
    main()
