"""Tag chances → spans."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from detente.reading.labels import NAME_KINDS, TYPES
from detente.reading.tokens import Words
from detente.records import Span

EMPTY = frozenset(
    "the a an of to in at on for by and or that this these those will would be is are was were been has had have with from as 's ' \" . , -".split()
)
"""Words, lower case, and marks that tell nothing by themselves."""

_NEVER_FIRST = frozenset("and or of , ; : . ) ] - -- ' ’ \"".split())
_NEVER_LAST = frozenset("and or who whom which that whose of the a an , ; : ( [ - -- ' ’ ‘ “ \"".split())

DATELINE = re.compile(r"[A-Z][A-Z .,'’-]{2,40}(?:, [A-Z][\w. ]{1,20}){0,2}\s*(?:\([^)]{2,30}\)\s*)?(?:—|--|–)\s")
"""Where a report was written, at its head: "TAIPEI, Taiwan — ", "ABUJA (Reuters) -- "."""

_ONLY_PLAYED = frozenset("mock simulate simulated simulates simulating rehearse rehearsed rehearses rehearsing".split())
_DRILLED = frozenset(
    "attack attacks assault assaults strike strikes airstrike airstrikes raid raids battle battles combat dogfight dogfights bombing bombings landing landings invasion"
    " invasions ambush siege blockade".split()
)
"""What forces rehearse: of "mock executions" one is the victim."""

_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")


class Found(NamedTuple):
    """Spans of one layer: rows (first word, last word), kind of each, the chance that a span of any kind stands there, and of its kind."""

    spans: np.ndarray  # (n, 2) int64
    kinds: np.ndarray  # (n,) int64
    scores: np.ndarray  # (n,)
    kind_scores: np.ndarray  # (n,)


def found_spans(chances: np.ndarray, *, threshold: float, bridge: int = 0) -> Found:
    """Runs of words that are inside a span with at least the chance `threshold`, cut where a new one begins.

    Args:
        chances: (n_words, 1 + 2 * n_kinds): O, then B and I of each kind.
        threshold: Chance in (0, 1).
        bridge: Gaps of at most so many words inside one run are closed.

    Returns:
        Spans in order. A span's score is the greatest chance along it, its kind the one with most chance in sum.
    """
    inner = 1 - chances[:, 0]
    on = inner >= threshold
    if bridge:
        on = closed(on, bridge)
    at = np.flatnonzero(on)  # few words of a text are inside anything
    if len(at) == 0:
        return Found(np.zeros((0, 2), np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    begin, inside = chances[at, 1::2], chances[at, 2::2]
    first = np.flatnonzero((np.diff(at, prepend=-2) > 1) | (begin.sum(axis=1) > inside.sum(axis=1)))
    ends = at[np.append(first[1:], len(at)) - 1]
    mass = np.add.reduceat(begin + inside, first, dtype=np.float64)
    top = np.maximum.reduceat(inner[at], first)
    return Found(np.stack([at[first], ends], axis=1), mass.argmax(axis=1), top, mass.max(axis=1) / np.maximum(mass.sum(axis=1), 1e-9))


def closed(on: np.ndarray, bridge: int) -> np.ndarray:
    """`on` with every gap of at most `bridge` words between two runs filled."""
    out = on.copy()
    at = np.flatnonzero(on)
    for a, b in zip(at[:-1].tolist(), at[1:].tolist(), strict=True):
        if 1 < b - a <= bridge + 1:
            out[a:b] = True
    return out


def telling(found: Found, words: Words) -> Found:
    """Without the spans that are empty words alone: the network is at times sure of an article and unsure of its noun."""
    return Found(*(column[[not _empty(words, f, e) for f, e in found.spans.tolist()]] for column in found))


def lengthened(found: Found, words: Words) -> Found:
    """The spans, those that are empty words alone with the next word that is not: a trigger "will" becomes "will receive"."""
    spans = found.spans.copy()
    for k, first in enumerate(found.spans[:, 0].tolist()):
        stop = int(spans[k + 1, 0]) if k + 1 < len(spans) else len(words)  # never into the span after it
        while spans[k, 1] + 1 < stop and _empty(words, first, int(spans[k, 1])):
            spans[k, 1] += 1
    return found._replace(spans=spans)


def played(found: Found, words: Words) -> Found:
    """The triggers, where an attack that forces only play readies them, as drills do: "held mock dogfights", "simulated strikes", not "critics mock attacks".

    They are three in 66,000 events of real news: too few for the network to have learnt it.
    """
    attack, exercise = TYPES.index("ASSAULT"), TYPES.index("MOBILIZE")
    spans = zip(found.spans.tolist(), found.kinds.tolist(), strict=True)
    return found._replace(kinds=np.array([exercise if kind == attack and _only_played(words, *span) else kind for span, kind in spans], np.int64))


def _only_played(words: Words, first: int, last: int) -> bool:
    """Whether a word of the span or the one before says so, of something that is drilled; behind a plural "mock" is a verb."""
    at = max(0, first - 1)
    said = [k for k in range(at, last + 1) if words.lower[k] in _ONLY_PLAYED and not (words.lower[k] == "mock" and k > 0 and words.lower[k - 1].endswith("s"))]
    return bool(said) and not _DRILLED.isdisjoint(words.lower[at : last + 1])


def trimmed(found: Found, words: Words, first_not: frozenset[str] = _NEVER_FIRST, last_not: frozenset[str] = _NEVER_LAST) -> Found:
    """The spans without words that never begin or end them; by default those of names: "Tunisia and" is Tunisia, "dissidents who" are dissidents.

    The low threshold that finds mentions lets in the words beside them. A stop stays, for the sake of "Inc.". Prepositions but "of" stay: after one
    the reader missed the rest of a name, and to cut "the office at" costs events their parties. Cutting the ends at a higher chance than the middle gave no more.
    """
    spans = found.spans.copy()
    for k, (first, last) in enumerate(spans.tolist()):
        kept = list(words.lower[first : last + 1])
        while len(kept) > 1 and kept[-1] in last_not:
            kept.pop()
        ahead = next((n for n, word in enumerate(kept) if word not in first_not), 0)
        spans[k] = first + ahead, first + len(kept) - 1
    return found._replace(spans=spans)


def proper(found: Found, words: Words, text: str) -> Found:
    """The names, but for persons' whose last word has no capital: the network takes "the U.S. ambassador" for one, and then he would be no "Nicholas Burns"."""
    person = NAME_KINDS.index("PER")
    kept = [kind != person or _ends_in_capital(words, text, first, last) for (first, last), kind in zip(found.spans.tolist(), found.kinds.tolist(), strict=True)]
    return Found(*(column[kept] for column in found))


