"""Tables that are no news but event data, which somebody has coded already: known by their header, or by the shape of their first row."""

from __future__ import annotations

import re
from collections.abc import Sequence

_IMPORT = "detente import {path} --format "
_RELATION = "detente relation A B --events {path}"

_HEADERS: tuple[tuple[str, frozenset[str], str], ...] = (
    ("ICEWS", frozenset({"event date", "cameo code"}), _IMPORT + "icews"),
    ("POLECAT", frozenset({"event id", "event date", "event type"}), _IMPORT + "polecat"),
    ("GDELT", frozenset({"globaleventid", "eventcode"}), _IMPORT + "gdelt"),
    ("Phoenix", frozenset({"eventid", "eventcode"}), _IMPORT + "phoenix"),
    ("Phoenix", frozenset({"eid", "story_date", "code"}), _IMPORT + "phoenix"),
    ("ACLED", frozenset({"event_id_cnty", "event_date", "sub_event_type"}), _IMPORT + "acled"),
    ("the records of `detente read`", frozenset({"id", "text_info"}), _IMPORT + "detente"),
    ("the events of `detente read`", frozenset({"quad_code", "event_scale", "actor", "recipient"}), _RELATION),
    ("a table of events", frozenset({"day", "source", "target", "type"}), _RELATION),
    ("a table of events", frozenset({"day", "source", "target", "quad"}), _RELATION),
)
"""Whose data it is, the columns by which the importers know it, and the command that takes it. A test holds them to `detente.formats`."""

_BARE = {20: "icews", 26: "phoenix", 57: "gdelt", 58: "gdelt", 61: "gdelt"}
"""Columns of a file without header, which begins with a number and a day."""

_DAY = re.compile(r"\d{4}-?\d\d-?\d\d\b")


def coded_already(header: Sequence[str]) -> str | None:
    """What the table is, and the command that takes it, with {path} for the file; None for one that may hold texts.

    Args:
        header: The cells of the first line, or the keys of the first object.
    """
    names = {cell.strip().lower() for cell in header}
    for whose, columns, command in _HEADERS:
        if columns <= names:
            return f"{whose}; take it in with `{command}`"
    if (bare := _BARE.get(len(header))) and header[0].strip().isdecimal() and _DAY.match(header[1].strip()):
        return f"event data without a header; take it in with `{_IMPORT}{bare}`"
    return None
