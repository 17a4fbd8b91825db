"""Places without a name ("the town", "parliament", "here") → a country, from the actors or from what the text told before."""

from __future__ import annotations

from typing import NamedTuple

from detente.places.choice import Setting, choose
from detente.places.phrase import Hit, Phrase, read
from detente.places.table import Table
from detente.places.words import ABROAD, AT_SEA, ELSEWHERE, OF_A_STATE, WITHIN

UNKNOWN = "not in the gazetteer"
BY_ACTORS = "no place named; the actors' state"
BY_TEXT = "no place named; told before: "
UNKNOWN_NAME = "not in the gazetteer; told before: "
UNTOLD = "not in the gazetteer; the actors' state"
WINDOW = 400  # characters before a place in which others are looked for: two sentences or three
DATELINE = 40
BELIEVED = 100_000  # people of a town that a running text is believed to name; smaller ones are too often surnames
_NOTED = frozenset({"A", "A1", "D", "L", "PC", "S", "T"})


class Before(NamedTuple):
    """The text before the words: its dateline, and its last sentences with the places that they tell."""

    text: str
    dateline: Phrase
    last: Phrase

    @classmethod
    def of(cls, text: str, places: Table) -> Before:
        """Read `text`, the part of a document before the words."""
        dateline, last = read(text[:DATELINE], places), read(text[-WINDOW:], places)
        return cls(
            text,
            *(
                phrase._replace(hits=tuple(hit for hit in phrase.hits if _is_told(hit, phrase)))
                for phrase in (dateline, last)
            ),
        )

    def codes(self, setting: Setting, places: Table) -> frozenset[str]:
        """Every state that the text tells, by itself or by a place in it."""
        phrases = (self.dateline, self.last)
        found = (choose(phrase._replace(hits=(hit,)), setting, places) for phrase in phrases for hit in phrase.hits)
        return frozenset(chosen.code for chosen in found if chosen is not None and chosen.code is not None)


def country_of(phrase: Phrase, setting: Setting, before: Before, places: Table) -> tuple[str | None, str]:
    """The country of a place that the words do not name or the table does not have, and why."""
    if setting.near is not None and _is_of_a_state(phrase):
        return setting.near, BY_ACTORS
    if phrase.folded() & AT_SEA or any(_is_excluded(hit, phrase) for hit in phrase.hits):
        return None, UNKNOWN
    if "here" in phrase.folded():  # where the reporter sits
        told, hits = before.dateline, before.dateline.hits[:1]
    else:
        told, hits = before.last, before.last.hits[::-1]
    for hit in sorted(hits, key=lambda hit: (told.lead(hit) not in WITHIN, hit.adjective)):
        chosen = choose(told._replace(hits=(hit,)), setting, places)
        if chosen is not None and chosen.code is not None:
            return chosen.code, (UNKNOWN_NAME if phrase.unknown() or phrase.hits else BY_TEXT) + chosen.place.name
    if setting.near is not None and _is_foreign_embassy(phrase, setting.near):
        return setting.near, BY_ACTORS
    if setting.near is not None and before.text.strip():
        return setting.near, UNTOLD
    return None, UNKNOWN


def _is_foreign_embassy(phrase: Phrase, near: str) -> bool:
    """Whether the words are another state's embassy: who acts there is mostly at home, "the Canadian embassy" of Serbian crowds."""
    return bool(phrase.folded() & ABROAD and phrase.hits) and not any(near in hit.codes for hit in phrase.hits)


def _is_excluded(hit: Hit, phrase: Phrase) -> bool:
    """Whether the words say that it was not in that country: "outside Nepal"."""
    return hit.country is not None and hit.country.kind == "A" and phrase.lead(hit) == "outside"


def _is_told(hit: Hit, told: Phrase) -> bool:
    """Whether a running text names a place there, not a government by its capital, nor a person or body whose name is some town's."""
    is_capital = hit.country is None and any(each.place.kind == "PC" for each in hit.named)
    dated = hit.start == 0 and hit.end < len(told.tokens) and told.tokens[hit.end].gap.strip() != ""  # MOSCOW (AP) — …
    if told.lead(hit) == "from" or (is_capital and not dated and told.lead(hit) not in WITHIN):
        return False  # "peacekeepers from Bangladesh"; "Moscow said"
    beside = [
        (hit.start - 1, hit.start),
        (hit.end, hit.end),
    ]  # the neighbour, and the token before which their gap stands
    sides = [told.tokens[at] for at, gap in beside if 0 <= at < len(told.tokens) and told.tokens[gap].gap == " "]
    alone = hit.country is not None or not any(token.text[0].isupper() for token in sides)
    return alone and any(each.place.kind in _NOTED or each.place.people >= BELIEVED for each in hit.named)


def _is_of_a_state(phrase: Phrase) -> bool:
    """Whether nameless words mean the actors' own state: "parliament", "the north", "across the country"."""
    keys = phrase.uncovered()
    return bool(keys & OF_A_STATE) and not keys & ELSEWHERE and not phrase.unknown() and not phrase.hits
