"""A run's events → its stories, kept in the store. The same events give the same bytes, however they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from detente.records import Match, Story
from detente.store import Store
from detente.stories import Facts, Matcher, StoryIndex, Told, reports
from detente.stories.meaning import packaged
from detente.stories.merged import merged
from detente.stories.report import HEAD

AT_ONCE = 2_000
"""Stories merged at once: their events are read from the store together."""

_FACTS = """
SELECT e.document, d.published, d.publication, d.copy_of
FROM (SELECT DISTINCT document FROM events) e LEFT JOIN documents d ON d."id" = e.document
ORDER BY d.published NULLS LAST, e.document
"""

_HEADS = """
SELECT "id", concat_ws(chr(10), title, left("text", ?)) FROM documents WHERE "id" IN (SELECT unnest(?::VARCHAR[]))
"""


class Matched(msgspec.Struct, frozen=True):
    """How many events became how many stories, and how many of these several documents tell."""

    events: int
    stories: int
    shared: int


def match(store: Store, matcher: Matcher | None = None) -> Matched:
    """The stories of the run that the store shows, told anew from all its events and kept in place of what was there.

    A document's copies are reports, but one source with it. An imported event has no document, so that its publisher is unknown.
    `matcher` is another than the packaged one.

    Raises:
        StoreProblem: Another program is writing, or the store cannot be written.
        BadSetting: The store has no run, or two events carry one id.
    """
    run = store.newest()
    facts = {row[0]: Facts(document=row[0], published=row[1], publication=row[2], copy_of=row[3]) for row in store.query(_FACTS).iter_rows()}
    joins: dict[str, list[tuple[str, Match | None]]] = {}
    index = StoryIndex(matcher)
    for documents in _whole_days(facts.values()):
        told = _told(store, documents, facts)
        for join in index.add(report for same in told for report in reports([t.event for t in same], same[0].facts, packaged())):
            joins.setdefault(join.story, []).append((join.event, join.match))
    counts: Counter[str] = Counter()
    store.write_stories(run, _counted(_merged(store, joins, facts), counts))
    return Matched(counts["reports"], counts["stories"], counts["shared"])


def _whole_days(facts: Iterable[Facts]) -> Iterator[list[str]]:
    """Documents in the order of their days, some days at a time: those of one day must be matched together."""
    some: list[str] = []
    for _, day in groupby(facts, key=lambda f: f.published):
        some += (f.document for f in day)
        if len(some) >= AT_ONCE // 4:
            yield some
            some = []
    yield some


def _told(store: Store, documents: list[str], facts: dict[str, Facts]) -> Iterator[list[Told]]:
    """The events of these documents, document after document, with what stands around them."""
    heads = dict(store.query(_HEADS, [HEAD, documents]).iter_rows())
    found = store.events_where("document", documents)
    for name, events in groupby(sorted(found, key=lambda e: (e.text_info.document, e.id)), key=lambda e: e.text_info.document):
        known = msgspec.structs.replace(facts[name], text=heads.get(name))
        yield [Told(event, known) for event in events]


def _merged(store: Store, joins: dict[str, list[tuple[str, Match | None]]], facts: dict[str, Facts]) -> Iterator[Story]:
    names = list(joins)
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        ids = [event for story in some for event, _ in joins[story]]
        events = {event.id: event for event in store.events_where("id", ids)}
        for story in some:
            told = [Told(events[name], facts[events[name].text_info.document]) for name, _ in joins[story]]
            yield merged(story, told, [why for _, why in joins[story] if why is not None])


def _counted(stories: Iterable[Story], counts: Counter[str]) -> Iterator[Story]:
    for story in stories:
        counts["stories"] += 1
        counts["reports"] += len(story.reports)
        counts["shared"] += len(story.documents) > 1
        yield story
