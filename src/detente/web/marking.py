"""A document's text in pieces: which layers lie over each, and what a reader is told of them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from detente.records import Check, Entity, Event, Quote, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

LAYERS = {"event": "Events", "actor": "Actors", "quote": "Quotes", "time": "Times and places", "check": "Checks"}
"""Layer → its name; the first that lies over a piece gives the piece its link."""


class Mark(NamedTuple):
    """Words with something to say of them: layer, class for colour, the record, where a click leads, and what is told."""

    span: Span
    layer: str
    kind: str
    record: str
    link: str
    told: str


class Piece(NamedTuple):
    """Text over which the same marks lie, the foremost first; `begins` are those that begin here."""

    text: str
    marks: tuple[Mark, ...]
    begins: tuple[Mark, ...]

    @property
    def classes(self) -> str:
        """Layers and colours."""
        return " ".join(dict.fromkeys(word for mark in self.marks for word in (mark.layer, mark.kind) if word))

    @property
    def link(self) -> str:
        """Where a click leads."""
        return self.marks[0].link


def pieces(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """The text cut wherever a mark begins or ends; together the pieces are the text."""
    held = sorted((m for m in marks if 0 <= m.span.start < m.span.end <= len(text)), key=lambda m: (m.span.start, -m.span.end, m.record, m.layer))
    edges = sorted({0, len(text), *(m.span.start for m in held), *(m.span.end for m in held)})
    out: list[Piece] = []
    begun, running = 0, list[Mark]()
    for here, there in pairwise(edges):
        running = [m for m in running if m.span.end > here]
        begins: list[Mark] = []
        while begun < len(held) and held[begun].span.start == here:
            begins.append(held[begun])
            begun += 1
        running += begins
        out.append(Piece(text[here:there], tuple(sorted(running, key=_rank)), tuple(begins)))
    return out


def _rank(mark: Mark) -> tuple[int, int]:
    """The layer first, then the shortest words: what is told first of a piece, and where a click on it leads."""
    return list(LAYERS).index(mark.layer), mark.span.end - mark.span.start


def event_marks(event: Event, *, rejected: bool = False) -> list[Mark]:
    """An event's trigger, parties, times and places."""
    told = f"{event.id.rsplit('-', 1)[-1]} {summary(event)}" + (" (rejected)" if rejected else "")
    out: list[Mark] = []
    for role, spans in event.text_info.spans.items():
        layer = {"trigger": "event", "actor": "actor", "recipient": "actor", "by": "actor"}.get(role, "time")
        kind = (f"q{event.quad_code}" + (" gone" if rejected else "")) if layer == "event" else ""
        note = told if layer == "event" else f"{role} of {told}"
        out += [Mark(span, layer, kind, event.id, f"#{event.id}", note) for span in spans]
    return out


def quote_marks(quote: Quote) -> list[Mark]:
    """A quote's words and its speaker."""
    told = f"{quote.id.rsplit('-', 1)[-1]} says {speaker(quote)}, {quote.kind}, {quote.confidence:.2f}"
    here = Span(quote.text_info.start, quote.text_info.end)
    speakers = quote.text_info.spans.get("speaker", ())
    return [
        Mark(here, "quote", "", quote.id, f"#{quote.id}", told),
        *(Mark(span, "actor", "", quote.id, f"#{quote.id}", f"speaker of {told}") for span in speakers),
    ]


def check_marks(check: Check) -> list[Mark]:
    """Words that the knowledge does not bear out."""
    told = f"{check.id.rsplit('-', 1)[-1]} {check.headline}: {check.detail}"
    return [Mark(Span(check.text_info.start, check.text_info.end), "check", "", check.id, f"#{check.id}", told)]


# --- wording ---------------------------------------------------------------------------------------------


def summary(event: Event) -> str:
    """An event in one line."""
    sure = "" if event.confidence is None else f"; {event.confidence:.2f}"
    return f"{codes(event)}: {parties(event)}; {when(event)}; {event.status}{sure}"


def when(event: Event) -> str:
    """Its days."""
    if event.date is None:
        return "day unknown"
    return event.date if event.enddate in (event.date, None) else f"{event.date} to {event.enddate}"


def codes(event: Event) -> str:
    """Type and mode."""
    return event.event[0] + (f" ({event.mode[0]})" if event.mode else "")


def parties(event: Event) -> str:
    """Who, to whom."""
    arrow = " ↔ " if event.reciprocal else " → "
    sides = [" + ".join(map(entity, side)) for side in (event.actor, event.recipient) if side]
    return (
        arrow.join(sides)
        if len(sides) > 1 or not event.reciprocal
        else arrow.join(map(entity, event.actor or event.recipient))
    )


def entity(party: Entity) -> str:
    """Code, sector, name."""
    return " ".join(part for part in (party.code or "???", party.sector, party.name or party.entity_text) if part)


def speaker(quote: Quote) -> str:
    """Who said it."""
    return "somebody" if quote.speaker is None else entity(quote.speaker)
