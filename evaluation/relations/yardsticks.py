"""Whether the level agrees with yardsticks that are no news: UN votes, alliances, shared organisations, rivalries, militarised disputes.

    python -m evaluation.relations.yardsticks ../shared/data [counts] [parts]

Dyad-years of ICEWS, joint: the events of 2005-15 that are at hand, a subset of a fifth and less, by months; with "counts" the yearly counts of all of
ICEWS 2002-14 by class, each of which stands for the mean points of its class in PLOVER. Ours is the mean of the year's levels as known at the end, fitted on
the events alone; beside it the plain mean and sum of the year's points, on the same dyad-years (those with an event). Rank correlation for agreement and shared organisations; for yes or no the chance that a yes ranks above (alliance) or
below (the others) a no, AUC. Intervals of the difference: 300 bootstrap draws of dyads. With "parts" the same of what else might
serve as a level, without intervals: the level of words or deeds alone, the share of cooperation, the amount of it.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars
from scipy.stats import rankdata

from detente.relations.level import fit, levels
from detente.relations.panel import Floats, panel_of
from detente.relations.tables import checked

FIRST = 2005
FIRST_COUNTED = 2002
DRAWS = 300
PARTS = ("ours", "mean", "words", "deeds", "share", "amount")


BEGIN = dt.date(1900, 1, 1)


def from_events(folder: Path, quads: tuple[int, ...]) -> polars.DataFrame:
    """The events of 2005-15 of these classes. A month stands as one day from `BEGIN` on: the level's recursion knows no unit."""
    col = polars.col
    events = polars.read_parquet(folder / "icews_dyads" / "icews_events.parquet").filter(col("dataset").cast(polars.String) == "icews0515", col("quad").is_in(quads))
    month = (col("date").dt.year() - FIRST) * 12 + col("date").dt.month() - 1
    return checked(events.select(
        day=polars.lit(BEGIN) + polars.duration(days=month), source=col("src_iso3").cast(polars.String), target=col("tgt_iso3").cast(polars.String),
        quad="quad", points="goldstein", n="weight",
    )).frame  # fmt: skip


COUNTED = {"verbCoop": 1, "matlCoop": 2, "verbConf": 3, "matlConf": 4}


def from_counts(folder: Path, quads: tuple[int, ...]) -> polars.DataFrame:
    """The yearly counts of these classes, a row a class of which anything is told; a year stands as one day from `BEGIN` on."""
    col = polars.col
    wanted = {name: quad for name, quad in COUNTED.items() if quad in quads}
    counts = polars.read_parquet(folder / "dyads" / "icews_full_dyad_year_2002_2014.parquet").unpivot(list(wanted), index=["i_iso3c", "j_iso3c", "year"], value_name="n")
    return checked(counts.filter(col("n") > 0).select(
        day=polars.lit(BEGIN) + polars.duration(days=col("year") - FIRST_COUNTED), source="i_iso3c", target="j_iso3c",
        quad=col("variable").replace_strict(wanted), n="n",
    )).frame  # fmt: skip


def dyad_years(folder: Path, *, counts: bool = False, quads: tuple[int, ...] = (1, 2, 3, 4)) -> polars.DataFrame:
    """a, b, year, ours, mean, sum, n and the reports of cooperation: a row for each dyad and year with an event of these classes."""
    col = polars.col
    frame, first, steps = (from_counts(folder, quads), FIRST_COUNTED, 1) if counts else (from_events(folder, quads), FIRST, 12)
    panel = panel_of(frame)
    found = levels(panel, fit(panel))
    year = np.arange(panel.n_days) // steps
    ours = np.stack([found.now[:, year == y].mean(axis=1) for y in range(year[-1] + 1)], axis=1)
    years = frame.with_columns(
        a=polars.min_horizontal("source", "target"), b=polars.max_horizontal("source", "target"),
        year=first + (col("day") - BEGIN).dt.total_days() // steps,
    ).group_by("a", "b", "year").agg(sum=(col("points") * col("n")).sum(), n=col("n").sum(), kind=col("n").filter(col("quad") <= 2).sum()).sort("a", "b", "year")  # fmt: skip
    row = {dyad: number for number, dyad in enumerate(panel.dyads)}
    mine = [float(ours[row[a, b], y - first]) for a, b, y in years.select("a", "b", "year").iter_rows()]
    return years.with_columns(polars.Series("ours", mine), mean=col("sum") / col("n"))


