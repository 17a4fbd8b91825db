"""Annotated passages (the wire format) → arrays that the network learns from.

An id whose number is divisible by 10 is dev and never trained on; `n*` passages are measured only.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from detente.actors.base import ActorBase
from detente.reading.labels import BODIES, CONTEXTS, LAYERS, MODES, QUOTE_KINDS, SECTORS, STATUSES, TYPES
from detente.reading.pairs import features, likeness, near_pairs
from detente.reading.reach import REACH
from detente.reading.reader import WINDOW
from detente.reading.sentences import sentences
from detente.reading.tokens import Words, capital_words, sentence_numbers, words_of
from detente.records import Span
from training.standoff import find, own_annotations

IGNORE = -100
"""Label of what the annotation leaves open; torch's cross-entropy skips it."""


def passages(paths: Iterable[Path]) -> Iterator[dict]:
    """Usable passages of the files, in order."""
    for path in paths:
        for line in filter(str.strip, path.read_text(encoding="utf-8").split("\n")):
            if not (row := json.loads(line)).get("skip"):
                yield row


def learned_from(shared: Path) -> list[Path]:
    """The files of the wire corpus but `n*`, which is measured only; their dev passages are held out."""
    return sorted(p for p in (shared / "wire").glob("*.jsonl") if not p.name.startswith("n"))


def dev_passages(shared: Path) -> list[dict]:
    """Held-out passages: wire dev (v*, w*) and the project's own dev."""
    return [p for p in passages(learned_from(shared)) if is_dev(p["id"])] + own_annotations(shared, wanted=is_dev)


def is_dev(passage: str) -> bool:
    """Whether the passage of this id is held out: its number is divisible by 10."""
    return int(passage.rsplit("-", 1)[1]) % 10 == 0


