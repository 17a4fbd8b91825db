"""Finds the words of a text that name a nation or body: longest match over folded words, careful with capitals and first names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from detente.actors.titles import TITLE_WORDS
from detente.actors.words import Token, tokens
from detente.records import Span

_JOINT = re.compile(r"[\s.,'’&/()-]{0,3}|\s*[‐‑–]\s*")
_SMALL = frozenset({"the", "of", "and", "de", "la", "al", "in"})
_HONORIFICS = frozenset({"mr", "mrs", "ms", "miss", "dr", "sir", "lady", "lord", "dame"})
# Names of places that are as often given names or surnames; they need care next to other capitalised words.
_AMBIGUOUS = frozenset({"georgia", "jordan", "chad", "israel", "paris", "sydney", "florence", "victoria", "austin", "virginia", "sofia", "lima", "kenya", "india", "china", "america", "england", "france", "holland", "ireland", "wales", "washington", "lincoln", "houston", "dallas", "carolina", "madison", "troy", "cuba", "male", "male", "bern", "montana", "dakota", "salvador", "santiago", "hamilton", "wellington", "boston", "dublin"})  # fmt: skip


class Hit(NamedTuple):
    """A named nation or body: where, and the row's code, sector, kind of name, number and kind."""

    span: Span
    code: str
    sector: str | None
    kind: str
    row: int
    actor_kind: str


class Matcher:
    """All names in memory, keyed by their folded words."""

    def __init__(self, rows: Iterable[tuple[str, int, str, str, str | None, str]], given: frozenset[str]) -> None:
        self._names: dict[str, tuple[int, str, str, str | None, str]] = {}
        self._longest: dict[str, int] = {}
        self._given = given
        for norm, row, kind, code, sector, actor_kind in rows:
            self._names[norm] = (row, kind, code, sector, actor_kind)
            first, _, rest = norm.partition(" ")
            length = rest.count(" ") + 2 if rest else 1
            if length > self._longest.get(first, 0):
                self._longest[first] = length
        self.scan = lru_cache(maxsize=2048)(self._scan)

    def _scan(self, text: str) -> tuple[Hit, ...]:
        words = tokens(text)
        hits: list[Hit] = []
        at = 0
        while at < len(words):
            length, hit = self._match(text, words, at)
            if hit is not None:
                hits.append(hit)
            at += max(1, length)
        return _without_loose(hits)

    def _match(self, text: str, words: list[Token], at: int) -> tuple[int, Hit | None]:
        """The longest name that begins at word `at`, and its number of words; (0, None) when there is none."""
        longest = min(self._longest.get(words[at].norm, 0), len(words) - at)
        for length in range(longest, 0, -1):
            run = words[at : at + length]
            found = self._names.get(" ".join(word.norm for word in run))
            if found is None or not all(_JOINT.fullmatch(text, a.end, b.start) for a, b in zip(run, run[1:], strict=False)):
                continue
            row, kind, code, sector, actor_kind = found
            if _cased(run, kind) and not self._is_person(text, words, at, length):
                return length, Hit(Span(run[0].start, run[-1].end), code, sector, kind, row, actor_kind)
        return 0, None

    def _is_person(self, text: str, words: list[Token], at: int, length: int) -> bool:
        """Whether the word is part of somebody's name: "Michael Jordan", "Georgia Meloni", "Mr. Washington"."""
        if length != 1:
            return False
        word = words[at]
        before = words[at - 1] if at and text[words[at - 1].end : word.start] in (" ", ". ", "-") else None
        if before is not None and before.norm in _HONORIFICS:
            return True
        kind = self._names[word.norm][1]
        if kind not in ("name", "city", "region", "capital") or not (word.norm in _AMBIGUOUS or word.norm in self._given or kind in ("city", "region")):
            return False
        after = words[at + 1] if at + 1 < len(words) and text[word.end : words[at + 1].start] == " " else None
        joined_before = before is not None and text[before.end : word.start] == " " and before.text[:1].isupper()
        if joined_before and before is not None and before.norm in self._given and before.norm not in self._names and before.norm not in TITLE_WORDS:
            return True
        if after is None or not after.text[:1].isupper() or after.text.isupper() or word.text.isupper():
            return False
        if word.norm not in self._given:
            return False
        return after.norm not in TITLE_WORDS and after.norm not in self._longest and after.norm not in self._given


def _cased(run: list[Token], kind: str) -> bool:
    """Whether the words are written as names are; acronyms must be all capitals."""
    if kind == "acronym":
        return all(word.text.isupper() for word in run)
    if len(run) == 1:
        return run[0].text[:1].isupper() and (len(run[0].text) > 3 or not run[0].text.isupper() or len(run[0].norm) > 2)
    small = [word for word in run if word.norm in _SMALL or word.norm.isdigit()]
    capital = [word for word in run if word.text[:1].isupper()]
    return run[-1].text[:1].isupper() or run[-1].norm.isdigit() or len(capital) * 2 >= len(run) - len(small) > 0 and bool(capital)


def _without_loose(hits: list[Hit]) -> tuple[Hit, ...]:
    """Leaves out names that count only where their country is spoken of ("the South", "Congress"), unless nobody else is."""
    firm = {hit.code for hit in hits if hit.kind != "context"}
    if len(firm) == len({hit.code for hit in hits}):
        return tuple(hits)
    koreas = {"KOR", "PRK"}
    return tuple(
        hit
        for hit in hits
        if hit.kind != "context" or hit.code in firm or (hit.code in koreas and firm & koreas) or (not firm and hit.actor_kind != "state")
    )
