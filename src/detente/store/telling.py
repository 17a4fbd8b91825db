"""One kept event or quote, walked back: record → words → sentence → document → run."""

from __future__ import annotations

from collections.abc import Iterable

from detente.records import Document, Entity, Event, Quote
from detente.store.runs import Run
from detente.store.store import Store

ROLES = ("trigger", "actor", "recipient", "by", "time", "place")


def told(store: Store, id: str) -> str:
    """Which words stand behind each field of the event or quote, in which document, and who coded it.

    Raises:
        BadSetting: The run has neither an event nor a quote of this id.
    """
    return told_of(store, store.quote(id) or store.event(id))


def told_of(store: Store, record: Event | Quote, beside: Iterable[str] = ()) -> str:
    """The same of a record; lines that stand `beside` come after what it tells itself."""
    name = record.text_info.document
    document = store.document(name)
    run = next(run for run in store.runs if run.run == store.run)
    if isinstance(record, Event):
        lines, story, coder = _event(record, document), _story(store, record.id), record.coder
    else:
        lines, story, coder = _quote(record, document), [], run.coder
    return "\n".join([*lines, *beside, *_document(name, document), *story, *_run(run, coder)]) + "\n"


def _quote(quote: Quote, document: Document | None) -> list[str]:
    return [
        f"{quote.id}  quote, {quote.kind}, confidence {quote.confidence}",
        f"  sentence {quote.text_info.sequence}: “{quote.text}”".replace("\n", " "),
        *([_party("speaker", quote.speaker)] if quote.speaker else ["  speaker: nobody is named"]),
        *(_party("about", entity) for entity in quote.about),
        *_words(quote, document, ("speaker", "cue")),
    ]


def _event(event: Event, document: Document | None) -> list[str]:
    mode = f" ({', '.join(event.mode)})" if event.mode else ""
    return [
        f"{event.id}  {', '.join(event.event)}{mode}, {event.status}, confidence {event.confidence}",
        f"  sentence {event.text_info.sequence}: {event.text.replace(chr(10), ' ')}",
        *(_party("actor", entity) for entity in event.actor),
        *(_party("recipient", entity) for entity in event.recipient),
        *([_party("by", event.by)] if event.by else []),
        f"  when: {_when(event)}",
        *_place(event),
        *_words(event, document, ROLES),
        *(f"  told again in sentence {other.sequence}, characters {other.start} to {other.end}" for other in event.also),
    ]


def _party(role: str, entity: Entity) -> str:
    who = " ".join(part for part in (entity.code or "no code", entity.sector, entity.name) if part)
    office = f" ({entity.office})" if entity.office else ""
    known = f", {entity.identifier_id}" if entity.identifier_id else ""
    return f"  {role} “{entity.entity_text}”: {who}{office}{known}"


def _when(event: Event) -> str:
    words = f"“{event.time_text}”" if event.time_text else "no words"
    return f"{words}, {'unknown' if event.date is None else f'{event.date} to {event.enddate} ({event.date_precision})'}"


def _place(event: Event) -> list[str]:
    where = event.event_loc
    return [] if where is None else [f"  where: “{where.extracted_place}”, {where.resolved_place or 'no place known'} ({where.resolution})"]


def _words(record: Event | Quote, document: Document | None, roles: tuple[str, ...]) -> list[str]:
    if document is None:
        return []
    spans = [(role, span) for role in roles for span in record.text_info.spans.get(role, ())]
    return [f"  words of the {role}: “{span.of(document.text)}” [{span.start}:{span.end}]" for role, span in spans]


def _document(name: str, document: Document | None) -> list[str]:
    if document is None:
        return [f"  document {name}: the store has no text of it"]
    facts = (document.title, document.publication, document.url, f"published {document.published or 'on an unknown day'}")
    return [f"  document {document.id}: {', '.join(fact for fact in facts if fact)}; sha256 {document.sha256}"]


def _story(store: Store, event: str) -> list[str]:
    story = store.story_of(event)
    if story is None:
        return []
    told = store.story(story)
    return [f"  story {story}: {len(told.reports)} reports in {len(told.documents)} documents, independent sources: {', '.join(told.sources)}"]


def _run(run: Run, coder: str) -> list[str]:
    return [f"  run {run.run}, begun {run.coded_on}: {coder}", f"    reader {run.reader_sha256}", f"    actors {run.actors_sha256}"]
