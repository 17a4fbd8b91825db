"""Place words → the names in them that the table knows, and what the words around tell about them."""

from __future__ import annotations

import re
from typing import NamedTuple

from detente.places.table import Named, Place, Table, fold

LONGEST = 6  # words of a name: "Bosnia and Herzegovina", "Grand Ethiopian Renaissance Dam"
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’ʻ‘`][^\W_]+)*\.?")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$", re.IGNORECASE)
_NUMBERED = re.compile(r"#\d+$")  # the wire format's mark of the n-th occurrence
_JOINING = frozenset(
    "of de la le les du da do dos das del di el al ar as ash at an ad az es en au aux y e i o and the an der den am on sur upon".split()
)
_ARTICLE = re.compile(r"(?:al|el|ar|as|ash|at|an|ad|az) (?=\w)")
# before a name they make it a person's: "near Mr. Bush's ranch"
_HONORIFIC = frozenset("mr mrs ms dr president king queen prince general gen sheikh sir".split())
# words that begin with a capital at the head of a phrase or in a proper name, and somewhere are a village
_NO_NAMES = frozenset(
    "north south east west northern southern eastern western northeast northwest southeast southwest central upper lower middle greater"
    " new old port fort city state states republic province district county region area island islands street square road avenue airport"
    " bridge camp house hall church temple mosque hospital university school college park river lake sea gulf bay strait coast mount valley"
    " court parliament congress senate assembly ministry palace embassy consulate police army navy base bank hotel station market museum"
    " green red blue white black golden independence union victory liberty freedom peace republican national presidential federal royal"
    " international military prime minister president king queen day outside inside near in at the between across along around behind"
    " over under off from on here there home security council general people un nato eu american african european asian latin arab muslim"
    " shiite sunni kurdish christian catholic shankill june july may march april august mission cross union party line unity zone corps taliban"
    " hamas fatah hezbollah prison jail no tower towers palace garden gardens stadium theatre club centre center building office headquarters ward block gate field interior defense defence foreign finance justice health education and of".split()
)


# small words that end a name: "Niger delta", "Merdare crossing"
_KINDS = tuple(
    f" {word}"
    for word in "province region state district city delta valley peninsula crossing island islands strait river camp temple prison desert plateau"
    " corridor plant mosque airport base headland square bridge".split()
)


# The ways in which GeoNames and Ukraine's own table of 2010 write Cyrillic names in Latin letters differ in the sound of y before and behind a vowel.
_DOUBLE = re.compile(r"ii(?![aeu])")
_IOTATED = re.compile(r"(?<=[^aeiouy ])i(?=[aeu])|(?<=[aeiou])i(?=[aeu])|(?<=[aeou])i(?=[^aeiou ])")
_CYRILLIC = frozenset({"UKR", "BLR", "RUS"})
SHORTEST_RESPELT = 5  # letters


class Token(NamedTuple):
    """A word: as written and folded, both without a possessive 's; what stood before it; whether it owns what follows."""

    text: str
    key: str
    gap: str
    owner: bool


class Hit(NamedTuple):
    """Tokens `start` to `end` (exclusive) name places that the table knows."""

    start: int
    end: int
    named: tuple[Named, ...]
    owner: bool
    adjective: bool

    @property
    def country(self) -> Place | None:
        """The state that the words name or are the adjective of."""
        return next((each.place for each in self.named if each.place.kind in {"A", "D"}), None)

    @property
    def codes(self) -> frozenset[str]:
        """Every state that one of the places lies in."""
        return frozenset(code for each in self.named for code in each.place.codes)


class Phrase(NamedTuple):
    """Place words, taken apart."""

    words: str
    tokens: tuple[Token, ...]
    hits: tuple[Hit, ...]

    def folded(self) -> frozenset[str]:
        """Every word, folded."""
        return frozenset(token.key for token in self.tokens)

    def key(self, at: int) -> str:
        """The folded word there, "" outside the phrase."""
        return self.tokens[at].key if 0 <= at < len(self.tokens) else ""

    def after(self, hit: Hit) -> str:
        """The word that follows the name at once: "airport" of "Larnaca airport"; "" after a comma or a possessive."""
        following = self.tokens[hit.end] if hit.end < len(self.tokens) else None
        return "" if following is None or hit.owner or "," in following.gap else following.key

    def before(self, hit: Hit) -> str:
        """What kind of thing the words before call it: "city" of "the city of Basra", "lake" of "Lake Sevan"."""
        if self.key(hit.start - 1) == "of":
            return self.key(hit.start - 2)
        return self.key(hit.start - 1)

    def bare(self, hit: Hit) -> bool:
        """Whether the words are just the name."""
        return hit.end - hit.start == len(self.tokens)

    def lead(self, hit: Hit) -> str:
        """The word before the name, articles left out: "with" of "the border with the Czech Republic"."""
        at = hit.start - 1
        return self.key(at - 1 if self.key(at) in {"the", "a"} else at)

    def continues(self, hit: Hit) -> bool:
        """Whether the name is a piece of a longer one that nobody knows: "Marau" of "Marau Sound"."""
        strange = self._strange()
        before = hit.start - 1 in strange and self.tokens[hit.start].gap in {" ", "-"}
        after = hit.end in strange and self.tokens[hit.end].gap in {" ", "-"} and not hit.owner
        return before or after

    def unknown(self) -> bool:
        """Whether there are capitalised words that no name covers."""
        return bool(self._strange())

    def uncovered(self) -> frozenset[str]:
        """Every word in small letters, folded, that is not in a name."""
        return frozenset(
            token.key for at, token in enumerate(self.tokens) if at not in self._covered() and token.text[0].islower()
        )

    def _covered(self) -> frozenset[int]:
        return frozenset(at for hit in self.hits for at in range(hit.start, hit.end))

    def _strange(self) -> frozenset[int]:
        covered = self._covered()
        return frozenset(
            at
            for at, token in enumerate(self.tokens)
            if at not in covered and token.text[0].isupper() and token.key not in _NO_NAMES
        )


def read(words: str, table: Table) -> Phrase:
    """The phrase's tokens, and the longest names in it that the table knows, in reading order."""
    tokens = _tokens(_NUMBERED.sub("", words.strip()))
    hits, at = [], 0
    while at < len(tokens):
        hit = _longest(tokens, at, table)
        if hit is not None:
            hits.append(hit)
        at = at + 1 if hit is None else hit.end
    return Phrase(words, tokens, tuple(hits))


def _tokens(words: str) -> tuple[Token, ...]:
    found, end = [], 0
    for match in _TOKEN.finditer(words):
        text = _POSSESSIVE.sub("", match.group()).rstrip(".") or match.group()
        trailing = words[match.end() : match.end() + 1] in {"'", "’"} and text.endswith("s")  # "Comoros' capital"
        owner = text != match.group().rstrip(".") or trailing
        if key := fold(text):
            found.append(Token(text, key, words[end : match.start()], owner))
        end = match.end()
    return tuple(found)


def _longest(tokens: tuple[Token, ...], start: int, table: Table) -> Hit | None:
    """The longest name that begins at that token."""
    if not tokens[start].text[0].isupper() or (start and tokens[start - 1].key in _HONORIFIC):
        return None
    for end in range(_reach(tokens, start), start, -1):
        key = _key(tokens, start, end)
        ends_small = not _begins_large(tokens[end - 1]) and not key.endswith(_KINDS)
        if ends_small or (end == start + 1 and key in _NO_NAMES):
            continue
        if end < len(tokens) and tokens[end].gap == "-" and tokens[end].text[0].islower():
            continue  # "U.N.-protected"
        named = table.named(key) or (table.named(_ARTICLE.sub("", key, count=1)) if _ARTICLE.match(key) else _respelt(key, table))
        if named:
            short = key in {"us", "uk"} and end < len(tokens) and not tokens[end].gap.startswith(",")
            adjective = short or all(each.place.kind == "D" for each in named)
            return Hit(start, end, named, tokens[end - 1].owner, adjective)
    return None


def _respelt(key: str, table: Table) -> tuple[Named, ...]:
    """Places whose Cyrillic name the table writes with y where Kyiv writes i: "Kupiansk" (Kupyansk), "Avdiivka" (Avdiyivka), "Izium" (Izyum)."""
    if len(key) < SHORTEST_RESPELT or "i" not in key:
        return ()
    spelt = _IOTATED.sub("y", _DOUBLE.sub("iyi", key))
    named = table.named(spelt) if spelt != key else ()
    return tuple(each for each in named if each.own and _CYRILLIC & set(each.place.codes))


def _key(tokens: tuple[Token, ...], start: int, end: int) -> str:
    """The folded words; a possessive 's inside is part of the name ("Cox's Bazar")."""
    inside = (
        token.key + "s" if token.owner and not token.key.endswith("s") else token.key
        for token in tokens[start : end - 1]
    )
    return " ".join([*inside, tokens[end - 1].key])


def _reach(tokens: tuple[Token, ...], start: int) -> int:
    """End of the run of capitalised and joining words, without a comma."""
    end = start + 1
    while end < min(start + LONGEST, len(tokens)) and _goes_on(tokens[end]):
        end += 1
    return end


def _goes_on(token: Token) -> bool:
    joins = _begins_large(token) or token.key in _JOINING or f" {token.key}" in _KINDS
    return joins and not any(mark in token.gap for mark in ',;:("“”')


def _begins_large(token: Token) -> bool:
    return token.text[0].isupper() or token.text[0].isdigit()
