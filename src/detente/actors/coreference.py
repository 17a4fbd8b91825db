"""Coreference corrected by what is known: mentions whose own words tell different states do not mean one actor.

The network links mentions by their words and context alone, and at times takes "President Bush" for the Venezuelan president of
the sentence before. And what goes by one name is one actor, and who says "I" in a quote is its speaker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import msgspec

from detente.actors.clues import Clue, Context, own_clues
from detente.actors.phrase import is_named
from detente.actors.words import norm_of
from detente.records import Mention, Reading

FIRM = 0.8
"""Least weight of a clue that may part two mentions: a nation word that owns the phrase, or a known name."""


FIRST_PERSON = frozenset("i me my mine myself".split())
"""Who says one of these in a quote means himself; "we" may be his state, his party or all of mankind."""


def corrected(reading: Reading, context: Context) -> Reading:
    """The reading with every entity parted whose mentions tell different codes.

    A mention that tells no code stays with the nearest one before it that does. The part that is mentioned first keeps the number.
    """
    by_entity: dict[int, list[int]] = defaultdict(list)
    for k, mention in enumerate(reading.mentions):
        if len(mention.entities) == 1:
            by_entity[mention.entities[0]].append(k)
    fresh = max((e for m in reading.mentions for e in m.entities), default=-1) + 1
    mentions = list(reading.mentions)
    for members in by_entity.values():
        codes = _spread([own_code(mentions[k], context) for k in members])
        others = list(dict.fromkeys(code for code in codes if code != codes[0]))
        for number, code in enumerate(others):
            for k, told in zip(members, codes, strict=True):
                if told == code:
                    mentions[k] = msgspec.structs.replace(mentions[k], entities=(fresh + number,))
        fresh += len(others)
    for known_by in (bare_state, person):
        mentions = _joined(mentions, known_by, context)
    return msgspec.structs.replace(reading, mentions=tuple(_speaking(mentions, reading, context)))


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


def _spread(codes: list[str | None]) -> list[str | None]:
    """Each None replaced by the last code before it, or by the first after it."""
    last = next((code for code in codes if code is not None), None)
    out = []
    for code in codes:
        last = code if code is not None else last
        out.append(last)
    return out
