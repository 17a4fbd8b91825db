"""POLECAT event data (Harvard Dataverse, doi:10.7910/DVN/AJGVIT): tab-separated, 40 columns with a header.

Column names as in the yearly and weekly files; "Intensity" of the first releases is "Event Intensity" in later ones, both are read.
Several values of a cell are parted by semicolons, "None" says that there is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import zip_longest

from detente.formats.making import day, known_contexts, known_mode, made, number, place
from detente.formats.outgoing import bare, hashed, rounded, told_as_done
from detente.formats.parties import country_named
from detente.formats.rows import Line, Lines, bad, each, word
from detente.ontology import PLOVER
from detente.records import Entity, Event, EventLocation, Refused


def _role(who: str) -> str:
    return (
        f"{who} Name|{who} Country|{who} COW|Primary {who} Sector|{who} Sectors|{who} Title|{who} Name Raw|Wikipedia {who} ID"
    )


COLUMNS = (
    f"Event ID|Event Date|Event Type|Event Mode|Event Intensity|Quad Code|Contexts|{_role('Actor')}|{_role('Recipient')}|"
    "Placename|City|District|Province|Country|Latitude|Longitude|GeoNames ID|Raw Placename|Feature Type|Source|Publication Date|"
    "Story People|Story Organizations|Story Locations|Language|Version"
).split("|")
"""40 columns, in order."""

_OTHER_NAMES = {"intensity": "event intensity", "goldstein": "event intensity"}
_NEEDED = {"event id", "event date", "event type"}


def events(rows: Lines, remarks: Counter[str]) -> Iterator[Event | Refused]:
    """The events of a POLECAT file. Columns of nothing at a row's end are passed over ("empty-columns")."""
    rest = iter(rows)
    for line in rest:
        if isinstance(line, Refused):
            yield line
            continue
        names = _names(line)
        if not begins(line):
            yield _no_header(line)
            return
        while names and not names[-1]:
            names.pop()
        yield from each(rest, partial(_event, at={n: i for i, n in enumerate(names)}, width=len(names), remarks=remarks))


def begins(line: Line) -> bool:
    """Whether a file with this first line is one of POLECAT: the line names its columns."""
    return set(_names(line)) >= _NEEDED


def _names(line: Line) -> list[str]:
    names = (n.strip().strip('"').lower() for n in line.text.split("\t"))
    return [_OTHER_NAMES.get(n, n) for n in names]


def _no_header(line: Line) -> Refused:
    return line.refused("no-header", "the first line of a POLECAT file must name its columns (Event ID, Event Date, Event Type, …); the file was not read")


def _event(text: str, *, at: dict[str, int], width: int, remarks: Counter[str]) -> Event:
    cells = text.split("\t")
    if len(cells) > width and not any(c.strip() for c in cells[width:]):
        remarks["empty-columns"] += 1
        cells = cells[:width]
    if len(cells) != width:
        raise bad("columns", f"the row has {len(cells)} columns, but the header names {width}")
    cell = {name: word(cells[i].strip().strip('"')) for name, i in at.items()}
    name, date, kind = cell["event id"], cell["event date"], (cell["event type"] or "").upper()
    if name is None or date is None:
        raise bad("no-id" if name is None else "no-date", f"{'Event ID' if name is None else 'Event Date'} is empty")
    published = cell.get("publication date")
    told = cell.get("event intensity")
    points = number(told) if told else None
    more = {} if points is None else {"event_scale": points}
    return made(
        id=name,
        date=day(date),
        kind=kind,
        mode=known_mode(kind, (cell.get("event mode") or "").lower() or None, remarks),
        context=known_contexts(_several(cell.get("contexts"), lower=True), remarks),
        actor=_parties(cell, "actor", remarks),
        recipient=_parties(cell, "recipient", remarks),
        coder=f"polecat{' ' + v if (v := cell.get('version')) else ''}",
        document=_document(cell, name),
        where=_place(cell, remarks),
        published=day(published) if published else None,
        **more,
    )


def _document(cell: dict[str, str | None], name: str) -> str:
    """A name for the story that tells the event: POLECAT has none, and "Source" is the outlet, which has many.

    Rows of one outlet and day with the same people, organizations and locations are of one story; a row that tells none of these is of its own.
    """
    lists = [cell.get(f"story {what}") for what in ("people", "organizations", "locations")]
    if any(lists):
        name = f"story-{hashed(repr((cell.get('publication date'), *lists)), 15)}"
    return " ".join(filter(None, (cell.get("source"), name)))


def _several(cell: str | None, *, lower: bool = False) -> tuple[str, ...]:
    parts = tuple(p.strip() for p in (cell or "").split(";"))
    return tuple((p.lower() if lower else p) for p in parts if p and p != "None")


def _parties(cell: dict[str, str | None], who: str, remarks: Counter[str]) -> tuple[Entity, ...]:
    found, even = _read(
        cell.get(f"{who} name"), cell.get(f"{who} name raw"), cell.get(f"{who} country"), cell.get(f"primary {who} sector"),
        cell.get(f"{who} sectors"), cell.get(f"{who} title"), cell.get(f"wikipedia {who} id"),
    )  # fmt: skip
    if not even:
        remarks["uneven-lists"] += 1
    return found


