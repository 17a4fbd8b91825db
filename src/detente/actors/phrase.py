"""Takes a mention's words apart: which nation words own it, which only say where or against whom, and the proper name in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from detente.actors.matcher import Hit, overlapping
from detente.actors.titles import TITLE_WORDS, role_of
from detente.actors.words import Token, tokens
from detente.records import Span

_BREAK = re.compile(
    r"\b(?:of|from|to|in|for|against|with|near|at|on|by|inside|outside|across|between|over|toward|towards|about|into|under|during|after|before|along|"
    r"who|that|which|whose|where|including|loyal|amid|through|within|around)\b|[,(—;]|\s[–-]\s"
)
_OWNING = {"of", "from"}
_PLACING = {"in", "at", "near", "inside", "across", "on", "around", "within", "along", "under"}
# "a spokesman for the Israeli army": after such heads "for" owns.
_SPEAKS_FOR = re.compile(
    r"\b(?:spokes\w+|lawyers?|candidates?|minister|secretary|office|official|ministry|department|commissioner|director|chief|agency|center|institute|council)\s*$",
    re.IGNORECASE,
)
_NOT_OWNER_AFTER = re.compile(
    r"[-‐‑–](?:backed|trained|funded|sponsored|supported|allied|brokered|imposed|born|occupied|made|supplied|friendly|oriented|bound|speaking|mediated|linked|affiliated|inspired|registered)\b",
    re.IGNORECASE,
)
_WEAK_AFTER = re.compile(r"[-‐‑–](?:led|controlled|held|administered|dominated|run)\b", re.IGNORECASE)
_NOT_OWNER_BEFORE = re.compile(r"\b(?:anti|pro|non|counter)[-‐‑–]?$", re.IGNORECASE)
# "the killers of a Turk", "critics of Israel": the one after "of" suffers.
_ACTS_ON = re.compile(
    r"\b(?:kidnappers?|killers?|captors?|abductors?|attackers?|critics?|opponents?|enem(?:y|ies)|rivals?|murderers?|assassins?|victims?|invaders?|besiegers?|"
    r"prisoners?|hostage takers?|occupiers?|neighbou?rs?|foes?|allies|ally)\s*$",
    re.IGNORECASE,
)
_FOREIGN_THERE = re.compile(
    r"\b(?:troops?|forces?|soldiers?|peacekeepers?|refugees?|contingents?|contractors?|envoys?|observers?|monitors?|tourists?|inspectors?|hostages?|ambassador|embassy)\b",
    re.IGNORECASE,
)
_STATE_OF_UNION = re.compile(r"\b(?:senator|representative|congressm\w+|governor|attorney general)\b", re.IGNORECASE)
_PARTICLES = frozenset("al el bin ben de da do dos del della van von der den la le ibn ould ter di du e y zu".split())
_SUFFIXES = frozenset("jr sr ii iii iv".split())
# A run of capitalised words with one of these is a body, not a person.
_BODY_WORDS = frozenset(
    "laboratory institute center centre agency ministry university company council commission committee capital international corporation bank association "
    "organization organisation group federation union court hospital school college foundation movement party army front brigade brigades network house team club "
    "department office service services corps force forces command embassy church museum times post daily news television radio airlines airways industries system".split()
)
_RANKS = frozenset(
    "minister president premier chancellor secretary ambassador admiral general colonel major captain lieutenant commander commodore governor senator commissioner "
    "chief director spokesman spokeswoman contessa count countess baron baroness datuk tun haji mullah bishop archbishop cardinal judge justice inspector sergeant".split()
)
_ENVOY_FOR = re.compile(r"\b(?:minister|secretary|envoy|representative|coordinator|commissioner|adviser|advisor|director) (?:of|for) $", re.IGNORECASE)
# Words that end what an office is for, and stand in no person's name.
_PORTFOLIOS = frozenset("affairs services relations resources operations cooperation".split())
_NOT_NAMES = frozenset(
    "the a an he she it they we i his her their its our who this that these those both some many several few most all other another each "
    "mr mrs ms dr sir dear and but or if when while after before in on at for from to by with as says said god".split()
)

# How strongly a nation word in each place tells whose the mention is.
WEIGHTS = {"core": 1.0, "apposition": 0.9, "of": 0.85, "place": 0.35, "target": 0.0, "weak": 0.3}


class Owner(NamedTuple):
    """A named nation or body inside a mention, where in the phrase it stands, and the weight of that place.

    `ends`: nothing of the mention follows it; `possessive`: an 's does; `envoy`: the word of an ambassador does.
    """

    hit: Hit
    place: str
    weight: float
    ends: bool = False
    possessive: bool = False
    envoy: bool = False


class ProperName(NamedTuple):
    """A person's name inside a mention, and the role that title words around it name. `owns`: the mention is what is his: "Blair's predecessor"."""

    text: str
    span: Span
    role: str | None
    words: int
    owns: bool = False


