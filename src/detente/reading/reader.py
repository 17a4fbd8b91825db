"""A document → a Reading: windows through the network, tags to spans, spans to links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from detente.reading import links
from detente.reading.labels import NAME_KINDS, QUOTE_KINDS
from detente.reading.network import Network, packaged_model
from detente.reading.quotes import to_the_marks, unbroken, without_marks
from detente.reading.sentences import sentences
from detente.reading.spans import (
    Found,
    behind_dateline,
    found_spans,
    lengthened,
    one_each,
    played,
    proper,
    telling,
    trimmed,
    unowned,
    whole_initials,
    whole_names,
)
from detente.reading.tokens import Words, sentence_numbers, windows, words_of
from detente.records import Document, Link, Name, Reading, Span

WINDOW, OVERLAP = 510, 128
"""Pieces that the encoder takes beside its two frame pieces, and pieces of context that neighbouring windows share."""

DOUBTFUL = 0.7
"""Least chance of a mention that takes no part in anything: the threshold that finds parties is low, and lets in much that is nobody.

On our own held-out annotations and writing, CoNLL F1 0.767 and 0.696 with all of them, 0.777 and 0.711 from 0.5 on, 0.782 and 0.712 from 0.6,
0.784 and 0.713 from 0.7; of single mentions alone, a higher one gives no more.
"""


_SEVERAL = re.compile(r"[,\n]|\. ")
"""Between names that stand together: "Washington, D.C."."""


class Reader:
    """The network with its decoding. Make one and read many documents with it; threads may share it."""

    def __init__(self, folder: Path | None = None, *, threads: int = 2) -> None:
        """Load the packaged reader, or the one in `folder`.

        Raises:
            ModelProblem: The folder is missing a file or belongs to another version.
        """
        self.network = Network(folder or packaged_model(), threads=threads)

    @property
    def name(self) -> str:
        """Name of the model, for the records' `coder`."""
        return self.network.manifest.name

    def read(self, document: Document, states: Sequence[tuple[Span, str]]) -> Reading:
        """Everything the network sees in the document's text.

        Args:
            document: What to read.
            states: Words that name a state, and its code, in reading order: mentions of two states do not mean one actor.
        """
        text = document.text
        parts = sentences(text)
        words = words_of(text, self.network.tokenizer)
        if len(words) == 0:
            return Reading(sentences=parts, mentions=(), triggers=(), times=(), places=(), quotes=(), names=())
        sentence_of = sentence_numbers(words, parts)
        vectors = self.vectors(words, np.flatnonzero(np.diff(sentence_of)) + 1)
        spans = self.spans(vectors, text, words, [span for span, _ in states])
        spans["quote"] = unbroken(spans["quote"], sentence_of)
        seen = links.Seen(text=text, words=words, vectors=vectors, sentence_of=sentence_of, spans=spans, states=states)
        linked = links.Linker(self.network, seen)
        reading = Reading(
            sentences=parts,
            mentions=linked.mentions(),
            triggers=linked.triggers(),
            times=seen.characters("time"),
            places=seen.characters("place"),
            quotes=linked.quotes(QUOTE_KINDS),
            names=names(seen.spans["name"], words),
        )
        return without_doubtful(reading)

    def vectors(self, words: Words, breaks: np.ndarray) -> np.ndarray:
        """(n_words, width): each word as the window sees it in which it stands farther from an edge."""
        cuts = windows(words, breaks.tolist(), size=WINDOW, overlap=OVERLAP)
        parts = []
        for k, (first, last) in enumerate(cuts):
            a, b = int(words.first[first]), min(int(words.first[last]), int(words.first[first]) + WINDOW)
            hidden = self.network.encode(words.pieces[a:b], words.cases[a:b])
            at = np.minimum(words.first[first:last] - a, len(hidden) - 1)
            begin = first if k == 0 else (first + cuts[k - 1][1]) // 2
            end = last if k == len(cuts) - 1 else (cuts[k + 1][0] + last) // 2
            parts.append(hidden[at][begin - first : end - first])
        return np.concatenate(parts)

    def spans(self, vectors: np.ndarray, text: str, words: Words, states: Sequence[Span] = ()) -> dict[str, Found]:
        """Spans of every layer; the mentions of both layers together under "mention". `states` are words that name one: no mention is a part of them."""
        cut = self.network.manifest.thresholds
        chances = self.network.layers(vectors)
        found = {
            name: found_spans(chances[name], threshold=getattr(cut, name), bridge=2 if name == "quote" else 0)
            for name in ("trigger", "time", "place", "quote", "cue", "name")
        }
        names = [span for span in states if not _SEVERAL.search(span.of(text))]

        def mentions(layer: str) -> Found:
            whole = whole_initials(trimmed(telling(found_spans(chances[layer], threshold=cut.mention), words), words), words, text)
            return behind_dateline(whole_names(unowned(whole, words, text), words, names), words, text)

        return {
            **found,
            "name": proper(trimmed(found["name"], words), words, text),
            "mention": one_each(merged(mentions("mention"), mentions("inner")), words),
            "trigger": played(lengthened(found["trigger"], words), words),  # here, since modes and roles are read by type
            "time": telling(found["time"], words),
            "place": telling(found["place"], words),
            "quote": to_the_marks(without_marks(telling(found["quote"], words), words), text, words),
        }


def merged(outer: Found, inner: Found) -> Found:
    """Both layers' mentions in reading order, without doubles."""
    both = Found(*(np.concatenate(columns) for columns in zip(outer, inner, strict=True)))
    order = np.lexsort((both.spans[:, 1], both.spans[:, 0]))
    fresh = np.any(np.diff(both.spans[order], axis=0, prepend=-1), axis=1)
    return Found(*(column[order[fresh]] for column in both))


def without_doubtful(reading: Reading) -> Reading:
    """The reading without mentions of less than the chance `DOUBTFUL` that take part in no event and speak no quote; links count anew."""
    parts = [link for t in reading.triggers for link in (*t.actors, *t.recipients, t.by)] + [quote.speaker for quote in reading.quotes]
    taking_part = {link.index for link in parts if link is not None}
    kept = [k for k, mention in enumerate(reading.mentions) if mention.score >= DOUBTFUL or k in taking_part]
    number = {old: new for new, old in enumerate(kept)}

    def renumbered(links: tuple[Link, ...]) -> tuple[Link, ...]:
        return tuple(link._replace(index=number[link.index]) for link in links)

    def one(link: Link | None) -> Link | None:
        return None if link is None else link._replace(index=number[link.index])

    return msgspec.structs.replace(
        reading,
        mentions=tuple(reading.mentions[k] for k in kept),
        triggers=tuple(
            msgspec.structs.replace(t, actors=renumbered(t.actors), recipients=renumbered(t.recipients), by=one(t.by)) for t in reading.triggers
        ),
        quotes=tuple(msgspec.structs.replace(quote, speaker=one(quote.speaker)) for quote in reading.quotes),
    )


def names(found: Found, words: Words) -> tuple[Name, ...]:
    """Named entities of the name layer."""
    return tuple(
        Name(span=words.span(f, e), kind=NAME_KINDS[k], score=float(s))
        for (f, e), k, s in zip(found.spans.tolist(), found.kinds.tolist(), found.scores.tolist(), strict=True)
    )
