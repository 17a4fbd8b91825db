"""What the kinds of checks share: a finding before it has a number, and the document with everybody in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from typing import NamedTuple

from detente.coding.checks.knowledge import Knowledge, Tenure
from detente.reading.sentences import sentence_at
from detente.records import Actor, Document, Mention, Reading, Span

_WORD = r"[A-Z](?:\w{0,2}\.(?=\s[A-Z])|[\w’'-]*(?:\.[\w’'-]+)*(?:(?<=\.[A-Z])\.)?)"
NAME = rf"{_WORD}(?:\s(?:(?:al|bin|da|de|del|der|di|la|van|von)\s)?{_WORD}){{0,5}}"
"""Pattern of a capitalised name, titles before it included: "Gen. Omar al-Bashir", "U.S. President George W. Bush". A longer word with a stop ends a sentence."""

_RUN = re.compile(NAME)


LONGEST = 1_000
"""Characters of the longest mention or name."""


class Finding(NamedTuple):
    """One check before it has a number; `span` is the evidence."""

    check: str
    span: Span
    finding: str
    detail: str
    source: tuple[str, ...] = ()
    spans: dict[str, tuple[Span, ...]] = {}  # noqa: RUF012 - never changed; the form of the record contract


class Person(NamedTuple):
    """Somebody whom the base knows."""

    identifier: str
    name: str


class Scene:
    """One document, what was read in it, and who is in it."""

    def __init__(self, document: Document, reading: Reading, actors: dict[int, Actor], knowledge: Knowledge) -> None:
        self.document, self.text, self.published = document, document.text, document.published
        self.reading, self.actors, self.knowledge = reading, actors, knowledge
        self.sentences = reading.sentences or (Span(0, len(document.text)),)

    @cached_property
    def full_names(self) -> tuple[Span, ...]:
        """The names of people with two to four words, titles left out, in reading order.

        Beside what the reader marks as a person, the last run of capitalised words of each mention in which it marks none: what
        is no person's name is no known person's either, and does no harm.
        """
        marked = sorted(n.span for n in self.reading.names if n.kind == "PER")
        unmarked = [m.span for m in self.reading.mentions if not near(marked, m.span)]
        runs = [
            Span(s.start + found[-1].start(), s.start + found[-1].end())
            for s in unmarked
            if (found := [*_RUN.finditer(s.of(self.text))])
        ]
        bare = {self.knowledge.bare(self.text, s) for s in (*marked, *runs)}
        return tuple(sorted(s for s in bare if 2 <= len(s.of(self.text).split()) <= 4))

    @cached_property
    def _mentions(self) -> dict[Span, Mention]:
        """Mentions by their span, in reading order."""
        return {m.span: m for m in sorted(self.reading.mentions, key=lambda each: each.span)}

    @cached_property
    def _spans(self) -> list[Span]:
        return list(self._mentions)

    def sentence(self, at: int) -> Span:
        """The sentence in which a character stands."""
        return sentence_at(self.sentences, at)[1]

    def actor(self, mention: Mention) -> Actor | None:
        """Who is meant, where the mention means one actor."""
        return self.actors.get(mention.entities[0]) if len(mention.entities) == 1 else None

    def mentions(self, span: Span) -> list[Mention]:
        """The mentions that share a character with the span, in reading order."""
        return [self._mentions[each] for each in near(self._spans, span)]

    def mention(self, span: Span) -> Mention | None:
        """The shortest mention that shares words with the span; of equals the last."""
        return min(reversed(self.mentions(span)), key=lambda m: m.span.end - m.span.start, default=None)

    def code(self, span: Span) -> str | None:
        """The code of whom the words mean, as far as the document tells."""
        mention = self.mention(span)
        actor = self.actor(mention) if mention is not None else None
        return actor.code if actor is not None else None

    def person(self, span: Span) -> Person | None:
        """Whom the words mean: by the mention there, else by the full name of that surname elsewhere in the text."""
        mention = self.mention(span)
        actor = self.actor(mention) if mention is not None else None
        if (
            actor is not None
            and actor.identifier_id
            and actor.name
            and self.knowledge.held_by(actor.identifier_id, actor.name)
        ):
            return Person(actor.identifier_id, actor.name)
        words = span.of(self.text)
        full = {n.of(self.text) for n in self.full_names if words in (n.of(self.text), *n.of(self.text).split())}
        if len(full) != 1:
            return None
        name = full.pop()
        identifier = self.knowledge.identify(name)
        return Person(identifier, name) if identifier is not None else None


def near(spans: list[Span], span: Span) -> list[Span]:
    """Those of the sorted spans that share a character with `span`; none is longer than `LONGEST`."""
    first = bisect_left(spans, Span(span.start - LONGEST, 0))
    last = bisect_left(spans, Span(span.end, 0))
    return [each for each in spans[first:last] if each.overlaps(span)]


def told(tenure: Tenure) -> str:
    """A tenure in words: "Qin Gang was ambassador of China to the United States, 2021-07-29 to 2023-01-31"."""
    first = tenure.first.isoformat() if tenure.first else "?"
    last = tenure.last.isoformat() if tenure.last else "?"
    return f"{tenure.name} was {tenure.words}, {first} to {last}"


def rows(*tenures: Tenure) -> tuple[str, ...]:
    """The sources of these tenures, as a check names them."""
    return tuple(f"{t.source}: {t.name}, {t.words}, {t.first or '?'} to {t.last or '?'}" for t in tenures)


def trimmed(text: str, start: int, end: int) -> Span:
    """The span without blanks, commas and stops at its ends, and without an "as" that leads on to a quote."""
    while start < end and (as_ := re.search(r"\sas\s*$", text[start:end])):
        end = start + as_.start()
    while start < end and text[start] in " \n\t,;:":
        start += 1
    while end > start and (
        text[end - 1] in " \n\t,;:" or (text[end - 1] == "." and not re.search(r"\b[A-Z]\.$", text[start:end]))
    ):
        end -= 1
    return Span(start, end)
