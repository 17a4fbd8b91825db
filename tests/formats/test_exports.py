"""Records in the layouts of others, and back: the same fields up to the losses of docs/formats.md."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import networkx
import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import BadSetting
from detente.formats import EXPORTS, Written, read_events, write_events
from detente.formats.cameo import cameo_of, names, plover_of, table
from detente.formats.doors import READERS
from detente.formats.outgoing import plain
from detente.formats.parties import country_name, country_named, states
from detente.formats.rows import Line, word
from detente.frames import EVENT_COLUMNS
from detente.ontology import PLOVER
from detente.records import Entity, Event, EventLocation, Refused
from tests.formats.rows import event, party, town

# --- any event that a layout may be given ----------------------------------------------------------

words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(lambda w: word(plain(w).strip("\"'; ")) is not None)
"""Something that can be seen: a party is called something."""

CODES = ("USA", "CHN", "ROU", "TLS", "KOS", "PSE", "UNO", "EUR", "NGO", "ISM", "IMG", "MNC", "IGO")
SECTORS = tuple(s for s in PLOVER.sectors if s not in ("PRM", "UNK", "PRE", "SOC"))
"""Those that CAMEO has a role for."""


@st.composite
def entities(draw: st.DrawFn) -> Entity:
    """A party with or without code, sector, name."""
    sectors = draw(st.lists(st.sampled_from(SECTORS), unique=True, max_size=2))
    return Entity(
        code=draw(st.sampled_from((*CODES, None))), sector=sectors[0] if sectors else None, other_sectors=tuple(sectors[1:]),
        entity_text=draw(words), name=draw(st.none() | words), office=draw(st.none() | words), identifier_id=draw(st.none() | words),
    )  # fmt: skip


@st.composite
def events(draw: st.DrawFn) -> Event:
    """An event of any type, with any text in it."""
    kind = draw(st.sampled_from(list(PLOVER.types)))
    mode = draw(st.sampled_from((None, *PLOVER.types[kind].modes)))
    place = draw(st.none() | st.builds(
        EventLocation, extracted_place=words, resolved_place=st.none() | words, country_code=st.none() | st.sampled_from(sorted(states())),
        lat=st.floats(-90, 90), lon=st.floats(-180, 180), geonameid=st.none() | st.integers(1, 10**8),
    ))  # fmt: skip
    day = draw(st.dates()).isoformat()
    return event(
        id=draw(words), date=day, enddate=day, event=(kind,), mode=() if mode is None else (mode,),
        context=tuple(draw(st.lists(st.sampled_from(PLOVER.contexts), unique=True, max_size=3))), quad_code=PLOVER.types[kind].quad,
        event_scale=PLOVER.score(kind, mode), actor=tuple(draw(st.lists(entities(), min_size=1, max_size=2))),
        recipient=tuple(draw(st.lists(entities(), max_size=2))), event_loc=place, text=draw(st.text(max_size=30)),
        confidence=draw(st.none() | st.floats(0, 1)), historical=False,
    )  # fmt: skip


def there_and_back(given: list[Event], format: str) -> tuple[list[Event], Written, Counter[str]]:
    """What comes back of the events, what was told when they were written, and the remarks of reading."""
    out = io.BytesIO()
    written = write_events(given, format, out)
    lines = (Line("there", n, line) for n, line in enumerate(out.getvalue().decode().split("\n"), 1) if line.strip())
    remarks: Counter[str] = Counter()
    back = list(READERS[format](lines, remarks))
    assert not [r for r in back if isinstance(r, Refused)]
    return [e for e in back if isinstance(e, Event)], written, remarks


@given(one=events())
def test_our_own_lines_come_back_as_they_went(one: Event) -> None:
    """JSONL loses nothing."""
    (back,), _, _ = there_and_back([one], "detente")

    assert back == one


@given(one=events())
def test_plover_comes_back_as_it_went(one: Event) -> None:
    """Every field of a record has a name in the PLOVER file; empty words of a text are the only loss."""
    (back,), _, _ = there_and_back([one], "plover")

    assert back == one


def sides(one: Event) -> list[list[tuple[str | None, str | None]]]:
    """Codes and main sectors of both roles."""
    return [[(e.code, e.sector) for e in side] for side in (one.actor, one.recipient)]


@given(one=events())
def test_polecat_keeps_acts_parties_names_days_and_places(one: Event) -> None:
    """Lost: text, evidence, status, other sectors of several parties, and tabs, line breaks and semicolons in names."""
    (back,), written, remarks = there_and_back([one], "polecat")

    assert (back.date, back.event, back.mode, back.context, back.event_scale) == (one.date, one.event, one.mode, one.context, one.event_scale)
    assert (written.events, written.rows, remarks) == (1, 1, {})
    assert sides(back) == sides(one)
    if one.event_loc is not None and (plain(one.event_loc.resolved_place) or plain(one.event_loc.extracted_place)):
        assert back.event_loc is not None
        assert (back.event_loc.lat, back.event_loc.lon, back.event_loc.geonameid) == (one.event_loc.lat, one.event_loc.lon, one.event_loc.geonameid)


@pytest.mark.parametrize("format", ["gdelt2", "icews"])
@given(one=events())
def test_cameo_layouts_keep_type_day_and_parties(format: str, one: Event) -> None:
    """One row for each pair; a mode that CAMEO has not becomes its nearest, contexts become the code's."""
    back, written, _ = there_and_back([one], format)
    pairs = [(a, r) for a in one.actor for r in one.recipient or (None,)]

    assert (written.events, written.rows, len(back)) == (1, len(pairs), len(pairs))
    assert len({e.id for e in back}) == len(back)
    for row, (source, target) in zip(back, pairs, strict=True):
        assert (row.date, row.event) == (one.date, one.event)
        coding = plover_of(cameo_of(one.event[0], one.mode[0] if one.mode else None, one.context))
        assert row.mode == ((coding.mode,) if coding.mode else ())
        for ours, theirs in ((source, row.actor), (target, row.recipient)):
            if ours is not None and theirs:
                assert theirs[0].code == ours.code or (format == "icews" and ours.code is None)
                assert {theirs[0].sector, *theirs[0].other_sectors} - {None} == {ours.sector, *ours.other_sectors} - {None}


