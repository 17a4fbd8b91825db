"""Words of a text as the grammar sees them: each known word is one character, so that a rule is a regular expression.

A rule such as ``month:MONTH ,? year:YEAR`` names classes of words (capitals) and plain words; `expression` makes of it a
regular expression over that string of characters, one per word.
"""

from __future__ import annotations

import functools
import re

_MONTHS = "january february march april may june july august september october november december"
MONTHS = tuple(_MONTHS.split())
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTH_NUMBER = {name: number for number, name in enumerate(MONTHS, start=1)}
MONTH_NUMBER |= {
    name[:3] + "." * dot: number for name, number in MONTH_NUMBER.items() for dot in (0, 1) if name != "may"
}
MONTH_NUMBER |= {"sept": 9, "sept.": 9}
WEEKDAY_NUMBER = {name: number for number, name in enumerate(WEEKDAYS)}
WEEKDAY_NUMBER |= {name[:3] + "." * dot: number for name, number in WEEKDAY_NUMBER.items() for dot in (0, 1)}
WEEKDAY_NUMBER |= {"tues": 1, "tues.": 1, "thurs": 3, "thurs.": 3}

_SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
NUMBER = {word: number for number, word in enumerate(_SMALL.split(), start=1)}
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety hundred"
NUMBER |= {word: 10 * number for number, word in enumerate(_TENS.split(), start=2)}
_ORDINAL = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
ORDINAL = {word: number for number, word in enumerate(_ORDINAL.split(), start=1)} | {"thirtieth": 30}
_DECADES = "twenties thirties forties fifties sixties seventies eighties nineties"
DECADE = {word: 10 * number for number, word in enumerate(_DECADES.split(), start=2)}
UNITS = ("day", "week", "fortnight", "month", "quarter", "year", "decade", "century")
UNIT = {unit: unit for unit in UNITS} | {f"{unit}s": unit for unit in UNITS} | {"centuries": "century"}
SHORT_UNIT = {"second", "seconds", "moment", "moments", "minute", "minutes", "hour", "hours"}
DAYPART = {
    "morning": "MO", "daybreak": "MO", "dawn": "MO", "sunrise": "MO", "breakfast": "MO", "noon": "MI", "midday": "MI",
    "lunchtime": "MI", "afternoon": "AF", "evening": "EV", "dusk": "EV", "sunset": "EV", "night": "NI", "nightfall": "NI",
    "midnight": "NI", "bedtime": "NI", "dark": "NI", "overnight": "NI",
}  # fmt: skip

# what a class name in a rule stands for; the words in angle brackets are shapes of numbers
CLASSES: dict[str, tuple[str, ...]] = {
    "MONTH": tuple(MONTH_NUMBER),
    "WEEKDAY": tuple(WEEKDAY_NUMBER),
    "SEASON": ("spring", "summer", "autumn", "fall", "winter"),
    "NUMBER": ("<day>", "<number>", *NUMBER),
    "DAYNUM": ("<day>",),
    "YEAR": ("<year>",),
    "QUARTER": ("<quarter>",),
    "YY": ("<number>", "<day>"),
    "ORDINAL": ("<ordinal>", *ORDINAL),
    "DECADE": ("<decade>", *DECADE),
    "ISO": ("<iso>", "<slash>"),
    "CLOCK": ("<clock>",),
    "AMPM": ("<ampm>",),
    "UNIT": tuple(UNIT),
    "SHORTUNIT": tuple(sorted(SHORT_UNIT)),
    "DAYPART": tuple(sorted(set(DAYPART) - {"overnight"})),
    "WEEKEND": ("weekend", "weekends"),
    "FEW": ("few", "several", "couple"),
    "DASH": ("-", "–", "—"),
    "PART": ("early", "mid", "late", "earlier", "later"),
    "SAME": ("same", "that"),
    "PAST": ("past", "last", "previous", "preceding"),
    "NEXT": ("next", "coming", "following", "subsequent"),
}
# whose feasts fall on days that the table of feasts does not know
_STRANGE = (
    "chinese lunar jewish hebrew persian iranian kurdish afghan islamic muslim hindu sikh buddhist tibetan mongolian korean vietnamese thai lao khmer cambodian burmese "
    "balinese nepali bengali tamil sinhalese ethiopian eritrean coptic assyrian berber orthodox julian russian ukrainian serbian greek armenian georgian "
    "canadian indian pakistani israeli polish finnish mexican brazilian indonesian malaysian filipino kenyan nigerian ghanaian lebanese syrian"
)
CLASSES["STRANGE"] = tuple(_STRANGE.split())
# what one layer of the grammar hands to the next: see `cascade`
CLASSES |= {
    "DATE": ("<date>", "<recurring>", "<stretch>"),
    "RECURRING": ("<recurring>",),
    "LENGTH": ("<length>",),
    "HOUR": ("<hour>",),
    "NTH": ("<nth>",),
    "STRETCH": ("<stretch>",),
    "POINT": ("<date>", "<recurring>", "<stretch>", "<point>"),
}
WORDS = {"plain", "word", "abbreviation", "mark"}  # what means itself; the rest is known by its shape
OTHER, BREAK = ".", "\n"
# lower-case these are other words far more often: the verb, the sun, to march, Dec of nothing
ONLY_CAPITAL = {"may", "march", "mar", "sat", "sun", "jan", "mon", "wed", "dec", "oct", "fri", "eid"}