def owners(text: str, span: Span, hits: tuple[Hit, ...]) -> list[Owner]:
    """The nations and bodies that the mention names, in reading order, each with its place in the phrase."""
    inside = [hit for hit in overlapping(hits, span) if span.covers(hit.span)]
    return [_owner(text, span, hit, inside) for hit in inside]


def _owner(text: str, span: Span, hit: Hit, inside: list[Hit]) -> Owner:
    if _NOT_OWNER_AFTER.match(text, hit.span.end) or _NOT_OWNER_BEFORE.search(
        text[max(0, hit.span.start - 9) : hit.span.start]
    ):
        return Owner(hit, "target", 0.0)
    words = hit.span.of(text)
    joined = [
        other
        for other in inside
        if other.span.start == hit.span.end + 1
        and text[hit.span.end] in "-‐‑–"
        and other.kind in ("adjective", "demonym")
    ]
    if joined or (
        words == "Georgia" and hit.code == "GEO" and _STATE_OF_UNION.search(span.of(text))
    ):  # "Iranian-American": the second is the state
        return Owner(hit, "target", 0.0)
    if _WEAK_AFTER.match(text, hit.span.end) or re.search(
        r"\bethnic $", text[max(0, hit.span.start - 8) : hit.span.start]
    ):
        return Owner(hit, "weak", WEIGHTS["weak"])
    place = "core"
    for found in _BREAK.finditer(text, span.start, hit.span.start):
        if any(other.span.start <= found.start() < other.span.end for other in inside):
            continue
        place = _place(found.group().lower(), text[span.start : found.start()], place)
    after = text[hit.span.end : span.end]
    if (
        place == "apposition"
        and hit.kind == "name"
        and not after.strip()
        and re.fullmatch(r".*,\s*(?:the )?", text[span.start : hit.span.start])
    ):
        place = "core"  # "Pakistan's rival, India"
    return Owner(
        hit,
        place,
        WEIGHTS[place],
        not after.strip(),
        after.startswith(("'", "’")),
        bool(re.match(r"\s+(?:ambassador|envoy|mission|representative)", after)),
    )


def _place(word: str, before: str, outer: str) -> str:
    """Where words after this break stand, seen from the head of the phrase."""
    if word in (",", "(", "—", ";") or word.strip() in ("-", "–"):
        return outer if outer == "core" and not before.strip() else "apposition"
    if outer in ("target", "place") and word in _OWNING:
        return outer
    if word in _OWNING and _ACTS_ON.search(before):
        return "target"
    if word in _PLACING and _FOREIGN_THERE.search(before):
        return "target"
    if word in _OWNING or (word == "for" and _SPEAKS_FOR.search(before)):
        return "of"
    return "place" if word in _PLACING else "target"


