"""Who each entity of a reading is: code, sector, name and office on the day, from the words of all its mentions.

Each mention gives clues (`clues.py`): a known name, a nation word in it, a nation word that the network points at, a guess
about the kind of body. The clues vote; the strongest code wins, and `why` says which clue decided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from detente.actors.base import ActorBase
from detente.actors.clues import Clue, Context, clues_of, is_collective, joint_clues
from detente.actors.counterparts import with_counterparts
from detente.actors.known import Office
from detente.actors.offices import current_office, holder_of, office_words
from detente.actors.titles import sector_of
from detente.records import Actor, Document, Mention, Reading

BODIES = frozenset({"UNO", "EUR", "IGO", "NGO", "ISM", "IMG", "MNC"})
_OFFICIALS = frozenset({"MIL", "JUD", "LEG", "COP", "GOV", "REB", "JRN"})


def resolve(document: Document, reading: Reading, base: ActorBase, *, context: Context | None = None) -> dict[int, Actor]:
    """One actor per entity number that the reading's mentions carry; `context` when it was looked up already."""
    context = Context.of(document, reading, base) if context is None else context
    by_entity: dict[int, list[Mention]] = defaultdict(list)
    for mention in reading.mentions:
        for entity in mention.entities:
            by_entity[entity].append(mention)
    clues = {
        entity: _told([mention for mention in mentions if len(mention.entities) == 1], context) for entity, mentions in by_entity.items()
    }
    known = {entity: code for entity, found in clues.items() if (code := _winner(_votes(found))) is not None}
    for entity, mentions in by_entity.items():
        joint = [mention for mention in mentions if len(mention.entities) > 1]
        clues[entity] += [clue for mention in joint for clue in joint_clues(mention, entity, known, context)]
    actors = {entity: _actor(mentions, clues[entity], context) for entity, mentions in sorted(by_entity.items())}
    return with_counterparts(actors, clues, reading, context)


def _told(mentions: list[Mention], context: Context) -> list[Clue]:
    """The clues of all mentions of one actor; several states without names are no person, and the reader tells their code only where it is sure."""
    clues = [clue for mention in mentions for clue in clues_of(mention, context)]
    if any(is_collective(mention, context) for mention in mentions):
        return [clue for clue in clues if not clue.unsure and clue.text_name is None]
    return clues


def _votes(clues: list[Clue]) -> dict[str, float]:
    """Weights by code: the clues in the mentions' own words summed, and the reader's guesses by their share of one vote.

    Guesses at ten pronouns are no ten proofs: "he … his … he" in a story about Spain must not outvote "Pope Benedict XVI".
    """
    own: dict[str, float] = defaultdict(float)
    far: dict[str, float] = defaultdict(float)
    for clue in clues:
        if clue.code is not None:
            (far if clue.far else own)[clue.code] += clue.weight
    share = min(1.0, 1 / sum(far.values())) if own and far else 1.0
    for code, weight in far.items():
        own[code] += weight * share
    return own


def _winner(votes: dict[str, float]) -> str | None:
    """The code with most weight; of equals the first told."""
    return max(votes, key=lambda each: votes[each]) if votes else None


def _actor(mentions: list[Mention], clues: list[Clue], context: Context) -> Actor:
    """The actor that the clues of all its mentions point to."""
    votes = _votes(clues)
    code = _winner(votes)
    score = _score(votes, code)
    agreeing = sorted((clue for clue in clues if clue.code == code), key=lambda clue: -clue.weight)
    best = next((clue for clue in agreeing if clue.candidate is not None), agreeing[0] if agreeing else None)
    named = best.candidate if best is not None else None
    why = best.why if best is not None else "nothing tells the state"
    office = current_office(named, mentions, context) if named is not None else None
    own_name = _longest_name(clues, code)
    if named is not None and named.actor.kind != "person" and own_name is not None and " " in own_name:
        named = None  # "the World Bank's director Ishac Diwan" is the man, not the bank
    name = named.actor.name if named is not None else own_name
    identifier = named.actor.identifier if named is not None else None
    if named is None and name is None and code is not None:
        holder = holder_of(mentions, code, context)
        if holder is not None:
            name, identifier, office, why = (
                holder.actor.name,
                holder.actor.identifier,
                holder.office,
                f"{why}; {holder.why}",
            )
    return Actor(
        code=code,
        sector=_sector(mentions, agreeing, context, code, office),
        name=name,
        identifier_id=identifier,
        office=office_words(office, context.base) if office is not None else None,
        score=round(score, 3),
        why=why,
    )


def _score(votes: dict[str, float], code: str | None) -> float:
    """Share of the votes that the winner has, less where all clues are weak."""
    if code is None:
        return 0.0
    total = sum(votes.values())
    return min(0.99, votes[code] / total * min(1.0, 0.4 + 0.6 * votes[code])) if total > 0 else 0.0


def _longest_name(clues: Iterable[Clue], code: str | None) -> str | None:
    """The longest proper name the text itself gives, for somebody whom the base does not know."""
    names = [clue.text_name for clue in clues if clue.text_name is not None and clue.code in (code, None)]
    return max(names, key=lambda name: (len(name.split()), len(name)), default=None)


def _sector(
    mentions: list[Mention], agreeing: list[Clue], context: Context, code: str | None, office: Office | None
) -> str | None:
    """The sector: of the body or metonym named, else as the network guesses, else of title and office."""
    own = next((clue.sector for clue in agreeing if clue.sector is not None and clue.firm), None)
    texts = [context.without_bodies(mention.span) for mention in mentions]
    titled = next((sector for sector in map(sector_of, texts) if sector is not None), None)
    if own is not None and titled in (None, "GOV", own):
        return own
    guesses = [mention.sector for mention in mentions if mention.sector is not None]
    if guesses:
        return max(guesses, key=guesses.count)
    if code in BODIES and office is None:
        return own or (titled if titled in _OFFICIALS else None)
    if office is not None and titled in (None, "GOV", "MIL"):
        return office.sector
    return titled or own or _sector_without_title(mentions, agreeing, context)


def _sector_without_title(mentions: list[Mention], agreeing: list[Clue], context: Context) -> str | None:
    """The sector where no title tells one: a person's last office (then out of it), or a state or people named barely."""
    person = next((clue.candidate for clue in agreeing if clue.candidate is not None and clue.candidate.offices), None)
    if person is not None:
        over = context.on is not None and all(
            held.last is not None and held.last < context.on.isoformat() for held in person.offices
        )
        return "ELI" if over and person.actor.sector == "GOV" else person.actor.sector
    people = [clue for clue in agreeing if clue.people]
    if people and not any(mention.span.of(context.text).lower().startswith("the ") for mention in mentions):
        return "CVL"  # "Iraqis", "three Palestinians"; "the Russians" may be their government
    return "GOV" if any(clue.bare or clue.people for clue in agreeing) else None
