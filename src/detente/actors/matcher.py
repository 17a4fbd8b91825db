"""Finds the words of a text that name a nation or body: longest match over folded words, careful with capitals and first names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from detente.actors.titles import TITLE_WORDS
from detente.actors.words import Token, tokens
from detente.records import Span

_JOINT = re.compile(r"(?:['’]s?)?[\s.,&/()-]{0,3}|\s*[‐‑–]\s*")
_SMALL = frozenset({"the", "of", "and", "de", "la", "al", "in"})
_HONORIFICS = frozenset({"mr", "mrs", "ms", "miss", "dr", "sir", "lady", "lord", "dame"})
# Words that hold a nation's name but do not tell that nation.
_NOT_NATIONS = frozenset(
    "south american;north american;latin american;central american;african american;african americans;native american;native americans;south asian;north african;"
    "west african;east african;west indian;indian ocean;persian gulf;south china sea;east china sea;gulf of mexico;english channel;irish sea;panama canal;"
    "new england;washington state;georgia tech;south americans;latin americans;north atlantic;korean peninsula;korean war;vietnam war;american football;"
    "south america;north america;latin america;central america;english language;west africa;east africa;north africa;south asia;sea of japan;gulf war;"
    "iraq war;swiss bank;french open;australian open;british open;turkish lira;north pole;south pole;japan sea;north sea;black sea;american samoa;gulf;balkan".split(
        ";"
    )
) - {"american samoa"}
_NOT_NATION_FIRSTS = frozenset(phrase.partition(" ")[0] for phrase in _NOT_NATIONS)
# Names of places that are as often given names or surnames; they need care next to other capitalised words.
_AMBIGUOUS = frozenset({"georgia", "jordan", "chad", "israel", "paris", "sydney", "florence", "victoria", "austin", "virginia", "sofia", "lima", "kenya", "india", "china", "america", "england", "france", "holland", "ireland", "wales", "washington", "lincoln", "houston", "dallas", "carolina", "madison", "troy", "cuba", "male", "bern", "montana", "dakota", "salvador", "santiago", "hamilton", "wellington", "boston", "dublin"})  # fmt: skip


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
            if kind == "region" and norm in _NOT_NATIONS:
                continue  # "the Gulf states" are not Papua New Guinea's Gulf Province, "the Balkan states" not Turkmenistan's
            self._names[norm] = (row, kind, code, sector, actor_kind)
            first, _, rest = norm.partition(" ")
            length = rest.count(" ") + 2 if rest else 1
            if length > self._longest.get(first, 0):
                self._longest[first] = length
        for norm, (row, kind, code, sector, actor_kind) in self._names.items():
            if kind == "context" and self._tells_state(norm, code):
                self._names[norm] = (row, "name", code, sector, actor_kind)
        self.scan = lru_cache(maxsize=2048)(self._scan)

    def _tells_state(self, norm: str, code: str) -> bool:
        """Whether a body's name begins with its state's, as "United States Navy" does: wherever it stands it is that state's."""
        words = norm.split()
        states = (self._names.get(" ".join(words[:length])) for length in range(1, len(words)))
        return any(state is not None and state[2] == code and state[4] == "state" for state in states)

    def _scan(self, text: str) -> tuple[Hit, ...]:
        words = tokens(text)
        hits: list[Hit] = []
        at = 0
        while at < len(words):
            length, hit = self._match(text, words, at)
            if hit is not None:
                hits.append(hit)
            at += max(1, length)
        return _without_loose(hits, text)

    def _match(self, text: str, words: tuple[Token, ...], at: int) -> tuple[int, Hit | None]:
        """The longest name that begins at word `at`, and its number of words; (0, None) when there is none."""
        for length in (3, 2) if words[at].norm in _NOT_NATION_FIRSTS else ():
            if " ".join(word.norm for word in words[at : at + length]) in _NOT_NATIONS:
                return length, None
        longest = min(self._longest.get(words[at].norm, 0), len(words) - at)
        for length in range(longest, 0, -1):
            run = words[at : at + length]
            found = self._names.get(" ".join(word.norm for word in run))
            if found is None or not all(_JOINT.fullmatch(text, a.end, b.start) for a, b in pairwise(run)):
                continue
            row, kind, code, sector, actor_kind = found
            if kind == "context" and actor_kind == "state" and not _half_of_korea(text, words, at):
                continue
            if _cased(run, kind) and not self._is_person(text, words, at, length):
                return length, Hit(Span(run[0].start, run[-1].end), code, sector, kind, row, actor_kind)
        return 0, None

    def _is_person(self, text: str, words: tuple[Token, ...], at: int, length: int) -> bool:
        """Whether the word is part of somebody's name: "Michael Jordan", "Georgia Meloni", "Mr. Washington"."""
        if length != 1:
            return False
        before, word, after = _neighbour(text, words, at, -1), words[at], _neighbour(text, words, at, 1)
        if at and words[at - 1].norm in _HONORIFICS:
            return True
        kind = self._names[word.norm][1]
        doubtful = word.norm in _AMBIGUOUS or word.norm in self._given or kind in ("city", "region")
        if kind not in ("name", "city", "region", "capital") or not doubtful:
            return False
        return self._first_name(before) or self._followed_by_surname(word, after)

    def _first_name(self, word: Token | None) -> bool:
        """Whether the word is a given name and neither a title nor a place."""
        if word is None or not word.text[:1].isupper():
            return False
        return word.norm in self._given and word.norm not in self._names and word.norm not in TITLE_WORDS

    def _followed_by_surname(self, word: Token, after: Token | None) -> bool:
        """Whether a place that is also a given name stands before what can only be a surname."""
        if word.norm not in self._given or word.text.isupper():
            return False
        if after is None or not after.text[:1].isupper() or after.text.isupper():
            return False
        return after.norm not in TITLE_WORDS and after.norm not in self._longest and after.norm not in self._given


