"""RDF as N-Triples: one triple a line, so that any number of events is written as a stream. Every RDF tool reads it, and so does Turtle.

Vocabulary: the Simple Event Model (SEM, van Hage et al. 2011) for event, actor, place and time; own terms under urn:detente: for what it
has not. PLOVER's types, modes and contexts are urn:plover: names.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from detente.records import Entity, Event, EventLocation

_SEM = "http://semanticweb.cs.vu.nl/2009/11/sem/"
_A = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_GEO = "http://www.w3.org/2003/01/geo/wgs84_pos#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_SOURCE = "http://purl.org/dc/terms/source"
_ESCAPES = {ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}


def written(event: Event) -> Iterator[str]:
    """The triples of one event."""
    me = _own("event", event.id)
    yield _line(me, _A, _iri(f"{_SEM}Event"))
    for kind in event.event:
        yield _line(me, f"{_SEM}eventType", _plover("type", kind))
    for mode in event.mode:
        yield _line(me, "urn:detente:mode", _plover("mode", mode))
    for context in event.context:
        yield _line(me, "urn:detente:context", _plover("context", context))
    yield _line(me, "urn:detente:status", _text(event.status))
    yield _line(me, "urn:detente:quadCode", _typed(str(event.quad_code), "integer"))
    yield _line(me, "urn:detente:eventScale", _typed(repr(float(event.event_scale)), "double"))
    yield _line(me, "urn:detente:reciprocal", _typed(str(event.reciprocal).lower(), "boolean"))
    yield from _days(me, event)
    if event.confidence is not None:
        yield _line(me, "urn:detente:confidence", _typed(repr(float(event.confidence)), "double"))
    if event.text:
        yield _line(me, _LABEL, _text(event.text))
    yield _line(me, _SOURCE, _text(event.text_info.document))
    yield _line(me, "urn:detente:coder", _text(event.coder))
    yield from _roles(me, event)
    if event.event_loc is not None:
        yield from _place(me, event.id, event.event_loc)


def _days(me: str, event: Event) -> Iterator[str]:
    if event.date is not None:
        yield _line(me, f"{_SEM}hasBeginTimeStamp", _typed(event.date, "date"))
    if event.enddate is not None:
        yield _line(me, f"{_SEM}hasEndTimeStamp", _typed(event.enddate, "date"))
    yield _line(me, "urn:detente:datePrecision", _text(event.date_precision))


def _roles(me: str, event: Event) -> Iterator[str]:
    by = () if event.by is None else (event.by,)
    for role, entities in (("actor", event.actor), ("recipient", event.recipient), ("by", by)):
        for entity in entities:
            party = _party(entity)
            if role != "by":
                yield _line(me, f"{_SEM}hasActor", party)
            yield _line(me, f"urn:detente:{role}", party)
            yield _line(party, _A, _iri(f"{_SEM}Actor"))
            yield from _about(party, entity)


def _party(entity: Entity) -> str:
    """Who it is: known people and bodies by their identifier, others by code, sector and name."""
    if entity.identifier_id:
        return _own("party", entity.identifier_id)
    return _own("party", "/".join((entity.code or "", entity.sector or "", entity.name or entity.entity_text)))


def _about(party: str, entity: Entity) -> Iterator[str]:
    yield _line(party, _LABEL, _text(entity.name or entity.entity_text))
    if entity.code:
        yield _line(party, "urn:detente:code", _text(entity.code))
    for sector in (entity.sector, *entity.other_sectors):
        if sector:
            yield _line(party, "urn:detente:sector", _plover("sector", sector))
    if entity.office:
        yield _line(party, "urn:detente:office", _text(entity.office))


def _place(me: str, id: str, where: EventLocation) -> Iterator[str]:
    here = _iri(f"https://sws.geonames.org/{where.geonameid}/") if where.geonameid is not None else _own("place", id)
    yield _line(me, f"{_SEM}hasPlace", here)
    yield _line(here, _A, _iri(f"{_SEM}Place"))
    yield _line(here, _LABEL, _text(where.resolved_place or where.extracted_place))
    if where.country_code:
        yield _line(here, "urn:detente:code", _text(where.country_code))
    if where.lat is not None and where.lon is not None:
        yield _line(here, f"{_GEO}lat", _typed(repr(float(where.lat)), "double"))
        yield _line(here, f"{_GEO}long", _typed(repr(float(where.lon)), "double"))


def _line(subject: str, predicate: str, value: str) -> str:
    return f"{subject} <{predicate}> {value} .\n"


def _iri(address: str) -> str:
    return f"<{address}>"


def _own(kind: str, id: str) -> str:
    # half surrogates have no bytes in UTF-8; they become question marks, as everywhere in this file
    return f"<urn:detente:{kind}:{quote(id.encode('utf-8', 'replace'), safe='')}>"


def _plover(kind: str, name: str) -> str:
    return f"<urn:plover:{kind}:{quote(name.encode('utf-8', 'replace'), safe='')}>"


def _text(words: str) -> str:
    escaped = words.encode("utf-8", "replace").decode().translate(_ESCAPES)
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04X}" for c in escaped) + '"'


def _typed(value: str, kind: str) -> str:
    return f'"{value}"^^<{_XSD}{kind}>'
