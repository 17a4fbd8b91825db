"""Passages to annotate, and the annotators' answers brought together with them.

    python -m training.annotate draw y1 y2 --from gmb --passages 220 --seed 7 --into todo
    python -m training.annotate merge todo/y1.jsonl answers/y1.jsonl > training/annotations/y1.jsonl

`draw` writes wire passages without annotation, none of which overlaps one that is annotated, dev or measured. An answer
has the passage's `id` and, by `shared/wire/FORMAT.md`, its actors, events and quotes; or, where triggers alone are
marked, `"events": [["signed#2", "SUPPORT", null, "actual"], …]`. `merge` names every fault by id and rule, and
prints the sound rows as stand-off (`standoff.py`). Written passages carry their own text, and need no draw.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from detente.ontology.plover import PLOVER
from detente.reading.labels import SECTORS, STATUSES
from training.standoff import ANNOTATIONS, TRIGGERS, find, gmb, lines, packed, text_of

LEADS = {"gmb": (2, 5), "wikinews_politics.jsonl": (600, 1900), "wikinews_economy.jsonl": (600, 1400)}
"""How long a passage is: sentences of GMB, characters of an article's opening."""


def drawn(names: list[str], source: str, n: int, shared: Path, rng: random.Random, longest: int | None) -> Iterator[dict]:
    """`n` passages of a source for each name, none of them seen before.

    Args:
        names: The batches, each the first part of its ids, which go from 1 to `n`.
        source: A key of `LEADS`.
        n: How many.
        shared: Where the texts lie.
        rng: What draws.
        longest: Bound of an article's opening, in characters, in place of the one in `LEADS`.
    """
    taken, known = used(shared)
    made = 0
    low, high = LEADS[source]
    high = longest or high
    pool = list(range(len(gmb(shared) if source == "gmb" else lines(shared / "data/news-wikinews" / source))))
    rng.shuffle(pool)
    for place in pool:
        if made == n * len(names):
            return
        if source == "gmb":
            last = place + rng.randint(low, high) - 1
            if last >= len(gmb(shared)) or any(f"gmb:{k}" in taken for k in range(place, last + 1)):
                continue
            row = {"source": f"gmb:{place}-{last}", "date": str(dt.date(2005, 1, 1) + dt.timedelta(rng.randrange(2190)))}
            spots = [f"gmb:{k}" for k in range(place, last + 1)]
        else:
            raw = lines(shared / "data/news-wikinews" / source)[place]
            if not raw or f"{source}:{place}" in taken:
                continue
            row = {"source": f"{source}:{place}", "date": json.loads(raw)["date"], "chars": high}
            whole = text_of(row, shared)
            ends = [m.end() for m in re.finditer(r"[.!?][\"”']?(?= [A-Z\"“])", whole[:high])]
            if not ends or ends[-1] < low:
                continue
            row["chars"] = ends[-1]
            spots = [f"{source}:{place}"]
        text = text_of(row, shared)
        if any(text[k : k + 60] in known for k in range(0, max(1, len(text) - 60), 40)):
            continue
        taken.update(spots)
        batch, number = divmod(made, n)
        made += 1
        yield {"id": f"{names[batch]}-{number + 1:04}", "date": row["date"], "source": row["source"], "text": text}


def used(shared: Path) -> tuple[set[str], str]:
    """Sources already annotated ("gmb:12", "wikinews_politics.jsonl:7"), and every text of the wire corpus end to end."""
    taken = set()
    for path in [*ANNOTATIONS.glob("*.jsonl"), *TRIGGERS.glob("*.jsonl")]:
        for line in filter(None, lines(path)):
            file, _, place = json.loads(line).get("source", "own:").partition(":")
            first, _, last = place.partition("-")
            taken |= {f"gmb:{k}" for k in range(int(first), int(last) + 1)} if file == "gmb" else {f"{file}:{place}"}
    wire = [json.loads(line)["text"] for path in sorted((shared / "wire").glob("*.jsonl")) for line in filter(None, lines(path))]
    return taken, re.sub(r"\s+", " ", "\n".join(wire))


