"""The events and stories of a store that stand after people: rejected ones are gone, corrected ones as they were corrected, marked ones there."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from detente.errors import BadSetting
from detente.frames import event_row
from detente.records import Event, Match, Story
from detente.review.correcting import ruled
from detente.review.known import Known, Paper
from detente.review.rulings import Rulings, rulings
from detente.store import Store
from detente.store.asking import Wanted, is_wanted

if TYPE_CHECKING:
    import polars

ORDER = ("date", "document", "start", "id")
"""Columns by which events are put in order; a day that nobody knows comes last."""


class Judged(NamedTuple):
    """An event that people changed: what the program said, None where it had missed it; what stands, None where people rejected it."""

    before: Event | None
    now: Event | None


class Retold(NamedTuple):
    """A story with a report that people changed: as the program told it, and as what is left of its reports tells it, None where nothing is left."""

    before: Story
    now: Story | None


class Changes(NamedTuple):
    """How many events an answer lacks, shows otherwise, or has because of what people said.

    `moved` are those that are wanted as the program told them, and not as people corrected them.
    """

    rejected: int = 0
    moved: int = 0
    corrected: int = 0
    added: int = 0


class Reviewed:
    """A store as it stands after people, at the moment when it is made; of events that nobody judged, what the program said.

    `judged` has the events that people changed, by their ids.
    """

    def __init__(self, store: Store, found: Rulings | None = None, *, known: Known | None = None, as_coded: bool = False) -> None:
        """Lay what people said over a store.

        Args:
            store: Whose events.
            found: What people said, if it is known already.
            known: What stands around it, if somebody has looked some of it up.
            as_coded: Leave out what people said.

        Raises:
            StoreProblem: The ledger, or a part of the store, is damaged.
        """
        self.store = store
        self.rulings, self.judged = Rulings({}, ()), dict[str, Judged]()
        if as_coded or not (store.judgements() if found is None else found.of):
            return
        self._known = known or Known(store)
        self.rulings = rulings(store, self._known) if found is None else found
        changed, added = set(self.rulings.changed), self.rulings.added
        before = self._known.events(sorted(changed - added.keys()))
        for name in sorted({*before, *added}):
            event, ruling = before.get(name) or added[name], self.rulings.of[name]
            self.judged[name] = Judged(before.get(name), None if ruling["state"] == "rejected" else ruled(event, ruling))

    # --- events ------------------------------------------------------------------------------------------

    def events(self, wanted: Wanted | None = None, **fields: Any) -> polars.DataFrame:
        """Events by pair, days, type and status, as `Store.events`; corrected ones are found by what they are now.

        Args:
            wanted: Which; or its fields by name, such as `actor="USA", recipient="CHN", since="2023-01"`.
            **fields: Fields of `Wanted`.

        Raises:
            BadSetting: A day is none.
        """
        import polars

        told = Wanted(**fields) if wanted is None else wanted
        frame = self.store.events(self._widened(told))
        if not self.judged:
            return frame
        rows = [{"run": self.store.run, **event_row(event), "story": event.story} for event in self._said(told)]
        kept = frame.filter(~polars.col("id").is_in(list(self.judged)))
        if rows:
            kept = polars.concat([kept, polars.DataFrame(rows, schema=frame.schema)]).sort(ORDER, nulls_last=True)
        return kept if told.limit is None else kept.head(told.limit)

    def records(self, wanted: Wanted | None = None, **fields: Any) -> Iterator[Event]:
        """The same events as records.

        Raises:
            BadSetting: A day is none.
        """
        told = Wanted(**fields) if wanted is None else wanted
        others = (event for event in self.store.records(self._widened(told)) if event.id not in self.judged)
        return islice(heapq.merge(others, sorted(self._said(told), key=_place), key=_place), told.limit)

    def unsaid(self, wanted: Wanted) -> int:
        """Events that a least confidence leaves out only because they tell none, as `Store.unsaid`.

        Raises:
            BadSetting: A day is none.
        """
        found = self.store.unsaid(wanted)
        if not wanted.least > 0:
            return found
        anyhow = msgspec.structs.replace(wanted, least=0.0)

        def silent(event: Event | None) -> bool:
            return event is not None and event.confidence is None and is_wanted(event, anyhow)

        return found + sum(silent(now) - silent(before) for before, now in self.judged.values())

    def changed(self, wanted: Wanted) -> Changes:
        """What people changed in the answer to a question for events.

        Raises:
            BadSetting: A day is none.
        """
        rows = self.events(wanted) if self.judged and wanted.limit is not None else None
        last = None if rows is None or rows.height < (wanted.limit or 0) else _place_of(*rows.select(ORDER).row(-1))
        return self.changes(lambda event: is_wanted(event, wanted) and (last is None or _place(event) <= last))

    def changes(self, holds: Callable[[Event], bool]) -> Changes:
        """What people changed in an answer that has the events of which this holds."""
        counts = dict.fromkeys(Changes._fields, 0)
        for before, now in self.judged.values():
            was, stands = before is not None and holds(before), now is not None and holds(now)
            if was and now is None:
                counts["rejected"] += 1
            elif was and not stands:
                counts["moved"] += 1
            elif stands:
                counts["corrected" if before is not None else "added"] += 1
        return Changes(**counts)

    def _said(self, wanted: Wanted) -> Iterator[Event]:
        """Those of the judged events that stand and are wanted."""
        return (now for _, now in self.judged.values() if now is not None and is_wanted(now, wanted))

    def _widened(self, wanted: Wanted) -> Wanted:
        """So many more that enough are left when all that people changed has been taken out."""
        return wanted if wanted.limit is None else msgspec.structs.replace(wanted, limit=wanted.limit + len(self.judged))

    # --- stories -----------------------------------------------------------------------------------------

    @cached_property
    def retold(self) -> dict[str, Retold]:
        """Stories with a report that people changed."""
        if not self.judged:
            return {}
        joined = self._known.joined(self.judged)
        return {name: Retold(story, self._anew(story)) for name, story in self._known.stories(sorted(set(joined.values()))).items()}

    def stories(self, *, least: int = 1) -> Iterator[Story]:
        """Stories that at least so many documents tell, those told by most first, as `Store.stories`; one whose every report people rejected is left out."""
        told = self.store.stories(least=least)
        if not self.retold:
            return told
        standing = (self.retold[story.id].now if story.id in self.retold else story for story in told)
        left = [story for story in standing if story is not None and len(story.documents) >= least]
        return iter(sorted(left, key=lambda s: (-len(s.documents), s.first_seen is None, s.first_seen or "", s.id)))

    def story(self, id: str) -> Story:
        """One story.

        Raises:
            BadSetting: The run has no such story, or people rejected all its reports.
        """
        story = self.retold[id].now if id in self.retold else self.store.story(id)
        if story is None:
            raise BadSetting("story", id, "people rejected every report of it; --as-coded shows it as the program told it")
        return story

    def reports(self, story: Story) -> list[Event]:
        """What stands of the events of a story."""
        return self._standing(self._known.events(story.reports).values() if story.id in self.retold else self.store.events_where("id", story.reports))

    def papers(self, documents: Iterable[str]) -> dict[str, Paper]:
        """What is known of these documents, and of those that they copy, over any number of copies."""
        found, asked = dict[str, Paper](), set(documents)
        while asked:
            found |= self._known.papers(sorted(asked))
            asked = {paper.copy_of for paper in found.values() if paper.copy_of is not None} - found.keys() - asked
        return found

    def _standing(self, coded: Iterable[Event]) -> list[Event]:
        """What stands of these events."""
        return [now for event in coded if (now := self.judged[event.id].now if event.id in self.judged else event) is not None]

    def _anew(self, story: Story) -> Story | None:
        left = self._standing(self._known.events(story.reports).values())
        if not left:
            return None
        papers = self._known.papers(event.text_info.document for event in left)
        ids = {event.id for event in left}
        return from_reports(story.id, left, papers, [match for match in story.matches if {match.ours, match.theirs} <= ids])


def from_reports(id: str, reports: Iterable[Event], papers: Mapping[str, Paper], matches: Iterable[Match]) -> Story:
    """The story that these reports tell, with the documents that are known and why each report is one."""
    from detente.stories.merged import Told, merged
    from detente.stories.report import Facts

    told = [Told(event, Facts(document=name, **papers.get(name, Paper())._asdict())) for event in reports for name in (event.text_info.document,)]
    return merged(id, told, matches)


def _place(event: Event) -> tuple[bool, str, str, int, str]:
    return _place_of(event.date, event.text_info.document, event.text_info.start, event.id)


def _place_of(date: str | None, document: str, start: int, id: str) -> tuple[bool, str, str, int, str]:
    """Where an event stands in an answer."""
    return (date is None, date or "", document, start, id)
