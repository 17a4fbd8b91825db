"""The relations of the store that is shown, as `detente.relating` tells them: worked out beside the requests, and kept.

A page waits a moment and else says that it is being worked out.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from detente.errors import BadSetting, DetenteError
from detente.review import Reviewed
from detente.review.known import Known
from detente.store import open_store
from detente.web import looking

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    import polars

    from detente.relating import Related
    from detente.relations.backtest import Row
    from detente.relations.network import Network
    from detente.relations.outlook import Outlook
    from detente.relations.panel import Panel
    from detente.relations.relation import Relation, Turn
    from detente.web.stores import Desk

MOMENT = 0.25
"""Seconds that a page waits for what is being worked out; where others asked before it, it does not wait."""
WEEKS = 4
BUSIEST = 24
"""Pairs, those with most events, whose turning points the overview tells and on which forecasts are tried."""
PENDING = "pending"
"""In the place of what is being worked out."""


class Busy(DetenteError):
    """Everybody asks at once, and the wait was too long."""

    def __str__(self) -> str:
        return "the workbench is busy; try again in a moment"


class Worked(NamedTuple):
    """What the mathematics say of a pair."""

    relation: Relation
    outlook: tuple[Outlook, ...]


class Turned(NamedTuple):
    """A turning point of a pair."""

    a: str
    b: str
    turn: Turn


@cache
def able() -> bool:
    """Whether the extra that the mathematics need is installed."""
    from importlib.util import find_spec

    return find_spec("scipy") is not None and find_spec("networkx") is not None


def _worked(desk: Desk, patience: float, question: str, *asked: Any) -> Any:
    """Kept, worked out, or pending; None where there are too few events, or the extra is missing.

    Raises:
        DetenteError: It cannot be worked out, and why.
    """
    known = desk.known.get((desk.version, question, *asked))
    if known is None:
        if not able():
            return None
        try:
            known = desk.worker.get(desk, (question, *asked), patience=patience)
        except Busy:  # who looks again asks a process that works
            return PENDING
    return known if known != () else None


def answer(desk: Desk, question: str, *asked: Any) -> Any:
    """What is asked, worked out here and kept; () where there are fewer events, or days, than the mathematics need.

    Raises:
        DetenteError: It cannot be worked out, and why.
    """
    import numpy as np

    def worked() -> Any:
        try:
            with np.errstate(all="ignore"):  # where nothing ever happened there is nothing to divide by
                return _QUESTIONS[question](desk, *asked)
        except BadSetting:
            return ()

    known = desk.known.get((desk.version, question, *asked))
    if known is None:
        known = worked()
        desk.known.put((desk.version, question, *asked), known)
    return known


class Acts(NamedTuple):
    """What relations are built on: the store's, and the rows of all pairs."""

    related: Related
    frame: polars.DataFrame


def acts(desk: Desk) -> Acts:
    """The acts of all pairs, after people; asked by the worker alone, whose own the store is."""

    def made() -> Acts:
        from detente.relating import related

        store = open_store(desk.folder, run=desk.run)
        known = Known(store)
        ranks = (desk.index.rank_of("event", record) for record in desk.rulings.changed)  # faster than the store finds them; below 0 are those that people marked
        known.learn(found.event for found in looking.events(desk.index, [rank for rank in ranks if rank is not None and rank >= 0]))
        found = related(Reviewed(store, desk.rulings, known=known))
        return Acts(found, found.events().frame)

    kept: Acts = desk.kept("acts", made)
    return kept


def panel(desk: Desk, since: dt.date | None = None, until: dt.date | None = None) -> Panel:
    """The panel of the store's days, or of some.

    Raises:
        BadSetting: No event lies within the days.
    """
    from detente.relations.panel import panel_of

    return panel_of(acts(desk).frame, since=since, until=until)


def relation(desk: Desk, a: str, b: str, *, patience: float = MOMENT) -> Worked | str | None:
    """Level, turning points and what is to come; `PENDING`; None when the events are too few."""
    found: Worked | str | None = _worked(desk, patience, "relation", *sorted((a, b)))
    return found


def _relation(desk: Desk, a: str, b: str) -> Worked:
    from detente.relations.outlook import outlook
    from detente.relations.pooled import alone

    found = acts(desk).related
    told, known = found.relation(a, b), found.shared()
    try:
        coming = outlook(alone(found.pair(a, b), known), known.level, found.coming(WEEKS), weeks=WEEKS)
    except BadSetting:  # too short a past to learn a forecast from
        coming = ()
    return Worked(told, coming)


def record(desk: Desk) -> list[Row] | str | None:
    """How forecasts of the store's past days did against the dumb rivals, over the busiest pairs."""
    found: list[Row] | str | None = _worked(desk, 0.0, "record")
    return found


def _record(desk: Desk) -> list[Row]:
    import numpy as np

    from detente.relations.backtest import backtest
    from detente.relations.panel import CONFLICT, COOPERATION

    every = panel(desk)
    rows = np.sort(np.argsort(-every.totals(), kind="stable")[:BUSIEST])
    scored = [row for classes, what in ((CONFLICT, "conflict"), (COOPERATION, "cooperation")) for row in backtest(every, rows, classes, what)]
    return [row for row in scored if row.weeks == WEEKS and np.isfinite(row.crps_skill)]  # a rule that was never wrong cannot be bettered


def turns(desk: Desk) -> list[Turned] | str | None:
    """The newest turning points of the busiest pairs."""
    found: list[Turned] | str | None = _worked(desk, 0.0, "turns")
    return found


def _turns(desk: Desk) -> list[Turned]:
    import numpy as np

    from detente.relations.panel import CONFLICT, COOPERATION
    from detente.relations.relation import SURE, Turn
    from detente.relations.turning import turning_points

    every, out = panel(desk), list[Turned]()
    for row in np.argsort(-every.totals(), kind="stable")[:BUSIEST]:
        counts = every.counts(np.array([row]))[0].T
        channels = np.stack([counts[COOPERATION].sum(axis=0), counts[CONFLICT].sum(axis=0)])
        for cut in turning_points(channels, every.exposure):
            if cut.chance >= SURE:
                before, after = (dict(zip(("cooperation", "conflict"), map(float, side), strict=True)) for side in (cut.before, cut.after))
                a, b = every.dyads[row]
                out.append(Turned(a, b, Turn(every.day_of(cut.day), cut.chance, every.day_of(cut.earliest), every.day_of(cut.latest), before, after, ())))
    return sorted(out, key=lambda t: (t.turn.day, t.a, t.b), reverse=True)[:12]


def network(desk: Desk, since: dt.date, until: dt.date, *, patience: float = MOMENT) -> Network | str | None:
    """Camps, brokers and the lines between states in a period."""
    found: Network | str | None = _worked(desk, patience, "network", since, until)
    return found


def _network(desk: Desk, since: dt.date, until: dt.date) -> Network:
    from detente.relations.network import network as standing

    return standing(panel(desk, since, until))


_QUESTIONS: dict[str, Callable[..., Any]] = {"relation": _relation, "record": _record, "turns": _turns, "network": _network}
