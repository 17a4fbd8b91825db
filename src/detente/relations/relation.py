"""One relation, whole: level, change, verdict, turning points, answers, and the events behind them."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import msgspec
import numpy as np
import polars
from numpy.typing import NDArray
from scipy.special import ndtri

from detente.errors import BadSetting
from detente.relations import level, rates
from detente.relations.panel import CONFLICT, COOPERATION, Floats, Ints, Panel, known_until, panel_of
from detente.relations.pooled import Pooled, alone, pooled
from detente.relations.reciprocity import Reciprocity, reciprocity
from detente.relations.tables import QUADS
from detente.relations.turning import turning_points
from detente.relations.verdict import BACK, RECENT, Verdict, verdict

WIDE = 0.8
"""Share of the truth that a band holds."""

SURE = 0.5
"""Chance from which on a turning point is told."""

SHOWN = 3
"""Events told for each day that is explained, and days that moved the level most."""


class Band(msgspec.Struct, frozen=True):
    """A value and the 80 % band around it."""

    value: float
    low: float
    high: float


class Told(msgspec.Struct, frozen=True):
    """An event that explains something; `disputed` is what the papers of its story tell differently, such as "whether it happened"."""

    day: dt.date
    source: str
    target: str
    type: str | None
    points: float
    n: float
    text: str | None
    id: str | None
    disputed: tuple[str, ...] = ()


class Turn(msgspec.Struct, frozen=True):
    """A turning point: day, chance, between which days; reports a day of average news before and after; what was told then."""

    day: dt.date
    chance: float
    earliest: dt.date
    latest: dt.date
    before: dict[str, float]
    after: dict[str, float]
    events: tuple[Told, ...]


class Series(msgspec.Struct, frozen=True):
    """The level day by day, and reports of conflict and cooperation."""

    days: tuple[dt.date, ...]
    level: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    conflict: tuple[float, ...]
    cooperation: tuple[float, ...]


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """What the events say of two states. `level` in points of an average event, -10 to 10; `rates` in reports a day of average news.

    `change` is the level's over the last 90 days, None when fewer are known. `rates` is empty when fewer than 30 days are known. `answers` is None when one side did too little.
    """

    a: str
    b: str
    directed: bool
    first: dt.date
    last: dt.date
    reports: float
    level: Band
    change: Band | None
    verdict: Verdict
    rates: dict[str, Band]
    turns: tuple[Turn, ...]
    movers: tuple[Told, ...]
    answers: Reciprocity | None
    series: Series


def relation(events: polars.DataFrame, a: str, b: str, *, directed: bool = False, since: dt.date | None = None, until: dt.date | None = None) -> Relation:
    """The relation of two states on the last day.

    Args:
        events: From `tables.checked`; those of all dyads, since they tell how much news there was and what is usual.
        a: A code.
        b: Another.
        directed: Only what A does to B.
        since: The first day to show; earlier ones still count.
        until: The last day to know of; that of the last event where this lies after it.

    Raises:
        BadSetting: No such dyad, or reversed days.
    """
    until = known_until(events, until)
    last = until or events["day"].max()
    if since is not None and isinstance(last, dt.date) and since > last:
        raise BadSetting("--since", str(since), f"it lies after the last day, {last}; give an earlier one")
    panel = panel_of(events, directed=directed, until=until)
    panel.row(*pair_of(a, b, directed=directed))
    return of_pair(events.filter(between(a, b)), a, b, pooled(panel), directed=directed, since=since)


def of_pair(mine: polars.DataFrame, a: str, b: str, known: Pooled, *, directed: bool = False, since: dt.date | None = None) -> Relation:
    """The relation of two states from their own events, and what all dyads together tell.

    Args:
        mine: The events of the two, both ways; those outside the days of which all dyads tell count nowhere.
        a: A code.
        b: Another.
        known: From `pooled`, of a panel that is directed if this is.
        directed: Only what A does to B.
        since: The first day to show; earlier ones still count.

    Raises:
        BadSetting: No event within the days, or `since` lies after the last.
    """
    if since is not None and since > known.last:
        raise BadSetting("--since", str(since), f"it lies after the last day, {known.last}; give an earlier one")
    acts = mine.filter(polars.col("source") == a) if directed else mine
    if acts.is_empty():
        raise BadSetting("dyad", f"{a} {b}", f"no event goes from {a} to {b}; without --directed there are {mine.height}")
    panel = alone(acts, known, directed=directed)
    counts = panel.counts(np.array([0]))[0].T
    found = level.levels(panel, known.level)
    of_class = tuple(rates.filtered(counts[k], panel.exposure, s) for k, s in enumerate(known.rates))
    conflict = rates.filtered(counts[CONFLICT].sum(axis=0), panel.exposure, known.hostile)
    answers = _answers(mine, a, b, panel)
    ranked = _ranked_by(acts.filter(polars.col("day").is_between(panel.first, panel.last)), panel.first)
    begin = max(0, (since - panel.first).days) if since else 0
    return Relation(
        a=a, b=b, directed=directed, first=panel.day_of(begin), last=panel.last, reports=float(counts.sum()),
        level=_band(found.now[0, -1], found.now_sd[0, -1]), change=_change(found, panel),
        verdict=verdict(counts.sum(axis=0), panel.known, (found.now[0], found.now_sd[0]), conflict, answers, texts=_texts(acts, panel.last)),
        rates=_rates(of_class) if panel.known.sum() >= rates.WARM_UP else {},
        turns=_turns(panel, counts, ranked, begin), movers=_movers(found, known.level.mean, ranked, begin), answers=answers,
        series=_series(panel, counts, found, begin),
    )  # fmt: skip


def pair_of(a: str, b: str, *, directed: bool = False) -> tuple[str, str]:
    """The pair as panels name it: in alphabetical order, unless it is directed."""
    return (a, b) if directed else (min(a, b), max(a, b))


def between(a: str, b: str) -> polars.Expr:
    """Whether a row is of these two, either way."""
    source, target = polars.col("source"), polars.col("target")
    return ((source == a) & (target == b)) | ((source == b) & (target == a))


def _band(mean: float, sd: float) -> Band:
    reach = float(ndtri(0.5 + WIDE / 2)) * sd
    return Band(float(mean), float(mean - reach), float(mean + reach))


def _change(found: level.Level, panel: Panel) -> Band | None:
    if panel.known.sum() <= BACK:
        return None
    return _band(found.now[0, -1] - found.now[0, -1 - BACK], float(np.hypot(found.now_sd[0, -1], found.now_sd[0, -1 - BACK])))


def _rates(of_class: tuple[rates.Rate, ...]) -> dict[str, Band]:
    """The last day's rate of each class."""
    last = [rates.Rate(rate.a[-1], rate.b[-1]) for rate in of_class]  # before the quantiles, which take longer than all else of a rate
    return {name: Band(*map(float, (rate.mean, rate.quantile(0.1), rate.quantile(0.9)))) for name, rate in zip(QUADS, last, strict=True)}


