"""ECB+ and MEANTIME as documents with gold mentions of events, and what the program finds at those mentions.

Neither corpus trains anything here. Both come as tokens: the text is put together again, and each gold mention gets its characters.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from detente.pipeline import Tools, code_all
from detente.records import Coded, Document, Event, Refused, Span
from detente.times import interpret

NO_SPACE_BEFORE = re.compile(r"^(?:[,.;:!?)\]%”]|'s|’s|n't|'re|'ve|'ll|'d|'m)")
QUOTES = {"``": "“", "''": "”"}
ACTION = re.compile(r"^(?:ACTION|NEG_ACTION)")


class GoldMention(NamedTuple):
    """Words that tell an event, and the number of the happening in the gold."""

    span: Span
    cluster: str


class GoldDocument(msgspec.Struct, frozen=True):
    """A document, the topic inside which its events are matched, and its gold mentions."""

    document: Document
    topic: str
    mentions: tuple[GoldMention, ...]


class Read(msgspec.Struct, frozen=True):
    """What the program found in one document: its events, and for each trigger its words and the id of its event."""

    events: tuple[Event, ...]
    triggers: tuple[tuple[Span, str], ...]


# --- the corpora ------------------------------------------------------------------------------------


def joined(tokens: Iterable[tuple[str, object]]) -> tuple[str, list[Span]]:
    """Text of (token, sentence) pairs, a line for each sentence, and the characters of each token."""
    text, spans, before = "", [], None
    for word, sentence in tokens:
        shown = QUOTES.get(word, word)
        if before is not None and sentence != before:
            text += "\n"
        elif text and not NO_SPACE_BEFORE.match(shown) and not text.endswith(("“", "(", "[", "$")):
            text += " "
        spans.append(Span(len(text), len(text) + len(shown)))
        text, before = text + shown, sentence
    return text, spans


def ecb_plus(folder: Path) -> Iterator[GoldDocument]:
    """Every document of ECB+; its mentions are the actions in the sentences that were validated.

    An action in no chain across documents is a happening of its own document, with the mentions of its own chain.
    """
    checked: dict[str, set[str]] = {}
    with (folder / "ECBplus_coreference_sentences.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            checked.setdefault(f"{row['Topic']}_{row['File']}", set()).add(row["Sentence Number"])
    for file in sorted((folder / "ECB+").glob("*/*.xml")):
        if file.stem in checked:
            yield _of_ecb(file, checked[file.stem])


def _of_ecb(file: Path, checked: set[str]) -> GoldDocument:
    root = ET.parse(file).getroot()  # noqa: S314 - a corpus that stands beside the repository
    tokens = root.findall("token")
    text, spans = joined((t.text or "", t.get("sentence")) for t in tokens)
    at = {t.get("t_id"): (span, t.get("sentence")) for t, span in zip(tokens, spans, strict=True)}
    chain = {
        source.get("m_id"): str(link.get("note") or f"{file.stem}:{link.get('r_id')}")
        for link in root.findall("Relations/*")
        for source in link.findall("source")
    }
    mentions = []
    for mark in root.findall("Markables/*"):
        anchors = [at[a.get("t_id")] for a in mark.findall("token_anchor")]
        if ACTION.match(mark.tag) and anchors and anchors[0][1] in checked:
            span = Span(anchors[0][0].start, anchors[-1][0].end)
            mentions.append(GoldMention(span, chain.get(mark.get("m_id"), f"{file.stem}:m{mark.get('m_id')}")))
    topic = file.stem.partition("_")[0]
    return GoldDocument(Document(id=file.stem, text=text), topic, tuple(sorted(mentions)))


def meantime(file: Path) -> Iterator[GoldDocument]:
    """Every document of MEANTIME with its event mentions. The copy at hand has chains inside documents only."""
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text, spans = joined(zip(row["tokens"], row["sentence"], strict=True))
        chain = {s: t for r in row["relations"] if r["type"] == "REFERS_TO" for s in r["source"] for t in r["target"]}
        mentions = [
            GoldMention(Span(spans[m["tokens"][0]].start, spans[m["tokens"][-1]].end), f"{row['doc']}:{chain.get(k, 'm' + k)}")
            for k, m in row["markables"].items()
            if m["type"] == "EVENT_MENTION" and m["tokens"]
        ]
        name = row["doc"].partition("_")[0]
        document = Document(id=name, text=text, published=_dateline(text))
        yield GoldDocument(document, row["topic"], tuple(sorted(mentions)))


def _dateline(text: str) -> dt.date | None:
    """The day that stands on the second line, under the title."""
    line = text.split("\n", 2)[1:2]
    found = interpret(line[0].replace(" ,", ","), published=None) if line else None
    return found.first if found is not None and found.precision == "day" else None


# --- what the program finds ---------------------------------------------------------------------------


def read_of(coded: Coded) -> Read:
    """Events and triggers of a coded document; the triggers of one event carry its id."""
    first = {event.text_info.spans["trigger"][0]: event.id for event in coded.events}
    triggers = coded.reading.triggers
    told = []
    for k, trigger in enumerate(triggers):
        root = k if trigger.same_as is None else trigger.same_as
        name = first.get(triggers[root].span)
        if name is not None:
            told.append((trigger.span, name))
    return Read(coded.events, tuple(told))


def readings(documents: Sequence[Document], tools: Tools, kept: Path | None = None) -> list[Read]:
    """What the program finds in each document; from the file `kept` when it is there, else written to it."""
    if kept is not None and kept.is_file():
        decoder = msgspec.json.Decoder(Read)
        return [decoder.decode(line) for line in kept.read_bytes().splitlines()]
    found = [_read(result) for result in code_all(documents, tools, workers=2)]
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(b"".join(msgspec.json.encode(read) + b"\n" for read in found))
    return found


def _read(result: Coded | Refused) -> Read:
    if isinstance(result, Refused):
        msg = f"{result.document} was refused: {result.detail}"
        raise TypeError(msg)
    return read_of(result)


def aligned(mentions: Iterable[GoldMention], read: Read) -> dict[int, str]:
    """For each gold mention, by its number, the event whose trigger shares most characters with it; a trigger serves one mention only."""
    shared = [
        (min(span.end, m.span.end) - max(span.start, m.span.start), -k, -t, name)
        for k, m in enumerate(mentions)
        for t, (span, name) in enumerate(read.triggers)
        if span.overlaps(m.span)
    ]
    out: dict[int, str] = {}
    taken: set[int] = set()
    for _, minus_k, minus_t, name in sorted(shared, reverse=True):
        if -minus_k not in out and -minus_t not in taken:
            out[-minus_k] = name
            taken.add(-minus_t)
    return out


def rows_of(value: object) -> Any:
    """Plain dictionaries and lists."""
    return msgspec.to_builtins(value)
