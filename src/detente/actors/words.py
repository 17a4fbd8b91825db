"""How names are compared: one folded form for every spelling, and the tokens of a text with their offsets."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?|[^\W_]+(?:['’ʻ‘`][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")
_NOT_DECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "ð": "d", "þ": "th"}
)


class Token(NamedTuple):
    """A word of a text: its offsets without a possessive 's, its folded form, and its own letters."""

    start: int
    end: int
    norm: str
    text: str


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """The word without case, accents, apostrophes and stops: "Côte" → "cote", "U.S." → "us"."""
    decomposed = unicodedata.normalize("NFKD", word.lower().translate(_NOT_DECOMPOSED))
    return "".join(letter for letter in decomposed if letter.isalnum())


def tokens(text: str) -> tuple[Token, ...]:
    """The words of the text in reading order; hyphens part words, a possessive 's is left out."""
    return _kept(text) if len(text) <= _MENTION else _read(text)


def _read(text: str) -> tuple[Token, ...]:
    found = []
    for match in _TOKEN.finditer(text):
        word = _POSSESSIVE.sub("", match.group())
        norm = fold(word)
        if norm:
            found.append(Token(match.start(), match.start() + len(word), norm, word))
    return tuple(found)


_MENTION = 200  # characters; each mention is taken apart several times, and a whole text only once
_kept = lru_cache(maxsize=4096)(_read)


def norm_of(name: str) -> str:
    """The folded words of a name, joined by single spaces: "Ban Ki-moon" → "ban ki moon"."""
    return " ".join(token.norm for token in tokens(name))


def sound_of(word: str) -> str:
    """A rough consonant skeleton, the same for the usual transliterations of one name.

    "Gadhafi", "Qaddafi" and "Kadafi" give "KDF". After the idea of Soundex, loosened for Arabic, Russian and Chinese names.
    """
    folded = fold(word)
    for old, new in (
        ("ck", "k"),
        ("kh", "k"),
        ("gh", "g"),
        ("ph", "f"),
        ("sch", "s"),
        ("ch", "s"),
        ("sh", "s"),
        ("zh", "s"),
    ):
        folded = folded.replace(old, new)
    folded = folded.translate(str.maketrans("cqgxzjvw", "kkkkssff"))
    bare = "".join(letter for letter in folded if letter not in "aeiouyh")
    skeleton = "".join(letter for at, letter in enumerate(bare) if at == 0 or letter != bare[at - 1])
    return skeleton.upper()
