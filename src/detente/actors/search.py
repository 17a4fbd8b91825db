"""Whom a name means: exact, alias, surname with title, other spellings; the day and the office decide between namesakes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from rapidfuzz.distance import JaroWinkler, Levenshtein

from detente.actors.known import Candidate, Office
from detente.actors.titles import HEADS, TITLE_WORDS
from detente.actors.words import Token, norm_of, sound_of, tokens

if TYPE_CHECKING:
    from detente.actors.base import ActorBase

_HONORIFICS = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "sir", "lord", "lady", "dame", "sheikh", "ayatollah", "mullah", "comrade"}
)
_CLOSE = 0.9  # Jaro-Winkler likeness of whole names from which two are held to be spellings of one
_YEAR = 365
_OWN = 0.15  # what the user's own rows are ahead of the base's; more than the office of the day (0.05) and prominence (0.08)


class _Asked(NamedTuple):
    """What else is known about who is meant: the day, the role in the title, the code."""

    on: dt.date | None
    role: str | None
    code: str | None


def candidates(base: ActorBase, name: str, on: dt.date | None, code: str | None) -> tuple[Candidate, ...]:
    """What `ActorBase.find` gives."""
    words = tokens(name)
    bare = bare_name(words, base.own_title_words)
    if not bare:
        return ()
    title = name[: bare[0].start]
    norm = " ".join(word.norm for word in bare)
    found: dict[int, tuple[float, str]] = {}
    whole = norm_of(name)
    for row, kind, weight in base.named(whole, ("name", "alias", "acronym")) if whole != norm else ():
        found[row] = (0.9 + 0.08 * weight, f"{kind} {whole!r}")
    for row, kind, weight in base.named(norm, ("name", "alias", "acronym")):
        found.setdefault(row, (0.9 + 0.08 * weight, f"{kind} {norm!r}"))
    for row, _, weight in base.named(norm, ("surname",)):
        found.setdefault(row, (0.35 + 0.35 * weight, f"surname {norm!r}"))
    if len(bare) > 1 and not any(score > 0.8 for score, _ in found.values()):
        found |= {row: scored for row, scored in _spellings(base, bare).items() if row not in found}
    asked = _Asked(on, base.role_in(title) if title.strip() else None, code)
    weighed = [_weighed(base, row, score, why, asked) for row, (score, why) in found.items()]
    ranked = sorted((each for each in weighed if each is not None), key=lambda candidate: -candidate.score)
    return tuple(msgspec.structs.replace(each, score=max(0.0, min(1.0, each.score))) for each in ranked[:8])


def bare_name(words: Sequence[Token], own_titles: frozenset[str]) -> Sequence[Token]:
    """The words without leading titles and small words: "U.S. Secretary of State Rice" → "Rice"."""
    last = -1
    for at, word in enumerate(words[:-1]):
        titled = word.norm in TITLE_WORDS or word.norm in own_titles or word.norm in ("of", "the")
        if titled or not word.text[:1].isupper():
            if (
                word.norm in ("bin", "al", "de", "van", "von", "el", "da", "ibn", "ben", "abu", "la")
                and at
                and last < at - 1
            ):
                continue
            if word.norm in ("al", "el", "de", "van", "von", "bin") and at == last + 1:
                break
            last = at
    return words[last + 1 :]


def _spellings(base: ActorBase, bare: Sequence[Token]) -> dict[int, tuple[float, str]]:
    """People with the same or a like-sounding surname whose whole name is nearly the same."""
    norm = " ".join(word.norm for word in bare)
    rows = {row for word in (bare[-1], bare[0]) for row, _, _ in base.named(word.norm, ("surname",))}
    rows |= {row for row, _, _ in base.sounds_like(bare[-1].norm)}
    found = {}
    for row in rows:
        likeness = max((_alike(norm, spelling) for spelling in base.spellings(row)), default=0.0)
        if likeness >= _CLOSE:
            found[row] = (0.6 + 0.3 * likeness, f"spelling like {base.row(row).name!r} ({likeness:.2f})")
    return found


def _alike(one: str, other: str) -> float:
    """Likeness of two names, word by word: the surnames and the first names must both be near."""
    mine, theirs = one.split(), other.split()
    if len(mine) < 2 or len(theirs) < 2:
        return 0.0
    if abs(len(mine) - len(theirs)) > 1 or (len(mine) != len(theirs) and mine[-1] != theirs[-1]):
        return 0.0
    if len(mine) == len(theirs) > 2 and JaroWinkler.similarity(mine[1], theirs[1]) < 0.7:
        return 0.0
    surname = JaroWinkler.similarity(mine[-1], theirs[-1])
    first = JaroWinkler.similarity(mine[0], theirs[0])
    if mine[0] != theirs[0] and (
        mine[0][0] != theirs[0][0] or (first < 0.88 and sound_of(mine[0]) != sound_of(theirs[0]))
    ):
        return 0.0
    near = Levenshtein.normalized_similarity(mine[-1], theirs[-1])
    if surname < 0.8 or (near < 0.7 and sound_of(mine[-1]) != sound_of(theirs[-1])):
        return 0.0
    return 0.5 + 0.5 * min(first, surname) if max(first, surname) > 0.97 else min(first, surname)


def _weighed(base: ActorBase, row: int, score: float, why: str, asked: _Asked) -> Candidate | None:
    """The candidate with day, title and code taken into account, its score still unbounded; None when the code forbids it."""
    on, role, code = asked
    actor, offices = base.row(row), base.offices(row)
    if code is not None and code != actor.code and all(office.code != code for office in offices):
        return None
    if actor.own or any(office.own for office in offices):
        score += _OWN
    if actor.kind != "person":
        return Candidate(actor, score, f"{why} ({actor.source})", None)
    office, days = _office_on(offices, on, role, code, home=actor.code)
    if role is not None and offices:
        matching = _fits(office, role)
        score = score + (0.25 if matching else -0.15)
    if on is not None and offices:
        score -= 0.35 * days / (days + 8 * _YEAR)  # half the loss eight years out of office
    held = office if office is not None and (on is None or days == 0) else None
    if held is not None:
        score += 0.05
    return Candidate(actor, score, f"{why} ({actor.source})", held, offices)


def _fits(office: Office | None, role: str) -> bool:
    if office is None:
        return False
    return (
        office.role == role
        or (role in HEADS and office.role in HEADS)
        or (role == "minister" and office.role.endswith("minister"))
    )


def _office_on(
    offices: tuple[Office, ...], on: dt.date | None, role: str | None, code: str | None, *, home: str | None
) -> tuple[Office | None, int]:
    """The office nearest in time, those that fit title and code first, then those of the person's own state, and its distance in days."""
    if not offices:
        return None, 0
    day = on or dt.date(2010, 1, 1)

    def key(office: Office) -> tuple[bool, bool, bool, int, bool, bool, bool, str]:
        vague = re.match(r"(?:government official|leader$)", office.title) is not None
        stale = office.last is None and office.source != "hand" and not office.own
        return (
            office.overruled,
            role is not None and not _fits(office, role),
            code is not None and office.code != code,
            office.days_from(day) if on is not None else 0,
            office.code != home,
            vague,
            stale,
            _reverse(office.first or ""),
        )

    best = min(offices, key=key)
    return best, best.days_from(day) if on is not None else 0


def _reverse(text: str) -> str:
    """A key that sorts ISO days latest first."""
    return "".join(chr(0x7E - ord(letter) % 0x5E) for letter in text)