def faults(passage: dict) -> Iterator[str]:
    """What is wrong with an annotated passage by FORMAT.md; nothing when it is sound."""
    text, types = passage["text"], PLOVER.types
    ids = {a["id"] for a in passage.get("actors", ())}
    for actor in passage.get("actors", ()):
        where = f"actor {actor['id']}"
        if actor["code"] is not None and not re.fullmatch("[A-Z]{3}", actor["code"]):
            yield f"{where}: code {actor['code']!r}"
        if actor.get("sector") not in SECTORS:
            yield f"{where}: sector {actor.get('sector')!r}"
        for mention in actor["mentions"]:
            if find(text, mention, set()) is None:
                yield f"{where}: {mention!r} is not in the text"
    for event in passage["events"]:
        where = f"event {event['trigger']!r}"
        if event["type"] not in types:
            yield f"{where}: type {event['type']!r}"
        elif event["mode"] is not None and event["mode"] not in types[event["type"]].modes:
            yield f"{where}: {event['mode']!r} is no mode of {event['type']}"
        if event["status"] not in STATUSES:
            yield f"{where}: status {event['status']!r}"
        for phrase in [event["trigger"], *event.get("also", ()), event.get("time"), event.get("place")]:
            if phrase is not None and find(text, phrase, set()) is None:
                yield f"{where}: {phrase!r} is not in the text"
        for party in [*event.get("actor", ()), *event.get("recipient", ())]:
            if party not in ids:
                yield f"{where}: {party!r} is no actor's id"
        if event.get("by") and event["by"] not in ids and find(text, event["by"], set()) is None:
            yield f"{where}: by {event['by']!r} is neither an actor's id nor in the text"
        if event.get("date"):
            first, last = map(dt.date.fromisoformat, event["date"])
            if first > last:
                yield f"{where}: date runs backwards"
    for quote in passage.get("quotes", ()):
        for phrase in (quote["text"], quote["cue"]):
            if phrase is not None and find(text, phrase, set()) is None:
                yield f"quote: {phrase[:60]!r} is not in the text"
        if quote["speaker"] is not None and quote["speaker"] not in ids:
            yield f"quote: speaker {quote['speaker']!r} is no actor's id"
        if quote["kind"] not in ("direct", "indirect", "mixed"):
            yield f"quote: kind {quote['kind']!r}"


def merged(todo: Path | None, answers: Path) -> Iterator[dict]:
    """Stand-off rows of the sound answers; what is wrong goes to standard error, with a count at the end."""
    drawn_rows = {p["id"]: p for p in map(json.loads, filter(None, lines(todo)))} if todo else {}
    sound = bad = 0
    for number, line in enumerate(lines(answers), 1):
        if not line.strip():
            continue
        try:
            answer = json.loads(line)
            passage = {**drawn_rows.get(answer["id"], {}), **answer}
            if "text" not in passage:
                raise ValueError("no such id was drawn")  # noqa: TRY301
            if passage["events"] and isinstance(passage["events"][0], list):
                passage["events"] = [dict(zip(("trigger", "type", "mode", "status"), e, strict=True)) for e in passage["events"]]
            elif "actors" in passage:
                passage["events"] = [{"context": [], "also": [], "reciprocal": False, "time": None, "place": None, "by": None, "date": None, **e} for e in passage["events"]]
            found = list(faults(passage))
            row = None if found else packed(passage)
        except (ValueError, KeyError, TypeError) as error:
            found, row = [f"{type(error).__name__}: {error}"], None
        for fault in found:
            print(f"{answers.name}:{number}: {line[:24]}: {fault}", file=sys.stderr)
        sound, bad = sound + (row is not None), bad + (row is None)
        if row is not None:
            yield row
    print(f"{sound} sound, {bad} not", file=sys.stderr)


def main() -> None:
    """Draw or merge."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    doors = a.add_subparsers(dest="door", required=True)
    draw = doors.add_parser("draw")
    draw.add_argument("names", nargs="+")
    draw.add_argument("--from", dest="source", choices=LEADS, default="gmb")
    draw.add_argument("--passages", type=int, default=220)
    draw.add_argument("--seed", type=int, required=True)
    draw.add_argument("--longest", type=int, help="characters of an article's opening")
    draw.add_argument("--into", type=Path, default=Path("todo"))
    draw.add_argument("--shared", type=Path, default=Path("../shared"))
    merge = doors.add_parser("merge")
    merge.add_argument("files", type=Path, nargs="+", help="the drawn passages and the answers; the answers alone where they carry their own text")
    o = a.parse_args()
    if o.door == "merge":
        for row in merged(o.files[0] if len(o.files) > 1 else None, o.files[-1]):
            print(json.dumps(row, ensure_ascii=False))
        return
    o.into.mkdir(parents=True, exist_ok=True)
    for name, rows in itertools.groupby(drawn(o.names, o.source, o.passages, o.shared, random.Random(o.seed), o.longest), lambda r: r["id"].rpartition("-")[0]):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (o.into / f"{name}.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