OTHERWISE = {
    "Czech Republic": "CZE", "East Timor": "TLS", "Federated States of Micronesia": "FSM", "Kosovo": "XKX", "Macedonia": "MKD",
    "St. Kitts and Nevis": "KNA", "St. Vincent and the Grenadines": "VCT", "Swaziland": "SWZ", "Turkey": "TUR", "United Kingdom": "GBR",
    "Yugoslavia": "SRB",
}  # fmt: skip
"""States that Correlates of War calls otherwise than the table of codes."""


def codes(folder: Path) -> dict[str, dict[str, str]]:
    """ISO3 codes by two-letter codes and by the numbers of Correlates of War."""
    with (folder / "kb" / "country_codes.csv").open(encoding="utf-8", newline="") as lines:
        rows = [(row, row["ISO3166-1-Alpha-3"]) for row in csv.DictReader(lines)]
    called = ("UNTERM English Short", "official_name_en", "CLDR display name")
    names = {row[kind].lower().partition(" (")[0]: iso for row, iso in rows for kind in called if row[kind]}
    with (folder / "kb" / "cow_states.csv").open(encoding="utf-8", newline="") as lines:
        states = {str(int(float(row["ccode"]))): row["statenme"] for row in csv.DictReader(lines)}
    cow = {number: OTHERWISE.get(name) or names.get(name.lower()) for number, name in states.items()}
    return {"iso2": {row["ISO3166-1-Alpha-2"]: iso for row, iso in rows}, "cow": {n: iso for n, iso in cow.items() if iso}}


def yardsticks(folder: Path) -> dict[str, tuple[dict[tuple[str, str, int], float], range, bool]]:
    """By name: value of each dyad-year, the years that it covers, and whether more means better friends.

    Absent dyad-years are 0 where the yardstick is yes or no, else unknown.
    """
    known, data = codes(folder), folder / "dyads"
    cow, iso2 = known["cow"], known["iso2"]

    def by_cow(frame: polars.DataFrame, value: str) -> dict[tuple[str, str, int], float]:
        out: dict[tuple[str, str, int], float] = {}
        for x, y, year, v in frame.select("ccode1", "ccode2", "year", value).iter_rows():
            a, b = cow.get(str(int(x))), cow.get(str(int(y)))
            if a and b and v is not None:
                key = (min(a, b), max(a, b), int(year))
                out[key] = max(float(v), out.get(key, 0.0))
        return out

    votes = polars.read_parquet(data / "unga_agreement_dyad_year_1946_2019.parquet").filter(polars.col("year").is_between(2005, 2015))
    agreement = {}
    for year, x, y, v in votes.select("year", polars.col("iso2_a", "iso2_b").cast(polars.String), "agreement").iter_rows():
        if x in iso2 and y in iso2:
            a, b = sorted((iso2[x], iso2[y]))
            agreement[a, b, year] = v
    late = polars.col("year") >= 2005
    rivals = polars.read_parquet(data / "td_rivalries.parquet")
    rivalry = by_cow(polars.DataFrame([
        {"ccode1": r["ccode1"], "ccode2": r["ccode2"], "year": y, "rival": 1.0}
        for r in rivals.iter_rows(named=True) for y in range(2005, int(min(r["endyear"], 2010)) + 1)
    ]), "rival")  # fmt: skip
    onset = polars.read_parquet(data / "cow_mid_ddydisps.parquet").filter(late)
    return {
        "UN votes, agreement": (agreement, range(2005, 2016), True),
        "shared organisations": (by_cow(polars.read_parquet(data / "cow_igo_ndy.parquet").filter(late), "dyadigos"), range(2005, 2015), True),
        "defence alliance": (by_cow(polars.read_parquet(data / "atop_alliance.parquet").filter(late), "atop_defense"), range(2005, 2016), True),
        "rivalry": (rivalry, range(2005, 2011), False),
        "dispute begins": (by_cow(onset, "cowmidonset"), range(2005, 2015), False),
        "dispute goes on": (by_cow(onset, "cowmidongoing"), range(2005, 2015), False),
    }


def agreement(score: Floats, truth: Floats, *, yes_or_no: bool) -> float:
    """Rank correlation, or AUC."""
    ranks = rankdata(score)
    if not yes_or_no:
        return float(np.corrcoef(ranks, rankdata(truth))[0, 1])
    yes = truth > 0
    n = int(yes.sum())
    return float((ranks[yes].sum() - n * (n + 1) / 2) / max(n * (len(yes) - n), 1))


