"""Forecasts that were issued, and what came: a ledger in the store that is appended and never changed.

A forecast is issued once for a pair, a last day, a number of weeks and a version of the program. When the store knows the days that it
was about, what came is appended once, as it was known then; grades follow from both.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from importlib.metadata import version
from typing import Any

import msgspec
import numpy as np

from detente.errors import BadSetting
from detente.relating import FORMULAS, Related
from detente.relations import pooled
from detente.relations.forecast import Forecast, whole
from detente.relations.grading import Grade, Settled, grades
from detente.relations.next_turn import ends_of
from detente.relations.outlook import Chance, Outlook, foretold, outlook, turn_within
from detente.relations.panel import Panel, panel_of, silent
from detente.relations.points import stretches
from detente.relations.relation import pair_of
from detente.store import Store
from detente.store.lines import Lines
from detente.store.runs import Run

LEDGER = "forecasts"


class Line(msgspec.Struct, frozen=True):
    """What one forecaster tells of one thing: quantiles at 0.01, …, 0.99, and the chance of more than `above`.

    `above` is what three quarters of the past stretches of that length did not pass.
    """

    what: str
    who: str
    quantiles: tuple[float, ...]
    above: float
    chance: float


class Issued(msgspec.Struct, frozen=True, kw_only=True, tag="issued", tag_field="kind"):
    """A forecast of the days after `day`, the last one known; `issued_at` is the clock's, UTC."""

    a: str
    b: str
    day: dt.date
    weeks: int
    version: str
    run: int
    statuses: tuple[str, ...]
    issued_at: str
    told: tuple[Line, ...]

    @property
    def name(self) -> tuple[str, str, dt.date, int, str, tuple[str, ...]]:
        """What no two forecasts share."""
        return (self.a, self.b, self.day, self.weeks, self.version, self.statuses)

    @property
    def due(self) -> dt.date:
        """The last day that it is about."""
        return self.day + dt.timedelta(7 * self.weeks)


class Came(msgspec.Struct, frozen=True, kw_only=True, tag="came", tag_field="kind"):
    """What came, as `run` of the store knew it at `settled_at`; None where nobody knows, with the reason in `why`."""

    of: tuple[str, str, dt.date, int, str, tuple[str, ...]]
    run: int
    settled_at: str
    truth: dict[str, float | None]
    why: str | None = None


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The ledger as a whole: forecasts issued, settled, waiting, settled without a truth, settled by another run than they were told of, and the grades."""

    issued: int
    settled: int
    waiting: int
    unknown: int
    by_others: int
    grades: tuple[Grade, ...]


def ledger(store: Store) -> Lines[Issued | Came]:
    """The store's ledger of forecasts."""
    return Lines(store.folder, LEDGER, Issued | Came)


def outlook_of(relations: Related, a: str, b: str, *, weeks: int, until: dt.date | None = None) -> tuple[dt.date, tuple[Outlook, ...]]:
    """The last day known, and the forecasts of what comes after it.

    Raises:
        BadSetting: No such dyad, or too little past.
    """
    panel, known, coming = _asked(relations, a, b, weeks, until)
    return known.last, outlook(panel, known.level, coming, weeks=weeks)


def turn_of(relations: Related, a: str, b: str, *, weeks: int, until: dt.date | None = None) -> tuple[Chance, ...]:
    """How likely the relation is to turn within the weeks, ours and the base rate; nothing when the days are too few to learn from.

    Raises:
        BadSetting: No such dyad.
    """
    if until is not None and until < relations.shared().last:
        return turn_in(panel_of(relations.events().frame, until=until), a, b, weeks=weeks)
    panel = pooled.alone(relations.pair(a, b), relations.shared())
    return turn_within(panel, relations.turning(weeks)) if ends_of(panel.known, 7 * weeks) else ()