def proper_name(text: str, span: Span, hits: tuple[Hit, ...], people: tuple[Span, ...]) -> ProperName | None:
    """The person's name in the mention: the reader's own when it marked one, else the first run of capitalised words.

    `people` are in reading order. What the base knows as a nation's word is no person, whatever the reader takes it for: it has never met "Veltian".
    """
    inside = people[bisect_left(people, Span(span.start, 0)) : bisect_left(people, Span(span.end, 0))]
    named = [p for p in inside if span.covers(p) and not any(hit.span.covers(p) for hit in overlapping(hits, p))]
    marked = next((p for p in named if not _owns(text, p, span)), named[0] if named else None)
    run = marked or _run(text, span, hits)
    if run is not None and _owns(text, run, span):
        run = _owned(text, run, span, hits)
    if run is None:
        return None
    words = tokens(run.of(text))
    start = max((at + 1 for at, word in enumerate(words[:-1]) if word.norm in _RANKS), default=0)
    while start < len(words) - 1 and words[start].norm in TITLE_WORDS:
        start += 1
    if not words or (start == len(words) - 1 and words[start].norm in TITLE_WORDS):
        return None
    if len(words) - start == 1 and marked is None and _after_preposition(text, Span(span.start, run.start)):
        return None  # "a teacher from Kumba"
    run = Span(run.start + words[start].start, run.start + words[-1].end)
    around = text[span.start : run.start] + " , " + text[run.end : span.end]
    owner = _owns(text, run, span)
    role = role_of(text[span.start : run.start]) or (None if owner else role_of(around))
    return ProperName(run.of(text), run, role, len(words) - start, owner)


def _owned(text: str, owner: Span, span: Span, hits: tuple[Hit, ...]) -> Span:
    """The name of whom the mention is, behind that of whose he is: "Mr. Blair's predecessor, John Major"; the owner's where none stands there."""
    run = _run(text, Span(owner.end + len("'s"), span.end), hits)
    before = text[owner.end : run.start] if run is not None else ""
    told = run is not None and " " in run.of(text) and (before.rstrip().endswith(",") or role_of(before) is not None)
    return run if run is not None and told else owner


def _owns(text: str, name: Span, span: Span) -> bool:
    """Whether a possessive 's follows the name and more of the mention that."""
    return re.match(r"['’]s?\s", text[name.end : span.end]) is not None


def without_office(text: str, marked: Span, hits: tuple[Hit, ...]) -> Span | None:
    """The person in what the reader marks as one, without an office of or for something: "Secretary of State Tony Blinken" → Tony Blinken.

    None where only the office stands there ("Minister of Justice"). What the office is for may be any words: of many left over the last two are taken.
    """
    opened = marked.of(text).rfind(")") + 1
    words = [word for word in tokens(marked.of(text)) if word.start >= opened]  # "Cultural Affairs (ECA) Lee Satterfield"
    if all(word.norm in TITLE_WORDS for word in words):
        return None  # "Former Secretary"
    before = re.match(r"[^,]+ [^,]+(?=,)", marked.of(text))
    if before and not any(word.norm in TITLE_WORDS for word in words if word.start < before.end()):
        return Span(marked.start, marked.start + before.end())  # "Antony J. Blinken, Secretary of State"
    ends = [at for at, word in enumerate(words) if word.norm in _PORTFOLIOS or (at and _of_office(words[at - 1], word))]
    if not ends and len(words) > 2 and _ENVOY_FOR.search(text, max(0, marked.start - 40), marked.start):
        ends = [-1]  # "Special Presidential Envoy for Climate John Kerry", of which the reader marks the last three words
    if not ends:
        return Span(marked.start + words[0].start, marked.end)
    ends += [at for at, word in enumerate(words) if at > ends[-1] and word.norm == "and"]
    commas = [at for at in range(ends[-1] + 1, len(words) - 1) if "," in marked.of(text)[words[at - 1].end : words[at].start]]
    first = max([ends[-1] + (0 if words[ends[-1]].norm in _PORTFOLIOS else 1), *commas])  # one word at least tells what it is the office of
    at = first if commas else first + 1
    while at < len(words) and (words[at].norm in TITLE_WORDS or _in_hit(words[at], marked, hits)):
        at += 1
    told = all(word.norm in TITLE_WORDS or _in_hit(word, marked, hits) for word in words[first:at])
    left = _last_name(words[at:]) if len(words) - at > (3 if told else 2) else words[at:]
    if len(left) < (1 if told else 2) or any(word.norm in _BODY_WORDS for word in left):
        return None
    return Span(marked.start + left[0].start, marked.start + left[-1].end)


