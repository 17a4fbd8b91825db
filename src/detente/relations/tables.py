"""Files of events → one checked frame: day, source, target, quad, points, n and the words; what cannot be used is counted."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import polars

from detente.errors import BadSetting
from detente.ontology import PLOVER, Ontology
from detente.ontology.plover import AHEAD
from detente.records import Entity, Event

SCHEMA = polars.Schema({
    "day": polars.Date(), "source": polars.String(), "target": polars.String(), "quad": polars.Int8(), "points": polars.Float64(),
    "n": polars.Float64(), "status": polars.String(), "type": polars.String(), "id": polars.String(), "text": polars.String(),
    "origins": polars.List(polars.UInt64),
})  # fmt: skip
"""Columns of every frame of events that this module gives out. `id`, `type` and `text` are None where nobody told; `origins` are hashes
of the documents that tell it, each by itself, and None where nobody told: then each report counts as a document of its own."""

LONGEST_SPAN = 7
"""Days. An event known to no better than this stands at its first day; one known worse has no day for our purpose."""

QUADS = {"words-cooperation": 1, "deeds-cooperation": 2, "words-conflict": 3, "deeds-conflict": 4}
"""The four classes: words or deeds, cooperation or conflict; PLOVER's quad classes."""

OWN = ("date", "actor", "recipient", "event", "quad_code")
"""Columns by which a table of `detente read` is known."""


class Events(NamedTuple):
    """Events to build on; `refused` counts, by reason, the rows that were not used, and `notes` tells what a reader should know."""

    frame: polars.DataFrame
    refused: dict[str, int]
    notes: tuple[str, ...] = ()


def read_events(path: str, *, statuses: Iterable[str] = ("actual",), ontology: Ontology = PLOVER, today: dt.date | None = None) -> Events:
    """The events of a Parquet, CSV or JSONL file; "-" is JSONL or CSV on standard input.

    The file has the columns day, source, target, type or quad, and may have points, n, status, id, text, document; or it is what
    `detente read` wrote.

    Args:
        path: The file.
        statuses: Which events count: actual, future, hypothetical, negated.
        ontology: Gives points to types, and quad classes.
        today: What is told to have happened after the day that follows this one is refused; the clock's, UTC, when None.

    Raises:
        BadSetting: The file cannot be read, or lacks a column.
    """
    try:
        frame = _table(path)
    except OSError as error:
        raise BadSetting("--events", path, f"it cannot be read: {error.strerror or error}") from error
    except (polars.exceptions.PolarsError, msgspec.DecodeError, UnicodeDecodeError) as error:
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadSetting("--events", path, f"it must be Parquet, CSV or JSONL of events: {told}") from error
    return checked(frame, where=path, statuses=statuses, ontology=ontology, today=today or dt.datetime.now(tz=dt.UTC).date())


def checked(
    frame: polars.DataFrame, *, where: str = "events", statuses: Iterable[str] = ("actual",), ontology: Ontology = PLOVER, today: dt.date | None = None
) -> Events:
    """The rows that can be used, `in_order`; in = out + refused. Without `today` nothing is too late.

    Raises:
        BadSetting: A column is missing.
    """
    if set(OWN) <= set(frame.columns):
        frame = _of_own(frame)
    missing = [name for name in ("day", "source", "target") if name not in frame.columns]
    missing += [] if {"type", "quad"} & set(frame.columns) else ["type or quad"]
    if missing:
        rule = f"it has no column {', '.join(missing)}; events need day, source, target and type or quad (docs/relations.md)"
        raise BadSetting("--events", where, rule)
    typed = _typed(frame, ontology)
    reasons = typed.select(_reason(tuple(statuses), today or dt.date.max).alias("reason"))["reason"]
    refused = Counter({str(k): int(v) for k, v in reasons.drop_nulls().value_counts().iter_rows()})
    kept = typed.filter(reasons.is_null())
    named = kept.filter(polars.col("id").is_not_null())
    once = named.unique(subset=["id", "source", "target"], keep="first", maintain_order=True)
    refused += Counter({"same id": named.height - once.height})
    nameless = kept.filter(polars.col("id").is_null())
    twice = nameless.height - nameless.unique().height
    told = f"{twice} rows are like another in every column and count as events of their own; a column `id` would tell them apart"
    frame = in_order(polars.concat([once, nameless]))
    return Events(frame, dict(sorted(refused.items())), (told,) if twice else ())


