"""Stories: which there are, and one with its reports side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from detente.errors import BadSetting
from detente.records import Dispute, Event
from detente.web import marking
from detente.web.finding import seen
from detente.web.paging import NotThere, Page, cursor, page
from detente.web.shapes import Report, StoriesAsked, StoryAnswer, StoryBrief, Told

if TYPE_CHECKING:
    from detente.web.stores import Desk

FIELDS: dict[str, Callable[[Event], str]] = {
    "what": marking.codes,
    "who": lambda event: _codes(event.actor),
    "to whom": lambda event: _codes(event.recipient),
    "whether it happened": lambda event: event.status,
    "when": lambda event: marking.when(event) if event.date else "",
    "where": lambda event: (event.event_loc.resolved_place or event.event_loc.extracted_place) if event.event_loc else "",
    "on whose word": lambda event: marking.entity(event.by) if event.by else "",
}
"""What is laid side by side, as a reader says it; "" is not told."""


def _codes(entities: Any) -> str:
    return ", ".join(sorted({one.code or one.name or one.entity_text for one in entities}))


def stories(desk: Desk, asked: StoriesAsked) -> Page:
    """Stories that at least so many documents tell, those seen last first."""
    begin = cursor(asked.after, tuple[str, str], ("9999", ""))

    def found() -> Page:
        sql = f"""
            SELECT * FROM (SELECT "id", event, len(documents) AS documents, len(sources) AS sources, first_seen, last_seen, disputed, coalesce(last_seen::VARCHAR, '') AS key
            FROM stories WHERE len(documents) >= ? AND (disputed IS NOT NULL OR NOT ?)) WHERE key < ? OR (key = ? AND "id" > ?) ORDER BY key DESC, "id" LIMIT {asked.limit + 1}
        """
        rows = desk.store.query(sql, [asked.least, asked.disputed, begin[0], *begin]).to_dicts()
        return page([(_brief(row), (row["key"], row["id"])) for row in rows], asked.limit)

    kept: Page = desk.kept(("stories", asked), found)
    return kept


def _brief(row: dict[str, Any]) -> StoryBrief:
    disputed = msgspec.json.decode(row["disputed"], type=tuple[Dispute, ...]) if row["disputed"] else ()
    first, last = (row[name] and row[name].isoformat() for name in ("first_seen", "last_seen"))
    return StoryBrief(
        id=row["id"], event=msgspec.json.decode(row["event"], type=Event), documents=row["documents"], sources=row["sources"], first_seen=first, last_seen=last,
        disputed=[f"{dispute.about}: {' or '.join(version.value for version in dispute.versions)}" for dispute in disputed],
    )  # fmt: skip


def story_of(desk: Desk, event: str) -> str | None:
    """The id of the story that an event belongs to."""
    found: str = desk.kept(("story of", event), lambda: desk.store.story_of(event) or "")
    return found or None


def story(desk: Desk, id: str) -> StoryAnswer:
    """A story with every report, what all of them tell, and what they tell differently.

    Raises:
        NotThere: The run has no such story.
    """

    def made() -> StoryAnswer:
        try:
            told = desk.store.story(id)
        except BadSetting as error:
            raise NotThere("story", id, "the run that is shown has none of that name; `detente stories --store DIR` makes the stories of a store") from error
        ranks = [rank for name in told.reports if (rank := desk.index.rank_of("event", name)) is not None]
        papers = {row["id"]: row for name in told.documents if (row := _paper(desk, name))}
        why = {match.ours: match for match in told.matches}
        reports = []
        for one in seen(desk, ranks):
            paper, match = papers.get(one["event"].text_info.document, {}), why.get(one["event"].id)
            reports.append(Report(seen=one, publication=paper.get("publication"), copy_of=paper.get("copy_of"), score=None if match is None else match.score, why=None if match is None else match.why))
        agreed, differing = _compared([report["seen"]["event"] for report in reports])
        return StoryAnswer(story=told, reports=reports, agreed=agreed, differing=differing)

    answer: StoryAnswer = desk.kept(("story", id), made)
    return answer


def _paper(desk: Desk, document: str) -> dict[str, Any] | None:
    rank = desk.index.rank_of("document", document)
    return None if rank is None else next(iter(desk.ask('SELECT "id", publication, copy_of FROM papers WHERE rank = ?', [rank])), None)


def _compared(events: list[Event]) -> tuple[list[Told], list[Told]]:
    """What all events tell that tell anything of it; and each version of what they tell differently, the most frequent first."""
    agreed: list[Told] = []
    differing: list[Told] = []
    for about, say in FIELDS.items():
        versions: dict[str, list[str]] = {}
        for event in events:
            if value := say(event):
                versions.setdefault(value, []).append(event.id)
        told = [Told(about=about, value=value, reports=reports) for value, reports in sorted(versions.items(), key=lambda v: -len(v[1]))]
        (agreed if len(told) == 1 else differing).extend(told)
    return agreed, differing