def _neighbour(text: str, words: tuple[Token, ...], at: int, step: int) -> Token | None:
    """The word before or after, where only a space lies between."""
    if not 0 <= at + step < len(words):
        return None
    left, right = (words[at - 1], words[at]) if step < 0 else (words[at], words[at + 1])
    return words[at + step] if text[left.end : right.start] == " " else None


def _half_of_korea(text: str, words: tuple[Token, ...], at: int) -> bool:
    """Whether "North" or "South" stands alone after "the", as a state does."""
    if words[at].norm not in ("north", "south"):
        return True
    after = _neighbour(text, words, at, 1)
    return at > 0 and words[at - 1].norm == "the" and (after is None or not after.text[:1].isupper())


def _cased(run: tuple[Token, ...], kind: str) -> bool:
    """Whether the words are written as names are; acronyms must be all capitals."""
    if kind == "acronym":
        return all(word.text.isupper() for word in run)
    if len(run) == 1:
        return run[0].text[:1].isupper() and (len(run[0].text) > 3 or not run[0].text.isupper() or len(run[0].norm) > 2)
    small = [word for word in run if word.norm in _SMALL or word.norm.isdigit()]
    capital = [word for word in run if word.text[:1].isupper()]
    return (
        run[-1].text[:1].isupper()
        or run[-1].norm.isdigit()
        or (len(capital) * 2 >= len(run) - len(small) > 0 and bool(capital))
    )


def _without_loose(hits: list[Hit], text: str) -> tuple[Hit, ...]:
    """Leaves out names that count only where their country is spoken of ("the South", "Congress"), unless nobody else is."""
    firm = Counter(hit.code for hit in hits if hit.kind != "context" and hit.span.of(text) not in _WANDERING)
    most = max(firm.values(), default=0)
    koreas = firm.keys() & {"KOR", "PRK"}
    kept = (
        hit
        for hit in hits
        if hit.kind != "context"
        or (firm[hit.code] == most > 0)
        or (hit.code in ("KOR", "PRK") and koreas)
        or (not firm and hit.actor_kind != "state")
    )
    settled = tuple(_settled(hit, hit.span.of(text), firm) for hit in kept)
    return tuple(_of_the_union(settled, at, text, firm) for at in range(len(settled)))