class Example:
    """One passage as arrays; spans are rows (first word, last word) in ascending order."""

    def __init__(self, passage: dict, tokenizer: Tokenizer, base: ActorBase) -> None:
        self.id, self.only_triggers, self.judged = passage["id"], passage.get("only") == "triggers", passage.get("only") == "judged"
        self.text = text = fitting(passage["text"], tokenizer)
        self.words = words_of(text, tokenizer)
        self.sentence_of = sentence_numbers(self.words, sentences(text))
        self.layers = {name: np.zeros(len(self.words), np.int64) for name in LAYERS}
        for name in set(LAYERS) - {"trigger"} if self.only_triggers else ("name",):
            self.layers[name][:] = IGNORE
        self._mentions(passage, base)
        self._events(passage)
        self._quotes(passage)
        self.pairs: dict[str, tuple] = {} if self.only_triggers else family_pairs(self.spans(), self.type, self.words, self.text, self.sentence_of)
        if self.judged:
            self._leave_open()

    def _leave_open(self) -> None:
        """People judged events: they marked no mention that takes part in none, no quote, and not who means whom."""
        for name in set(LAYERS) - {"trigger"}:
            self.layers[name][self.layers[name] == 0] = IGNORE
        self.pairs = {family: self.pairs[family] for family in ("role", "time", "place")}

    # --- who ---------------------------------------------------------------------------------

    def _mentions(self, passage: dict, base: ActorBase) -> None:
        self.actor_ids = {a["id"]: k for k, a in enumerate(passage["actors"])}
        actors = list(passage["actors"])
        for event in passage["events"]:
            by = event.get("by")
            if by and by not in self.actor_ids:  # an outlet's words: a mention of an actor of its own
                self.actor_ids[by] = len(actors)
                actors.append({"id": by, "code": IGNORE, "sector": IGNORE, "mentions": [by]})
        holders: dict[tuple[int, int], set[int]] = {}
        for k, actor in enumerate(actors):
            taken: set[Span] = set()
            for mention in actor["mentions"]:
                span = find(self.text, mention, taken)
                if span is None:
                    continue
                taken.add(span)
                at = self.words.covering(span)
                if at:
                    holders.setdefault(at, set()).add(k)
        spans = sorted(holders)
        self.mentions = as_spans(spans)
        self.entities = [frozenset(holders[s]) for s in spans]
        first = [actors[min(e)] for e in self.entities]
        self.sector = np.array([IGNORE if a.get("sector") == IGNORE else SECTORS.index(a.get("sector")) for a in first], np.int64)
        self.body = np.array([body(a["code"]) for a in first], np.int64)
        self.joint = np.array([len(e) > 1 for e in self.entities], np.float32)
        outer_end = -1
        for f, e in spans:
            layer = self.layers["mention" if f > outer_end else "inner"]
            outer_end = max(outer_end, e)
            layer[f : e + 1] = 2
            layer[f] = 1
        self._nations([{actors[k]["code"] for k in e} for e in self.entities], base)

    def _nations(self, codes: list[set], base: ActorBase) -> None:
        """Capitalised words, and which of them tell each mention's state."""
        self.capitals = capital_words(self.words, self.text)
        code_at: dict[int, set[str]] = {}
        for hit in base.nations(self.text):
            at = self.words.covering(hit.span)
            for w in range(at[0], at[1] + 1) if at else ():
                code_at.setdefault(w, set()).add(hit.code)
        self.nation = np.array([[bool(code_at.get(int(w), set()) & c) for w in self.capitals[:, 0]] for c in codes], bool).reshape(
            len(codes), len(self.capitals)
        )
        self.has_nation_gold = np.array([IGNORE not in c for c in codes], bool)

    # --- what ----------------------------------------------------------------------------------

    def _events(self, passage: dict) -> None:
        rows: dict[tuple[int, int], tuple[int, dict]] = {}
        times, places = set(), set()
        for k, event in enumerate(passage["events"]):
            event["_time"] = self._phrase(event["time"], times)
            event["_place"] = self._phrase(event["place"], places)
            for words in [event["trigger"], *event.get("also", [])]:
                at = self._phrase(words, set())
                if at:
                    rows.setdefault(at, (k, event))
        spans = sorted(rows)
        events = [rows[s][1] for s in spans]
        self.triggers = as_spans(spans)
        self.event_of = np.array([rows[s][0] for s in spans], np.int64)
        self.times, self.places = as_spans(sorted(times)), as_spans(sorted(places))
        self.type = np.array([TYPES.index(e["type"]) for e in events], np.int64)
        self.status = np.array([STATUSES.index(e["status"]) for e in events], np.int64)
        self.mode = np.array([MODES.index(f"{e['type']}/{e['mode']}" if e["mode"] else None) for e in events], np.int64)
        self.context = np.array([[c in e.get("context", ()) for c in CONTEXTS] for e in events], np.float32).reshape(len(events), len(CONTEXTS))
        self.reciprocal = np.array([bool(e.get("reciprocal")) for e in events], np.float32)
        self.news = np.array([-1.0 if self.only_triggers else is_news(e, passage["date"]) for e in events], np.float32)
        self.role = np.zeros((len(events), len(self.mentions), 3), bool)
        for t, e in enumerate(events):
            wanted = [{self.actor_ids[a] for a in e["actor"]}, {self.actor_ids[a] for a in e["recipient"]}]
            wanted.append({self.actor_ids[e["by"]]} if e.get("by") else set())
            for r, w in enumerate(wanted):
                self.role[t, :, r] = [bool(w & found) for found in self.entities]
        dated = {tuple(e["date"]): e["_time"] for e in passage["events"] if e["_time"] and e["date"]}
        self.time_of = one_hot([e["_time"] or inherited(e, dated, passage["date"]) for e in events], self.times)
        self.place_of = one_hot([e["_place"] for e in events], self.places)
        for (f, e), kind in zip(spans, self.type.tolist(), strict=True):
            mark(self.layers["trigger"], f, e, kind)
        for layer, found in (("time", self.times), ("place", self.places)):
            for f, e in found.tolist():
                mark(self.layers[layer], f, e, 0)

    def _phrase(self, phrase: str | None, into: set[tuple[int, int]]) -> tuple[int, int] | None:
        """Words of an annotated phrase, noted in `into`."""
        span = find(self.text, phrase, set()) if phrase else None
        at = self.words.covering(span) if span else None
        if at:
            into.add(at)
        return at

    # --- whose words --------------------------------------------------------------------------------

    def _quotes(self, passage: dict) -> None:
        rows: dict[tuple[int, int], dict] = {}
        cues: set[tuple[int, int]] = set()
        taken: set[Span] = set()
        for quote in passage["quotes"]:
            span = find(self.text, quote["text"], taken)
            at = self.words.covering(span) if span else None
            if at:
                taken.add(span)
                rows.setdefault(at, quote)
                quote["_cue"] = self._phrase(quote["cue"], cues)
        spans = sorted(rows)
        self.quotes, self.cues = as_spans(spans), as_spans(sorted(cues))
        speakers = [rows[s]["speaker"] for s in spans]
        self.speaker = np.array([[s is not None and self.actor_ids[s] in e for e in self.entities] for s in speakers], bool).reshape(
            len(spans), len(self.mentions)
        )
        self.cue_of = one_hot([rows[s]["_cue"] for s in spans], self.cues)
        for f, e in spans:
            mark(self.layers["quote"], f, e, QUOTE_KINDS.index(rows[f, e]["kind"]))
        for f, e in self.cues.tolist():
            mark(self.layers["cue"], f, e, 0)

    # --- pairs ----------------------------------------------------------------------------------------

    def spans(self) -> dict[str, np.ndarray]:
        """The spans of each kind."""
        return {
            "trigger": self.triggers, "mention": self.mentions, "time": self.times, "place": self.places,
            "quote": self.quotes, "cue": self.cues, "capital": self.capitals,
        }


