"""GraphML for Gephi, Cytoscape, igraph and networkx: parties as nodes, an edge for each pair of actor and recipient of each event."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from detente.errors import BadInput, BadSetting
from detente.formats.outgoing import couples
from detente.formats.rows import bad
from detente.records import Entity, Event

if TYPE_CHECKING:
    from networkx import MultiDiGraph

_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def graph(events: Iterable[Event], refused: Counter[str]) -> MultiDiGraph[Any]:
    """The directed graph; an event of one party alone has no edge and is refused as "no-dyad".

    Raises:
        BadSetting: networkx is not installed.
    """
    try:
        import networkx
    except ImportError as error:
        raise BadSetting("--format", "graphml", "it needs networkx; install it: pip install 'detente[graph]'") from error
    made: MultiDiGraph[Any] = networkx.MultiDiGraph()
    taken: Counter[str] = Counter()
    for event in events:
        try:
            edges = [(a, b) for a, b in couples(event) if a is not None and b is not None]
            if not edges:
                raise bad("no-dyad", "one party alone has no edge")
        except BadInput as error:
            refused[error.reason] += 1
            continue
        for source, target in edges:
            for entity in (source, target):
                made.add_node(_node(entity), **{k: v for k, v in _facts(entity).items() if v or _node(entity) not in made})
            made.add_edge(_node(source), _node(target), key=_free(_words(event.id), taken), **_edge(event))
    return made


def write(events: Iterable[Event], file: IO[bytes]) -> tuple[int, Counter[str]]:
    """Edges' events written, and refusals by reason."""
    refused: Counter[str] = Counter()
    count = 0

    def counted() -> Iterable[Event]:
        nonlocal count
        for event in events:
            count += 1
            yield event

    made = graph(counted(), refused)
    import networkx

    networkx.write_graphml_xml(made, file)
    return count - refused.total(), refused


def _free(id: str, taken: Counter[str]) -> str:
    """The id, or where it is taken the id and a number: of an event's pairs, and of events that have one id, each edge has its own."""
    taken[id] += 1
    return id if taken[id] == 1 else _free(f"{id}+{taken[id] - 1}", taken)


def _node(entity: Entity) -> str:
    """States and their sectors by code; whoever has no code by name."""
    if entity.code is None:
        return _words(entity.name or entity.entity_text or "?")
    return " ".join(part for part in (entity.code, entity.sector) if part)


def _facts(entity: Entity) -> dict[str, str]:
    label = _node(entity)
    return {"label": label, "code": entity.code or "", "sector": entity.sector or ""}


def _edge(event: Event) -> dict[str, Any]:
    told: dict[str, Any] = {
        "event": event.event[0], "mode": "|".join(event.mode), "context": "|".join(event.context), "status": event.status,
        "date": event.date, "enddate": event.enddate, "quad_code": event.quad_code, "weight": float(event.event_scale),
        "reciprocal": event.reciprocal, "confidence": event.confidence, "document": event.text_info.document, "text": event.text,
    }  # fmt: skip
    return {k: _words(v) if isinstance(v, str) else v for k, v in told.items() if v is not None}


def _words(text: str) -> str:
    """The text without the characters that XML has not."""
    return _NOT_IN_XML.sub(" ", text)
