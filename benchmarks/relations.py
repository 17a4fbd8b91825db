"""How long all dyads take from a file of events to levels and turning points: seconds of each step.

    python -m benchmarks.relations ../shared/data        ICEWS of January to October 2018, 468,558 events
    python -m benchmarks.relations --events FILE

Two processes share the turning points. Times depend on the machine and on what else it does; processor seconds (of all processes)
do not.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars

from detente.relations import level, rates
from detente.relations.panel import CONFLICT, COOPERATION, Floats, Panel, panel_of
from detente.relations.tables import checked, read_events
from detente.relations.turning import turning_points

FEWEST = 20
"""Reports from which on a dyad is searched for turning points."""


def icews18(folder: Path) -> polars.DataFrame:
    """The events of 2018."""
    col = polars.col
    events = polars.read_parquet(folder / "icews_dyads" / "icews_events.parquet").filter(col("dataset").cast(polars.String) == "icews18")
    return checked(events.select(
        day=col("date").dt.date(), source=col("src_iso3").cast(polars.String), target=col("tgt_iso3").cast(polars.String), quad="quad", points="goldstein",
    )).frame  # fmt: skip


def turns(part: tuple[Floats, Floats]) -> tuple[int, float]:
    """Turning points of these dyads, and the processor seconds it took."""
    begin = time.process_time()
    counts, exposure = part
    return sum(len(turning_points(each, exposure)) for each in counts), time.process_time() - begin


def channels(panel: Panel) -> Floats:
    """(n_dyads, 2, n_days) cooperation and conflict of dyads with enough reports."""
    counts = panel.counts(np.flatnonzero(panel.totals() >= FEWEST))
    return np.stack([counts[..., COOPERATION].sum(axis=-1), counts[..., CONFLICT].sum(axis=-1)], axis=1)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--events")
    given = parser.parse_args()
    start, cpu = time.perf_counter(), time.process_time()
    frame = read_events(given.events).frame if given.events else icews18(given.folder)
    panel = panel_of(frame)
    told(f"import: {frame.height:,} events, {len(panel.dyads):,} dyads, {panel.n_days} days", start, time.process_time() - cpu)
    start, cpu = time.perf_counter(), time.process_time()
    settings = level.fit(panel)
    rates.fit(panel)
    told("settings of level and rates fitted", start, time.process_time() - cpu)
    start, cpu = time.perf_counter(), time.process_time()
    level.levels(panel, settings)
    told("levels of all dyads, as known then and at the end", start, time.process_time() - cpu)
    start = time.perf_counter()
    series = channels(panel)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(turns, [(part, panel.exposure) for part in np.array_split(series, 8)]))
    told(f"turning points: {sum(n for n, _ in found)} in {len(series):,} dyads of {FEWEST} reports or more", start, sum(s for _, s in found))


def told(what: str, start: float, cpu: float) -> None:
    """One line."""
    print(f"{what:<80} {time.perf_counter() - start:>7.1f} s {cpu:>7.1f} processor s", flush=True)


if __name__ == "__main__":
    main()
