"""What stands right beside place words: the rest of a name that they cut, and the name behind them that says where they are."""

from __future__ import annotations

import re

from detente.places.phrase import Phrase, read
from detente.places.table import Table
from detente.places.words import REGION, TOWN

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’ʻ-]*"
_JOINED = rf"(?:(?:of|and|de|do|la|al|el)[ -])?{_CAPITAL}"
_RUN_BEFORE = re.compile(rf"(?:{_CAPITAL}[ -](?:(?:of|and|de|do|la|al|el)[ -](?:the )?)?){{1,4}}$")
_RUN_AFTER = re.compile(rf"[ -]?{_JOINED}(?:[ -]{_JOINED}){{0,3}}")
_UNENDED = re.compile(rf"{_CAPITAL}(?: (?:of|de|el|al))?$")  # words whose last name may go on

# from the words to a name behind them: " in the port city of", ", near", " on the outskirts of", " downtown"
_IN = "in|at|near|of|off|inside|outside|across|throughout"
_SIDE = "north(?:ern|east|eastern|west|western)?|south(?:ern|east|eastern|west|western)?|eastern|western|central|downtown|nearby|neighbou?ring"
_KIND = "|".join(sorted(TOWN | REGION))
_BETWEEN = f"the|a|its|his|their|of|coast|shores|capital|{_SIDE}|{_KIND}|[a-z]+(?= (?:{_KIND}) of)"
_LINK = re.compile(
    rf" ?,? ?(?:(?:just )?(?:{_IN})|on the (?:outskirts|edge|coast|island|banks|border) of|{_SIDE}) (?:(?:{_BETWEEN}) ){{0,6}}(?={_CAPITAL})"
)
_OPEN = re.compile(rf"(?:^| )(?:{_IN}|downtown)$")  # words that end so were cut before a name
_ASIDE = re.compile(r"\b(?:sidelines|margins|fringes)$")  # of what, and then where: "[on the sidelines] of a summit of ministers in Jakarta"
_MEETING = re.compile(rf" of [\w'’ -]{{1,50}}? (?:in|at) (?=(?:the )?{_CAPITAL})")
_PIECE = re.compile(rf"{_RUN_AFTER.pattern}(?:['’]s)?(?:, {_RUN_AFTER.pattern})?")


def whole(words: str, before: str, after: str, places: Table) -> str:
    """The words with the rest of a name that begins before them ("Dominican [Republic]") or goes on behind ("[New] Delhi")."""
    left, right = _RUN_BEFORE.search(before), _RUN_AFTER.match(after)
    if left and words[:1].isupper() and _straddled(left[0], words, places):
        words = left[0] + words
    if right and right[0][0] in " -" and _UNENDED.search(words) and (end := _straddled(words, right[0], places)):
        words += right[0][:end]
    return words


def _straddled(first: str, second: str, places: Table) -> int:
    """How many characters of `second` end a name that begins in `first`; 0 for none."""
    edge = len(read(first, places).tokens)
    hit = next((hit for hit in read(first + second, places).hits if hit.start < edge < hit.end), None)
    if hit is None:
        return 0
    pieces = list(re.finditer(r"[\w'’ʻ]+", second))
    return pieces[hit.end - edge - 1].end() if hit.end - edge <= len(pieces) else 0


def behind(words: str, after: str, places: Table) -> Phrase | None:
    """The names behind the words that say where they are: "a market[ in the town of Hilla]"; None for none."""
    if cut := _OPEN.search(words):
        after = f" {cut[0].strip()}{after}"
    link = (_MEETING.match(after) if _ASIDE.search(words) else None) or _LINK.match(after)
    piece = _PIECE.match(after, link.end()) if link else None
    if link is None or piece is None:
        return None
    told = read(after[: piece.end()].lstrip(" ,"), places)
    return told if any(not hit.adjective for hit in told.hits) else None
