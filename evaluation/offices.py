"""How often the resolver names the right holder of an office: `python evaluation/offices.py ../shared/data`.

The table `offices.csv` beside this file holds 200 mentions of an office of a state in dated news, drawn with a fixed seed
(`--sample` draws them anew) and judged by hand; `offices_heldout.csv` holds 100 more (`--sample --seed 7 --each 25
--without evaluation/offices.csv`). They name document, characters and day, and no text. About a quarter each: Wikinews
(2004 to 2013) and State Department releases (2021 to 2022), with a person's name beside the title and without; where the
pattern cut a name or a host off, the span was mended by hand. `|` parts spellings that are as good.

Each mention is resolved by itself, in its document, with no help of the network: no nation elsewhere, body "state". What the gold
leaves empty ("the next American President") nobody holds; whatever is named there counts as wrong. A name is right when
its last word and first letter are, and the code is.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from detente.actors.base import ActorBase
from detente.actors.ingest.rows import TABLES, csv_rows
from detente.actors.resolve import resolve
from detente.actors.words import norm_of
from detente.records import Document, Mention, Reading, Span

TABLES_OF_MENTIONS = [Path(__file__).with_name(name) for name in ("offices.csv", "offices_heldout.csv")]
SOURCES = {
    "wikinews": ("news-wikinews/wikinews_politics.jsonl", "news-wikinews/wikinews_economy.jsonl"),
    "state-dept": ("news-state-dept/state_press_releases_2021-2022.jsonl",),
}
COLUMNS = ("source", "line", "start", "end", "title", "code", "date", "gold_name", "gold_code", "judged")
SEED, EACH = 20261125, 50
TITLE = re.compile(
    r"\b(?:vice president|(?<!vice )president|prime minister|premier|chancellor|king|queen|foreign minister|minister of foreign affairs|"
    r"minister for foreign affairs|foreign secretary|secretary of state|defen[cs]e minister|defen[cs]e secretary|"
    r"minister of (?:national )?defen[cs]e|interior minister|home secretary|finance minister|treasury secretary|trade minister|"
    r"justice minister|attorney general|national security advis[eo]r|speaker|ambassador|energy minister|health minister)\b(?!-)",
    re.IGNORECASE,
)
BEFORE = re.compile(r"((?:[\w.’'-]+ ){1,4})$")  # up to four words right before the title
LEADING = re.compile(
    r"\b(?:the |an? )?(?:(?:former|ex|then|late|acting|interim|deputy|vice|incoming|outgoing|current|new)[ -])*$",
    re.IGNORECASE,
)
NAME = re.compile(
    r" (?:[A-Z]\. )*[A-Z][\w'’-]+(?: (?:(?:[A-Z]\.|[A-Z][\w'’-]+|[IVX]+|bin|bint|al|de|den|der|van|von|da|dos|ould) ?){1,5})?"
)
AFTER = re.compile(
    r" of (?:the )?(?:(?:Republic|Kingdom|State|Islamic Republic|People's Republic) of (?:the )?)?((?:[A-Z][\w.-]+ ?(?:of |and )?){1,4})"
)
REST = re.compile(
    r" to (?:the )?[A-Z][\w.-]+(?: (?:of )?[A-Z][\w.-]+){0,2}| of the Exch\w+"
)  # the host of an ambassador
NOT_NAMES = frozenset(
    "The They He She It In On At Office League And But Secretary Minister Washington Palace Street".split()
)


class Found(NamedTuple):
    """A mention of an office: which file, line from 1, characters, title words, code of the state named, day, and whether a name stands there."""

    source: str
    line: int
    start: int
    end: int
    title: str
    code: str
    date: str
    named: bool


def mentions(data: Path) -> Iterator[Found]:
    """Every office with its state in the dated news; of articles that stand in two files the first."""
    words = nation_words()
    seen: set[str] = set()
    for source, files in SOURCES.items():
        for file in files:
            where = f"{source}:{Path(file).stem}"
            for line, packed in enumerate((data / file).read_text(encoding="utf-8").splitlines(), start=1):
                document = json.loads(packed)
                if document["date"] and document["id"] not in seen:
                    seen.add(document["id"])
                    for found in in_text(document["text"], words):
                        yield found._replace(source=where, line=line, date=document["date"])


def in_text(text: str, words: dict[str, str]) -> Iterator[Found]:
    """The offices of one text: "[the] [former] Nation['s] title [Name]" and "[the] title [Name] of [the] Nation"."""
    for title in TITLE.finditer(text):
        end, named = _name_end(text, title.end())
        before = BEFORE.search(text, max(0, title.start() - 60), title.start())
        nation = _last_nation(before[1], words) if before else None
        if nation is not None:
            start = _with_leading(text, title.start() - len(nation) - 1)
            rest = REST.match(text, end) if not named else None
            yield Found("", 0, start, rest.end() if rest else end, title[0].lower(), words[_bare(nation)], "", named)
            continue
        after = AFTER.match(text, end)
        nation = _first_nation(after[1], words) if after else None
        if after is not None and nation is not None:
            stop = after.start(1) + len(nation)
            yield Found("", 0, _with_leading(text, title.start()), stop, title[0].lower(), words[nation], "", named)


def _name_end(text: str, at: int) -> tuple[int, bool]:
    """Where the name right after the title ends, and whether there is one."""
    name = NAME.match(text, at)
    if name is None or name[0].split()[0] in NOT_NAMES:
        return at, False
    return at + len(name[0].rstrip()), True


def _with_leading(text: str, start: int) -> int:
    """Where the mention begins when "the", "former" and the like before it are taken in."""
    found = LEADING.search(text, max(0, start - 40), start)
    return found.start() if found else start


def _bare(nation: str) -> str:
    return re.sub(r"['’]s?$", "", nation)


def _last_nation(run: str, words: dict[str, str]) -> str | None:
    """The longest nation's name or adjective at the end of the words, with its possessive."""
    parts = run.split()
    tails = (" ".join(parts[at:]) for at in range(len(parts)))
    return next((tail for tail in tails if _bare(tail) in words), None)


