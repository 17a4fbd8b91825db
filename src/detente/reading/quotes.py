"""Quotes by their marks: what stands between quotation marks begins and ends at the marks, whatever the tags say."""

from __future__ import annotations

import re

import numpy as np

from detente.reading.labels import QUOTE_KINDS
from detente.reading.spans import Found, trimmed
from detente.reading.tokens import Words
from detente.records import Span

_PAIRS = re.compile(r"“([^“”\n]{1,1500})”|\"([^\"\n]{1,1500})\"", re.DOTALL)
_MIN_SHARE = 0.5  # of a marked stretch's words that the network must take for a quote; scare quotes have fewer
_OWN_WORDS = 2  # a quote with more words outside the marks is told in the reporter's words, too; fewer are the tags' unsharp edge


def marked(text: str) -> list[Span]:
    """What stands between quotation marks, without the marks and a closing comma."""
    found = []
    for match in _PAIRS.finditer(text):
        start, end = match.span(1 if match.group(1) is not None else 2)
        while end > start and text[end - 1] in ", ":
            end -= 1
        while start < end and text[start] == " ":
            start += 1
        if start < end:
            found.append(Span(start, end))
    return found


_MARKS = frozenset('"“”')


def without_marks(found: Found, words: Words) -> Found:
    """The quotes, those not wholly in marks without a mark at their ends whose partner stands outside: it opens or closes what is said beside them."""
    odd = np.array([sum(word in _MARKS for word in words.lower[first : last + 1]) % 2 == 1 for first, last in found.spans.tolist()], bool)
    cut = (found.kinds == QUOTE_KINDS.index("indirect")) | (odd & (found.kinds != QUOTE_KINDS.index("direct")))
    return found._replace(spans=np.where(cut[:, None], trimmed(found, words, _MARKS, _MARKS).spans, found.spans))


def unbroken(found: Found, sentence_of: np.ndarray) -> Found:
    """The quotes, those in others' words that follow one another within a sentence without a word between as one: nobody stops to speak there."""
    if len(found.spans) == 0:
        return found
    own = found.kinds == QUOTE_KINDS.index("indirect")
    first, last = found.spans[:, 0], found.spans[:, 1]
    goes_on = own[1:] & own[:-1] & (first[1:] == last[:-1] + 1) & (sentence_of[first[1:]] == sentence_of[last[:-1]])
    begins = np.flatnonzero(~np.concatenate([[False], goes_on]))
    ends = np.append(begins[1:], len(own)) - 1
    spans = np.stack([first[begins], last[ends]], axis=1)
    best = np.array([begin + found.scores[begin : end + 1].argmax() for begin, end in zip(begins, ends, strict=True)], np.int64)
    return Found(spans, found.kinds[begins], found.scores[best], found.kind_scores[best])


def to_the_marks(found: Found, text: str, words: Words) -> Found:
    """The quotes, those inside marks stretched or cut to the marks.

    A marked stretch of which the network takes at least half for a quote becomes one direct quote. A quote in others' words
    that holds the marks stays; one that runs into or out of them is stretched to hold them. What a direct quote of the
    network has outside the marks is dropped.
    """
    spans = [tuple(s) for s in found.spans.tolist()]
    rows = list(zip(spans, found.kinds.tolist(), found.scores.tolist(), found.kind_scores.tolist(), strict=True))
    tagged = rows
    direct = QUOTE_KINDS.index("direct")
    for mark in marked(text):
        at = words.covering(mark)
        if at is None:
            continue
        inside = [r for r in tagged if _meet(r[0], at)]
        if any(r[0][0] <= at[0] and at[1] <= r[0][1] and r[0] != at and r[1] != direct for r in inside):
            continue  # a mixed or indirect quote that holds the marks
        covered = sum(min(r[0][1], at[1]) - max(r[0][0], at[0]) + 1 for r in inside)
        if covered < _MIN_SHARE * (at[1] - at[0] + 1):
            continue
        best = max(inside, key=lambda r: r[2])
        own = [r for r in rows if r[1] != direct and _meet(r[0], at) and _outside(r[0], at) > _OWN_WORDS]
        rows = [r for r in rows if r not in inside and r not in own]
        if own:
            first, last = min(r[0][0] for r in own), max(r[0][1] for r in own)
            rows.append(((min(first, at[0]), max(last, at[1])), QUOTE_KINDS.index("mixed"), max(r[2] for r in own), own[0][3]))
        else:
            rows.append((at, direct, best[2], best[3]))
    rows.sort()
    if not rows:
        return found
    return Found(
        np.array([r[0] for r in rows], np.int64).reshape(-1, 2),
        np.array([r[1] for r in rows], np.int64),
        np.array([r[2] for r in rows]),
        np.array([r[3] for r in rows]),
    )


def _meet(span: tuple[int, int], marks: tuple[int, int]) -> bool:
    """Whether they share a word."""
    return span[0] <= marks[1] and marks[0] <= span[1]


def _outside(span: tuple[int, int], marks: tuple[int, int]) -> int:
    """Words of a span that stand outside the marks."""
    return max(0, marks[0] - span[0]) + max(0, span[1] - marks[1])
