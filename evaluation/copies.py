"""How well copies of wire text are told from other stories: pairs made by rule from real articles.

    python -m evaluation.copies ../shared                 the table
    python -m evaluation.copies ../shared --thresholds    + what other thresholds would give
    python -m evaluation.copies ../shared --nearest 10    + the other stories that are nearest to being called copies

Copies: each drawn Wikinews article beside itself, changed as desks change wire copy: another headline or dateline before it, a
paragraph of another story of the same day after or inside it, cut to three fourths, a half and a third, one word in twenty
replaced, and three of these at once. Others: all pairs of different articles of one day. An article that stands in both files, or
twice under one title, is taken once. The thresholds were chosen on the even articles; the table counts the odd ones.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from detente.sources.copies import LEAST_OVERLAP, SAME, CopyIndex, is_copy, overlap, signature

FILES = ("wikinews_politics", "wikinews_economy")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"])")


class Article(NamedTuple):
    """One real article."""

    day: str
    title: str
    text: str


class Pair(NamedTuple):
    """Two texts' overlap, and how the second was made: a rule's name, or "other"."""

    kind: str
    common: float
    inside: float
    shorter: int
    titles: tuple[str, str]

    def called(self, same: float = SAME, least: float = LEAST_OVERLAP) -> bool:
        """Whether it is called a copy."""
        if (same, least) == (SAME, LEAST_OVERLAP):
            return is_copy(self.common, self.inside, self.shorter)
        return self.common >= least and self.inside >= same


def articles(shared: Path) -> list[Article]:
    """Every article once, in the order of the files."""
    known: dict[str, Article] = {}
    for name in FILES:
        with (shared / "data" / "news-wikinews" / f"{name}.jsonl").open(encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                known.setdefault(row["title"].casefold(), Article(row["date"], row["title"], row["text"]))
    return list({a.text: a for a in known.values() if len(a.text.split()) >= 60}.values())


# --- how a desk changes wire copy ------------------------------------------------------------------


def headed(text: str, other: Article, _: random.Random) -> str:
    """Another headline before it."""
    return f"{other.title}\n\n{text}"


def datelined(text: str, other: Article, _: random.Random) -> str:
    """Another dateline before it."""
    return f"GENEVA, {other.day} (Meridian) — {text}"


def added(text: str, other: Article, draw: random.Random) -> str:
    """Three sentences of another story of the day inside it."""
    sentences = SENTENCE_END.split(text)
    place = draw.randrange(len(sentences) + 1)
    return " ".join(sentences[:place] + SENTENCE_END.split(other.text)[:3] + sentences[place:])


def cut(share: float) -> Callable[[str, Article, random.Random], str]:
    """Its first sentences, so much of it."""

    def change(text: str, _: Article, __: random.Random) -> str:
        sentences = SENTENCE_END.split(text)
        return " ".join(sentences[: max(1, round(share * len(sentences)))])

    return change


def worded(text: str, other: Article, draw: random.Random) -> str:
    """One word in twenty replaced by one of another story."""
    words, others = text.split(), other.text.split()
    return " ".join(draw.choice(others) if draw.random() < 1 / 20 else word for word in words)


def several(text: str, other: Article, draw: random.Random) -> str:
    """Cut to a half, another headline, a paragraph added."""
    return headed(added(cut(0.5)(text, other, draw), other, draw), other, draw)


RULES: dict[str, Callable[[str, Article, random.Random], str]] = {
    "as it is": lambda text, _, __: text,
    "another headline": headed,
    "another dateline": datelined,
    "a paragraph added": added,
    "cut to 3/4": cut(0.75),
    "cut to 1/2": cut(0.5),
    "cut to 1/3": cut(1 / 3),
    "a word in 20 replaced": worded,
    "cut, headed, added to": several,
}


def pairs(found: list[Article], draw: random.Random) -> Iterator[Pair]:
    """Copies by every rule, then all pairs of one day."""
    signed = {article: signature(article.text) for article in found}
    by_day: dict[str, list[Article]] = {}
    for article in found:
        by_day.setdefault(article.day, []).append(article)
    for article in found:
        others = [a for a in by_day[article.day] if a is not article] or [a for a in found[:50] if a is not article]
        other = draw.choice(others)
        for name, change in RULES.items():
            yield pair(name, signed[article], signature(change(article.text, other, draw)), (article.title, other.title))
    for same_day in by_day.values():
        for one, two in combinations(same_day, 2):
            yield pair("other", signed[one], signed[two], (one.title, two.title))


def pair(kind: str, one: bytes, two: bytes, titles: tuple[str, str]) -> Pair:
    """The overlap of two signatures."""
    common, inside = overlap(one, two)
    return Pair(kind, common, inside, min(int.from_bytes(one[:4], "little"), int.from_bytes(two[:4], "little")), titles)


def table(made: list[Pair], same: float = SAME, least: float = LEAST_OVERLAP) -> Iterator[str]:
    """Recall of each rule, and precision over all."""
    others = [p for p in made if p.kind == "other"]
    wrong = sum(p.called(same, least) for p in others)
    right = 0
    for name in RULES:
        of_rule = [p for p in made if p.kind == name]
        hits = sum(p.called(same, least) for p in of_rule)
        right += hits
        yield f"| {name} | {len(of_rule):,} | {hits / len(of_rule):.3f} |"
    copies = len(made) - len(others)
    yield f"| all copies | {copies:,} | {right / copies:.3f} |"
    yield f"| other stories of the day called copies | {len(others):,} | {wrong / len(others):.5f} ({wrong}) |"
    yield f"| precision | {right + wrong:,} | {right / (right + wrong):.4f} |"


def streamed(found: list[Article], draw: random.Random) -> str:
    """The index itself: every article, then a changed copy of each, one after the other."""
    index, wrong, right, missed = CopyIndex(), 0, 0, 0
    for number, article in enumerate(found):
        wrong += index.add(str(number), signature(article.text)) is not None
    rules = list(RULES.values())
    for number, article in enumerate(found):
        changed = rules[number % len(rules)](article.text, found[(number + 1) % len(found)], draw)
        told = index.add(f"copy of {number}", signature(changed))
        right += told == str(number)
        missed += told is None
    return (
        f"index: of {len(found):,} changed copies {right / len(found):.3f} led to their own first text, {missed / len(found):.3f} to none, "
        f"the others to another; of {len(found):,} first texts {wrong} were called copies"
    )


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("shared", type=Path)
    arguments.add_argument("--thresholds", action="store_true")
    arguments.add_argument("--nearest", type=int, default=0)
    settings = arguments.parse_args()
    every = articles(settings.shared)
    odd = list(pairs(every[1::2], random.Random(1)))
    print(f"{len(every[1::2]):,} odd articles; a copy has {SAME} of the shorter's runs in common, {LEAST_OVERLAP} of all")
    print("| pairs | count | called copies |\n| --- | --: | --: |")
    print("\n".join(table(odd)))
    print(streamed(every, random.Random(2)))
    if settings.thresholds:
        even = list(pairs(every[::2], random.Random(0)))
        for same in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7):
            for least in (0.05, 0.1, 0.15, 0.2, 0.25):
                print(f"same {same} least {least}:", "; ".join(line for line in table(even, same, least) if "1/3" in line or "all" in line or "cut, " in line or "other stories" in line))
    for p in sorted((p for p in odd if p.kind == "other"), key=lambda p: -p.inside)[: settings.nearest]:
        print(f"{p.inside:.2f} {p.common:.2f} {p.titles[0]} | {p.titles[1]}")


if __name__ == "__main__":
    main()