@given(one=events())
def test_a_second_trip_changes_nothing_more(one: Event) -> None:
    """What an export loses is lost once: the row read back and written again is the same row."""
    for layout in ("gdelt2", "icews", "polecat", "plover"):
        back, _, _ = there_and_back([one], layout)
        again, _, _ = there_and_back(back, layout)

        assert again == back


# --- CAMEO -----------------------------------------------------------------------------------------


def test_every_cameo_code_of_an_import_survives_an_export() -> None:
    """The exact code stands in `coder`, and is written again: 1121 stays 1121."""
    row = event(coder="gdelt 2.0; cameo 1121; plover map 2021-09-17", mode=("allege",), context=("crime", "corruption"))
    (back,), _, _ = there_and_back([row], "gdelt2")

    assert back.coder == row.coder
    assert (back.mode, back.context) == (row.mode, row.context)


@pytest.mark.parametrize("code", sorted(names()))
def test_every_code_has_a_plover_type_or_none_by_the_official_table(code: str) -> None:
    """CAMEO 03 to 20 are PLOVER types, with modes and contexts that PLOVER 2.0 has."""
    if code[:2] in ("01", "02"):
        assert code not in table()
        return
    coding = plover_of(code)

    assert coding.type in PLOVER.types
    assert coding.mode is None or coding.mode in PLOVER.types[coding.type].modes
    assert set(coding.contexts) <= set(PLOVER.contexts)


@pytest.mark.parametrize("kind", list(PLOVER.types))
def test_every_type_has_a_cameo_code_that_means_it(kind: str) -> None:
    """Also with each of its modes."""
    for mode in (None, *PLOVER.types[kind].modes):
        assert plover_of(cameo_of(kind, mode, ())).type == kind


def test_the_packaged_table_is_the_official_one(shared: Path) -> None:
    """`python -m detente.formats.build` makes the file that is in the package."""
    from detente.formats import build

    official = (shared / "data/plover/CAMEO2PLOVER-2021.txt").read_text(encoding="utf-8")
    packaged = (build.TABLES / "cameo_plover.csv").read_text(encoding="utf-8").splitlines()[1:]

    assert [",".join(row) for row in build.plover_rows(official)] == packaged


