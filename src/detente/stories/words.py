"""Words of a sentence as stems, and how much each of them tells."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources
from math import log
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from snowballstemmer.english_stemmer import EnglishStemmer

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_DAY = re.compile(
    r"\b(?:\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?=[A-Z])(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\.?\s+\d{1,2}\b|(?:19|20)\d\d\b|\d{1,2}:\d\d|\d{1,2}\s*[ap]\.?m)"
)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?|[A-Za-z]+(?:-[a-z]+)?")
_SMALL = frozenset(
    "the a an of and to in that for is was with by on from has have had at it its his her him them their he she they be been are were not this which who whom "
    "as but or after before when while than then also into over under said says say saying told would will could may might should there these those "
    "more most some any all no one two about against between during since until because if so such other another our we us you your i my me".split()
)
# Forms that no rule of suffixes brings together; only those that tell political events.
_FORMS = {
    form: stem
    for line in (
        "meet met meeting;shoot shot shooting;strike struck stricken;fight fought;hold held;kill killing;withdraw withdrew withdrawal;seize seizure;"
        "expel expulsion;arrest arrested;die death dead died deaths deadly;fly flew flown flight;hit hitting;sign signing signed signature;"
        "speak spoke spoken speech;break broke broken;give gave given;send sent;buy bought;sell sold sale;steal stole stolen theft;"
        "leave left;lead led;lose lost loss;win won;burn burnt;refuse refusal;deny denial;agree agreement;invade invasion;explode explosion;"
        "detain detention;free freed freedom;release released;resign resignation;apologise apologize apology apologised;suspend suspension;"
        "approve approval;propose proposal;decide decision;deliver delivery;deploy deployment;accuse accusation;warn warning;threaten threat threatened;"
        "visit visitor;talk talks;recall recalled;injure injury injured wound wounded hurt;protest protester protesters demonstrator demonstrators "
        "demonstrate demonstration demonstrated;deport deportation;extradite extradition;abduct abduction kidnap kidnapped kidnapping kidnappers;"
        "collide collision;condemn condemnation;praise praised;reject rejection rejected;impose imposition imposed;lift lifted;pay paid payment;"
        "fire fired;bomb bombing bombed bombard bombardment;raid raided;attack attacker attackers attacked"
    ).split(";")
    for stem, *forms in [line.split()]
    for form in (stem, *forms)
}
_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_COUNTS = dict(zip(_UNITS, range(20), strict=True)) | _TENS | {"dozen": 12}
_CALENDAR = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December".split()
)
FEWEST_LETTERS = 2
"""Letters up to which a word with a capital is no name: "It", "EU" and "US" stand in too many sentences."""
RARE = 60
"""Tenths of weight from which a first word is taken for a name: it stands in fewer than one in four hundred articles."""
MOST_TENTHS = 90
"""Tenths of weight of a stem that the table lacks: rarer than one in a few thousand articles."""


@cache
def _stemmer() -> EnglishStemmer:
    from snowballstemmer.english_stemmer import EnglishStemmer

    return EnglishStemmer()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a word, its irregular forms brought together: "met" → "meet", "shelling" → "shell".

    Source:
        Porter 2001, "Snowball"; the irregular forms are ours.
    """
    low = word.lower().replace("’", "'").removesuffix("'s")
    known = _FORMS.get(low)
    return known if known is not None else str(_stemmer().stemWord(low))


def stems(text: str) -> list[str]:
    """The stems of a text's words in reading order, without small words."""
    return [stem(w) for w in _WORD.findall(text) if len(w) > 1 and w.lower() not in _SMALL]


def names(text: str) -> list[str]:
    """The stems of a sentence's words with a capital letter, in reading order, days and months left out.

    The first word always has one: it counts only when it is rare enough to be a name.
    """
    found = [m for m in _WORD.finditer(text) if m[0][0].isupper() and len(m[0]) > FEWEST_LETTERS and m[0].lower() not in _SMALL and m[0] not in _CALENDAR]
    return [stem(m[0]) for m in found if m.start() > 0 or tenths(stem(m[0])) >= RARE]


@cache
def weights() -> dict[str, int]:
    """Stem → ten times what it tells: the log of articles over articles that have it, counted by `training/stories.py`."""
    raw = (resources.files("detente.stories") / "model" / "words.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, int])


def tenths(word: str) -> int:
    """How much a stem tells, in tenths of a natural logarithm; above 0."""
    return weights().get(word, MOST_TENTHS)


def idf(articles: int, having: int) -> float:
    """Inverse document frequency, smoothed.

    Source:
        Spärck Jones 1972, J. Documentation 28(1):11-21.
    """
    return log((articles + 1) / (having + 1))


def numbers(text: str) -> list[tuple[int, int]]:
    """Numbers of a text with the character at which each begins; years, days of the month and hours are left out."""
    without = _DAY.sub(lambda m: " " * len(m[0]), text)
    found = []
    for match in _NUMBER.finditer(without):
        value = value_of(match[0])
        if value is not None:
            found.append((value, match.start()))
    return found


@lru_cache(maxsize=50_000)
def value_of(word: str) -> int | None:
    """The whole number that a word or figure means: "1,200", "twenty-three"; None when it means none."""
    if word[0].isdigit():
        return int(word.replace(",", "").partition(".")[0])
    first, _, second = word.lower().partition("-")
    if first not in _COUNTS or (second and (first not in _TENS or not 0 < _COUNTS.get(second, 0) < 10)):
        return None
    return _COUNTS[first] + (_COUNTS[second] if second else 0)