_TOKEN = re.compile(
    r"""(?P<plain>(?![ap]m(?!\w))[^\W\d_]+(?![\w.'’]))  # first, because most words are so
    |(?P<iso>[0-9]{4}-[0-9]{2}-[0-9]{2})(?![\w-])
    |(?P<slash>[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})(?![\w/])
    |(?P<clock>[0-9]{1,2}:[0-9]{2})(?![\w:])
    |(?P<decade>(?:[12][0-9]{2}0|['’]?[2-9]0)['’]?s)(?!\w)
    |(?P<short_year>['’][0-9]{2})(?!\w)
    |(?P<quarter>q[1-4])(?!\w)
    |(?P<ordinal>[0-9]{1,2}(?:st|nd|rd|th))(?!\w)
    |(?P<number>[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)(?!\w)
    |(?P<ampm>[ap]\.m\.|[ap]m(?!\w))
    |(?P<abbreviation>(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thu(?:rs)?|fri|sat|sun|st)\.)
    |(?P<word>[^\W\d_]+(?!\w)|o['’]clock(?!\w))
    |(?P<possessive>['’]s(?!\w))
    |(?P<other>\w+)
    |(?P<blank>\n\s*\n)
    |(?P<mark>[^\w\s])""",
    re.VERBOSE | re.IGNORECASE,
)


_codes: dict[str, str] = {}


def code_of(word: str) -> str:
    """The character that stands for `word` in rules; a new one for a word not met before (only while rules are compiled)."""
    return _codes.setdefault(word, chr(0xE000 + len(_codes)))  # from the private use area, which no rule spells out


def words_of(text: str, *, running: bool) -> tuple[list[tuple[str, int, int]], str]:
    """The words of `text`, lower-cased, with where they start and end; and their characters, one per word.

    Args:
        text: Any text.
        running: Running text, in which words such as "may" and "sun" count as dates only when capitalised.
    """
    words: list[tuple[str, int, int]] = []
    codes: list[str] = []
    for match in _TOKEN.finditer(text):
        kind, raw = match.lastgroup or "mark", match.group()
        word = raw.lower()
        if kind in WORDS:
            wanted = not (running and word in ONLY_CAPITAL and raw[0].islower())
            codes.append(_codes.get(word, OTHER) if wanted else OTHER)
        else:
            codes.append(_code_of_shape(kind, raw))
            if kind == "short_year":  # '68 and '04: the century turns where few texts reach
                word = ("19" if word[1:] >= "30" else "20") + word[1:]
        words.append((word, match.start(), match.end()))
    return words, "".join(codes)


def _code_of_shape(kind: str, raw: str) -> str:
    """Character of a number, clock time, possessive … by its shape."""
    if kind == "blank":
        return BREAK
    if kind == "possessive":
        return _codes.get("'s", OTHER)
    if kind == "short_year":
        kind = "year"
    if kind == "number" and raw.isdigit():
        if len(raw) <= 2 and 1 <= int(raw) <= 31:
            kind = "day"
        elif len(raw) == 4 and raw[0] in "12":
            kind = "year"
    return _codes.get(f"<{kind}>", OTHER)


_ELEMENT = re.compile(
    r"(?P<name>[a-z_]+):(?=\S)|\{(?P<macro>[A-Z]+)\}|(?P<klass>[A-Z]{2,})|(?P<operator>[()|?*+])|(?P<word>[^\s()|?*+]+)"
)


@functools.lru_cache(maxsize=1024)
def _class(name: str) -> str:
    """Character set of a word class."""
    return "[" + "".join(code_of(word) for word in CLASSES[name]) + "]"


def expression(pattern: str, macros: dict[str, str]) -> str:
    """`pattern` as a regular expression over the words' characters.

    ``name:`` names what follows; a bare word means itself; capitals mean a class of `CLASSES`, ``{CAPITALS}`` a macro; and
    ``( ) | ? * +`` are as ever.
    """
    parts: list[str] = []
    name = ""
    for match in _ELEMENT.finditer(pattern):
        kind, text = match.lastgroup, match[match.lastgroup or 0]
        if kind == "name":
            name = text
            continue
        opening, name = (f"(?P<{name}>" if name else "(?:"), ""
        if kind == "operator":
            parts.append(opening if text == "(" else text)
        else:
            parts.append(f"{opening}{_body(kind, text, macros)})")
    return "".join(parts)


def _body(kind: str | None, text: str, macros: dict[str, str]) -> str:
    """The expression of a macro, a class or a word."""
    if kind == "macro":
        return expression(macros[text], macros)
    return _class(text) if kind == "klass" else code_of(text)
