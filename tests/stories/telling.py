"""Events written by hand for the matching: who, what, whom, when, in which words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from detente.ontology import PLOVER
from detente.records import Entity, Event, Span, TextInfo
from detente.stories.report import Facts, Report, report

MONDAY = dt.date(2024, 3, 11)
TUESDAY, WEDNESDAY, THURSDAY = (MONDAY + dt.timedelta(n) for n in (1, 2, 3))


def party(code: str | None, words: str | None = None, **more: Any) -> Entity:
    """Somebody who takes part."""
    return Entity(code=code, entity_text=words or code or "somebody", **({"sector": "GOV"} | more))


def event(id: str, type: str, text: str, trigger: str, *, day: dt.date | None = TUESDAY, last: dt.date | None = None, **more: Any) -> Event:
    """An event of document `id` before its last "-"; Kenya to Somalia and told as done unless said."""
    start = text.index(trigger)
    code = PLOVER.kind(type)
    told: dict[str, Any] = {
        "date": day and day.isoformat(), "enddate": (last or day) and (last or day).isoformat(), "date_precision": "unknown" if day is None else "day",  # type: ignore[union-attr]
        "time_text": None if day is None else "that day", "historical": False, "mode": (), "context": (), "status": "actual", "reciprocal": False,
        "actor": (party("KEN"),), "recipient": (party("SOM"),), "event_loc": None, "by": None, "confidence": 0.8, "also": (),
    } | more  # fmt: skip
    info = TextInfo(document=id.rpartition("-")[0], sequence=0, start=0, end=len(text), spans={"trigger": (Span(start, start + len(trigger)),)})
    return Event(
        id=id, event=(type,), quad_code=code.quad, event_scale=code.score, event_text=(trigger,), text=text, text_info=info,
        story=None, coder="detente test", coded_date="2026-11-25", **told,
    )  # fmt: skip


def facts(document: str, published: dt.date | None = WEDNESDAY, **more: Any) -> Facts:
    """What is known of a document."""
    return Facts(document=document, published=published, **more)


def told(id: str, type: str, text: str, trigger: str, *, published: dt.date | None = WEDNESDAY, **more: Any) -> Report:
    """The same as the matching sees it."""
    return report(event(id, type, text, trigger, **more), facts(id.rpartition("-")[0], published))


EXPELLED = told("a-e01", "SANCTION", "Kenya expelled Somalia's ambassador, Abshir Guled, on Tuesday.", "expelled", mode=("expel",))
SENT_HOME = told("b-e01", "SANCTION", "Nairobi sent home ambassador Abshir Guled of Somalia.", "sent home", mode=("expel",))
IN_RETURN = told(
    "c-e01", "SANCTION", "Mogadishu threw out the Kenyan envoy Peter Lokwang in return.", "threw out", mode=("expel",),
    day=WEDNESDAY, published=THURSDAY, actor=(party("SOM"),), recipient=(party("KEN"),),
)  # fmt: skip
ELSEWHERE = told(
    "d-e01", "SANCTION", "Peru expelled two diplomats of Bolivia on Tuesday.", "expelled", mode=("expel",),
    actor=(party("PER"),), recipient=(party("BOL"),),
)  # fmt: skip
