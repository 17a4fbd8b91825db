"""ICEWS coded event data, weekly and yearly files (Harvard Dataverse, doi:10.7910/DVN/28075): tab-separated, 20 columns with a header.

Known faults are repaired, and each repair is counted: tabs and line breaks inside names, stray quotes, columns of nothing at the end,
codes without their leading zero, names instead of codes, lines that are not UTF-8.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from detente.errors import BadInput
from detente.formats.cameo import MAP_VERSION, code_of, names, parent_used, plover_of
from detente.formats.making import day, kept, made, number, place
from detente.formats.outgoing import Pair, bare, cameo_code, hashed, pairs, rounded
from detente.formats.parties import country_name, country_named, icews_sector, of_icews
from detente.formats.rows import Line, Lines, bad, word
from detente.records import Entity, Event, EventLocation, Refused

COLUMNS = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code", "Intensity",
    "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher", "City", "District", "Province",
    "Country", "Latitude", "Longitude",
)  # fmt: skip
_WIDTH = len(COLUMNS)
_MOST_BROKEN = 10  # lines that one record may be broken into; more is no record
_BEGINS = re.compile(r'"?\d+"?\t"?\d{4}-\d\d-\d\d')
_NUMBER = re.compile(r"-?\d{1,3}(\.\d+)?$")
_WHOLE = re.compile(r"\d+$")


def events(rows: Lines, remarks: Counter[str]) -> Iterator[Event | Refused]:
    """The events of an ICEWS file. A file without header is read by position."""
    order: list[int] | None = None
    for record in _joined(rows, remarks):
        if isinstance(record, Refused):
            yield record
            continue
        cells = record.text.split("\t")
        if order is None:
            if at := _header(record.text):
                order = [at.get(c.lower(), -1) for c in COLUMNS]
                continue
            order = list(range(_WIDTH))
            remarks["no-header"] += 1
        try:
            yield _record(_whole(cells, order, remarks), remarks)
        except BadInput as error:
            yield record.refused(error.reason, error.detail)


def begins(line: Line) -> bool:
    """Whether a file with this first line is one of ICEWS, with its header or without."""
    return _header(line.text) is not None or (line.text.count("\t") >= _WIDTH - 1 and _BEGINS.match(line.text) is not None)


def _header(text: str) -> dict[str, int] | None:
    """Columns by name, in small letters, when the line names them."""
    at = {c.strip().strip('"').lower(): i for i, c in enumerate(text.split("\t"))}
    return at if {"event date", "cameo code"} <= at.keys() else None


def _joined(rows: Lines, remarks: Counter[str]) -> Iterator[Line | Refused]:
    """Records: a line that does not begin like one goes on the one before, when that has too few columns."""
    held: Line | None = None
    pieces = 1
    for line in rows:
        if isinstance(line, Refused):
            if held:
                yield held
            held = None
            yield line
        elif held and held.file == line.file and pieces < _MOST_BROKEN and _goes_on(held.text, line.text):
            held = held._replace(text=f"{held.text.rstrip()} {line.text.lstrip(' ')}")
            pieces += 1
            remarks["newline-in-field"] += 1
        else:
            if held:
                yield held
            held, pieces = line, 1
    if held:
        yield held


def _goes_on(before: str, line: str) -> bool:
    short = before.count("\t") < _WIDTH - 1
    return short and before.count("\t") + line.count("\t") <= _WIDTH - 1 and bool(_BEGINS.match(before)) and not _BEGINS.match(line)


def _whole(cells: list[str], order: list[int], remarks: Counter[str]) -> list[str]:
    """The 20 cells of a row in the order of `COLUMNS`, repaired.

    Raises:
        BadInput: `columns`.
    """
    width = max(order) + 1
    if len(cells) > width and not any(c.strip() for c in cells[width:]):
        remarks["empty-columns"] += 1
        cells = cells[:width]
    if len(cells) > width and order == list(range(_WIDTH)):
        cells = _realigned(cells)
        remarks["tab-in-field"] += 1
    if len(cells) != width:
        raise bad("columns", f"the row has {len(cells)} columns, but ICEWS has {width}, and it cannot be told where the tab is too many")
    if any('"' in c for c in cells):
        cells = [_unquoted(c, remarks) for c in cells]
    return [cells[at] if at >= 0 else "" for at in order]


def _realigned(cells: list[str]) -> list[str]:
    """The cells of a row with tabs inside its names, put together again.

    The code and intensity, and the two whole numbers of story and sentence, tell where the names begin and end.

    Raises:
        BadInput: `columns`.
    """
    at = next((i for i in range(6, len(cells) - 12) if _is_code(cells[i]) and _NUMBER.match(cells[i + 1].strip())), None)
    if at is not None:
        story = next((i for i in range(at + 5, len(cells) - 7) if _WHOLE.match(cells[i].strip()) and _WHOLE.match(cells[i + 1].strip())), None)
        if story is not None:
            source, target, publisher = cells[2 : at - 3], cells[at + 2 : story - 2], cells[story + 2 : -6]
            return [
                *cells[:2], " ".join(source), *cells[at - 3 : at + 2], " ".join(target), *cells[story - 2 : story + 2],
                " ".join(publisher), *cells[-6:],
            ]  # fmt: skip
    raise bad("columns", f"the row has {len(cells)} columns, but ICEWS has {_WIDTH}, and it cannot be told where the tab is too many")


def _is_code(cell: str) -> bool:
    """Whether a cell holds a CAMEO code: two to four digits."""
    written = cell.strip().strip('"')
    return 2 <= len(written) <= 4 and written.isascii() and written.isdigit()


def _unquoted(cell: str, remarks: Counter[str]) -> str:
    """The cell without quotes around it; doubled and escaped quotes inside become one, a lone one at an end goes."""
    if '"' not in cell:
        return cell
    text = cell.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        inside = text[1:-1].replace('""', '"').replace('\\"', '"')
    else:
        inside = text.replace('""', '"').replace('\\"', '"')
        if inside.count('"') % 2:
            inside = inside.removeprefix('"') if inside.startswith('"') else inside.removesuffix('"')
    if inside != cell:
        remarks["stray-quotes"] += 1
    return inside


@lru_cache(maxsize=4096)
def _code(code: str, text: str) -> tuple[str, str | None]:
    """The CAMEO code of a row, and the repair that it took.

    ICEWS leaves no zero off, but files that went through a spreadsheet did: 42 is 042, and 14 may be 014 or 14, which the name tells.

    Raises:
        BadInput: `unknown-code`.
    """
    written = code.strip()
    named = code_of(text)
    if written in names() or (written.isdigit() and len(written) == 4 and written[:3] in names()):
        if named is not None and named != written and named.lstrip("0") == written.lstrip("0"):
            return named, "leading-zero"
        return written, None
    if named is not None:
        return named, "leading-zero" if named.lstrip("0") == written else "code-from-name"
    if (by_name := code_of(written)) is not None:
        return by_name, "code-from-name"
    if f"0{written}" in names() and not (len(written) == 2 and written[0] in "12"):  # 10 to 20 are roots
        return f"0{written}", "leading-zero"
    plover_of(written)  # raises what the code breaks; a root of two digits stands
    return written, None


def _record(cells: list[str], remarks: Counter[str]) -> Event:
    number_of, date, s_name, s_sectors, s_country, text, cameo, _, t_name, t_sectors, t_country, story, sentence, *rest = cells
    code, repair = _code(cameo, text)
    if repair:
        remarks[repair] += 1
    coding = plover_of(code)
    if parent_used(code):
        remarks["parent-code"] += 1
    when = day(date)
    if word(number_of) is None:
        raise bad("no-id", "Event ID is empty")
    at = number(sentence)
    return made(
        id=f"icews-{number_of.strip()}-{when.replace('-', '')}",  # the number alone is not unique: 145,312 stand for two events
        date=when,
        kind=coding.type,
        mode=() if coding.mode is None else (coding.mode,),
        context=coding.contexts,
        actor=kept(of_icews(word(s_name), word(s_sectors), word(s_country)), remarks),
        recipient=kept(of_icews(word(t_name), word(t_sectors), word(t_country)), remarks),
        coder=f"icews; cameo {code}; {MAP_VERSION}",
        document=f"icews-story-{story.strip()}" if word(story) else f"icews-{number_of.strip()}",
        sequence=int(at) - 1 if at is not None and at >= 1 else 0,
        where=_place(rest[1:], remarks),
    )


def _place(cells: list[str], remarks: Counter[str]) -> EventLocation | None:
    city, district, province, country, lat, lon = (word(c) for c in cells)
    named = ", ".join(part for part in (city, district, province) if part) or None
    code = country_named(country) if country else None
    if country and code is None:
        remarks["country-unknown"] += 1
    known = city or district or province  # the coordinates of a country alone are its middle
    return place(named or country, country=code, lat=number(lat) if lat and known else None, lon=number(lon) if lon and known else None)


# --- out -----------------------------------------------------------------------------------------


def written(event: Event) -> Iterator[str]:
    """One line of ICEWS's layout for each pair of actor and recipient.

    Raises:
        BadInput: As `outgoing.pairs`.
    """
    for pair in pairs(event):
        yield "\t".join(_cells(event, pair)) + "\n"


def header() -> str:
    """The line of column names."""
    return "\t".join(COLUMNS) + "\n"


def _cells(event: Event, pair: Pair) -> list[str]:
    code = cameo_code(event)
    where = event.event_loc
    story = event.text_info.document.removeprefix("icews-story-")
    known = where is not None and where.resolved_place is not None
    return [
        _number(pair.id, event.date or ""),
        event.date or "",
        *_party(pair.source),
        names().get(code, names().get(code[:3], "")),
        code,
        rounded(event.event_scale),
        *_party(pair.target),
        story if story.isascii() and story.isdigit() else hashed(event.text_info.document, 9),
        str(event.text_info.sequence + 1),
        "",
        bare(where.resolved_place) if where and known else "",
        "",
        "",
        country_name(where.country_code) if where and where.country_code else "",
        rounded(where.lat) if where else "",
        rounded(where.lon) if where else "",
    ]


def _number(id: str, date: str) -> str:
    own = id.removeprefix("icews-").removesuffix(date.replace("-", "")).removesuffix("-")
    return own if own.isascii() and own.isdigit() else hashed(id, 9)


def _party(entity: Entity | None) -> list[str]:
    if entity is None:
        return ["", "", ""]
    sectors = [icews_sector(s) for s in (entity.sector, *entity.other_sectors) if s]
    country = country_name(entity.code) if entity.code else ""
    return [bare(entity.name or entity.entity_text), ",".join(sectors), country]
