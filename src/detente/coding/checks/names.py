"""Other spellings of known people's names: "Anthony Blinken" for Antony Blinken, with the office as witness."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from rapidfuzz.distance import DamerauLevenshtein

from detente.coding.checks.finding import Finding, Scene, rows, told
from detente.coding.checks.knowledge import Tenure
from detente.records import Span

# States whose names reach English from another script: their spellings differ from paper to paper and none is wrong.
# China is not among them: its names have one official Latin spelling.
_OTHER_SCRIPTS = frozenset(
    "AFG ARE ARM AZE BGD BGR BHR BIH BLR BTN CYP DZA EGY ERI ETH GEO GRC HKG IND IRN IRQ ISR JOR JPN KAZ KGZ KHM KOR KOS KWT LAO LBN LBY LKA MAR "
    "MDV MKD MMR MNE MNG MRT NPL OMN PAK PRK PSE QAT RUS SAU SDN SOM SRB SYR THA TJK TKM TUN TWN UKR UZB YEM".split()
)
_SHORT = {
    frozenset(pair.split("/"))
    for pair in (
        "bill/william bob/robert rob/robert dick/richard rick/richard rich/richard jack/john jim/james jimmy/james jamie/james mike/michael mick/michael "
        "tony/anthony tony/antony ted/edward ned/edward ed/edward eddie/edward ted/theodore chuck/charles charlie/charles hank/henry harry/henry "
        "larry/lawrence larry/laurence nick/nicholas tom/thomas kate/katherine kathy/katherine liz/elizabeth beth/elizabeth peggy/margaret "
        "maggie/margaret meg/margaret jerry/gerald jerry/jerome sandy/alexander alec/alexander drew/andrew andy/andrew steve/stephen steve/steven "
        "dave/david dan/daniel danny/daniel joe/joseph joey/joseph ken/kenneth ron/ronald don/donald jeff/jeffrey geoff/geoffrey greg/gregory "
        "pat/patrick pat/patricia sam/samuel ben/benjamin bibi/benjamin tim/timothy chris/christopher matt/matthew phil/philip phil/phillip "
        "pete/peter sue/susan debbie/deborah barb/barbara jenny/jennifer cathy/catherine becky/rebecca vicky/victoria fred/frederick gus/august "
        "walt/walter wally/walter will/william billy/william bobby/robert johnny/john jon/jonathan josh/joshua nate/nathan zach/zachary "
        "pepe/jose paco/francisco lula/luiz"
    ).split()
}


def variants(scene: Scene) -> Iterator[Finding]:
    """The first place of every spelling of a known office-holder's full name that is not the usual one."""
    seen: set[str] = set()
    for name in scene.full_names:
        words = name.of(scene.text)
        if words in seen:
            continue
        seen.add(words)
        finding = _variant(name, words, scene)
        if finding is not None:
            yield finding


def _variant(name: Span, words: str, scene: Scene) -> Finding | None:
    """The finding when the title beside the name is that of somebody of nearly that name."""
    for owner in _owners(name, scene):
        title = scene.knowledge.title(scene.text, name, owner=owner)
        if title is None:
            return None
        if title.post is None:
            continue
        known = scene.knowledge.nearly(words, title.post, on=None if title.former else scene.published)
        if known is not None and is_variant(words, known.name, state=title.post.split(":")[1]):
            span = Span(min(title.span.start, name.start), max(title.span.end, name.end))
            return Finding("name", span, "variant", _detail(words, known), rows(known), {"name": (name,)})
    return None


def _owners(name: Span, scene: Scene) -> list[str | None]:
    """States to which the title may belong: that of whom the name means, else every state in the text."""
    code = scene.code(name)
    return (
        [code] if code is not None else [None, *sorted({a.code for a in scene.actors.values() if a.code is not None})]
    )


def _detail(words: str, known: Tenure) -> str:
    return f"“{words}” is a variant spelling of {known.name}; {told(known)}"


def is_variant(ours: str, theirs: str, *, state: str) -> bool:
    """Whether two full names differ by the spelling of one word and in nothing lesser.

    Accents, case, hyphens, order, initials, middle names and short forms are lesser; so are vowels and doubled letters in names
    from another script. Two letters' difference at most: beyond that it may be somebody else.
    """
    one, other = _words(ours), _words(theirs)
    if "".join(one) == "".join(other) or len(one) != len(other) or sorted(one) == sorted(other):
        return False
    unlike = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if len(unlike) != 1:
        return False
    a, b = unlike[0]
    if min(len(a), len(b)) < 4 or a.startswith(b) or b.startswith(a) or frozenset((a, b)) in _SHORT:
        return False
    if state in _OTHER_SCRIPTS and _consonants(a) == _consonants(b):
        return False
    return DamerauLevenshtein.distance(a, b) <= (2 if max(len(a), len(b)) > 6 else 1)


def _words(name: str) -> list[str]:
    """The folded words of a name, without initials, "Jr." and the like."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.translate(_LETTERS)) if not unicodedata.combining(c))
    words = re.sub(r"[’'ʻ‘`]", "", plain.lower()).replace("-", " ").replace(".", " ").split()
    return [w for w in words if len(w) > 1 and w not in ("jr", "sr", "iii", "sir", "dr", "mr", "mrs", "ms")]


_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "ð": "d",
        "þ": "th",
        "Ø": "O",
        "Ł": "L",
        "Đ": "D",
    }
)


def _consonants(word: str) -> str:
    """The consonants as transliterations vary them: y and h left out, q, c, x and k one letter, doubled letters single."""
    for old, new in (
        ("kh", "k"),
        ("gh", "g"),
        ("ph", "f"),
        ("sch", "s"),
        ("tch", "s"),
        ("ch", "s"),
        ("sh", "s"),
        ("zh", "s"),
        ("dj", "j"),
        ("ts", "z"),
        ("ks", "x"),
    ):
        word = word.replace(old, new)
    bare = "".join(c for c in word.translate(str.maketrans("cqgxjvw", "kkkksff")) if c not in "aeiouyh")
    return re.sub(r"(.)\1+", r"\1", bare.replace("z", "s"))
