"""Links to mentions → the entities of a record, each with the words that name it."""

from __future__ import annotations

from collections.abc import Iterable

from detente.reading.pairs import PRONOUNS
from detente.records import Actor, Entity, Link, Reading, Span, Trigger

NOBODY = Actor(code=None, sector=None)


class Cast:
    """Everybody in one document: which actor stands behind each mention."""

    def __init__(self, text: str, reading: Reading, actors: dict[int, Actor]) -> None:
        self.text, self.mentions, self.actors = text, reading.mentions, actors
        self.spans_of: dict[int, list[Span]] = {}
        for mention in reading.mentions:
            if len(mention.entities) == 1:  # words that mean two actors name neither
                self.spans_of.setdefault(mention.entities[0], []).append(mention.span)

    def parties(self, trigger: Trigger) -> tuple[frozenset[int], frozenset[int]]:
        """The entities that act, and those that receive: nobody does both, so whoever is linked twice has his likelier role.

        A joint mention ("both sides") may stand in one role for an actor that fills the other.
        """
        acting, receiving = self._likeliest(trigger.actors), self._likeliest(trigger.recipients)
        acts = frozenset(e for e, score in acting.items() if score >= receiving.get(e, 0.0))
        return acts, frozenset(receiving) - acts

    def _likeliest(self, links: Iterable[Link]) -> dict[int, float]:
        """The best score of each entity behind the links."""
        out: dict[int, float] = {}
        for link in links:
            for entity in self.mentions[link.index].entities:
                out[entity] = max(out.get(entity, 0.0), link.score)
        return out

    def entities(self, links: Iterable[Link], *, among: frozenset[int] | None = None) -> tuple[tuple[Entity, ...], tuple[Span, ...]]:
        """The entities behind the links, each once, and the words that name each of them; only those in `among` when given."""
        out: dict[int, tuple[Entity, Span]] = {}
        for link in links:
            mention = self.mentions[link.index]
            for entity in mention.entities:
                if entity in out or (among is not None and entity not in among):
                    continue
                span = self._named_at(entity, mention.span, joint=len(mention.entities) > 1)
                actor = self.actors.get(entity, NOBODY)
                out[entity] = (
                    Entity(
                        code=actor.code, sector=actor.sector, other_sectors=actor.other_sectors, entity_text=span.of(self.text),
                        name=actor.name, identifier_id=actor.identifier_id, office=actor.office,
                    ),
                    span,
                )  # fmt: skip
        return tuple(e for e, _ in out.values()), tuple(s for _, s in out.values())

    def mentions_inside(self, span: Span, *, without: Link | None) -> tuple[Link, ...]:
        """Links to the mentions inside `span` whose actor has a code, but not to the entity of `without`."""
        hidden = set() if without is None else set(self.mentions[without.index].entities)
        return tuple(
            Link(k, m.score)
            for k, m in enumerate(self.mentions)
            if span.covers(m.span) and not hidden & set(m.entities) and any(self.actors.get(e, NOBODY).code for e in m.entities)
        )

    def _named_at(self, entity: int, at: Span, *, joint: bool) -> Span:
        """Where the entity is best named: `at` itself, or for a pronoun or a joint mention the last fuller words before it."""
        if not joint and at.of(self.text).lower() not in PRONOUNS:
            return at
        named = [s for s in self.spans_of.get(entity, ()) if s.of(self.text).lower() not in PRONOUNS and s != at]
        before = [s for s in named if s.start <= at.start]
        return before[-1] if before else (named[0] if named else at)
