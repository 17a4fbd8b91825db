"""Rows of other data written by hand: what is not said is empty, as in the real files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from detente.formats import read_events
from detente.formats.gdelt import GDELT_1, GDELT_2
from detente.formats.icews import COLUMNS as ICEWS
from detente.formats.phoenix import COLUMNS as PHOENIX
from detente.formats.polecat import COLUMNS as POLECAT
from detente.records import Entity, Event, EventLocation, Refused, TextInfo


def gdelt(**cells: str) -> str:
    """A row of GDELT 2.0: the United States visit China on 8 May 2023."""
    return gdelt_of(61, **cells)


def gdelt_of(width: int, /, **cells: str) -> str:
    """The same row in the layout of that width."""
    told = {
        "GLOBALEVENTID": "1100000001", "SQLDATE": "20230508", "EventCode": "042", "Actor1Code": "USAGOV", "Actor1Name": "UNITED STATES",
        "Actor1CountryCode": "USA", "Actor1Type1Code": "GOV", "Actor2Code": "CHN", "Actor2Name": "BEIJING", "Actor2CountryCode": "CHN",
        "DATEADDED": "20230509061500" if width == 61 else "20230509", "SOURCEURL": "https://meridian.example/a",
    } | cells  # fmt: skip
    layout = GDELT_2 if width == 61 else GDELT_1[:width]
    return "\t".join(told.get(name, "") for name in layout)


def icews(**cells: str) -> list[str]:
    """The cells of an ICEWS row: Kenya criticises Ethiopia on 3 June 2025."""
    told = {
        "Event ID": "31000002", "Event Date": "2025-06-03", "Source Name": "Police (Kenya)", "Source Sectors": "Government,Police",
        "Source Country": "Kenya", "Event Text": "Criticize or denounce", "CAMEO Code": "111", "Intensity": "-2.0",
        "Target Name": "Ethiopia", "Target Sectors": "", "Target Country": "Ethiopia", "Story ID": "40000002", "Sentence Number": "3",
        "Publisher": "Meridian", "City": "Nairobi", "District": "", "Province": "Nairobi Area", "Country": "Kenya",
        "Latitude": "-1.2833", "Longitude": "36.8167",
    } | {k.replace("_", " "): v for k, v in cells.items()}  # fmt: skip
    return [told[name] for name in ICEWS]


def icews_file(*rows: list[str] | str) -> str:
    """A file with its header."""
    return "\n".join(["\t".join(ICEWS), *(r if isinstance(r, str) else "\t".join(r) for r in rows)]) + "\n"


def polecat_file(**cells: str) -> str:
    """A file of one row: Egypt and Sudan meet Qatar."""
    told = {
        "Event ID": "20240203-1", "Event Date": "2024-02-03", "Event Type": "CONSULT", "Event Mode": "visit", "Event Intensity": "4.0",
        "Quad Code": "VERBAL COOPERATION", "Contexts": "diplomatic; economic", "Actor Name": "Samir Farag; None", "Actor Country": "EGY; SDN",
        "Primary Actor Sector": "GOV; MIL", "Actor Sectors": "GOV; MIL", "Actor Name Raw": "the Egyptian envoy; Sudanese generals",
        "Recipient Country": "QAT", "Recipient Name": "None", "Recipient Name Raw": "Doha", "Placename": "Doha", "Country": "QAT",
        "Latitude": "25.28", "Longitude": "51.53", "GeoNames ID": "290030", "Publication Date": "2024-02-04", "Version": "NGEC_603",
    } | {k.replace("_", " "): v for k, v in cells.items()}  # fmt: skip
    return "\t".join(POLECAT) + "\n" + "\t".join(told.get(name, "None") for name in POLECAT) + "\n"


def phoenix(**cells: str) -> str:
    """A row of a daily file: the United States visit the United Nations on 1 January 2015."""
    told = {
        "EventID": "20150101_1", "Date": "20150101", "SourceActorFull": "USAGOVMIL", "SourceActorEntity": "USA", "SourceActorRole": "GOVMIL",
        "TargetActorFull": "IGOUNO", "EventCode": "042", "LocationName": "Geneva", "CountryCode": "CHE", "Lat": "46.2", "Lon": "6.1",
    } | cells  # fmt: skip
    return "\t".join(told.get(name, "") for name in PHOENIX)


PLOVER = {
    "id": "p1", "date": "2016-07-24", "source": [{"code": "USA", "sector": "GOVMIL", "actor_text": "Washington"}],
    "recipient": [{"code": "CAN"}], "event": ["AGREE"], "event_loc": {"name": "Ottawa", "latitude": 45.4, "longitude": -75.7, "cc3": "CAN"},
}  # fmt: skip
"""A record with the names of the older drafts."""

ACLED = "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,inter1,actor2,inter2,country,location,latitude,longitude,notes\n"
"""The header of an export."""


def read(folder: Path, content: str | bytes, format: str, *, name: str = "rows.txt") -> tuple[list[Event], list[Refused], Counter[str]]:
    """Events, refusals and remarks of a file with that content."""
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    remarks: Counter[str] = Counter()
    found = list(read_events(str(file), format, remarks=remarks))
    return [e for e in found if isinstance(e, Event)], [e for e in found if isinstance(e, Refused)], remarks


def event(**more: object) -> Event:
    """Kenya criticised Ethiopia on 3 June 2025, as our own program tells it."""
    told: dict[str, object] = {
        "id": "moyale-e01", "date": "2025-06-03", "enddate": "2025-06-03", "date_precision": "day", "time_text": "Tuesday",
        "historical": False, "event": ("ACCUSE",), "mode": ("disapprove",), "context": (), "status": "actual", "quad_code": 3,
        "event_scale": -2.0, "reciprocal": False, "actor": (party("KEN", "GOV", "Kenya"),), "recipient": (party("ETH", "GOV", "Ethiopia"),),
        "event_loc": None, "event_text": ("condemned",), "by": None, "confidence": 0.83, "text": "Kenya on Tuesday condemned Ethiopia.",
        "text_info": TextInfo(document="moyale", sequence=0, start=0, end=36), "also": (), "story": None, "coder": "detente test",
        "coded_date": "2026-11-25",
    } | more  # fmt: skip
    return Event(**told)  # type: ignore[arg-type]  # the values are checked by who reads the record


def party(code: str | None, sector: str | None, words: str, **more: object) -> Entity:
    """An entity."""
    return Entity(code=code, sector=sector, entity_text=words, **more)  # type: ignore[arg-type]


def town(name: str, country: str, lat: float, lon: float) -> EventLocation:
    """A place that the gazetteer knows."""
    return EventLocation(extracted_place=name, resolved_place=name, lat=lat, lon=lon, country_code=country)