def turn_in(whole: Panel, a: str, b: str, *, weeks: int) -> tuple[Chance, ...]:
    """The same from the panel of all dyads.

    Raises:
        BadSetting: No such dyad.
    """
    panel = whole.only(whole.row(*pair_of(a, b)))
    return turn_within(panel, pooled.learned_turns(whole, weeks)) if ends_of(panel.known, 7 * weeks) else ()


def issue(relations: Related, a: str, b: str, *, weeks: int, now: dt.datetime) -> bool:
    """Whether a forecast was issued; False when this very one stands in the ledger already.

    Raises:
        BadSetting: No such dyad, or too little past.
        StoreProblem: The ledger cannot be written, is being written by another program, or was tampered with.
    """
    panel, known, coming = _asked(relations, a, b, weeks, None)
    above = _above(panel, weeks)
    told = tuple(_line(one.what, one.who, one.told, above[one.what]) for one in foretold(panel, known.level, coming, weeks=weeks))
    low, high = pair_of(a, b)
    new = Issued(
        a=low, b=high, day=known.last, weeks=weeks, version=f"{version('detente')}+{FORMULAS}", run=relations.about.run,
        statuses=relations.about.statuses, issued_at=_clock(now), told=told,
    )  # fmt: skip
    with ledger(relations.store).appending() as (before, add):
        if new.name in {one.name for one in before if isinstance(one, Issued)}:
            return False
        add(new)
    return True


def settle(relations: Related, *, now: dt.datetime) -> int:
    """How many forecasts were settled: those whose days the run's last day has reached, and that were not settled before.

    A forecast of an older run is settled by the one that `relations` shows when this codes or imports the same: an import of later files, and a
    newer reader, are runs of their own, and the older one never knows the day. `waiting` says why the others are not.

    Raises:
        StoreProblem: The ledger cannot be written, is being written by another program, or was tampered with.
    """
    settled, sources = 0, _sources(relations)
    with ledger(relations.store).appending() as (before, add):
        done = {one.of for one in before if isinstance(one, Came)}
        for one in before:
            if isinstance(one, Issued) and one.name not in done and _hindered(one, relations, sources) is None:
                add(_came(relations, one, now))
                settled += 1
    return settled


def waiting(relations: Related) -> Counter[str]:
    """Why forecasts that were issued and not settled wait, and how many for each reason.

    Raises:
        StoreProblem: A line is damaged or was changed.
    """
    lines, sources = ledger(relations.store).read(), _sources(relations)
    done = {one.of for one in lines if isinstance(one, Came)}
    reasons = (_hindered(one, relations, sources) for one in lines if isinstance(one, Issued) and one.name not in done)
    return Counter(reason for reason in reasons if reason)


def record(store: Store) -> Record:
    """The ledger, graded.

    Raises:
        StoreProblem: A line is damaged or was changed.
    """
    lines = ledger(store).read()
    issued = {one.name: one for one in lines if isinstance(one, Issued)}
    came = [one for one in lines if isinstance(one, Came)]
    settled = [
        Settled(line.what, issued[one.of].weeks, line.who, line.quantiles, truth, line.above)
        for one in came for line in issued[one.of].told if (truth := one.truth.get(line.what)) is not None
    ]  # fmt: skip
    unknown = sum(all(truth is None for truth in one.truth.values()) for one in came)
    others = sum(one.run != issued[one.of].run for one in came)
    return Record(issued=len(issued), settled=len(came), waiting=len(issued) - len(came), unknown=unknown, by_others=others, grades=grades(settled))


def _asked(relations: Related, a: str, b: str, weeks: int, until: dt.date | None) -> tuple[Panel, pooled.Pooled, pooled.Coming]:
    """The dyad's panel, what all dyads tell, and what forecasts of so many weeks have learned; all of them anew only if they must be."""
    mine, known = relations.pair(a, b), relations.shared()
    if until is not None and until < known.last:
        whole = panel_of(relations.events().frame, until=until)
        known = pooled.pooled(whole)
        coming = pooled.learned(whole, known.level, weeks)
    else:
        coming = relations.coming(weeks)
    return pooled.alone(mine, known), known, coming


