"""Coreference corrected by what is known: mentions whose own words tell different states do not mean one actor.

The network links mentions by their words and context alone, and at times takes "President Bush" for the Venezuelan president of
the sentence before. And what goes by one name is one actor, and who says "I" in a quote is its speaker.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec
from rapidfuzz.distance import JaroWinkler

from detente.actors.clues import Clue, Context, is_pronoun, own_clues
from detente.actors.known import Office
from detente.actors.offices import holder_of
from detente.actors.phrase import is_named
from detente.actors.titles import HEADS, UNIQUE, head_roles, sector_of
from detente.actors.words import norm_of
from detente.records import Mention, Reading

FIRM = 0.8
"""Least weight of a clue that may part two mentions: a nation word that owns the phrase, or a known name."""


PARTING = UNIQUE.union(HEADS, {"spokesperson"}) - {"leader"}
"""Offices that part two mentions: one person at a time holds each, and a spokesman is none of those he speaks for."""

CHANGING = 30
"""Days before and after an office in which a text may still, or already, call somebody by it."""

ONE_SPELLING = 0.9
"""Jaro-Winkler likeness from which two names in one text are taken for spellings of one, as in `search`."""

_CROWD = re.compile(r"(?:(?:tens|hundreds|dozens|many) of )?(?:dozens|scores|hundreds|thousands|millions)\b", re.IGNORECASE)
"""How many a crowd is said to be is its name as long as it has none: "hundreds" are not the "thousands" of the sentence before."""

FIRST_PERSON = frozenset("i me my mine myself".split())
"""Who says one of these in a quote means himself; "we" may be his state, his party or all of mankind."""


def corrected(reading: Reading, context: Context) -> Reading:
    """The reading with every entity parted whose mentions tell different codes, different persons, or offices that nobody holds together.

    A mention that tells nothing stays with the nearest one before it that does. The part that is mentioned first keeps the number.
    """
    by_entity: dict[int, list[int]] = defaultdict(list)
    for k, mention in enumerate(reading.mentions):
        if len(mention.entities) == 1:
            by_entity[mention.entities[0]].append(k)
    fresh = max((e for m in reading.mentions for e in m.entities), default=-1) + 1
    told = {k: Told.of(reading.mentions[k], context) for members in by_entity.values() for k in members}
    entity_of: dict[int, int] = {}
    for entity, members in by_entity.items():
        parts = _parts([told[k] for k in members])
        entity_of |= {k: fresh + part - 1 if part else entity for k, part in zip(members, parts, strict=True)}
        fresh += max(parts)
    together = _together(entity_of, told)
    homes = _homes(entity_of, together, told, reading.mentions)
    mentions = list(reading.mentions)
    for k, entity in entity_of.items():
        (before,) = reading.mentions[k].entities
        mentions[k] = msgspec.structs.replace(mentions[k], entities=(homes.get(entity, entity),))
        if entity != before and entity not in homes and together[entity].bare and (code := together[before].code) is not None:
            mentions[k] = _of_state(mentions[k], code, context)
    for known_by in (bare_state, person):
        mentions = _joined(mentions, known_by, context)
    return msgspec.structs.replace(reading, mentions=tuple(_speaking(mentions, reading, context)))


class Told(NamedTuple):
    """What a mention's own words, or those of several, tell of who it is; None and empty where they tell nothing.

    `names`: as the text has them; `people`: full names of whom the base takes them for; `offices`: roles that titles tell; `held`: roles that those people
    hold on the day; `ever`: that they ever held; `holders`: full names of those who hold the offices that stand without a name. All folded.
    `bodies`: "state" where nothing but a state or its seat is named, "other" where another body is; `sectors`: that other words than a title tell.
    """

    code: str | None = None
    names: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    ever: frozenset[str] = frozenset()
    holders: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()

    @classmethod
    def of(cls, mention: Mention, context: Context) -> Told:
        """What one mention tells."""
        if is_pronoun(mention, context):
            return cls()
        code, best, name = own_code(mention, context), best_clue(mention, context), context.name_in(mention.span)
        crowd = _CROWD.match(mention.span.of(context.text))
        if crowd is not None:
            return cls(code, names=frozenset({norm_of(crowd[0])}))
        if best is not None and best.bare:
            return cls(code, bodies=frozenset({"state" if best.sector in (None, "GOV") else "other"}))
        if name is not None and not is_named(context.text, mention.span, name):
            return cls(code)  # "supporters of President Putin" hold no office
        marked = name is not None and any(each.covers(name.span) for each in context.people)
        return cls._of_person(mention, code, context) if marked else cls._of_office(mention, code, context)

    @classmethod
    def _of_office(cls, mention: Mention, code: str | None, context: Context) -> Told:
        """What words without a person's name tell."""
        offices = head_roles(mention.span.of(context.text)) & PARTING
        if offices:
            holder = holder_of([mention], code, context) if code is not None else None
            return cls(code, offices=offices, holders=frozenset({norm_of(holder.actor.name)} if holder is not None else ()))
        sector = sector_of(context.without_bodies(mention.span))
        return cls(code, sectors=frozenset({sector} if sector is not None else ()))

    @classmethod
    def _of_person(cls, mention: Mention, code: str | None, context: Context) -> Told:
        """What a person's name and the titles beside it tell."""
        offices = head_roles(mention.span.of(context.text)) & PARTING
        name = context.name_in(mention.span)
        clue = next((clue for clue in own_clues(mention, context) if clue.text_name is not None), None)
        text = norm_of(clue.text_name if clue is not None and clue.text_name is not None else name.text if name is not None else "")
        known = clue.candidate if clue is not None and (offices or " " in text) else None  # a bare surname may be a namesake's
        if known is None or known.actor.kind != "person":
            return cls(code, frozenset({text}), offices=offices)
        return cls(
            code,
            frozenset({text}),
            frozenset({norm_of(known.actor.name)}),
            offices,
            _called(office for office in known.offices if context.on is None or office.days_from(context.on) <= CHANGING),
            _called(known.offices),
        )

    @property
    def bare(self) -> bool:
        """Whether nothing is told but an office: "the foreign minister"."""
        return bool(self.offices) and self.code is None and not self.names

    def fits(self, other: Told) -> bool:
        """Whether nothing that the two tell keeps them from being one actor."""
        if (None not in (self.code, other.code) and self.code != other.code) or self._is_person(other) or other._is_person(self):
            return False
        if _meet(self.names, other.names) or _meet(self.people | self.holders, other.people | other.holders):
            return True
        if (self.people and other.people) or (self.names and other.names and not _alike(self.names, other.names)):
            return False
        if self.offices & other.offices:
            return True
        if self.offices and other.offices:
            return bool(self.offices & other.held or other.offices & self.held)
        return not (self._is_elsewhere(other) or other._is_elsewhere(self))

    def _is_person(self, other: Told) -> bool:
        """Whether these words tell a person, or people of a sector, and the others nothing but a body: "Secretary Austin" is not "the United States"."""
        return bool(other.bodies and (self.names or self.offices)) or bool("state" in other.bodies and self.sectors - {"GOV"})

    def _is_elsewhere(self, other: Told) -> bool:
        """Whether the office that these words tell was never held by whom the others name, and is somebody else's or he in another."""
        return bool(self.offices and other.people and (self.holders or other.held & PARTING)) and not self.offices & other.ever

    def likeness(self, other: Told) -> tuple[bool, bool, bool]:
        """How much the two share that tells who it is, the person before the office before the code."""
        person = _meet(self.names, other.names) or _meet(self.people | self.holders, other.people | other.holders)
        return person, bool(self.offices & (other.offices | other.held)), self.code is not None and self.code == other.code

    def __or__(self, other: Told) -> Told:
        """What both tell together."""
        return Told(self.code or other.code, *(mine | theirs for mine, theirs in zip(self[1:], other[1:], strict=True)))