def _answers(events: polars.DataFrame, a: str, b: str, panel: Panel) -> Reciprocity | None:
    """Who answers whose conflict within the days; `events` are of these two alone."""
    at, n = _numbers(events, panel.first), events["n"].to_numpy()
    hostile = (events["quad"].to_numpy() >= 3) & (at >= 0) & (at < panel.n_days)
    sides = []
    for source in (a, b):
        mine = hostile & (events["source"] == source).to_numpy()
        sides.append(np.bincount(at[mine], weights=n[mine], minlength=panel.n_days).astype(np.float64))
    return reciprocity(sides[0], sides[1], panel.exposure)


def _texts(acts: polars.DataFrame, last: dt.date) -> float:
    """Independent texts behind the acts of the days that a verdict looks at; a report that names no text is one of its own.

    An act that two do to one another has a row each way under one id, and is no more reports for it.
    """
    origins = polars.col("origins")
    recent = acts.filter(polars.col("day") > last - dt.timedelta(days=RECENT), polars.col("day") <= last)
    named = recent.select(origins.explode().drop_nulls().n_unique()).item()
    unnamed = recent.filter(origins.is_null())
    of_one_id = unnamed.filter(polars.col("id").is_not_null()).group_by("id", maintain_order=True).agg(polars.col("n").max())
    return float(named) + float(of_one_id["n"].sum()) + float(unnamed.filter(polars.col("id").is_null())["n"].sum())


