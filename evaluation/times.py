"""How well time words are read: one table from the wire corpus, one from te3-platinum, MEANTIME and WikiWars.

python -m evaluation.times --shared ../shared                the tables
python -m evaluation.times --shared ../shared --misses 40    + what is missed in the wire's training part, MEANTIME and the first histories
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from detente.errors import BadInput
from detente.records import Interval, Span
from detente.times import interpret, tense_of
from detente.times.timex import Timex, tag
from evaluation.corpora import joined
from training.wire import is_dev

DAY = dt.timedelta(1)


class Timed(NamedTuple):
    """One gold event with time words and days."""

    dev: bool
    words: str
    published: dt.date
    tense: str
    gold: Interval
    anchor: Interval | None  # gold days of the event told before, or else after


def wire(folder: Path) -> Iterator[Timed]:
    """Events of the wire corpus that have both time words and days."""
    for file in sorted([*folder.glob("v*.jsonl"), *folder.glob("w*.jsonl")]):
        for line in file.read_text().splitlines():
            passage = json.loads(line)
            events = [event for event in passage.get("events", ()) if event.get("date")]
            for i, event in enumerate(events):
                if event.get("time"):
                    others = [*reversed(events[:i]), *events[i + 1 :]]
                    yield _timed(passage, event, _days(others[0]) if others else None)


def _days(event: dict[str, str]) -> Interval:
    """Gold days of an event."""
    first, last = map(dt.date.fromisoformat, event["date"])
    return Interval(first, last, "day" if first == last else "range")


def _timed(passage: dict[str, str], event: dict[str, str], anchor: Interval | None) -> Timed:
    """One event; "#n" tells apart equal strings and is no word."""
    words, trigger = (re.sub(r"#\d+$", "", event[key]) for key in ("time", "trigger"))
    at = max(passage["text"].find(trigger), 0)
    tense = tense_of(passage["text"], Span(at, at + len(trigger)), event["status"])
    dev = is_dev(passage["id"])
    return Timed(dev, words, dt.date.fromisoformat(passage["date"]), tense, _days(event), anchor)


def fits(gold: Interval, read: Interval) -> bool:
    """The scorer's rule: it overlaps the gold and is at most 31 days longer."""
    overlap = read.first <= gold.last and gold.first <= read.last
    return overlap and (read.last - read.first) <= (gold.last - gold.first) + 31 * DAY


def wire_table(folder: Path, misses: int) -> None:
    """Print the shares of fitting and equal days; and, of the part that is not dev, the commonest misses."""
    print("wire               events  known    fit  equal  fit of known")
    for anchored in (False, True):
        missed: collections.Counter[str] = collections.Counter()
        for dev in (True, False):
            count: collections.Counter[str] = collections.Counter()
            for timed in (each for each in wire(folder) if each.dev == dev):
                read = interpret(
                    timed.words, published=timed.published, tense=timed.tense, anchor=timed.anchor if anchored else None
                )
                fit = read is not None and fits(timed.gold, read)
                count.update(
                    all=1, known=read is not None, fit=fit, equal=read is not None and read[:2] == timed.gold[:2]
                )
                if not dev and not fit:
                    missed[_miss(timed, read)] += 1
            known, fitting, equal = (count[key] / count["all"] for key in ("known", "fit", "equal"))
            name = f"{'dev' if dev else 'rest'}{', gold anchor' if anchored else ''}"
            print(f"{name:17} {count['all']:7}  {known:.3f}  {fitting:.3f}  {equal:.3f}  {fitting / known:.3f}")
    for line, number in missed.most_common(misses):
        print(f"  {number:4}  {line}")


def _miss(timed: Timed, read: Interval | None) -> str:
    """One line about a miss; unknown ones of the same words fall together."""
    if read is None:
        return f"{timed.words.lower()}: unknown"
    gold = f"{timed.gold.first}/{timed.gold.last}"
    return f"{timed.words}: {read.first}/{read.last}, gold {gold}, published {timed.published:%a %F}, {timed.tense}"


class Marked(NamedTuple):
    """A text with its day and its gold time expressions, of which those of the first `upto` characters were marked."""

    text: str
    published: dt.date
    gold: list[Timex]
    upto: int


class Corpus(NamedTuple):
    """Marked texts, how they tell time, and whether their misses may be looked at."""

    name: str
    texts: list[Marked]
    narrative: bool
    shown: bool


