"""The mathematics of `detente.relations` over the store that is shown: worked out beside the requests, and kept as long as it holds.

A page waits a moment for it and else says that it is being worked out. `frame` and `_relation` are all that knows how.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from detente.errors import BadSetting, DetenteError

if TYPE_CHECKING:
    import datetime as dt

    import polars

    from detente.relations.backtest import Row
    from detente.relations.network import Network
    from detente.relations.outlook import Outlook
    from detente.relations.panel import Panel
    from detente.relations.relation import Relation, Turn
    from detente.web.stores import Desk

MOMENT = 0.25
"""Seconds that a page waits for what is being worked out."""
WEEKS = 4
BUSIEST = 24
"""Pairs, those with most events, whose turning points the overview tells and on which forecasts are tried."""
MOST_NODES = 60

PENDING = "pending"
"""In the place of what is being worked out."""

_ACTS = """
SELECT date AS day, actor AS source, recipient AS target, quad_code::TINYINT AS quad, avg(event_scale) AS points, count(DISTINCT rank)::DOUBLE AS n
FROM held WHERE status = 'actual' AND actor <> recipient AND enddate - date < 7 GROUP BY ALL ORDER BY ALL
"""


class Worked(NamedTuple):
    """What the mathematics say of a pair."""

    relation: Relation
    outlook: tuple[Outlook, ...]


class Turned(NamedTuple):
    """A turning point of a pair."""

    a: str
    b: str
    turn: Turn


class Worker:
    """One thread for all, so that readers' pages keep a core."""

    def __init__(self) -> None:
        """Nothing is asked yet."""
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="relations")
        self._lock = Lock()
        self._asked: dict[Any, Future[Any]] = {}

    def get(self, key: Any, make: Callable[[], Any], *, patience: float) -> Any:
        """What `make` gives; `PENDING` when it is not there within so many seconds.

        Raises:
            DetenteError: It cannot be worked out, and why.
        """
        with self._lock:
            future = self._asked.get(key)
            if future is None:
                self._asked = {k: f for k, f in self._asked.items() if not f.done()}
                future = self._asked[key] = self._pool.submit(make)
        try:
            return future.result(timeout=patience)
        except Late:
            return PENDING


_WORKER = Worker()


def able() -> bool:
    """Whether the extra that the mathematics need is installed."""
    from importlib.util import find_spec

    return find_spec("scipy") is not None and find_spec("networkx") is not None


def _worked(desk: Desk, key: tuple[Any, ...], make: Callable[[], Any], patience: float) -> Any:
    """Kept, worked out, or pending; None where there are too few events, or the extra is missing."""
    known = desk.known.get((desk.version, *key))
    if known is None:
        if not able():
            return None

        import numpy as np

        def remembered() -> Any:
            try:
                with np.errstate(all="ignore"):  # where nothing ever happened there is nothing to divide by
                    found = make()
            except BadSetting:  # fewer events, or days, than the mathematics need
                found = ()
            desk.known.put((desk.version, *key), found)
            return found

        try:
            known = _WORKER.get((desk.version, *key), remembered, patience=patience)
        except DetenteError:
            return None
    return known if known != () else None


def frame(desk: Desk) -> polars.DataFrame:
    """Acts of all pairs for `relations`, summed by day and class: reports and mean points."""
    import polars

    def made() -> polars.DataFrame:
        found: polars.DataFrame = desk.index.frame(_ACTS)
        more = [polars.lit("actual").alias("status"), *(polars.lit(None, polars.String).alias(name) for name in ("type", "id", "text"))]
        return found.with_columns(more)

    kept: polars.DataFrame = desk.kept("acts", made)
    return kept


def panel(desk: Desk, since: dt.date | None = None, until: dt.date | None = None) -> Panel:
    """The panel of the store's days, or of some."""
    from detente.relations.panel import panel_of

    return panel_of(frame(desk), since=since, until=until)


def relation(desk: Desk, a: str, b: str, *, patience: float = MOMENT) -> Worked | str | None:
    """Level, turning points and what is to come; `PENDING`; None when the events are too few."""
    found: Worked | str | None = _worked(desk, ("relation", *sorted((a, b))), lambda: _relation(desk, *sorted((a, b))), patience)
    return found


def _relation(desk: Desk, a: str, b: str) -> Worked:
    import numpy as np

    from detente.relations.outlook import outlook
    from detente.relations.relation import relation as related

    every = panel(desk)
    found = related(frame(desk), a, b)
    try:
        coming = outlook(every, np.array([every.row(a, b)]), weeks=WEEKS)
    except BadSetting:  # too short a past to learn a forecast from
        coming = ()
    return Worked(found, coming)


def record(desk: Desk) -> list[Row] | str | None:
    """How forecasts of the store's past days did against the dumb rivals, over the busiest pairs."""
    found: list[Row] | str | None = _worked(desk, ("record",), lambda: _record(desk), 0.0)
    return found


def _record(desk: Desk) -> list[Row]:
    import numpy as np

    from detente.relations.backtest import backtest
    from detente.relations.panel import CONFLICT, COOPERATION

    every = panel(desk)
    rows = np.sort(np.argsort(-every.totals(), kind="stable")[:BUSIEST])
    scored = [row for classes, what in ((CONFLICT, "conflict"), (COOPERATION, "cooperation")) for row in backtest(every, rows, classes, what)]
    return [row for row in scored if row.weeks == WEEKS and np.isfinite([row.crps_skill, row.crps_low, row.crps_high]).all()]  # a rule that was never wrong cannot be bettered


def turns(desk: Desk) -> list[Turned] | str | None:
    """The newest turning points of the busiest pairs."""
    found: list[Turned] | str | None = _worked(desk, ("turns",), lambda: _turns(desk), 0.0)
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
    found: Network | str | None = _worked(desk, ("network", since, until), lambda: _network(desk, since, until), patience)
    return found


def _network(desk: Desk, since: dt.date, until: dt.date) -> Network:
    from detente.relations.network import network as standing

    return standing(panel(desk, since, until))
