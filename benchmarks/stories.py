"""How the work of bringing events together grows: synthetic news of N events, a day at a time.

    python -m benchmarks.stories --events 1000 10000 100000

Every happening is told by one to six documents over three days, in words drawn from those of real news; parties and types are drawn with
the skew of real news. A day has 400 events, so that more events are more days, as in a store that grows. Stories that no paper has told for
60 days are forgotten. Making the events is not timed; turning them into reports (`report`) and joining them (`add`) are.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import resource
import time
from collections.abc import Iterator
from typing import NamedTuple

from detente.ontology import PLOVER
from detente.records import Entity, Event, Span, TextInfo
from detente.stories.cluster import StoryIndex
from detente.stories.report import Facts, Report, reports
from detente.stories.words import weights

A_DAY = 400
KEPT_DAYS = 60
CODES = [f"{a}{b}{c}" for a in "ABCDE" for b in "KLMN" for c in "XYZ"]
TYPES = sorted(PLOVER.types)
VERBS = "met struck accused signed sent seized freed warned urged expelled praised refused marched deployed pledged yielded".split()
VOCABULARY = sorted(stem for stem, tenths in weights().items() if tenths > 40)
START = dt.date(2000, 1, 1)


class Happening(NamedTuple):
    """What is told: its day, who, whom, what, and the words that are peculiar to it."""

    day: dt.date
    parties: tuple[str, str]
    type: str
    words: tuple[str, ...]


def day_of_news(day: dt.date, draw: random.Random, open_: list[Happening]) -> Iterator[tuple[Facts, list[Event]]]:
    """Documents of two events each: half tell what is new, half what is open from the days before."""
    for number in range(A_DAY // 2):
        facts = Facts(document=f"{day:%Y%m%d}-{number}", published=day, publication=f"paper {draw.randrange(40)}")
        told = [draw.choice(open_) if open_ and draw.random() < 0.5 else new(day, draw, open_) for _ in range(2)]
        yield facts, [event(f"{facts.document}-e{k}", facts.document, h, draw) for k, h in enumerate(told)]


def new(day: dt.date, draw: random.Random, open_: list[Happening]) -> Happening:
    """Something that happened today; few parties are in most of the news."""
    a, b = (CODES[min(int(draw.paretovariate(0.7)), len(CODES)) - 1] for _ in range(2))
    made = Happening(day, (a, b), draw.choice(TYPES), tuple(draw.sample(VOCABULARY, 8)))
    open_.append(made)
    return made


def event(id: str, document: str, told: Happening, draw: random.Random) -> Event:
    """A report of the happening: some of its words, some of its own."""
    verb = VERBS[TYPES.index(told.type)]
    words = [*draw.sample(told.words, 5), *draw.sample(VOCABULARY, 8)]
    text = f"{told.parties[0]} {verb} {told.parties[1]} {' '.join(words)}"
    start = len(told.parties[0]) + 1
    kind = PLOVER.kind(told.type)
    return Event(
        id=id, date=told.day.isoformat(), enddate=told.day.isoformat(), date_precision="day", time_text="then", historical=False,
        event=(told.type,), mode=(), context=(), status="actual", quad_code=kind.quad, event_scale=kind.score, reciprocal=False,
        actor=(Entity(code=told.parties[0], entity_text=told.parties[0]),), recipient=(Entity(code=told.parties[1], entity_text=told.parties[1]),),
        event_loc=None, event_text=(verb,), by=None, confidence=0.8, text=text,
        text_info=TextInfo(document=document, sequence=0, start=0, end=len(text), spans={"trigger": (Span(start, start + len(verb)),)}),
        also=(), story=None, coder="benchmark", coded_date=None,
    )  # fmt: skip


def measure(events: int, seed: int = 0) -> str:
    """A line of the table."""
    draw, index = random.Random(seed), StoryIndex()
    open_: list[Happening] = []
    read = joined = 0.0
    stories = done = 0
    while done < events:
        day = START + dt.timedelta(done // A_DAY)
        open_[:] = [h for h in open_ if (day - h.day).days < 3]
        news = list(day_of_news(day, draw, open_))
        began = time.process_time()
        told: list[Report] = [r for facts, found in news for r in reports(found, facts)]
        read += time.process_time() - began
        began = time.process_time()
        stories += sum(join.match is None for join in index.add(told))
        if day.day == 1:
            index.forget(day - dt.timedelta(KEPT_DAYS))
        joined += time.process_time() - began
        done += len(told)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{done:>9,}{stories:>9,}{read:10.1f}{joined:10.1f}{1e6 * read / done:12.0f}{1e6 * joined / done:12.0f}{peak:10.0f}"


def main() -> None:
    """Print the table."""
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--events", type=int, nargs="+", default=[1_000, 10_000])
    o = a.parse_args()
    print(f"{'events':>9}{'stories':>9}{'report s':>10}{'add s':>10}{'report µs':>12}{'add µs':>12}{'peak MiB':>10}")
    for n in o.events:
        print(measure(n), flush=True)


if __name__ == "__main__":
    main()