def timex_table(corpora: list[Corpus], misses: int) -> None:
    """Print F1 of extents (strict, relaxed) and of values among the relaxed, as TempEval-3 scores them."""
    print(
        "\nTIMEX3              gold  found  strict  relaxed  value F1   (value F1 on te3-platinum: HeidelTime .776, SUTime .674)"
    )
    missed: collections.Counter[str] = collections.Counter()
    for corpus in corpora:
        count: collections.Counter[str] = collections.Counter()
        for marked in corpus.texts:
            found = [
                each
                for each in tag(marked.text, published=marked.published, narrative=corpus.narrative)
                if each.span.end <= marked.upto
            ]
            pairs = list(aligned(marked.gold, found))
            count.update(gold=len(marked.gold), found=len(found), relaxed=len(pairs))
            count.update(strict=sum(ours.span == theirs.span for theirs, ours in pairs))
            count.update(value=sum(ours.value == theirs.value for theirs, ours in pairs))
            if corpus.shown:
                missed.update(_wrong(marked, found, pairs))
        total = (count["gold"] + count["found"]) / 2
        scores = "  ".join(f"{count[key] / total:7.3f}" for key in ("strict", "relaxed", "value"))
        print(f"{corpus.name:18} {count['gold']:5}  {count['found']:5} {scores}")
    for line, number in missed.most_common(misses):
        print(f"  {number:4}  {line}")


def _wrong(marked: Marked, found: list[Timex], pairs: list[tuple[Timex, Timex]]) -> Iterator[str]:
    """One line about each wrong value, and each expression not found or too much."""
    for theirs, ours in pairs:
        if theirs.value != ours.value:
            yield f"{theirs.span.of(marked.text)} [{ours.span.of(marked.text)}]: {ours.value}, gold {theirs.value}"
    yield from (
        f"not found: {each.span.of(marked.text)}" for each in marked.gold if all(each != theirs for theirs, _ in pairs)
    )
    yield from (f"too much: {each.span.of(marked.text)}" for each in found if all(each != ours for _, ours in pairs))


def timeml(source: str) -> Marked:
    """A TimeML document.

    Raises:
        BadInput: it has no creation time or no text.
    """
    published = re.search(r'<DCT><TIMEX3[^>]*?value="(\d{4}-\d\d-\d\d)', source)
    body = re.search(r"<TEXT>(.*)</TEXT>", source, re.DOTALL)
    if published is None or body is None:
        raise BadInput("TimeML", "malformed", "no creation time or no text")
    text, gold, opened = "", [], []
    for piece in re.split(r"(<[^>]+>)", body[1]):
        if piece.startswith("<TIMEX3"):
            opened.append((len(text), re.search(r'value="([^"]*)"', piece)))
        elif piece == "</TIMEX3>":
            start, value = opened.pop()
            gold.append(Timex(Span(start, len(text)), value[1] if value else None))
        elif not piece.startswith("<"):
            text += html.unescape(piece)
    return Marked(text, dt.date.fromisoformat(published[1]), sorted(gold), len(text))


MARKED_SENTENCES = 6  # of a document of MEANTIME: the title and the five after it


def meantime(file: Path) -> Iterator[Marked]:
    """The marked sentences of MEANTIME, of the documents whose creation time is told."""
    for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        text, spans = joined(zip(row["tokens"], row["sentence"], strict=True))
        times = [mark for mark in row["markables"].values() if mark["type"] == "TIMEX3"]
        created = next(
            (each["attrs"]["value"] for each in times if each["attrs"].get("functionInDocument") == "CREATION_TIME"), ""
        )
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", created):
            continue
        upto = max(
            span.end for span, sentence in zip(spans, row["sentence"], strict=True) if sentence < MARKED_SENTENCES
        )
        placed = [(each, [spans[at] for at in sorted(each["tokens"])]) for each in times if each["tokens"]]
        gold = [
            Timex(Span(at[0].start, at[-1].end), each["attrs"]["value"]) for each, at in placed if at[-1].end <= upto
        ]
        yield Marked(text, dt.date.fromisoformat(created), sorted(gold), upto)


def aligned(gold: list[Timex], found: list[Timex]) -> Iterator[tuple[Timex, Timex]]:
    """Pairs that overlap, each expression in one at most, in reading order."""
    left = list(found)
    for each in gold:
        mine = next((other for other in left if other.span.overlaps(each.span)), None)
        if mine:
            left.remove(mine)
            yield each, mine


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--misses", type=int, default=0)
    settings = parser.parse_args()
    wire_table(settings.shared / "wire", settings.misses)
    data = settings.shared / "data"
    platinum, wars = (
        [timeml(file.read_text()) for file in sorted((data / name / "tml").iterdir())]
        for name in ("time-te3-platinum", "time-wikiwars")
    )
    timex_table(
        [
            Corpus("te3-platinum", platinum, narrative=False, shown=False),
            Corpus("MEANTIME", list(meantime(data / "meantime-en/meantime.jsonl")), narrative=False, shown=True),
            Corpus("WikiWars train", wars[:16], narrative=True, shown=True),
            Corpus("WikiWars test", wars[16:], narrative=True, shown=False),
        ],
        settings.misses,
    )


if __name__ == "__main__":
    main()