def compared(scores: polars.DataFrame, truth: Floats, *, friendly: bool, yes_or_no: bool) -> list[str]:
    """Agreement of the three scores, and the interval by which ours is better than each rival."""
    sign = 1.0 if friendly else -1.0
    values = {name: sign * scores[name].to_numpy() for name in ("ours", "mean", "sum")}
    dyad = (scores["a"] + scores["b"]).rank("dense").to_numpy().astype(int) - 1
    rows = [np.flatnonzero(dyad == d) for d in range(dyad.max() + 1)]
    rng = np.random.default_rng(0)
    draws = [np.concatenate([rows[d] for d in rng.integers(0, len(rows), len(rows))]) for _ in range(DRAWS)]
    told = {name: agreement(value, truth, yes_or_no=yes_or_no) for name, value in values.items()}
    out = [f"{v:>6.3f}" for v in told.values()]
    for rival in ("mean", "sum"):
        gain = [agreement(values["ours"][i], truth[i], yes_or_no=yes_or_no) - agreement(values[rival][i], truth[i], yes_or_no=yes_or_no) for i in draws]
        out.append(f"{told['ours'] - told[rival]:+.3f} [{np.quantile(gain, 0.025):+.3f}, {np.quantile(gain, 0.975):+.3f}]")
    return out


def parts(folder: Path, *, counts: bool) -> polars.DataFrame:
    """Dyad-years of all events with what else might serve as a level; of who did no deed, or told no word, the mean of those that did."""
    found = dyad_years(folder, counts=counts)
    for name, quads in (("words", (1, 3)), ("deeds", (2, 4))):
        alone = dyad_years(folder, counts=counts, quads=quads).select("a", "b", "year", polars.col("ours").alias(name))
        found = found.join(alone, on=["a", "b", "year"], how="left", maintain_order="left").with_columns(polars.col(name).fill_null(strategy="mean"))
    return found.with_columns(share=polars.col("kind") / polars.col("n"), amount=polars.col("kind").log1p())


def measured(folder: Path, scores: polars.DataFrame) -> Iterator[tuple[str, polars.DataFrame, Floats, tuple[bool, bool]]]:
    """Of each yardstick its name, the dyad-years that it knows, what it says of them, whether more means better friends, and whether it is yes or no."""
    states = {code for a, b in scores.select("a", "b").iter_rows() for code in (a, b)} & set(codes(folder)["cow"].values())
    for name, (values, years, friendly) in yardsticks(folder).items():
        yes_or_no = set(values.values()) <= {0.0, 1.0}
        keys = list(scores.select("a", "b", "year").iter_rows())
        here = [k[2] in years and {k[0], k[1]} <= states and (yes_or_no or k in values) for k in keys]
        truth = np.array([values.get(k, 0.0) for k, ok in zip(keys, here, strict=True) if ok])
        yield name, scores.filter(polars.Series(here)), truth, (friendly, yes_or_no)


def main() -> None:
    """Print the table."""
    folder, counts = Path(sys.argv[1]), "counts" in sys.argv[2:]
    if "parts" in sys.argv[2:]:
        print(f"{'yardstick':<22} {' '.join(f'{name:>6}' for name in PARTS)}")
        for name, kept, truth, (friendly, yes_or_no) in measured(folder, parts(folder, counts=counts)):
            values = (agreement((1.0 if friendly else -1.0) * kept[part].to_numpy(), truth, yes_or_no=yes_or_no) for part in PARTS)
            print(f"{name:<22} {' '.join(f'{value:>6.3f}' for value in values)}", flush=True)
        return
    print(f"{'yardstick':<22} {'measure':<8} {'dyad-years':>10} {'yes':>6} {'ours':>6} {'mean':>6} {'sum':>6}  {'ours - mean':<25} ours - sum")
    for name, kept, truth, (friendly, yes_or_no) in measured(folder, dyad_years(folder, counts=counts)):
        cells = compared(kept, truth, friendly=friendly, yes_or_no=yes_or_no)
        yes = f"{int(truth.sum())}" if yes_or_no else ""
        print(f"{name:<22} {'AUC' if yes_or_no else 'rank r':<8} {kept.height:>10} {yes:>6} {cells[0]} {cells[1]} {cells[2]}  {cells[3]:<25} {cells[4]}", flush=True)


if __name__ == "__main__":
    main()