def _of_office(before: Token, word: Token) -> bool:
    """Whether the word tells what an office is of or for."""
    return word.norm in ("of", "for") and before.norm in TITLE_WORDS


def _last_name(words: Sequence[Token]) -> Sequence[Token]:
    """The last two of the words, or more where an initial, particles or a suffix stand there: "Brian P. McKeon", "Thijs van der Plas", "Lloyd J. Austin III"."""
    at = len(words) - (3 if words[-1].norm in _SUFFIXES else 2)
    while at > 0 and (len(words[at].norm) == 1 or words[at].norm in _PARTICLES):
        at -= 1
    return words[max(0, at) :]


def _in_hit(word: Token, marked: Span, hits: tuple[Hit, ...]) -> bool:
    """Whether the word of the marked words stands in a name of a nation or body."""
    return any(hit.span.covers(Span(marked.start + word.start, marked.start + word.end)) for hit in overlapping(hits, marked))


def is_named(text: str, span: Span, name: ProperName) -> bool:
    """Whether the mention is the person named in it: "Dushe, the new mayor" and "Minister for Health Ana Ruiz" are, "supporters of Dushe" are not."""
    after = text[name.span.end : span.end].strip()
    before = text[span.start : name.span.start].rpartition(", ")[2]
    return (not after or after[0] in ",(") and all(_rank_ends(before[: found.start()]) for found in _BREAK.finditer(before))


def _rank_ends(words: str) -> bool:
    """Whether the last word is a rank that what follows belongs to, as a ministry to its minister."""
    last = words.split()[-1:]
    return bool(last) and last[0].lower() in _RANKS and not last[0].lower().startswith("spokes")


def _after_preposition(text: str, before: Span) -> bool:
    """Whether the last break in these words is a preposition, not a comma."""
    breaks = [found.group() for found in _BREAK.finditer(text, before.start, before.end)]
    return bool(breaks) and breaks[-1].strip().isalpha()


def _run(text: str, span: Span, hits: tuple[Hit, ...]) -> Span | None:
    """The first run of capitalised words that are neither titles nor names of nations or bodies."""
    taken = [hit.span for hit in overlapping(hits, span)]
    words = [
        Token(word.start + span.start, word.end + span.start, word.norm, word.text) for word in tokens(span.of(text))
    ]
    runs: list[list[Token]] = [[]]
    for at, word in enumerate(words):
        gap = text[words[at - 1].end : word.start] if at else ""
        free = not any(Span(word.start, word.end).overlaps(other) for other in taken)
        tail = bool(runs[-1]) and gap in ("-", "‑") and word.text.isalpha()
        named = tail or (
            word.text[:1].isupper()
            and word.norm not in _NOT_NAMES
            and not (word.norm in TITLE_WORDS and not runs[-1])
            and not _is_acronym(word.text)
        )
        particle = word.norm in _PARTICLES and at + 1 < len(words) and words[at + 1].text[:1].isupper()
        joined = gap in (" ", "-", ". ", ".", " '", "-", ' "', '" ') or not runs[-1]
        if (
            free
            and (named or particle)
            and (joined or not runs[-1])
            and not (word.norm in TITLE_WORDS and not particle and gap != " ")
        ):
            runs[-1].append(word)
        elif free and (named or particle):
            runs.append([word])
        else:
            runs.append([])
    named_runs = [
        run
        for run in runs
        if any(word.text[:1].isupper() for word in run) and not any(word.norm in _BODY_WORDS for word in run)
    ]
    if not named_runs:
        return None
    run = next((run for run in named_runs if len(run) > 1), named_runs[0])
    return Span(run[0].start, run[-1].end)


def _is_acronym(text: str) -> bool:
    return len(text) > 2 and text.isupper()