def in_order(frame: polars.DataFrame) -> polars.DataFrame:
    """The rows by day, pair, class and id: however a file or a query has them, the same sums, and the same first among equals.

    Sums of shares such as 1/3 differ in their last bits with the order, and DuckDB's threads give rows in any. Rows without an id,
    which only files have, stay in the file's order.
    """
    return frame.sort("day", "source", "target", "quad", "id", maintain_order=True)


def rows_of(events: Iterable[Event]) -> polars.DataFrame:
    """Our own records as a frame for `checked`: a row for each pair of codes, both ways when the act is mutual."""
    return _of_rows([row for event in events for row in _rows_of(event)])


def origins_of(document: polars.Expr) -> polars.Expr:
    """The column `origins` of events that one document tells."""
    return polars.when(document.is_not_null()).then(polars.concat_list(document.hash()))


def _of_rows(rows: list[dict[str, Any]]) -> polars.DataFrame:
    told = {name: kind for name, kind in SCHEMA.items() if name != "origins"}
    frame = polars.DataFrame(rows, schema={**told, "day": polars.String(), "document": polars.String()})
    return frame.with_columns(origins_of(polars.col("document")).alias("origins")).select(SCHEMA.names())


def _rows_of(event: Event) -> Iterator[dict[str, Any]]:
    sources, targets = _codes(event.actor), _codes(event.recipient)
    if event.reciprocal and not event.recipient:
        pairs = list(itertools.permutations(sources, 2)) or [(None, None)]
    else:
        pairs = list(itertools.product(sources or [None], targets or [None]))
        pairs += [(b, a) for a, b in pairs] if event.reciprocal else []
    day = _sure_day(event.date, event.enddate)
    # an event among many states is one happening told once: its weight is shared out among the pairs, each way a whole
    share = 1.0 / max(1, len(pairs) // 2 if event.reciprocal else len(pairs))
    for source, target in pairs:
        yield {
            "day": day, "source": source, "target": target, "quad": event.quad_code, "points": event.event_scale, "n": share,
            "status": event.status, "type": event.event[0], "id": event.id, "text": event.text, "document": event.text_info.document,
        }  # fmt: skip


def _codes(entities: Iterable[Entity]) -> list[str | None]:
    return list(dict.fromkeys(e.code for e in entities))


def _sure_day(first: str | None, last: str | None) -> str | None:
    """The first day, or None when the days of doubt are more than `LONGEST_SPAN`."""
    if first is None:
        return None
    days = (dt.date.fromisoformat(last or first) - dt.date.fromisoformat(first)).days
    return first if days < LONGEST_SPAN else None


def _table(path: str) -> polars.DataFrame:
    raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    if not raw.strip():
        raise BadSetting("--events", path, "it is empty; `detente read FILE --format jsonl` writes events")
    if raw[:4] == b"PAR1":
        return polars.read_parquet(io.BytesIO(raw))
    if raw.lstrip()[:1] == b"{":
        return _of_lines(raw, path)
    return polars.read_csv(io.BytesIO(raw), infer_schema=False)


class _Head(msgspec.Struct):
    """How a line of our own records is told from others."""

    event: Any = None
    text_info: Any = None
    speaker: Any = msgspec.UNSET
    check: Any = msgspec.UNSET


def _of_lines(raw: bytes, path: str) -> polars.DataFrame:
    """Lines of JSON: our own events (quotes and checks between them are passed over), or plain objects with the columns."""
    lines = [line for line in raw.splitlines() if line.strip()]
    if not any(msgspec.json.decode(line, type=_Head).text_info is not None for line in lines[:1]):
        return polars.read_ndjson(io.BytesIO(raw), infer_schema_length=None)
    events, decoder = [], msgspec.json.Decoder(Event)
    for number, line in enumerate(lines, 1):
        head = msgspec.json.decode(line, type=_Head)
        if head.speaker is not msgspec.UNSET or head.check is not msgspec.UNSET:
            continue
        try:
            events.append(decoder.decode(line))
        except msgspec.DecodeError as error:
            raise BadSetting("--events", f"{path}:{number}", f"it is no event record: {error}") from error
    return rows_of(events)


def _of_own(frame: polars.DataFrame) -> polars.DataFrame:
    """What `detente read --format csv` or parquet wrote, a row for each pair of codes."""
    rows = []
    for row in frame.iter_rows(named=True):
        sources, targets = _cell(row["actor"]), _cell(row["recipient"])
        mutual = str(row.get("reciprocal")).lower() == "true"
        if mutual and targets == [None]:
            pairs = list(itertools.permutations(sources, 2)) or [(None, None)]
        else:
            pairs = list(itertools.product(sources, targets))
            pairs += [(b, a) for a, b in pairs] if mutual else []
        share = 1.0 / max(1, len(pairs) // 2 if mutual else len(pairs))
        for source, target in pairs:
            rows.append({
                "day": _sure_day(row["date"], row.get("enddate")), "source": source, "target": target,
                "quad": int(row["quad_code"]), "points": float(row["event_scale"]), "n": share, "status": row.get("status"),
                "type": str(row["event"]).partition("|")[0], "id": row.get("id"), "text": row.get("text"), "document": row.get("document"),
            })  # fmt: skip
    return _of_rows(rows)


def _cell(words: str | None) -> list[str | None]:
    return list(dict.fromkeys(part or None for part in (words or "").split("|")))


def _typed(frame: polars.DataFrame, ontology: Ontology) -> polars.DataFrame:
    """The columns of `SCHEMA` and no others; what does not fit its type is None."""
    given = frame.columns
    columns = {
        name: polars.col(name).cast(kind, strict=False) if name in given else polars.lit(None, kind)
        for name, kind in SCHEMA.items()
    }
    if frame.schema.get("origins") != SCHEMA["origins"]:
        columns["origins"] = origins_of(polars.col("document").cast(polars.String)) if "document" in given else polars.lit(None, SCHEMA["origins"])
    if "day" in given and frame.schema["day"] == polars.String:
        columns["day"] = polars.col("day").str.to_date("%Y-%m-%d", strict=False)
    words = polars.col("type").cast(polars.String).str.strip_chars() if "type" in given else polars.lit(None, polars.String)
    quads = {name: kind.quad for name, kind in ontology.types.items()}
    scores = {name: kind.score for name, kind in ontology.types.items()}
    mean = {quad: sum(s for n, s in scores.items() if quads[n] == quad) / list(quads.values()).count(quad) for quad in QUADS.values()}
    quad = polars.coalesce(columns["quad"], words.replace_strict(quads, default=None, return_dtype=polars.Int8))
    columns |= {
        "quad": quad,
        "type": words,
        # points: as given, else the type's, else the mean of the types of the class
        "points": polars.coalesce(
            columns["points"],
            words.replace_strict(scores, default=None, return_dtype=polars.Float64),
            quad.replace_strict(mean, default=None, return_dtype=polars.Float64),
        ),
        "n": polars.coalesce(columns["n"], polars.lit(1.0)),
        "status": polars.coalesce(columns["status"], polars.lit("actual")),
        "source": columns["source"].str.strip_chars().str.to_uppercase().replace("", None),
        "target": columns["target"].str.strip_chars().str.to_uppercase().replace("", None),
    }
    return frame.select(columns[name].alias(name) for name in SCHEMA)


def _reason(statuses: tuple[str, ...], today: dt.date) -> polars.Expr:
    """Why a row is not used, None when it is; the first reason that holds."""
    col = polars.col
    rules = [
        ("another status", ~col("status").is_in(statuses)),
        ("no day", col("day").is_null()),
        # tomorrow has begun east of UTC; what is planned or supposed may lie ahead
        ("future-date", (col("day") - polars.duration(days=1) > today) & ~col("status").is_in(AHEAD)),
        ("no source", col("source").is_null()),
        ("no target", col("target").is_null()),
        ("within one state", col("source") == col("target")),
        ("unknown type or quad", col("quad").is_null() | ~col("quad").is_between(1, 4)),
        ("n not above 0", ~(col("n") > 0) | col("n").is_infinite()),
        ("points no number", col("points").is_null() | ~col("points").is_finite()),
    ]
    reason = polars.lit(None, polars.String)
    for name, holds in reversed(rules):
        reason = polars.when(holds).then(polars.lit(name)).otherwise(reason)
    return reason


__all__ = ["QUADS", "SCHEMA", "Events", "checked", "in_order", "origins_of", "read_events", "rows_of"]