def _sources(relations: Related) -> dict[int, str]:
    """What each run of the store is of."""
    return {run.run: _source(run) for run in relations.store.runs}


def _source(run: Run) -> str:
    """Texts, or a layout; of a layout of one's own, its map too."""
    if run.source is None:
        return "texts coded here"
    mapping = msgspec.json.decode(run.settings, type=dict[str, Any]).get("mapping")
    return f"an import of {run.source}" + (f" by map {mapping[:8]}" if mapping else "")


def _hindered(one: Issued, relations: Related, sources: dict[int, str]) -> str | None:
    """Why these relations cannot settle a forecast, None when they can."""
    run, known = relations.about.run, relations.shared()
    if one.statuses != relations.about.statuses:
        return f"told of other events: --status {','.join(one.statuses)}"
    if one.run != run and (one.run > run or sources.get(one.run) != sources[run]):
        return f"told of run {one.run}, {sources.get(one.run, 'which is gone')}; shown is run {run}, {sources[run]}: name a later run of its kind with --run, or itself"
    if one.due > known.last:
        return f"their days are not over: run {run}, which is shown, knows days until {known.last}"
    if one.run != run and one.day < known.first:
        return f"told of run {one.run} of days before those of run {run}, which is shown and begins on {known.first}"
    return None


def _above(panel: Panel, weeks: int) -> dict[str, float]:
    """Three quarters of the past stretches had no more; mean points of those that had reports."""
    days, every, sums = 7 * weeks, panel.counts(slice(None)), panel.sums(slice(None)).sum(axis=-1)
    begin, told = panel.n_days % days, whole(panel.known, days)
    past = {kind: every[..., classes].sum(axis=-1)[:, begin:].reshape(-1, days).sum(axis=-1)[told] for kind, classes in pooled.KINDS.items()}
    above = {kind: float(np.quantile(reports, 0.75)) if len(reports) else 0.0 for kind, reports in past.items()}
    means = stretches(every.sum(axis=-1), sums, days)
    return above | {"level": float(np.nanquantile(means, 0.75)) if not np.isnan(means).all() else 0.0}


def _line(what: str, who: str, told: Forecast, above: float) -> Line:
    quantiles = told.quantiles[0]
    return Line(what, who, tuple(np.round(quantiles, 4).tolist()), above, float(np.mean(quantiles > above)))


def _came(relations: Related, one: Issued, now: dt.datetime) -> Came:
    """What the store knows of the days of a forecast."""
    known = relations.shared()
    begin = (one.day - known.first).days + 1
    days = slice(begin, begin + 7 * one.weeks)
    nothing: dict[str, float | None] = dict.fromkeys((*pooled.KINDS, "level"))
    if begin < 1 or silent(np.array(known.exposure))[days].any():
        return Came(of=one.name, run=relations.about.run, settled_at=_clock(now), truth=nothing, why="of some of the days nothing is known: there was no news at all")
    try:
        panel = pooled.alone(relations.pair(one.a, one.b), known)
    except BadSetting as error:  # the events of the pair are gone from the store
        return Came(of=one.name, run=relations.about.run, settled_at=_clock(now), truth=nothing, why=str(error))
    counts, sums = panel.counts(slice(None))[0, days], panel.sums(slice(None))[0, days]
    truth: dict[str, float | None] = {kind: float(counts[:, classes].sum()) for kind, classes in pooled.KINDS.items()}
    truth["level"] = float(sums.sum() / counts.sum()) if counts.sum() > 0 else None
    return Came(of=one.name, run=relations.about.run, settled_at=_clock(now), truth=truth)


def _clock(now: dt.datetime) -> str:
    return now.astimezone(dt.UTC).isoformat(timespec="seconds")