def test_every_state_has_a_name_that_leads_back() -> None:
    """ICEWS writes names of countries."""
    assert [code for code in states() if country_named(country_name(code)) != code] == []


# --- what a layout cannot hold ---------------------------------------------------------------------


@pytest.mark.parametrize("format", ["polecat", "icews", "gdelt2"])
@pytest.mark.parametrize(
    ("more", "reason"), [({"status": "negated"}, "not-actual"), ({"status": "future"}, "not-actual"), ({"date": None, "enddate": None}, "no-date")]
)
def test_what_would_read_as_done_is_left_out(format: str, more: dict[str, Any], reason: str) -> None:
    """A layout without status would tell a denied attack as an attack: the event is left out and counted."""
    back, written, _ = there_and_back([event(**more), event()], format)

    assert (len(back), written.events, written.refused) == (1, 1, {reason: 1})


def test_plover_requires_a_day_and_an_actor() -> None:
    """Status has a field there: a denied act goes out as denied."""
    told = [event(date=None, enddate=None), event(actor=()), event(status="negated")]
    back, written, _ = there_and_back(told, "plover")

    assert [e.status for e in back] == ["negated"]
    assert written.refused == {"no-date": 1, "no-actor": 1}


def test_plover_lines_have_the_manuals_fields(root: Path) -> None:
    """Required: id, date, event, actor; the values are PLOVER's."""
    out = io.BytesIO()
    write_events((e for e in read_events(str(root / "examples/formats/events.jsonl"), "detente") if isinstance(e, Event)), "plover", out)

    for line in out.getvalue().splitlines():
        told = json.loads(line)
        assert told["has_event"] is True
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", told["date"])
        assert told["id"]
        assert told["actor"]
        assert set(told["event"]) <= set(PLOVER.types)
        assert set(told["context"]) <= set(PLOVER.contexts)
        assert told["quad_code"] in (1, 2, 3, 4)
        assert set(told["cite_info"]) <= {"corpus", "citation", "url", "title", "language", "publication", "license", "copyright", "coder", "codebook", "version"}


def test_parties_that_do_the_same_make_one_row_for_each_pair() -> None:
    """Three in a meeting are three pairs, each with an id of its own."""
    meeting = event(event=("CONSULT",), mode=(), reciprocal=True, actor=tuple(party(c, "GOV", c) for c in ("USA", "CHN", "KEN")), recipient=())
    back, written, _ = there_and_back([meeting], "gdelt2")

    assert [(e.actor[0].code, e.recipient[0].code) for e in back] == [("USA", "CHN"), ("USA", "KEN"), ("CHN", "KEN")]
    assert (written.events, written.rows) == (1, 3)


# --- Parquet, RDF, GraphML -------------------------------------------------------------------------


@settings(max_examples=50)
@given(given=st.lists(events(), max_size=4))
def test_parquet_has_a_row_for_each_event(given: list[Event]) -> None:
    """The columns of `detente read --format parquet`, also without rows."""
    out = io.BytesIO()
    write_events(given, "parquet", out)
    frame = polars.read_parquet(io.BytesIO(out.getvalue()))

    assert frame.columns == list(EVENT_COLUMNS)
    assert frame["id"].to_list() == [e.id for e in given]
    assert frame["confidence"].to_list() == [e.confidence for e in given]


IRI = r"<[^\x00-\x20<>\"{}|^`\\]+>"
LITERAL = r'"(?:[^"\\\n\r]|\\[tbnrf"\'\\]|\\u[0-9A-F]{4}|\\U[0-9A-F]{8})*"(?:\^\^' + IRI + r")?"
TRIPLE = re.compile(rf"{IRI} {IRI} (?:{IRI}|{LITERAL}) \.\n")
"""A line of N-Triples (W3C recommendation of 2014), without blank nodes and languages."""


@given(one=events())
def test_rdf_is_a_triple_a_line(one: Event) -> None:
    """Whatever stands in names and texts, each line is a triple of the grammar; nothing is left unescaped."""
    out = io.BytesIO()
    write_events([one], "rdf", out)
    text = out.getvalue().decode()

    assert all(TRIPLE.fullmatch(line) for line in re.findall(r"[^\n]*\n", text))
    assert text.count(f"/sem/eventType> <urn:plover:type:{one.event[0]}>") == 1
    assert text.count("<urn:detente:actor>") == len(one.actor)


