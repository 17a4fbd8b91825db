"""Forecasts that were issued, and what came: a ledger in the store that is appended and never changed.

A forecast is issued once for a pair, a last day, a number of weeks and a version of the program. When the store knows the days that it
was about, what came is appended once, as it was known then; grades follow from both.
"""

from __future__ import annotations

import datetime as dt
from importlib.metadata import version

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
    """What came, as the store knew it at `settled_at`; None where nobody knows, with the reason in `why`."""

    of: tuple[str, str, dt.date, int, str, tuple[str, ...]]
    run: int
    settled_at: str
    truth: dict[str, float | None]
    why: str | None = None


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The ledger as a whole: forecasts issued, settled, waiting, settled without a truth, and the grades."""

    issued: int
    settled: int
    waiting: int
    unknown: int
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
    """How many forecasts were settled: those whose days the store's last day has reached, and that were not settled before.

    Only forecasts of the run and the statuses that `relations` shows are settled by it.

    Raises:
        StoreProblem: The ledger cannot be written, is being written by another program, or was tampered with.
    """
    known, settled = relations.shared(), 0
    with ledger(relations.store).appending() as (before, add):
        done = {one.of for one in before if isinstance(one, Came)}
        for one in before:
            if isinstance(one, Issued) and one.name not in done and one.due <= known.last and _same(one, relations):
                add(_came(relations, one, now))
                settled += 1
    return settled


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
    return Record(issued=len(issued), settled=len(came), waiting=len(issued) - len(came), unknown=unknown, grades=grades(settled))


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


def _same(one: Issued, relations: Related) -> bool:
    return (one.run, one.statuses) == (relations.about.run, relations.about.statuses)


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
        return Came(of=one.name, run=one.run, settled_at=_clock(now), truth=nothing, why="of some of the days nothing is known: there was no news at all")
    try:
        panel = pooled.alone(relations.pair(one.a, one.b), known)
    except BadSetting as error:  # the events of the pair are gone from the store
        return Came(of=one.name, run=one.run, settled_at=_clock(now), truth=nothing, why=str(error))
    counts, sums = panel.counts(slice(None))[0, days], panel.sums(slice(None))[0, days]
    truth: dict[str, float | None] = {kind: float(counts[:, classes].sum()) for kind, classes in pooled.KINDS.items()}
    truth["level"] = float(sums.sum() / counts.sum()) if counts.sum() > 0 else None
    return Came(of=one.name, run=one.run, settled_at=_clock(now), truth=truth)


def _clock(now: dt.datetime) -> str:
    return now.astimezone(dt.UTC).isoformat(timespec="seconds")