def _first_nation(run: str, words: dict[str, str]) -> str | None:
    """The longest nation's name at the beginning of the words."""
    parts = run.rstrip(" .").split()
    heads = (" ".join(parts[:at]) for at in range(len(parts), 0, -1))
    found = next((head for head in heads if head in words), None)
    cut = found is not None and re.match(r"[A-Z]", run[len(found) :].lstrip()) is not None
    return None if cut else found  # "President of the Philippine Exporters Confederation"


def nation_words() -> dict[str, str]:
    """Names and adjectives of states, from the hand-written tables."""
    words: dict[str, str] = {}
    for table in ("nations.csv", "demonyms.csv"):
        for row in csv_rows(TABLES / table):
            if row["kind"] in ("name", "adjective", "acronym"):
                words |= {
                    word: row["code"] for word in row["words"].split("|") if len(word) > 2 or word in ("US", "UK")
                }
    return words | {"New South Wales": "AUS", "Northern Ireland": "GBR", "Republic of China": "TWN"}


def sample(data: Path, *, seed: int, each: int, without: Path | None = None) -> list[Found]:
    """As many mentions of each source with a name and without, at most one a document and kind, the same each time.

    Args:
        data: The folder of news.
        seed: Of the draw.
        each: How many of each source and kind.
        without: A table whose documents are left out.
    """
    chance = random.Random(seed)
    drawn: list[Found] = []
    rows = csv.DictReader(without.open(encoding="utf-8")) if without is not None else []
    taken = {(row["source"], int(row["line"])) for row in rows}
    everything = [found for found in mentions(data) if (found.source, found.line) not in taken]
    for source in SOURCES:
        for named in (True, False):
            group = [found for found in everything if found.source.startswith(source) and found.named is named]
            chance.shuffle(group)
            once = {(found.source, found.line): found for found in reversed(group)}
            drawn += sorted(list(once.values())[-each:])
    return drawn