@lru_cache(maxsize=65536)
def _read(names: str | None, raws: str | None, countries: str | None, *more: str | None) -> tuple[tuple[Entity, ...], bool]:
    """The entities of one role, and whether the lists of its cells are as long as each other, so that they can be put side by side."""
    primary, sectors, titles, ids = more
    told = [_parted(c) for c in (names, raws, countries, primary, titles, ids)]
    lengths = {len(t) for t in told if t}
    count = max(len(told[0]), len(told[1]))
    if count == 0 and told[2]:
        count = len(told[2])
    even = lengths <= {count} or count == 0
    rows = zip_longest(*(t if len(t) in (count, 0) else (t * count if len(t) == 1 else t[:count]) for t in told))
    others = {s for s in _several(sectors) if s in PLOVER.sectors}
    return tuple(_entity(row, others if count == 1 else set()) for row in rows if any(row[:3])), even


def _parted(cell: str | None) -> tuple[str | None, ...]:
    """The parts of a cell, None where a part says that there is none; nothing for an empty cell."""
    if cell is None:
        return ()
    return tuple(word(p) for p in cell.split(";"))


def _entity(row: tuple[str | None, ...], others: set[str]) -> Entity:
    name, raw, country, sector, title, identifier = row
    own = sector if sector in PLOVER.sectors else None
    return Entity(
        code=country_named(country) if country else None,
        sector=own,
        other_sectors=tuple(sorted(others - {own})),
        entity_text=raw or name or country or "",
        name=name,
        identifier_id=identifier,
        office=title,
    )


def _place(cell: dict[str, str | None], remarks: Counter[str]) -> EventLocation | None:
    name, raw, country = cell.get("placename"), cell.get("raw placename"), cell.get("country")
    code = country_named(country) if country else None
    if country and code is None:
        remarks["country-unknown"] += 1
    lat, lon = (number(cell.get(c) or "") for c in ("latitude", "longitude"))
    found = place(name or raw, country=code, lat=lat, lon=lon)
    if found is None:
        return place(None, country=code, lat=None, lon=None)
    row = cell.get("geonames id")
    return EventLocation(
        extracted_place=raw or found.extracted_place,
        resolved_place=name,
        geonameid=int(row) if row and row.isascii() and row.isdigit() and len(row) < 12 else None,
        lat=found.lat,
        lon=found.lon,
        country_code=code,
        feature_class=cell.get("feature type"),
    )


# --- out -----------------------------------------------------------------------------------------


def header() -> str:
    """The line of column names."""
    return "\t".join(COLUMNS) + "\n"


def written(event: Event) -> Iterator[str]:
    """The event in POLECAT's layout, one line.

    Raises:
        BadInput: `no-date`, `not-actual`.
    """
    told_as_done(event)
    where = event.event_loc
    known, name = where is not None, bare(event.id)
    cells = {
        "Event ID": name,
        "Event Date": event.date,
        "Event Type": event.event[0],
        "Event Mode": "; ".join(event.mode) or None,
        "Event Intensity": rounded(event.event_scale),
        "Quad Code": PLOVER.quad[str(event.quad_code)].upper(),
        "Contexts": "; ".join(event.context) or None,
        **_cells("Actor", event.actor),
        **_cells("Recipient", event.recipient),
        "Placename": bare(where.resolved_place) if where else None,
        "Country": where.country_code if where else None,
        "Latitude": rounded(where.lat) if where else None,
        "Longitude": rounded(where.lon) if where else None,
        "GeoNames ID": str(where.geonameid) if where and where.geonameid is not None else None,
        "Raw Placename": bare(where.extracted_place) if where and known else None,
        "Feature Type": bare(where.feature_class) if where else None,
        "Source": bare(event.text_info.document).removesuffix(name).rstrip(),
        "Version": bare(event.coder.removeprefix("polecat ")),
    }
    yield "\t".join(cells.get(c) or "None" for c in COLUMNS) + "\n"


def _cells(who: str, entities: tuple[Entity, ...]) -> dict[str, str | None]:
    if not entities:
        return {}
    sectors = dict.fromkeys(s for e in entities for s in (e.sector, *e.other_sectors) if s)
    return {
        f"{who} Name": _list(e.name for e in entities),
        f"{who} Country": _list(e.code for e in entities),
        f"Primary {who} Sector": _list(e.sector for e in entities),
        f"{who} Sectors": "; ".join(sectors) or None,
        f"{who} Title": _list(e.office for e in entities),
        f"{who} Name Raw": _list(e.entity_text for e in entities),
        f"Wikipedia {who} ID": _list(e.identifier_id for e in entities),
    }


def _list(values: Iterator[str | None]) -> str:
    """The values in order, None where one is missing, so that the lists of a role stay side by side."""
    return "; ".join(bare(v).replace(";", ",") or "None" if v else "None" for v in values)
