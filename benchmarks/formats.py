"""How fast each import and export is, and what becomes of every row: two tables.

    python -m benchmarks.formats                         a million generated rows of each format
    python -m benchmarks.formats --rows 100000
    python -m benchmarks.formats --icews ../shared/data/icews_dyads/icews_events.parquet     real ICEWS tuples, all of them

Rows are generated from a seed in each format's own layout: CAMEO codes in the frequencies of a uniform draw over the codes, parties
over all states and roles, days over ten years. Seconds are seconds of the processor, so that what else the machine does matters less. Statements and appeals (CAMEO 01 and 02) are among them and are refused, as in real files.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import polars

from detente.formats import read_events, write_events
from detente.formats.cameo import names
from detente.formats.gdelt import GDELT_2
from detente.formats.icews import COLUMNS as ICEWS
from detente.formats.parties import country_name, states
from detente.formats.phoenix import COLUMNS as PHOENIX
from detente.formats.polecat import COLUMNS as POLECAT
from detente.ontology import PLOVER
from detente.records import Event, Refused

Made = Callable[[random.Random, int], dict[str, str]]
ROLES = ("GOV", "MIL", "COP", "REB", "OPP", "MED", "BUS", "CVL", "")
CODES = sorted(names())


def day_of(draw: random.Random) -> date:
    """Some day of ten years."""
    return date(2014, 1, 1) + timedelta(days=draw.randrange(3650))


def gdelt(draw: random.Random, number: int) -> dict[str, str]:
    """A row of GDELT 2.0."""
    day = day_of(draw).strftime("%Y%m%d")
    a, b = draw.choice(COUNTRIES), draw.choice(COUNTRIES)
    return {
        "GLOBALEVENTID": str(number), "SQLDATE": day, "EventCode": draw.choice(CODES), "Actor1Code": a, "Actor1Name": a, "Actor1CountryCode": a,
        "Actor1Type1Code": draw.choice(ROLES), "Actor2Code": b, "Actor2Name": b, "Actor2CountryCode": b, "Actor2Type1Code": draw.choice(ROLES),
        "ActionGeo_Type": "4", "ActionGeo_FullName": f"Town {draw.randrange(5000)}", "ActionGeo_CountryCode": "CH",
        "ActionGeo_Lat": f"{draw.uniform(-90, 90):.4f}", "ActionGeo_Long": f"{draw.uniform(-180, 180):.4f}", "DATEADDED": f"{day}061500",
        "SOURCEURL": f"https://meridian.example/{number}",
    }  # fmt: skip


def icews(draw: random.Random, number: int) -> dict[str, str]:
    """A row of ICEWS."""
    a, b = country_name(draw.choice(COUNTRIES)), country_name(draw.choice(COUNTRIES))
    code = draw.choice(CODES)
    return {
        "Event ID": str(number), "Event Date": day_of(draw).isoformat(), "Source Name": f"Police ({a})", "Source Sectors": "Government,Police",
        "Source Country": a, "Event Text": names()[code], "CAMEO Code": code, "Intensity": "0.0", "Target Name": b, "Target Country": b,
        "Story ID": str(number), "Sentence Number": "2", "Publisher": "Meridian", "City": f"Town {draw.randrange(5000)}", "Country": a,
        "Latitude": f"{draw.uniform(-90, 90):.4f}", "Longitude": f"{draw.uniform(-180, 180):.4f}",
    }  # fmt: skip


def phoenix(draw: random.Random, number: int) -> dict[str, str]:
    """A row of Phoenix."""
    a, b = draw.choice(COUNTRIES), draw.choice(COUNTRIES)
    return {
        "EventID": str(number), "Date": day_of(draw).strftime("%Y%m%d"), "SourceActorFull": f"{a}GOV", "SourceActorEntity": a,
        "SourceActorRole": "GOV", "TargetActorFull": b, "TargetActorEntity": b, "EventCode": draw.choice(CODES), "CountryCode": a,
        "URLs": f"https://meridian.example/{number}",
    }  # fmt: skip


def polecat(draw: random.Random, number: int) -> dict[str, str]:
    """A row of POLECAT."""
    a, b = draw.choice(COUNTRIES), draw.choice(COUNTRIES)
    told = {
        "Event ID": f"n{number}", "Event Date": day_of(draw).isoformat(), "Event Type": draw.choice(list(PLOVER.types)), "Event Intensity": "1.0",
        "Contexts": "diplomatic; economic", "Actor Name": f"Police of {a}", "Actor Country": a, "Primary Actor Sector": "COP", "Actor Sectors": "COP",
        "Actor Name Raw": "the police", "Recipient Name Raw": "the ministry", "Recipient Country": b, "Placename": "Town", "Country": a,
        "Latitude": f"{draw.uniform(-90, 90):.4f}", "Longitude": f"{draw.uniform(-180, 180):.4f}", "Publication Date": "2024-01-01", "Version": "NGEC",
    }  # fmt: skip
    return {c: told.get(c, "None") for c in POLECAT}


ACLED = "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,inter1,actor2,inter2,country,location,latitude,longitude,notes".split(",")


def acled(draw: random.Random, number: int) -> dict[str, str]:
    """A row of ACLED."""
    a = country_name(draw.choice(COUNTRIES))
    told = (
        f"X{number}", day_of(draw).isoformat(), "1", "Battles", draw.choice(("Armed clash", "Attack", "Peaceful protest", "Other")),
        f"Military Forces of {a} (2019-)", "State forces", f"Civilians ({a})", "Civilians", a, "Town",
        f"{draw.uniform(-90, 90):.4f}", f"{draw.uniform(-180, 180):.4f}", '"They met, and fought."',
    )  # fmt: skip
    return dict(zip(ACLED, (c if c[0] == '"' or "," not in c else f'"{c}"' for c in told), strict=True))


LAYOUTS: dict[str, tuple[Made, tuple[str, ...] | list[str], str, bool]] = {
    "gdelt2": (gdelt, GDELT_2, "\t", False),
    "icews": (icews, ICEWS, "\t", True),
    "polecat": (polecat, POLECAT, "\t", True),
    "phoenix": (phoenix, PHOENIX, "\t", False),
    "acled": (acled, ACLED, ",", True),
}
COUNTRIES = sorted(states())


def generated(file: Path, format: str, rows: int) -> None:
    """A file of so many rows."""
    make, columns, separator, headed = LAYOUTS[format]
    draw = random.Random(1)
    with file.open("w", encoding="utf-8") as out:
        if headed:
            out.write(separator.join(columns) + "\n")
        for number in range(rows):
            cells = make(draw, number + 1)
            out.write(separator.join(cells.get(c, "") for c in columns) + "\n")


def timed(format: str, file: Path) -> tuple[float, Counter[str], Counter[str]]:
    """Seconds of the processor, rows by what became of them, and repairs and losses."""
    became: Counter[str] = Counter()
    remarks: Counter[str] = Counter()
    begin = time.process_time()
    for found in read_events(str(file), format, remarks=remarks):
        became[found.reason if isinstance(found, Refused) else "events"] += 1
    return time.process_time() - begin, became, remarks


def imports(rows: int, folder: Path) -> None:
    """The table of imports, and of JSONL and PLOVER, which are written from the events of GDELT."""
    print("| import | rows | MB | rows per processor second | events | refused |\n| --- | --: | --: | --: | --: | --- |")
    for layout in LAYOUTS:
        file = folder / f"rows.{layout}"
        generated(file, layout, rows)
        report(layout, file, rows)
        if layout != "gdelt2":
            file.unlink()
    gdelt_file = folder / "rows.gdelt2"
    for layout in ("plover", "detente"):
        file = folder / f"rows.{layout}"
        with file.open("wb") as out:
            write_events(events_of(gdelt_file), layout, out)
        report(layout, file, None)
        file.unlink()


def report(format: str, file: Path, rows: int | None) -> None:
    """One line of the table; every row must be accounted for."""
    seconds, became, _ = timed(format, file)
    assert rows in (None, became.total()), (rows, became)
    refused = ", ".join(f"{n:,} {reason}" for reason, n in sorted(became.items()) if reason != "events")
    size = file.stat().st_size / 1e6
    print(f"| {format} | {became.total():,} | {size:,.0f} | {became.total() / seconds:,.0f} | {became['events']:,} | {refused or '–'} |", flush=True)


def events_of(file: Path) -> Iterator[Event]:
    """The events of a GDELT file."""
    return (e for e in read_events(str(file), "gdelt2") if isinstance(e, Event))


def exports(file: Path, rows: int) -> None:
    """The table of exports, from the events of the GDELT file; graphs are held in memory, so they get fewer."""
    print("\n| export | events | events per processor second | bytes an event |\n| --- | --: | --: | --: |")
    for layout in ("detente", "plover", "polecat", "icews", "gdelt2", "parquet", "rdf", "graphml"):
        given = list(islice(events_of(file), min(rows, 50_000 if layout == "graphml" else 200_000)))
        out = io.BytesIO()
        begin = time.process_time()
        written = write_events(given, layout, out)
        seconds = time.process_time() - begin
        print(f"| {layout} | {written.events:,} | {len(given) / seconds:,.0f} | {len(out.getvalue()) / max(written.events, 1):,.0f} |", flush=True)


def icews_file(rows: polars.DataFrame, file: Path) -> None:
    """The tuples as an ICEWS file, with what they have of its columns."""
    with file.open("w", encoding="utf-8") as out:
        out.write("\t".join(ICEWS) + "\n")
        for number, row in enumerate(rows.iter_rows(named=True), 1):
            told = {
                "Event ID": str(number), "Event Date": row["date"].date().isoformat(), "Source Name": row["source_entity"], "Source Country": row["src_iso3"] or "",
                "Event Text": row["relation"], "CAMEO Code": row["cameo"], "Target Name": row["target_entity"], "Target Country": row["tgt_iso3"] or "",
            }  # fmt: skip
            out.write("\t".join(told.get(c, "") for c in ICEWS) + "\n")


def real_icews(parquet: Path, folder: Path) -> None:
    """All tuples, imported."""
    file = folder / "icews.tab"
    icews_file(polars.read_parquet(parquet), file)
    seconds, became, remarks = timed("icews", file)
    print(f"\n{became.total():,} real ICEWS tuples in {seconds:.0f} s ({became.total() / seconds:,.0f} rows per processor second): {dict(sorted(became.items()))}; remarks {dict(remarks)}")


def main() -> int:
    """Print the tables."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--rows", type=int, default=1_000_000)
    a.add_argument("--icews", type=Path, help="icews_events.parquet")
    o = a.parse_args()
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        imports(o.rows, folder)
        exports(folder / "rows.gdelt2", o.rows)
        if o.icews:
            real_icews(o.icews, folder)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