def measure(data: Path, table: Path, base: ActorBase, *, wrong: bool = False) -> str:
    """A table of precision and recall: names told that are right, names of the gold that are told."""
    counts: Counter[tuple[str, str]] = Counter()
    lines: list[str] = []
    texts = {
        f"{source}:{Path(file).stem}": (data / file).read_text(encoding="utf-8").splitlines()
        for source, files in SOURCES.items()
        for file in files
    }
    for row in csv.DictReader(table.open(encoding="utf-8")):
        text = json.loads(texts[row["source"]][int(row["line"]) - 1])["text"]
        span = Span(int(row["start"]), int(row["end"]))
        name, code, why = told(base, text, span, row["date"])
        right = code == row["gold_code"] and any(same_name(name, gold) for gold in row["gold_name"].split("|"))
        for group in (
            row["source"].split(":")[0],
            "named in the text" if row["judged"].startswith("named") else "not named",
            "all",
        ):
            counts[group, "mentions"] += 1
            counts[group, "gold"] += bool(row["gold_name"])
            counts[group, "told"] += name is not None
            counts[group, "right"] += right and name is not None
            counts[group, "coded"] += bool(row["gold_code"])
            counts[group, "code"] += bool(row["gold_code"]) and code == row["gold_code"]
        if not right and (name or row["gold_name"]):
            lines.append(
                f"{row['date']} {span.of(text)!r}: {code} {name!r}, gold {row['gold_code']} {row['gold_name']!r} ({why})"
            )
    head = f"{'':<20}{'mentions':>9}{'with name':>10}{'told':>6}{'right':>6}{'precision':>11}{'recall':>8}{'code':>7}"
    rows = [_line(counts, group) for group in ("wikinews", "state-dept", "named in the text", "not named", "all")]
    return "\n".join([head, *rows, *(lines if wrong else [])]) + "\n"


def told(base: ActorBase, text: str, span: Span, day: str) -> tuple[str | None, str | None, str]:
    """Name, code and reason that the resolver gives one mention."""
    mention = Mention(span=span, entities=(0,), sector=None, nations=(), body="state", body_score=1.0, score=1.0)
    reading = Reading(sentences=(), mentions=(mention,), triggers=(), times=(), places=(), quotes=(), names=())
    actor = resolve(Document(id="one", text=text, published=dt.date.fromisoformat(day)), reading, base)[0]
    return actor.name, actor.code, actor.why


def same_name(name: str | None, gold: str) -> bool:
    """Whether two spellings name one person: the same words, or the same last word and first letter."""
    mine, theirs = norm_of(name or "").split(), norm_of(gold).split()
    if not mine or not theirs:
        return not mine and not theirs
    return mine == theirs or (mine[-1] == theirs[-1] and mine[0][0] == theirs[0][0])


def _line(counts: Counter[tuple[str, str]], group: str) -> str:
    every, gold, named, right = (counts[group, key] for key in ("mentions", "gold", "told", "right"))
    precision, recall = right / max(1, named), right / max(1, gold)
    code = counts[group, "code"] / max(1, counts[group, "coded"])
    return f"{group:<20}{every:>9}{gold:>10}{named:>6}{right:>6}{precision:>11.3f}{recall:>8.3f}{code:>7.3f}"


def main() -> None:
    """Prints the table, or the sample to be judged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sample", action="store_true", help="print the mentions to be judged as CSV")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--each", type=int, default=EACH, help="mentions of each source and kind to be drawn")
    parser.add_argument("--without", type=Path, help="draw from documents that this table does not have")
    parser.add_argument("--wrong", action="store_true", help="list what is wrong or missing")
    parser.add_argument("--base", type=Path, help="another actor base than the package's")
    options = parser.parse_args()
    if options.sample:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        for found in sample(options.data, seed=options.seed, each=options.each, without=options.without):
            writer.writerow([*found[:-1], "", "", "named" if found.named else "office"])
        return
    base = ActorBase.open(options.base)
    for table in TABLES_OF_MENTIONS:
        print(f"{table.name}\n{measure(options.data, table, base, wrong=options.wrong)}")


if __name__ == "__main__":
    main()