def test_rdf_says_what_the_record_says() -> None:
    """Quotes and line breaks are escaped; a place with coordinates has them."""
    out = io.BytesIO()
    write_events([event(text='He said "no".\nTwice.', event_loc=town("Moyale", "KEN", 3.5, 39.05))], "rdf", out)
    text = out.getvalue().decode()

    assert r'"He said \"no\".\nTwice."' in text
    assert '<urn:detente:event:moyale-e01> <http://semanticweb.cs.vu.nl/2009/11/sem/hasBeginTimeStamp> "2025-06-03"^^<http://www.w3.org/2001/XMLSchema#date> .' in text
    assert '<http://www.w3.org/2003/01/geo/wgs84_pos#lat> "3.5"^^' in text


@settings(max_examples=50)
@given(given=st.lists(events(), max_size=4))
def test_graphml_has_an_edge_for_each_pair(given: list[Event]) -> None:
    """The library reads the file back, whatever ids repeat; events of one party alone are counted as left out."""
    out = io.BytesIO()
    written = write_events(given, "graphml", out)
    graph = networkx.read_graphml(io.BytesIO(out.getvalue()), force_multigraph=True, edge_key_type=str)

    told = [e for e in given if e.recipient]
    assert written.refused["no-dyad"] == len(given) - len(told)
    assert written.events == len(told)
    assert Counter((d["event"], d["date"]) for _, _, d in graph.edges(data=True)) == Counter((e.event[0], e.date) for e in told for _ in e.actor for _ in e.recipient)
    assert len({key for _, _, key in graph.edges(keys=True)}) == graph.number_of_edges()
    assert {p.code for e in told for p in (*e.actor, *e.recipient)} - {None} == {c for _, c in graph.nodes(data="code")} - {"", None}


def test_events_of_one_id_keep_an_edge_each() -> None:
    """Two files that were joined may repeat an id, and one event's second pair may be called as another event is: no edge takes another's place."""
    meeting = event(id="a", recipient=(party("ETH", "GOV", "Ethiopia"), party("ETH", "GOV", "Addis Ababa")))
    out = io.BytesIO()
    write_events([event(id="a"), event(id="a+1"), meeting], "graphml", out)
    graph = networkx.read_graphml(io.BytesIO(out.getvalue()), edge_key_type=str)

    assert sorted(graph.edges(keys=True)) == [("KEN GOV", "ETH GOV", key) for key in ("a", "a+1", "a+1+1", "a+2")]


def test_an_edge_of_graphml_carries_the_event() -> None:
    """Kenya's government accuses Ethiopia's: two nodes, one edge from the one to the other."""
    out = io.BytesIO()
    write_events([event()], "graphml", out)
    graph = networkx.read_graphml(io.BytesIO(out.getvalue()))
    ((source, target, told),) = graph.edges(data=True)

    assert (source, target) == ("KEN GOV", "ETH GOV")
    assert (told["event"], told["date"], told["weight"], told["status"]) == ("ACCUSE", "2025-06-03", -2.0, "actual")


@pytest.mark.parametrize("format", EXPORTS)
def test_the_same_events_give_the_same_bytes(format: str, root: Path) -> None:
    """And no event at all gives a file that can be read."""
    def bytes_of(given: list[Event]) -> bytes:
        out = io.BytesIO()
        write_events(given, format, out)
        return out.getvalue()

    given = [e for e in read_events(str(root / "examples/formats/events.jsonl"), "detente") if isinstance(e, Event)]

    assert bytes_of(given) == bytes_of(given)
    assert isinstance(bytes_of([]), bytes)


def test_a_layout_that_is_none_is_told() -> None:
    """The message lists what there is."""
    with pytest.raises(BadSetting, match="it must be one of detente, plover"):
        write_events([], "excel", io.BytesIO())


def test_events_of_an_export_are_valid_records(root: Path) -> None:
    """The example file holds what `detente read` prints."""
    for line in (root / "examples/formats/events.jsonl").read_bytes().splitlines():
        assert msgspec.json.encode(msgspec.json.decode(line, type=Event)) == line
