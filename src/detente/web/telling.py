"""Stories: which there are, and one with its reports side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from detente.records import Event, Story
from detente.review.known import Paper
from detente.review.standing import from_reports
from detente.web import marking
from detente.web.finding import seen
from detente.web.paging import NotThere, Page, cursor, page
from detente.web.shapes import Report, Seen, StoriesAsked, StoryAnswer, StoryBrief, Told
from detente.web.tales import Which

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
    """Stories, those seen last first: of a pair, of some days, that at least so many documents tell. One whose every report people rejected is left out.

    Raises:
        BadSetting: A day or the cursor is none.
    """
    behind = cursor(asked.after, tuple[str, str], ("9999", ""))

    def found() -> Page:
        told = desk.tales.newest(_which(desk, asked), behind=behind, limit=asked.limit + 1)
        return page([(brief(desk, one), place) for one, place in told], asked.limit)

    kept: Page = desk.kept(("stories", asked), found)
    return kept


def counted(desk: Desk, asked: StoriesAsked) -> int | None:
    """How many stories that list has, from its beginning to its end; None where none were told.

    Raises:
        BadSetting: A day is none.
    """
    return desk.tales.counted(_which(desk, asked)) if desk.tales.told else None


def _which(desk: Desk, asked: StoriesAsked) -> Which:
    def gone() -> tuple[int, ...]:
        return desk.tales.wholly({event for event, ruling in desk.rulings.of.items() if ruling["state"] == "rejected"})

    a, _, b = (asked.pair or "").upper().partition("-")
    pair = (a, b) if asked.pair else None
    return Which(asked.least, asked.disputed, pair, asked.since, asked.until, without=desk.kept("stories gone", gone))


def brief(desk: Desk, story: Story) -> StoryBrief:
    """The story in short, as it stands after people."""
    told = after_people(desk, story)
    return StoryBrief(
        id=told.id, event=told.event, documents=len(told.documents), sources=len(told.sources), first_seen=told.first_seen, last_seen=told.last_seen,
        disputed=[f"{dispute.about}: {' or '.join(version.value for version in dispute.versions)}" for dispute in told.disputed],
    )  # fmt: skip


def after_people(desk: Desk, told: Story) -> Story:
    """The story of its reports as they stand after people; one that nobody changed, or whose every report is rejected, is as it was told."""
    return _anew(told, seen(desk, _ranks(desk, told)), _papers(desk, told)) if _is_changed(desk, told) else told


def _is_changed(desk: Desk, told: Story) -> bool:
    changed: frozenset[str] = desk.kept("changed by people", lambda: frozenset(desk.rulings.changed))
    return not changed.isdisjoint(told.reports)


def _anew(told: Story, every: list[Seen], papers: dict[str, Paper]) -> Story:
    standing = [one["event"] for one in every if not _is_rejected(one)]
    return from_reports(told.id, standing, papers, told.matches) if standing else told


def _ranks(desk: Desk, told: Story) -> list[int]:
    return [rank for name in told.reports if (rank := desk.index.rank_of("event", name)) is not None]


def _is_rejected(one: Seen) -> bool:
    return one["ruling"] is not None and one["ruling"]["state"] == "rejected"


def _papers(desk: Desk, told: Story) -> dict[str, Paper]:
    rows = (row for name in told.documents if (row := _paper(desk, name)))
    return {row["id"]: Paper(*(row[field] for field in Paper._fields)) for row in rows}


def story_of(desk: Desk, event: str) -> str | None:
    """The id of the story that an event belongs to."""
    return desk.tales.story_of(event)


def story(desk: Desk, id: str) -> StoryAnswer:
    """A story with every report, what all of them that people did not reject tell, and what they tell differently.

    Raises:
        NotThere: The run has no such story.
    """

    def made() -> StoryAnswer:
        told = desk.tales.story(id)
        if told is None:
            raise NotThere("story", id, "the run that is shown has none of that name; `detente stories --store DIR` makes the stories of a store")
        papers = _papers(desk, told)
        why = {match.ours: match for match in told.matches}
        reports = []
        for one in seen(desk, _ranks(desk, told)):
            paper, match = papers.get(one["event"].text_info.document, Paper()), why.get(one["event"].id)
            reports.append(Report(seen=one, publication=paper.publication, copy_of=paper.copy_of, score=None if match is None else match.score, why=None if match is None else match.why))
        agreed, differing = _compared([report["seen"]["event"] for report in reports if not _is_rejected(report["seen"])])
        now = _anew(told, [report["seen"] for report in reports], papers) if _is_changed(desk, told) else told
        return StoryAnswer(story=now, reports=reports, agreed=agreed, differing=differing)

    answer: StoryAnswer = desk.kept(("story", id), made)
    return answer


def _paper(desk: Desk, document: str) -> dict[str, Any] | None:
    rank = desk.index.rank_of("document", document)
    return None if rank is None else next(iter(desk.ask('SELECT "id", published, publication, copy_of FROM papers WHERE rank = ?', [rank])), None)


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