SIDES = {
    "role": ("trigger", "mention"), "time": ("trigger", "time"), "place": ("trigger", "place"), "speaker": ("quote", "mention"),
    "cue": ("quote", "cue"), "nation": ("mention", "capital"), "coref": ("mention", "mention"), "same": ("trigger", "trigger"),
}
"""For each family of pairs, the kinds of spans on its left and right."""


def family_pairs(spans: dict[str, np.ndarray], types: np.ndarray, words: Words, text: str, sentence_of: np.ndarray) -> dict[str, tuple]:
    """For each family of pairs: left rows, right rows, and their features.

    Args:
        spans: (n, 2) of each kind.
        types: Type of each trigger; two tellings of one event have the same.
        words: The text's words.
        text: The text.
        sentence_of: Number of each word's sentence.
    """
    pairs = {}
    for family, (left, right) in SIDES.items():
        i, j = near_pairs(spans[left], spans[right], reach=REACH[family])
        if left == right:
            i, j = i[j < i], j[j < i]
        if family == "same":
            alike = types[i] == types[j]
            i, j = i[alike], j[alike]
        like = likeness([words.span(f, e).of(text) for f, e in spans[left].tolist()], (i, j)) if family == "coref" else None
        pairs[family] = (i, j, features(spans[left], spans[right], (i, j), sentence_of, like))
    return pairs


def fitting(text: str, tokenizer: Tokenizer) -> str:
    """As many whole sentences from the start as one window of the encoder takes; what the rest tells is left out."""
    words = words_of(text, tokenizer)
    if len(words.pieces) <= WINDOW:
        return text
    over = int(words.starts[np.searchsorted(words.first, WINDOW, side="right") - 1])  # the first word that no longer fits
    return text[: max(s.start for s in sentences(text) if s.start <= over)].rstrip()


def as_spans(rows: list[tuple[int, int]]) -> np.ndarray:
    """(n, 2) int64."""
    return np.array(rows, np.int64).reshape(-1, 2)


def one_hot(found: list[tuple[int, int] | None], spans: np.ndarray) -> np.ndarray:
    """(n_found, n_spans) bool: which span each found phrase is."""
    return np.array([[f == tuple(s) for s in spans.tolist()] for f in found], bool).reshape(len(found), len(spans))


def mark(layer: np.ndarray, first: int, last: int, kind: int) -> None:
    """Write B and I of the kind-th kind of a layer."""
    layer[first : last + 1] = 2 + 2 * kind
    layer[first] = 1 + 2 * kind


def body(code: str | int | None) -> int:
    """Index into BODIES of an actor's code."""
    if code == IGNORE:
        return IGNORE
    if code is None:
        return 0
    return BODIES.index(code) if code in BODIES else BODIES.index("state")


def is_news(event: dict, published: str | None) -> float:
    """1 when an event without time words carries the day of the news, 0 when it has no date, -1 when neither tells."""
    if event["time"] or published is None:
        return -1.0
    if event["date"] is None:
        return 0.0
    first, last = map(dt.date.fromisoformat, event["date"])
    day = dt.date.fromisoformat(published)
    return 1.0 if last == day and (day - first).days <= 1 else -1.0


def inherited(event: dict, dated: dict, published: str | None) -> tuple[int, int] | None:
    """Time words of another event of the same date, for an event that has none of its own."""
    if event["date"] is None or is_news(event, published) == 1.0:
        return None
    return dated.get(tuple(event["date"]))