def _numbers(events: polars.DataFrame, first: dt.date) -> Ints:
    """(n_events,) the number of each event's day."""
    return (events["day"] - first).dt.total_days().to_numpy().astype(np.int64)


class _Ranked(NamedTuple):
    """Events, the strongest first, and (n_events,) their days' numbers, points, and whether they are of conflict.

    Arrays beside the frame: a page asks some twenty times which of them lie where, and each question to a frame takes a millisecond.
    """

    events: polars.DataFrame
    day: Ints
    points: Floats
    hostile: NDArray[np.bool_]

    def told(self, which: NDArray[np.bool_], most: int = SHOWN) -> tuple[Told, ...]:
        """The strongest of those chosen."""
        return _told(self.events[np.flatnonzero(which)[:most]])


def _ranked_by(events: polars.DataFrame, first: dt.date) -> _Ranked:
    ranked = by_strength(events)
    return _Ranked(ranked, _numbers(ranked, first), ranked["points"].to_numpy(), ranked["quad"].to_numpy() >= 3)


def _turns(panel: Panel, counts: Floats, mine: _Ranked, begin: int) -> tuple[Turn, ...]:
    channels = np.stack([counts[COOPERATION].sum(axis=0), counts[CONFLICT].sum(axis=0)])
    names = ("cooperation", "conflict")
    out = []
    for cut in turning_points(channels, panel.exposure):
        if cut.chance < SURE or cut.day < begin:
            continue
        grown = cut.after - cut.before
        hostile = abs(grown[1]) >= abs(grown[0])
        events = mine.told((mine.day >= cut.day) & (mine.day <= cut.day + 3) & (mine.hostile == hostile))
        before, after = (dict(zip(names, map(float, side), strict=True)) for side in (cut.before, cut.after))
        out.append(Turn(panel.day_of(cut.day), cut.chance, panel.day_of(cut.earliest), panel.day_of(cut.latest), before, after, events))
    return tuple(out)


def _movers(found: level.Level, usual: float, mine: _Ranked, begin: int) -> tuple[Told, ...]:
    """The strongest event of each of the days that moved the level most.

    On the eve of the first day nothing is known of the two, and the level is the `usual` one of all dyads, as for a pair whose first event comes later.
    """
    eve = np.append(usual, found.then[0, :-1])
    moved = found.then[0] - eve
    moved[:begin] = 0
    out: list[Told] = []
    for day in np.argsort(-np.abs(moved), kind="stable")[:SHOWN]:
        out += mine.told((mine.day == day) & ((mine.points - float(eve[day])) * moved[day] > 0), most=1)
    return tuple(sorted(out, key=lambda told: told.day))


def by_strength(events: polars.DataFrame) -> polars.DataFrame:
    """The events by points and reports, the strongest first; those with their words before the others."""
    ranked = events.with_columns((polars.col("points").abs() * polars.col("n")).alias("weight"), polars.col("text").is_null().alias("mute"))
    return ranked.sort("mute", "weight", "day", descending=[False, True, False], maintain_order=True)


def strongest(events: polars.DataFrame) -> tuple[Told, ...]:
    """The strongest of these events."""
    return _told(by_strength(events).head(SHOWN))


def _told(events: polars.DataFrame) -> tuple[Told, ...]:
    return tuple(Told(r["day"], r["source"], r["target"], r["type"], r["points"], r["n"], r["text"], r["id"]) for r in events.iter_rows(named=True))


def _series(panel: Panel, counts: Floats, found: level.Level, begin: int) -> Series:
    reach = float(ndtri(0.5 + WIDE / 2)) * found.now_sd[0]
    lines: list[Any] = [found.now[0], found.now[0] - reach, found.now[0] + reach, counts[CONFLICT].sum(axis=0), counts[COOPERATION].sum(axis=0)]
    days = tuple(panel.day_of(d) for d in range(begin, panel.n_days))
    return Series(days, *(tuple(np.round(line[begin:], 4).tolist()) for line in lines))
