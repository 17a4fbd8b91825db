"""Records of every shape, drawn by hypothesis, and results of documents written by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from hypothesis import strategies as st

from detente.records import Also, Check, Coded, Document, Entity, Event, EventLocation, Quote, Refused, Span, TextInfo
from detente.store import Store, open_store
from detente.store.runs import Run
from detente.store.writer import Result
from tests.builders import actor, coded, links, mention, quote, reading, trigger

words = st.text(st.characters(codec="utf-8"), max_size=12)
maybe = st.none() | words
numbers = st.integers(0, 2**31 - 1)
chances = st.floats(0, 1)
days = st.dates().map(dt.date.isoformat)
several = st.lists(words, max_size=3).map(tuple)
spans = st.builds(Span, numbers, numbers)

entities = st.builds(
    Entity, code=maybe, sector=maybe, other_sectors=several, entity_text=words, name=maybe, identifier_id=maybe, office=maybe
)  # fmt: skip
parties = st.lists(entities, max_size=3).map(tuple)
places = st.builds(
    EventLocation, extracted_place=words, resolved_place=maybe, geonameid=st.none() | st.integers(0, 2**40), lat=st.none() | st.floats(-90, 90),
    lon=st.none() | st.floats(-180, 180), country_code=maybe, feature_class=maybe, resolution=maybe,
)  # fmt: skip
infos = st.builds(
    TextInfo, document=words, sequence=numbers, start=numbers, end=numbers,
    spans=st.dictionaries(words, st.lists(spans, max_size=2).map(tuple), max_size=3),
)  # fmt: skip
events = st.builds(
    Event, id=words, date=st.none() | days, enddate=st.none() | days, date_precision=words, time_text=maybe, historical=st.booleans(),
    event=st.lists(words, min_size=1, max_size=2).map(tuple), mode=several, context=several, status=words, quad_code=st.integers(1, 4),
    event_scale=st.floats(-10, 10), reciprocal=st.booleans(), actor=parties, recipient=parties, event_loc=st.none() | places,
    event_text=several, by=st.none() | entities, confidence=chances, text=words, text_info=infos,
    also=st.lists(st.builds(Also, sequence=numbers, start=numbers, end=numbers), max_size=2).map(tuple), story=maybe, coder=words,
    coded_date=st.none() | days,
)  # fmt: skip
quotes = st.builds(
    Quote, id=words, speaker=st.none() | entities, text=words, kind=words, cue=maybe, via=maybe, addressee=parties, about=parties,
    text_info=infos, confidence=chances,
)  # fmt: skip
checks = st.builds(Check, id=words, check=words, text=words, finding=words, detail=words, source=several, text_info=infos)
documents = st.builds(
    Document, id=words, text=words, published=st.none() | st.dates(), title=maybe, url=maybe, publication=maybe, language=words
)
refusals = st.builds(Refused, document=words, reason=words, detail=words)

TEXT = "Iran met Iraq in Basra, Iran said: “It rained.”"
RUN = Run(
    coder="detente test; reader r-1", program="0", reader="r-1", reader_sha256="a", actors="1", actors_sha256="b", ontology="PLOVER 2.0",
    ontology_sha256="c", settings="{}", coded_on=dt.date(2026, 11, 25), batch=2,
)  # fmt: skip


def told(id: str, *, day: dt.date | None = dt.date(2023, 5, 8), text: str = TEXT) -> Coded:
    """A document in which Iran meets Iraq and says that it rained."""
    seen = reading(
        text,
        mentions=(mention(text, "Iran", 0), mention(text, "Iraq", 1)),
        triggers=(trigger(text, "met", "CONSULT", actors=links(0), recipients=links(1), reciprocal=True),),
        quotes=(quote(text, "It rained."),),
    )
    return coded(text, seen, {0: actor("IRN"), 1: actor("IRQ")}, published=day, id=id)


def kept(folder: Path, *results: Coded | Refused, run: Run = RUN) -> Store:
    """A store that has these results."""
    store = open_store(folder, create=True)
    with store.writing(run) as writer:
        for outcome in results:
            writer.add(Result(None if isinstance(outcome, Refused) else outcome.document, outcome))
    return store


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a store but its locks."""
    files = (f for f in folder.rglob("*") if f.is_file() and f.suffix != ".lock")
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in files}