# What a state of the United States has, and Georgia on the Black Sea has not.
_UNION_OFFICE = r"(?:governor|lawmakers?|legislators?|legislature|senator|state senate|general assembly|attorney general|secretary of state|voters|sheriff|national guard)"
_UNION_BEFORE = re.compile(rf"\b(?:state|{_UNION_OFFICE}s?) (?:of|in|from) $", re.IGNORECASE)
_UNION_AFTER = re.compile(rf"(?:['’]s)? (?:(?:republican|democratic) )?{_UNION_OFFICE}\b", re.IGNORECASE)
_BESIDE = re.compile(r"\W{1,4}(?:(?:and|or)\W{1,3})?")
_NATION_OFFICE = re.compile(r"(?:['’]s)? (?:president|prime minister|foreign|defen[cs]e|parliament|army|ambassador|embassy|government)\b", re.IGNORECASE)
_NATION_BEFORE = re.compile(r"\b(?:president|minister|parliament|army|ambassador|republic) (?:of|to|in) $", re.IGNORECASE)


def _of_the_union(hits: tuple[Hit, ...], at: int, text: str, firm: Counter[str]) -> Hit:
    """The hit itself, or Georgia as the state of the United States.

    It is that beside other places there ("Atlanta, Georgia", "Texas and Georgia"); and where nobody speaks of Georgians, when it has a governor
    or a text of American places names no other nation. Of 104 news texts with the word it is in 15: 14 rightly, and once the painter Georgia O'Keeffe.
    """
    hit = hits[at]
    if hit.code != "GEO" or hit.span.of(text) != "Georgia":
        return hit
    beside = [other for other in hits[max(0, at - 1) : at + 2] if other is not hit and _is_american(other)]
    gaps = [text[min(hit.span.end, other.span.end) : max(hit.span.start, other.span.start)] for other in beside]
    if any(_BESIDE.fullmatch(gap) for gap in gaps):
        return hit._replace(code="USA", kind="region")
    before = text[max(0, hit.span.start - 40) : hit.span.start]
    if firm["GEO"] or _NATION_BEFORE.search(before) or _NATION_OFFICE.match(text, hit.span.end):
        return hit
    alone = firm.keys() <= {"USA"} and any(_is_american(other) for other in hits)
    if alone or _UNION_BEFORE.search(before) or _UNION_AFTER.match(text, hit.span.end):
        return hit._replace(code="USA", kind="region")
    return hit


def _is_american(hit: Hit) -> bool:
    """Whether it is a town or state of the United States."""
    return hit.code == "USA" and hit.kind in ("city", "region")


# Peoples and bodies that live in several states: which of them is meant, the other names in the text tell.
_WANDERING = {
    "Serb": ("BIH", "KOS", "HRV"), "Serbs": ("BIH", "KOS", "HRV"), "Croat": ("BIH",), "Croats": ("BIH",), "Albanian": ("KOS", "MKD"), "Albanians": ("KOS", "MKD"),
    "Georgia": (), "Taliban": ("PAK",), "Brussels": ("BEL",), "Kashmiri": ("PAK",), "Kashmir": ("PAK",), "Kurdish": ("IRQ", "TUR", "SYR"),
}  # fmt: skip
_AT_HOME = {
    "Serb": "SRB",
    "Serbs": "SRB",
    "Croat": "HRV",
    "Croats": "HRV",
    "Albanian": "ALB",
    "Albanians": "ALB",
    "Taliban": "AFG",
    "Brussels": "EUR",
    "Kashmiri": "IND",
    "Kashmir": "IND",
    "Georgia": "GEO",
}


def _settled(hit: Hit, words: str, firm: Counter[str]) -> Hit:
    """The hit with the state that the rest of the text speaks of, where its words alone leave it open."""
    if words not in _WANDERING or firm[_AT_HOME.get(words, "")]:
        return hit
    code = next((code for code in _WANDERING[words] if firm[code]), hit.code)
    return hit._replace(code=code)


def overlapping(hits: tuple[Hit, ...], span: Span) -> list[Hit]:
    """The hits that share a character with `span`, in reading order; logarithmic in all hits of the text."""
    at = bisect_right(hits, span.start, key=lambda hit: hit.span.end)
    found = []
    while at < len(hits) and hits[at].span.start < span.end:
        found.append(hits[at])
        at += 1
    return found
