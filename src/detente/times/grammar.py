"""Time words of English news → the days they mean.

`interpret` reads one expression, `find` looks for them all. Both run the same cascade of three tables: `atoms` (what names
days by itself), `points` (what is said about those) and `frames` (stretches between them).
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Sequence

from detente.records import Interval, Span
from detente.times import days
from detente.times.atoms import atoms
from detente.times.cascade import Node, Now
from detente.times.days import SEASON_START
from detente.times.frames import frames, since_point
from detente.times.offsets import counted, points
from detente.times.tokens import BREAK, MONTH_NUMBER, WEEKDAY_NUMBER, words_of

LAYERS = (atoms, points, frames)
NO_POINTS = {"length", "hour", "set", "vague", "nth", "feast"}  # beside a point these say nothing of the day
# what turns the point behind it into another time: with other words between, the whole stays unknown
_TURNING = "before after ahead until till by prior following within from between since ago earlier later"
_YEAR_AFTER = "in since by until till of from to and before after during through or ("
_SEASON_AFTER = "in since by until during over before after throughout through for"
LASTING = {"for", "in", "over", "within", "after", "throughout", "of", "take", "takes", "took", "taken", "lasted"}
TURNING, YEAR_AFTER, SEASON_AFTER = (frozenset(words.split()) for words in (_TURNING, _YEAR_AFTER, _SEASON_AFTER))
_STRANGER = re.compile(r"(?:[A-Z]\w+ ?(?:['’]s)? )+$")
SHORT_NAMES = {name for name in (*MONTH_NUMBER, *WEEKDAY_NUMBER) if len(name) == 3} - {"may"}


def interpret(
    words: str, *, published: dt.date | None, tense: str = "past", anchor: Interval | None = None
) -> Interval | None:
    """The days that `words` mean, or None when that is unknown.

    Args:
        words: A time expression as it stands in a text, with or without its preposition: "on Monday", "last November".
        published: Day of the text. None: only what needs no such day is told ("July 2004").
        tense: "past", "future" or "present": where a bare weekday or month lies from `published`.
        anchor: When what was told before took place, for "the same week" and "two days later"; None: those stay unknown.
    """
    if len(words) > 300:  # no time expression is that long; a wrong span must cost nothing
        return None
    nodes = _nodes_in(words)
    kept = [node for node in nodes if node.words[0] not in {"'s", ".", ";", "(", ")", '"', "“", "”", "‘", "’", "'"}]
    node = _only(kept)
    if node is None:
        return None
    try:
        return node.read(Now(published, tense, anchor))
    except (ValueError, OverflowError):  # 30 February, or a day outside the calendar's years 1 to 9999
        return None


def is_of_others(text: str, span: Span) -> bool:
    """Whether the span is a feast that the words before it make another people's: "New Year" of "Lunar New Year", whose day no table has."""
    before = _STRANGER.search(text, max(0, span.start - 40), span.start)
    nodes = _nodes_in(text[before.start() : span.end]) if before else ()
    return bool(nodes) and nodes[-1].kind == "feast"


def since_length(words: str, *, published: dt.date) -> Interval | None:
    """The days up to `published` when the words only tell how long: "two-day", "the past 24 hours"; None for "several weeks"."""
    lengths = [node for node in _nodes_in(words) if node.kind == "length"]
    told = counted(lengths[0].words) if len(lengths) == 1 else None
    if told is None:
        return None
    count, unit = told
    try:
        first = days.plus(published, -count, unit) if count else published - dt.timedelta(1)  # hours
    except (ValueError, OverflowError):
        return None
    return Interval(first, published, "range")


def _only(nodes: Sequence[Node]) -> Node | None:
    """The one time expression among the words, when nothing beside it could turn it into another time.

    Words between a "since" and its point do not matter: "since the last truce collapsed on Sept. 19".
    """
    told = [node for node in nodes if node.meaning is not None and (len(nodes) == 1 or node.words != ("since",))]
    whole = [node for node in told if node.kind not in NO_POINTS] if len(told) > 1 else told
    if len(whole) != 1:
        return None
    rest = {word for node in nodes if node is not whole[0] for word in node.words}
    if any(word[0].isdigit() for word in rest):  # a number that the grammar could not place
        return None
    if nodes[0].words == ("since",) and not rest & (TURNING - {"since"}):
        return whole[0]._replace(meaning=lambda now: since_point(whole[0], now))
    return None if rest & TURNING else whole[0]


def find(text: str) -> tuple[Span, ...]:
    """All time expressions of a text in reading order, lengths ("nine days") among them; none overlaps another.

    A plain preposition ("on", "in") stays outside, a telling one ("since", "before") inside. Linear in the text.
    """
    return tuple(Span(node.start, node.end) for node in nodes_of(text))


def nodes_of(text: str, *, layers: int = len(LAYERS)) -> list[Node]:
    """The time expressions of a text, as found by the first `layers` tables."""
    nodes, _ = _parse(text, running=True, layers=layers)
    return [node for i, node in enumerate(nodes) if node.shown and _plausible(nodes, i)]


def _plausible(nodes: list[Node], at: int) -> bool:
    """Whether what looks like a time is one beside these words."""
    node = nodes[at]
    before = nodes[at - 1].words[-1] if at else ""
    after = nodes[at + 1].words[0] if at + 1 < len(nodes) else "."
    last = node.words[-1]
    if node.kind == "length":  # "a second" is an ordinal, "three quarters" a fraction; "days" alone may be anything
        fraction = last in {"second", "quarter", "quarters"} and {"straight", "consecutive"}.isdisjoint(node.words)
        return not fraction and (len(node.words) > 1 or before in LASTING)
    if last in SEASON_START and node.words[0] in {last, "the"}:  # the fall of Kabul
        return before in SEASON_AFTER and after != "of"
    heading = not before.strip() and (
        after == ":" or not after.strip()
    )  # a year on a line of its own, or "2005: Elections"
    return len(node.words) > 1 or heading or _lone(last, before, after)


def _lone(word: str, before: str, after: str) -> bool:
    """Whether a single word is a time between those two."""
    if word in {"may", "march"}:  # Theresa May; the March on Rome
        return before in YEAR_AFTER or before in {"last", "next", "this", "late", "early", "mid"}
    if not word.isdecimal():
        return word not in SHORT_NAMES  # Sun Yat-sen
    if before in {"the", "its", "a", "his", "her", "their"}:  # the 1968 massacre, but not the 1500 men
        return 1900 <= int(word) <= 2100
    return before in YEAR_AFTER or after in {")", ";"} or (after in {".", ","} and before not in {"$", "€", "£"})


@functools.lru_cache(maxsize=1024)
def _nodes_in(words: str) -> tuple[Node, ...]:
    """The nodes of words that may tell a time. Kept, because text after text tells "on Monday"; what it means is worked out for each."""
    return tuple(_parse(words, running=False, layers=len(LAYERS))[0])


def _parse(text: str, *, running: bool, layers: int) -> tuple[list[Node], str]:
    """The words of a text, gathered by the layers."""
    words, codes = words_of(text, running=running)
    if running and BREAK not in codes and not codes.strip("."):
        return [], ""
    nodes = [Node((word,), start, end) for word, start, end in words]
    for layer in LAYERS[:layers]:
        nodes, codes = layer.gather(nodes, codes, running=running)
    return nodes, codes
