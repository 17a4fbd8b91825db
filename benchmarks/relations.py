"""How long all dyads take from a file of events to levels and turning points: seconds of each step.

    python -m benchmarks.relations ../shared/data        ICEWS of January to October 2018, 468,558 events
    python -m benchmarks.relations --events FILE
    python -m benchmarks.relations --store DIR           the first answer of a store, and one relation's page after that
    python -m benchmarks.relations ../shared/data --store DIR     the same; where DIR is no store yet, it becomes one of 2018, between 15 states

Two processes share the turning points. Times depend on the machine and on what else it does; processor seconds (of all processes)
do not.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import msgspec
import numpy as np
import polars

from benchmarks.formats import icews_file
from detente.formats import read_events as read_formats
from detente.importing import import_events
from detente.records import Event
from detente.relating import related
from detente.relations import level, rates
from detente.relations.panel import CONFLICT, COOPERATION, Floats, Panel, panel_of
from detente.relations.tables import checked, read_events
from detente.relations.turning import turning_points
from detente.store import open_store
from detente.store.folder import is_store

PAGES = 20
"""Relations timed of each kind."""

FEWEST = 20
"""Reports from which on a dyad is searched for turning points."""

STATES = 15
"""Of a store that is made: the busiest."""


def rows18(folder: Path) -> polars.DataFrame:
    """The rows of 2018."""
    rows = polars.read_parquet(folder / "icews_dyads" / "icews_events.parquet").filter(polars.col("dataset").cast(polars.String) == "icews18")
    return rows.with_columns(polars.col(polars.Categorical).cast(polars.String))


def icews18(folder: Path) -> polars.DataFrame:
    """The events of 2018."""
    return checked(rows18(folder).select(day=polars.col("date").dt.date(), source="src_iso3", target="tgt_iso3", quad="quad", points="goldstein")).frame


def make(folder: Path, place: Path) -> None:
    """A store of the acts of 2018 between the busiest states, each once a day, pair and code, with a sentence; statements and appeals have no type."""
    source, target, code = polars.col("src_iso3"), polars.col("tgt_iso3"), polars.col("cameo")
    acts = rows18(folder).filter(source != target, source != "", target != "", ~code.str.contains("^0[12]"))
    states = polars.concat([acts["src_iso3"], acts["tgt_iso3"]]).value_counts().sort("count", descending=True)["src_iso3"].head(STATES).implode()
    chosen = acts.filter(source.is_in(states), target.is_in(states)).unique(["date", "src_iso3", "tgt_iso3", "cameo"], keep="first", maintain_order=True)
    with tempfile.TemporaryDirectory() as temporary:
        file, worded = Path(temporary) / "icews.tab", Path(temporary) / "icews.jsonl"
        icews_file(chosen.sort("date", maintain_order=True), file)
        events = [with_words(event) for event in read_formats(str(file), "icews") if isinstance(event, Event)]
        worded.write_bytes(msgspec.json.Encoder().encode_lines(events))
        import_events([str(worded)], open_store(place, create=True), format="detente")


def with_words(event: Event) -> Event:
    """The event with a sentence, which ICEWS has none of."""
    who, whom = (", ".join(side.entity_text for side in sides) for sides in (event.actor, event.recipient))
    return msgspec.structs.replace(event, text=f"{who} {' '.join(event.mode or event.event)} {whom} on {event.date}.")


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
    parser.add_argument("--store", type=Path)
    given = parser.parse_args()
    if given.store:
        if given.folder and not is_store(given.store):
            make(given.folder, given.store)
        pages(given.store)
        return
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


def pages(folder: Path) -> None:
    """Milliseconds from the closed store to a relation with its sentences, for the busiest pairs and every n-th of the others."""
    start, cpu = time.perf_counter(), time.process_time()
    first = related(open_store(folder))
    first.shared()
    told(f"a store of {first.about.rows:,} rows and {len(first.about.dyads):,} dyads fitted", start, time.process_time() - cpu)
    known = panel_of(first.events().frame)
    order = np.argsort(-known.totals(), kind="stable")
    for words, rows in (("busiest", order[:PAGES]), ("others", order[PAGES :: max(1, len(order) // PAGES)])):
        walls, cpus = [], []
        for row in rows:
            start, cpu = time.perf_counter(), time.process_time()
            related(open_store(folder)).relation(*known.dyads[row])
            walls.append(1000 * (time.perf_counter() - start))
            cpus.append(1000 * (time.process_time() - cpu))
        for what, times in (("wall", walls), ("processor", cpus)):
            print(f"page of the {words}, {known.n_days} days, {what:<10} median {np.median(times):>6.0f} ms   p95 {np.quantile(times, 0.95):>6.0f} ms   worst {max(times):>6.0f} ms")


def told(what: str, start: float, cpu: float) -> None:
    """One line."""
    print(f"{what:<80} {time.perf_counter() - start:>7.1f} s {cpu:>7.1f} processor s", flush=True)


if __name__ == "__main__":
    main()
