"""Text → sentences. Rules for edited news: abbreviations, quotes after stops, headlines and datelines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from detente.records import Span

LONGEST = 4_000  # characters; longer runs are tables or broken extractions, and would blow up what reads them

# after these a stop never ends a sentence: a name or number follows
_BEFORE_NAME_LIST = (
    "mr mrs ms messrs dr prof rev fr hon st sen sens rep reps gov govs gen gens lt col maj brig capt cmdr cpl sgt pvt adm "
    "vice-adm pres supt insp det amb atty mt ft vs v no nos pp vol fig al cf approx est e.g i.e viz op art sec para"
)
_BEFORE_NAME = frozenset(_BEFORE_NAME_LIST.split())
# after these it does when a usual first word follows: "the U.S. The", "Acme Corp. He"
_MAYBE_LAST_LIST = (
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun inc corp co ltd llc plc bros "
    "jr sr etc a.m p.m u.s u.k u.n u.s.a e.u d.c l.a n.y b.c a.d ph.d m.d ave blvd rd dept univ gov assn ariz calif colo conn "
    "del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla ore pa penn tenn tex va vt wash wis wyo"
)
_MAYBE_LAST = frozenset(_MAYBE_LAST_LIST.split())
_FIRST_WORDS_LIST = (
    "the a an he she it they we i you his her its their our my this that these those there here in on at by for from to of as "
    "after before since during under over with without while when where if although though because and but or nor so yet "
    "however meanwhile also still then now both some many most several all one two three not no what who why how according "
    "earlier later last next despite until asked speaking"
)
_FIRST_WORDS = frozenset(_FIRST_WORDS_LIST.split())
_END = re.compile(
    r"""(?P<blank>\n[^\S\n]*\n\s*)                                        # an empty line
    |(?P<line>\n)                                                          # the end of a line
    |(?P<stop>(?<![.!?…])[.!?…]++["'”’»)\]]*+(?=\s))                                    # a stop, what closes behind it, a space
    |(?P<wide>[。！？｡]++["'”’»)\]」』]*+)                                    # Chinese and Japanese stops need no space
    """,
    re.VERBOSE,
)
_WORD_BEFORE = re.compile(r"[^\s\"'“”‘’«»()\[\]—]+$")
_SAID = re.compile(r"(?:[A-Z][\w.'’-]*\s+){1,4}(?:said|asked|says|asks|wrote|wondered|told|added|cried|shouted)\b")
_INK, _SPACE = re.compile(r"\S"), re.compile(r"\s")
_OPENERS = "\"'“‘«([¿¡-–—•*"
_CONTINUES_LIST = (
    "a an the of to in on at by for from with and or but as that which who is are was were be has have had its their"
)
_CONTINUES = frozenset(_CONTINUES_LIST.split())  # a line that ends so is wrapped text


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text in order: they share no character and leave out only white space.

    None is longer than `LONGEST` characters unless a single word is. Linear in the text.
    """
    spans: list[Span] = []
    start = 0
    for end in _ends(text):
        spans += _pieces(text, start, end)
        start = end
    spans += _pieces(text, start, len(text))
    return tuple(spans)


def sentence_at(sentences: tuple[Span, ...], offset: int) -> tuple[int, Span]:
    """Number and span of the sentence in which a character stands."""
    k = max(bisect_right(sentences, offset, key=lambda s: s.start) - 1, 0)
    return k, sentences[k]


def _ends(text: str) -> Iterator[int]:
    """Offsets at which a sentence ends."""
    for match in _END.finditer(text):
        kind = match.lastgroup
        if (
            kind in {"blank", "wide"}
            or (kind == "line" and _line_ends(text, match.start()))
            or (kind == "stop" and _stop_ends(text, match))
        ):
            yield match.end()


def _line_ends(text: str, at: int) -> bool:
    """Whether the line that ends at `at` is a headline or the like, and not wrapped text."""
    before = text[max(0, at - 60) : at].rstrip()
    if not before:
        return False
    following = text[at + 1 : at + 40].lstrip()
    if not following or following[0].islower():
        return False
    last_word = before.rsplit(None, 1)[-1].lower()
    return before[-1] not in ",;:-–—" and last_word not in _CONTINUES and last_word.rstrip(".") not in _BEFORE_NAME


def _stop_ends(text: str, match: re.Match[str]) -> bool:
    """Whether a stop ends its sentence, from the word before it and what follows."""
    following = text[match.end() : match.end() + 80].lstrip()
    if not following:
        return True
    stop = match.group()
    first = following.lstrip(_OPENERS)[:1]
    if first.islower() or (not first and following[0] not in _OPENERS):
        return False
    if stop[0] in "!?":
        return len(stop.rstrip("\"'”’»")) == len(stop) or not _SAID.match(following)
    if stop.startswith(("..", "…")):
        return True
    return _word_allows(text, match.start(), following, closed=len(stop) > 1)


def _word_allows(text: str, at: int, following: str, *, closed: bool) -> bool:
    """Whether the word before the full stop at `at` lets it end a sentence."""
    found = _WORD_BEFORE.search(text, max(0, at - 30), at)
    if found is None:
        return True
    word = found.group()
    key = word.lower()
    opened = following.lstrip(_OPENERS).split(None, 1)
    next_word = opened[0].strip(".,;:!?\"'”’").lower() if opened else ""
    if key in _BEFORE_NAME:
        also_words = key in {"no", "art", "v", "est"}
        return also_words and not following[:1].isdigit() and (closed or next_word in _FIRST_WORDS)
    initial = len(word) == 1 and word.isupper()
    if initial or key in _MAYBE_LAST or re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word):
        return closed or next_word in _FIRST_WORDS
    return True


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """The stretch without white space at its ends, cut at spaces where it is too long."""
    start = _skip_space(text, start, end)
    end = start + len(text[start:end].rstrip())
    while end - start > LONGEST:
        cut = _space_before(text, start, start + LONGEST, end)
        if cut == end:
            break
        yield Span(start, cut)
        start = _skip_space(text, cut, end)
    if start < end:
        yield Span(start, end)


def _skip_space(text: str, start: int, end: int) -> int:
    """The first offset from `start` on that is not white space, or `end`."""
    found = _INK.search(text, start, end)
    return found.start() if found else end


def _space_before(text: str, start: int, near: int, end: int) -> int:
    """The end of the last word that ends by `near`, or of the first after it when a word is longer; at most `end`."""
    space = next((at for at in range(near, start, -1) if text[at].isspace()), 0)
    if space:
        return start + len(text[start:space].rstrip())
    found = _SPACE.search(text, near, end)
    return found.start() if found else end
