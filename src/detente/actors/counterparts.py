"""Who "her Estonian counterpart" is: whoever holds in that state the office of whose counterpart he is.

Heads are met by heads: the first man or woman of a state by the first of the other, whatever both are called, where it is plain who that is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from detente.actors.clues import Clue, Context
from detente.actors.known import Candidate
from detente.actors.offices import current_office, in_office, office_words
from detente.actors.titles import HEADS, UNIQUE, head_roles
from detente.reading.sentences import sentence_at
from detente.records import Actor, Mention, Reading

_COUNTERPART = re.compile(r"(.*?)\bcounterpart\b(?!['’-])", re.DOTALL)
_WITHOUT_PARTNER = frozenset({"ambassador", "leader"})  # an ambassador is met by a minister
_CROWNED = re.compile(r"\b(?:king|queen|emperor|emir|sultan|pope|supreme leader|governor[ -]general)\b", re.IGNORECASE)
# Republics whose president stands beside a government that the prime minister leads.
_PARLIAMENTARY = frozenset(
    "ALB ARM AUT BGD BGR BIH CZE DEU DMA EST ETH FIN FJI GEO GRC HRV HUN IND IRL IRQ ISL ISR ITA KOS LBN LTU LVA MDA MKD MLT MNE MUS NPL PAK POL PRT SGP SOM SRB SVK SVN TTO VUT WSM".split()
)


def with_counterparts(actors: dict[int, Actor], clues: dict[int, list[Clue]], reading: Reading, context: Context) -> dict[int, Actor]:
    """The actors, those named that are but somebody's counterpart in a state; where nobody is known in the office `why` says so."""
    out = dict(actors)
    for mention in reading.mentions:
        if len(mention.entities) != 1 or out[mention.entities[0]].name is not None:
            continue
        entity = mention.entities[0]
        code = actors[entity].code
        owner = _owner(mention, reading, context)
        if owner is None or code is None or code == actors[owner].code or code not in context.base.states():
            continue
        role = _role(owner, mention, clues[owner], reading, context)
        if role is not None:
            out[entity] = _named(actors[entity], _partner(role, actors[owner].code, code, context), role, context)
    return out


def _named(actor: Actor, holder: Candidate | None, role: str, context: Context) -> Actor:
    words = role.replace("_", " ")
    if holder is None or holder.office is None:
        return msgspec.structs.replace(actor, why=f"{actor.why}; counterpart of a {words}, and nobody is known for sure to be that")
    return msgspec.structs.replace(
        actor,
        name=holder.actor.name,
        identifier_id=holder.actor.identifier,
        office=office_words(holder.office, context.base),
        why=f"{actor.why}; counterpart of a {words}: {holder.why}",
    )


def _owner(mention: Mention, reading: Reading, context: Context) -> int | None:
    """The entity whose counterpart the mention is: the one named within it ("his", "Lavrov's"), else the last before it in the sentence that is called by an office."""
    found = _COUNTERPART.match(mention.span.of(context.text))
    if found is None:
        return None
    until = mention.span.start + found.end(1)
    alone = [each for each in reading.mentions if len(each.entities) == 1 and each.entities != mention.entities]
    within = [each for each in alone if mention.span.start <= each.span.start and each.span.end <= until]
    if within:
        return within[0].entities[0]
    begin = sentence_at(reading.sentences, mention.span.start)[1].start if reading.sentences else 0
    before = [each for each in alone if begin <= each.span.start and each.span.end <= mention.span.start]
    return next((each.entities[0] for each in reversed(before) if head_roles(each.span.of(context.text)) & UNIQUE), None)


def _role(owner: int, mention: Mention, clues: Sequence[Clue], reading: Reading, context: Context) -> str | None:
    """The office of one person at a time by which the owner is called nearest before the counterpart, else the one that he is known to hold."""
    called = [each for each in reading.mentions if each.entities == (owner,) and each.span.start <= mention.span.start]
    for each in reversed(called):
        words = each.span.of(context.text)
        roles = sorted(head_roles(words) & UNIQUE - _WITHOUT_PARTNER)
        if roles:
            return None if _CROWNED.search(words) else roles[0]
    person = next((clue.candidate for clue in clues if clue.candidate is not None and clue.candidate.actor.kind == "person"), None)
    office = current_office(person, called, context) if person is not None else None
    plain = office is not None and office.role in UNIQUE - _WITHOUT_PARTNER and not _CROWNED.search(office.title)
    return office.role if office is not None and plain else None


def _partner(role: str, whose: str | None, code: str, context: Context) -> Candidate | None:
    """Who holds in the state of that code the office that answers to the role in the state `whose`: the first of the one meets the first of the other."""
    if role not in HEADS or whose is None:
        return in_office(role, code, context)
    ours, theirs = _first(whose, context), _first(code, context)
    same = in_office(role, code, context)
    if ours is not None and ours.office is not None and ours.office.role == role:
        return None if role == "head_of_government" and same is not None and same != theirs else theirs  # a premier before a president and his premier
    return None if same is None or same.office is None or _CROWNED.search(same.office.title) else same


def _first(code: str, context: Context) -> Candidate | None:
    """Whoever leads a state: its president, or where he only represents it, or a crowned head does, its head of government."""
    head = in_office("head_of_state", code, context)
    represents = code in _PARLIAMENTARY or head is None or head.office is None or _CROWNED.search(head.office.title)
    return in_office("head_of_government", code, context) if represents else head
