"""Forecasts of conflict, cooperation, level, turns and who does what against dumb rivals: rolling origins over the 250 busiest dyads of ICEWS, 2011-10 to 2015.

    python -m evaluation.relations.forecasts ../shared/data [conflict cooperation level turn who]

The dyads are those with most events before the first forecast; the settings are fitted on the days before it. What is reported is
the second half of the days, which nothing was tuned on.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars

from detente.relations.backtest import Row, backtest, backtest_level
from detente.relations.next_turn import backtest_turns
from detente.relations.panel import Panel, panel_of
from detente.relations.pooled import KINDS
from detente.relations.recurrency import recurrency
from detente.relations.tables import checked

FIRST = dt.date(2011, 10, 7)  # from here on ICEWS 2005-15 is whole
DYADS = 250
WHAT = ("conflict", "cooperation", "level", "turn", "who")


def icews_panel(folder: Path, *, directed: bool = False) -> Panel:
    """All dyads of the whole years."""
    col = polars.col
    events = polars.read_parquet(folder / "icews_dyads" / "icews_events.parquet").filter(col("dataset").cast(polars.String) == "icews0515", col("date").dt.date() >= FIRST)
    return panel_of(checked(events.select(
        day=col("date").dt.date(), source=col("src_iso3").cast(polars.String), target=col("tgt_iso3").cast(polars.String), quad="quad", points="goldstein",
    )).frame, directed=directed)  # fmt: skip


def busiest(panel: Panel, n: int) -> np.ndarray:
    """Dyads with most reports in the first half of the days."""
    early = panel.day < panel.n_days // 2
    dyad = np.repeat(np.arange(len(panel.dyads)), np.diff(panel.start))
    totals = np.bincount(dyad[early], weights=panel.count[early], minlength=len(panel.dyads))
    return np.sort(np.argsort(-totals, kind="stable")[:n])


def main() -> None:
    """Print the table."""
    panel = icews_panel(Path(sys.argv[1]))
    rows = busiest(panel, DYADS)
    print(f"{'what':<14} {'weeks':>5} {'rival':<10} {'CRPS skill':<25} {'Brier skill':<25} {'80 %':>5} {'95 %':>5} {'forecasts':>9}")
    for r in found(panel, rows, sys.argv[2:] or list(WHAT)):
        skill = f"{r.crps_skill:+.3f} [{r.crps_low:+.3f}, {r.crps_high:+.3f}]"
        question = f"{r.brier_skill:+.3f} [{r.brier_low:+.3f}, {r.brier_high:+.3f}]"
        bands = f"{r.in_80:>5.2f} {r.in_95:>5.2f}" if r.in_80 is not None and r.in_95 is not None else " " * 11
        print(f"{r.what:<14} {r.weeks:>5} {r.rival:<10} {skill:<25} {question:<25} {bands} {r.forecasts:>9}", flush=True)


def found(panel: Panel, rows: np.ndarray, wanted: list[str]) -> Iterator[Row]:
    """The rows of what is wanted, kind after kind."""
    for what in wanted:
        if what in KINDS:
            yield from backtest(panel, rows, KINDS[what], what)
        elif what == "level":
            yield from backtest_level(panel, rows)
        elif what == "turn":
            yield from backtest_turns(panel, rows)
        else:
            yield from recurrency(icews_panel(Path(sys.argv[1]), directed=True), 2 * DYADS)


if __name__ == "__main__":
    main()