def _ends_in_capital(words: Words, text: str, first: int, last: int) -> bool:
    """Whether the last word of a span has a capital; the stop of "Jr." is none."""
    spelled = (words.span(k, k).of(text) for k in range(last, first - 1, -1))
    return any(letter.isupper() for letter in next((word for word in spelled if any(map(str.isalpha, word))), ""))


def whole_initials(found: Found, words: Words, text: str) -> Found:
    """The spans, those that begin or end inside "U.S." with all of it."""
    return whole_names(found, words, [Span(*match.span()) for match in _INITIALS.finditer(text)])


def whole_names(found: Found, words: Words, names: Iterable[Span]) -> Found:
    """The spans, those that begin or end inside a name with all of it: "York" in "New York" is New York."""
    spans = found.spans.copy()
    for name in names:
        first, last = words.covering(name) or (0, -1)
        cut = (spans[:, 0] <= last) & (spans[:, 1] >= first)
        spans[cut, 0] = np.minimum(spans[cut, 0], first)
        spans[cut, 1] = np.maximum(spans[cut, 1], last)
    return found._replace(spans=spans)


def behind_dateline(found: Found, words: Words, text: str) -> Found:
    """The spans, those that begin in the dateline and go on behind it without its words: "Orsmark — Veltia's minister" is Veltia's minister."""
    dateline = DATELINE.match(text)
    if dateline is None:
        return found
    spans = found.spans.copy()
    first = int(np.searchsorted(words.starts, dateline.end()))
    spans[(spans[:, 0] < first) & (spans[:, 1] >= first), 0] = first
    return found._replace(spans=spans)


def unowned(found: Found, words: Words, text: str) -> Found:
    """The spans, those that begin with a possessive's s with its owner where that is a name, else without it; those of the s alone are left out."""
    spans = found.spans.copy()
    kept = np.ones(len(spans), bool)
    for k, (first, last) in enumerate(found.spans.tolist()):
        if words.lower[first] == "s" and _behind_owner(words, first + 1):
            kept[k] = last > first
            owner = first - 2
            while _is_capital(words, text, owner - 1) and words.starts[owner] - words.ends[owner - 1] == 1:
                owner -= 1
            spans[k, 0] = owner if _is_capital(words, text, first - 2) else first + 1
    return Found(*(column[kept] for column in found._replace(spans=spans)))


def one_each(found: Found, words: Words) -> Found:
    """The spans without those that are the end of a wider one behind its possessive: "ambassador" in "the bloc's ambassador", which both mean him."""
    widest = {last: first for first, last in reversed(found.spans.tolist())}  # in reading order it comes first
    kept = [not (widest[last] < first and _behind_owner(words, first)) for first, last in found.spans.tolist()]
    return Found(*(column[kept] for column in found))


def _behind_owner(words: Words, at: int) -> bool:
    """Whether a possessive stands right before the word of that number: "Putin's …", "the soldiers' …"."""
    mark = at - 2 if at > 1 and words.lower[at - 1] == "s" else at - 1
    return mark > 0 and words.lower[mark] in ("'", "’") and bool(words.ends[mark - 1] == words.starts[mark])


def _is_capital(words: Words, text: str, at: int) -> bool:
    """Whether there is such a word and it begins with a capital."""
    return at >= 0 and text[words.starts[at]].isupper()


def _empty(words: Words, first: int, last: int) -> bool:
    return EMPTY.issuperset(words.lower[first : last + 1])