def _called(offices: Iterable[Office]) -> frozenset[str]:
    """What texts call the holders of offices: an American president heads the government too, and is no chancellor."""
    return frozenset(role for office in offices for role in head_roles(office.title) or {office.role})


def _meet(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether a name of the one is a name of the other, or part of it."""
    return any(set(a.split()) <= set(b.split()) or set(b.split()) <= set(a.split()) for a in ours for b in theirs)


def _alike(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether two names may be spellings of one: the same surname, or nearly the same letters."""
    return any(a.split()[-1] == b.split()[-1] or JaroWinkler.similarity(a, b) >= ONE_SPELLING for a in ours for b in theirs)


def _parts(told: list[Told]) -> list[int]:
    """For each mention of an entity the number of its part: of those it fits the one that it is likest, of equals the last before it."""
    parts: list[Told] = []
    latest: list[int] = []
    out: list[int] = []
    for each in told:
        fitting = [part for part in latest if each.fits(parts[part])] if each != Told() else latest
        part = max(fitting, key=lambda k: each.likeness(parts[k]), default=len(parts))
        if part == len(parts):
            parts.append(each)
        else:
            parts[part] |= each
            latest.remove(part)
        latest.insert(0, part)
        out.append(part)
    return out


def _together(entity_of: dict[int, int], told: dict[int, Told]) -> dict[int, Told]:
    """What the mentions of each entity tell together."""
    out: dict[int, Told] = {}
    for k, entity in entity_of.items():
        out[entity] = out.get(entity, Told()) | told[k]
    return out


def _homes(entity_of: dict[int, int], together: dict[int, Told], told: dict[int, Told], mentions: tuple[Mention, ...]) -> dict[int, int]:
    """For each part that tells but an office the entity that it is: "the president" is the last president before it."""
    new = {k: entity for k, entity in entity_of.items() if mentions[k].entities != (entity,) and together[entity].bare}
    homes: dict[int, int] = {}
    for k, entity in new.items():
        if entity in homes:
            continue
        before = sorted((each for each in entity_of if mentions[each].span < mentions[k].span), key=lambda each: mentions[each].span, reverse=True)
        fitting = (entity_of[each] for each in before if together[entity].offices & (told[each].offices | told[each].held))
        home = next((each for each in fitting if not together[each].bare), None)
        if home is not None:
            homes[entity] = home
    return homes


def _of_state(mention: Mention, code: str, context: Context) -> Mention:
    """The mention, of the words that the reader points at only those that tell the state; all where none does."""
    own = tuple(pointer for pointer in mention.nations if context.code_at(pointer.span) == code)
    return msgspec.structs.replace(mention, nations=own or mention.nations)


def _joined(mentions: list[Mention], known_by: Callable[[Mention, Context], str | None], context: Context) -> list[Mention]:
    """The mentions with all entities joined that are known by the same: "Greece" and "Athens" act as one, "Vassou" is Dimitra Vassou."""
    first: dict[str, int] = {}
    same: dict[int, int] = {}
    for mention in mentions:
        if len(mention.entities) != 1 or (known := known_by(mention, context)) is None:
            continue
        entity = mention.entities[0]
        same.setdefault(entity, first.setdefault(known, entity))
    return [
        msgspec.structs.replace(m, entities=tuple(sorted({same.get(e, e) for e in m.entities}))) if same.keys() & set(m.entities) else m
        for m in mentions
    ]


def _speaking(mentions: list[Mention], reading: Reading, context: Context) -> list[Mention]:
    """The mentions, every "I" and "my" inside a quote with the entity of its speaker."""
    first = [k for k, mention in enumerate(mentions) if mention.span.of(context.text).lower() in FIRST_PERSON]
    speaker_of = {
        k: mentions[quote.speaker.index].entities
        for quote in reading.quotes
        if quote.speaker is not None
        for k in first
        if quote.span.covers(mentions[k].span)
    }
    return [msgspec.structs.replace(m, entities=speaker_of[k]) if len(speaker_of.get(k, ())) == 1 else m for k, m in enumerate(mentions)]


def bare_state(mention: Mention, context: Context) -> str | None:
    """The code of a state's government when the mention is nothing but its name or seat; None for all else, such as one of its regions."""
    best = best_clue(mention, context)
    plain = best is not None and best.bare and not best.part and best.candidate is None and best.sector in (None, "GOV") and mention.sector in (None, "GOV")
    return best.code if best is not None and plain else None


def person(mention: Mention, context: Context) -> str | None:
    """The full name of the person whom the mention names, folded; None where none is told: "Vassou supporters" are not Vassou."""
    full = next((clue.text_name for clue in own_clues(mention, context) if clue.text_name is not None), None)
    words = norm_of(full).split() if full is not None else []
    if len(words) < 2:
        return None
    name = context.name_in(mention.span)
    if name is None or not is_named(context.text, mention.span, name):
        return None
    return " ".join(words) if norm_of(name.text).split()[-1:] == words[-1:] else None


def own_code(mention: Mention, context: Context) -> str | None:
    """The code that a mention's own words tell for sure; None when they tell none."""
    best = best_clue(mention, context)
    return best.code if best is not None and best.weight >= FIRM else None


def best_clue(mention: Mention, context: Context) -> Clue | None:
    """The strongest clue in a mention's own words."""
    return max(own_clues(mention, context), key=lambda clue: clue.weight, default=None)
