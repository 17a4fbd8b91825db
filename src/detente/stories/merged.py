"""The reports of one story → one record: what most independent sources tell, and what they tell differently."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from detente.records import Entity, Event, Match, Story
from detente.stories.cluster import StoryIndex
from detente.stories.disputes import disputes
from detente.stories.match import Matcher
from detente.stories.meaning import packaged
from detente.stories.report import Facts, reports

T = TypeVar("T", bound=Hashable)


class Told(NamedTuple):
    """An event and what is known of its document."""

    event: Event
    facts: Facts


def stories(documents: Iterable[tuple[Iterable[Event], Facts]], matcher: Matcher | None = None) -> list[Story]:
    """The stories of a set of documents that is there at once, in the order of their first papers.

    Args:
        documents: For each document its events and facts; the order makes no difference.
        matcher: Another than the packaged one.

    Raises:
        BadSetting: Two events carry one id.
    """
    told = [(list(events), facts) for events, facts in documents]
    joins = StoryIndex(matcher).add(report for events, facts in told for report in reports(events, facts, packaged()))
    of = {event.id: Told(event, facts) for events, facts in told for event in events}
    groups: dict[str, list[tuple[Told, Match | None]]] = {}
    for join in joins:
        groups.setdefault(join.story, []).append((of[join.event], join.match))
    return [merged(story, [t for t, _ in rows], [m for _, m in rows if m is not None]) for story, rows in groups.items()]


def merged(id: str, told: Sequence[Told], matches: Iterable[Match] = ()) -> Story:
    """One story from its reports, which are at least one.

    Every independent source has one voice, its most confident report's; the record says what most voices say, of equals what the more
    confident say. The merged event keeps the words, offsets and confidence of the report that it is nearest to.
    """
    rows = sorted(told, key=lambda t: (t.facts.published is None, t.facts.published, t.facts.document, t.event.id))
    days = [t.facts.published for t in rows if t.facts.published is not None]
    return Story(
        id=id,
        event=_event(id, _voices(rows)),
        reports=tuple(t.event.id for t in rows),
        documents=tuple(dict.fromkeys(t.facts.document for t in rows)),
        sources=sources([t.facts for t in rows]),
        first_seen=min(days).isoformat() if days else None,
        last_seen=max(days).isoformat() if days else None,
        disputed=disputes([t.event for t in rows], copies=_copies([t.facts for t in rows])),
        matches=tuple(matches),
    )


def sources(facts: Sequence[Facts]) -> tuple[str, ...]:
    """Publishers of texts that copy none of the others, each once, in the order given; an unknown publisher goes by its document's id."""
    publisher = {f.document: f.publication or f.document for f in facts}
    return tuple(dict.fromkeys(publisher.get(origin, publisher[first]) for origin, first in _firsts(facts).items()))


def _firsts(facts: Sequence[Facts]) -> dict[str, str]:
    """Each text that documents go back to, with that of them which stands for it: itself, or the first of its copies."""
    first: dict[str, str] = {}
    for f in facts:
        origin = _origin(f, facts)
        if origin not in first or f.document == origin:
            first[origin] = f.document
    return first


def _copies(facts: Sequence[Facts]) -> set[str]:
    """The documents for which another one stands."""
    return {f.document for f in facts} - set(_firsts(facts).values())


def _origin(facts: Facts, among: Sequence[Facts]) -> str:
    """The text that a document goes back to, over any number of copies."""
    copied = {f.document: f.copy_of for f in among}
    at, seen = facts.document, {facts.document}
    while (before := copied.get(at)) is not None and before not in seen:
        at = before
        seen.add(at)
    return at


def _voices(rows: Sequence[Told]) -> list[Event]:
    """The most confident report of each independent text."""
    facts = [t.facts for t in rows]
    best: dict[str, Event] = {}
    for t in rows:
        origin = _origin(t.facts, facts)
        if origin not in best or _sure(t.event) > _sure(best[origin]):
            best[origin] = t.event
    return list(best.values())


def _event(id: str, voices: Sequence[Event]) -> Event:
    """What most voices say, field by field; the text is that of the voice that agrees with most of it."""
    kind = _most(voices, lambda e: e.event[0])
    status = _most(voices, lambda e: e.status)
    alike = [e for e in voices if e.event[0] == kind]
    dated = [e for e in voices if e.date is not None]
    when = _when(dated)
    spoken = max(alike, key=lambda e: (e.status == status, e.date == when.date, len(e.actor) + len(e.recipient), _sure(e)))
    places = sorted((e.event_loc.resolved_place is None, -_sure(e), e.id, e.event_loc) for e in voices if e.event_loc is not None)
    return msgspec.structs.replace(
        spoken,
        date=when.date,
        enddate=when.enddate,
        date_precision=when.date_precision,
        status=status,
        mode=_most([e for e in alike if e.mode] or alike, lambda e: e.mode),
        context=tuple(dict.fromkeys(c for e in alike for c in e.context)),
        actor=_parties([e.actor for e in alike]) or spoken.actor,
        recipient=_parties([e.recipient for e in alike]) or spoken.recipient,
        event_loc=places[0][-1] if places else None,
        by=spoken.by if all(e.by is not None for e in voices) else None,  # somebody tells it on his own word
        confidence=spoken.confidence,
        story=id,
    )


class _When(NamedTuple):
    date: str | None
    enddate: str | None
    date_precision: str


def _when(dated: Sequence[Event]) -> _When:
    """The interval that most voices tell; of equals the narrowest, then the surest."""
    if not dated:
        return _When(None, None, "unknown")
    votes = Counter((e.date, e.enddate) for e in dated)
    best = min(dated, key=lambda e: (-votes[e.date, e.enddate], _length(e), -_sure(e), e.id))
    return _When(best.date, best.enddate, best.date_precision)


def _length(event: Event) -> int:
    """Days after the first."""
    if event.date is None or event.enddate is None:
        return 0
    return (dt.date.fromisoformat(event.enddate) - dt.date.fromisoformat(event.date)).days


def _parties(roles: Iterable[tuple[Entity, ...]]) -> tuple[Entity, ...]:
    """Each party once, by identifier, else name, else code and sector; the fullest entry, if half of those who name anybody name it."""
    filled = [role for role in roles if role]
    found: dict[str, list[Entity]] = {}
    for role in filled:
        for entity in role:
            found.setdefault(_key(entity), []).append(entity)
    kept = [same for same in found.values() if 2 * len(same) >= len(filled)] or list(found.values())[:1]
    return tuple(max(same, key=lambda e: (e.name is not None, e.office is not None, e.code is not None, len(e.entity_text))) for same in kept)


def _key(entity: Entity) -> str:
    return f"{entity.code} {entity.sector}" if entity.code else (entity.identifier_id or entity.name or entity.entity_text).lower()


def _sure(event: Event) -> float:
    """The confidence; an imported event that tells none comes after all that do."""
    return 0.0 if event.confidence is None else event.confidence


def _most(voices: Sequence[Event], say: Callable[[Event], T]) -> T:
    """What most voices say; of equals what is said with more confidence, then first."""
    votes: dict[T, tuple[int, float]] = {}
    for event in voices:
        n, sure = votes.get(say(event), (0, 0.0))
        votes[say(event)] = (n + 1, sure + _sure(event))
    return max(votes, key=votes.__getitem__)

