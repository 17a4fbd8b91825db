"""Reports → stories, as they come: each batch is matched with what stands in its blocks, and the likeliest pairs join first.

A pair of stories joins when the mean chance over their reports is above the threshold (average linkage), so that one lucky
pair cannot chain two happenings; more is asked where a document has reports in both. Work grows with the number of reports: a
report is compared with `MOST_FELLOWS` at most.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush
from itertools import groupby
from typing import NamedTuple

from detente.errors import BadSetting
from detente.records import Match
from detente.stories.blocks import blocks, nearby
from detente.stories.match import Matcher
from detente.stories.report import Report

MOST_FELLOWS = 20
"""Stories that a report is compared with, those with most blocks in common."""

MOST_IN_BLOCK = 300
"""A block of more stories tells nothing any more and is not looked through; narrower blocks still find the fellows."""

TWICE = 0.5
"""What is left of the chance that two groups are one when a document has reports in both: a paper tells one happening once."""

EXEMPLARS = 4
"""Reports by which a story is known to the matcher: the first of each document, in the order of their papers."""


class Join(NamedTuple):
    """The story that a report belongs to; `match` is None for the report that founded it."""

    event: str
    story: str
    match: Match | None


class StoryIndex:
    """Takes reports batch after batch and says which story each belongs to.

    What holds: the same batches give the same stories. Inside a batch the order of reports and documents makes no difference. A batch
    is taken apart by the day of the paper; a day's reports see all earlier stories and each other. So documents of one day must come in
    one batch if their order shall not matter; a story once founded keeps its id, is never split, and never joins another.
    """

    def __init__(self, matcher: Matcher | None = None) -> None:
        self.matcher = Matcher() if matcher is None else matcher
        self._known: dict[str, list[Report]] = {}  # story → its exemplars
        self._blocks: dict[str, list[str]] = {}  # block → stories that have a report in it
        self._seen: dict[str, int] = {}  # story → day of its latest paper

    def __len__(self) -> int:
        return len(self._known)

    def add(self, reports: Iterable[Report]) -> list[Join]:
        """Where each report belongs, sorted by the paper's day, document and event.

        Raises:
            BadSetting: Two reports of one day carry the same event id.
        """
        told = sorted(reports, key=_order)
        return [join for _, day in groupby(told, key=lambda r: r.published) for join in self._day(list(day))]

    def forget(self, before: dt.date) -> int:
        """Let go of stories that no paper has told since that day, and say how many; their ids stay theirs."""
        old = {story for story, day in self._seen.items() if day < before.toordinal()}
        for story in old:
            del self._known[story], self._seen[story]
        self._blocks = {b: kept for b, stories in self._blocks.items() if (kept := [s for s in stories if s not in old])}
        return len(old)

    def _day(self, told: list[Report]) -> list[Join]:
        """The reports of one day, joined with each other and with the stories that are known."""
        twice = [event for event, n in Counter(r.event for r in told).items() if n > 1 or event in self._known]
        if twice:
            raise BadSetting("event", min(twice), "two reports, or a report and a story, carry this id; give every document an id of its own")
        groups = Groups(self.matcher, told, self._known)
        pairs = [*self._candidates(told)]
        for ours, theirs in pairs:
            groups.acquaint(ours, theirs)
        for ours, theirs in pairs:
            groups.consider(ours, theirs)
        groups.join()
        joins: list[Join] = []
        for story, members in groups.stories():
            joins += self._keep(story, members, groups)
        return sorted(joins, key=lambda j: groups.place[j.event])

    def _candidates(self, told: list[Report]) -> Iterator[tuple[str, str]]:
        """Pairs of a new report with a story or another new report, each once; new reports go by their event's id."""
        fresh: dict[str, list[str]] = {}
        for report in told:
            for block in blocks(report):
                fresh.setdefault(block, []).append(report.event)
        place = {report.event: k for k, report in enumerate(told)}
        pairs: dict[tuple[str, str], None] = {}
        for report in told:
            hits: Counter[str] = Counter()
            for block in nearby(report):
                for among in (self._blocks.get(block, ()), fresh.get(block, ())):
                    if len(among) <= MOST_IN_BLOCK:
                        hits.update(among)
            del hits[report.event]
            for fellow in sorted(hits, key=lambda f: (-hits[f], f))[:MOST_FELLOWS]:
                swap = fellow in place and place[fellow] < place[report.event]
                pairs[(fellow, report.event) if swap else (report.event, fellow)] = None
        yield from pairs

    def _keep(self, story: str, members: list[Report], groups: Groups) -> Iterator[Join]:
        """Put reports into a story, new or known, and say how each came in."""
        founded = story not in self._known
        exemplars = self._known.setdefault(story, [])
        for k, report in enumerate(members):
            yield Join(report.event, story, None if founded and k == 0 else groups.reason(report, members, story))
        for report in members:
            if len(exemplars) < EXEMPLARS and all(report.document != e.document for e in exemplars):
                exemplars.append(report)
            for block in blocks(report):
                known = self._blocks.setdefault(block, [])
                if len(known) <= MOST_IN_BLOCK and story not in known:
                    known.append(story)
        days = [r.published for r in members if r.published is not None]
        self._seen[story] = max([self._seen.get(story, 0), *days])


class Groups:
    """New reports of one day and the stories they may join: what agrees best joins first, until nothing agrees enough."""

    def __init__(self, matcher: Matcher, told: list[Report], known: dict[str, list[Report]]) -> None:
        self.matcher, self.told, self.known = matcher, {r.event: r for r in told}, known
        self.place = {r.event: k for k, r in enumerate(told)}
        self.root = {r.event: r.event for r in told}  # a group is named by its first report, or by the known story in it
        self.members: dict[str, list[str]] = {r.event: [r.event] for r in told}
        self.fellows: dict[str, set[str]] = {}  # group → groups it may join
        self.alone: dict[tuple[str, str], float] = {}  # pair of events → chance of the pair alone
        self.best: dict[tuple[str, str], float] = {}  # event, other document → best such chance
        self.chances: dict[tuple[str, str], float] = {}
        self.waiting: list[tuple[float, str, str]] = []

    def acquaint(self, ours: str, theirs: str) -> None:
        """Weigh a report with another or with the exemplars of a story, and keep who is the best fellow of whom."""
        report = self.told[ours]
        for fellow in self.known.get(theirs) or [self.told[theirs]]:
            if fellow.document != report.document:
                chance = self._alone(report, fellow)
                for event, document in ((report.event, fellow.document), (fellow.event, report.document)):
                    self.best[event, document] = max(chance, self.best.get((event, document), 0.0))

    def consider(self, ours: str, theirs: str) -> None:
        """Let two groups join if they agree: a report with a report, or with a known story. All must be acquainted before."""
        if theirs not in self.root:
            self.root[theirs] = theirs
            self.members.setdefault(theirs, [])
        self.fellows.setdefault(ours, set()).add(theirs)
        self.fellows.setdefault(theirs, set()).add(ours)
        score = self.linkage(ours, theirs)
        if score >= self.matcher.model.threshold:
            self.waiting.append((-score, min(ours, theirs), max(ours, theirs)))

    def join(self) -> None:
        """Join the pair that agrees best, weigh its neighbours anew, and go on. O(n log n) in the pairs."""
        heapify(self.waiting)
        while self.waiting:
            minus, a, b = heappop(self.waiting)
            if self.root.get(a) != a or self.root.get(b) != b or (a in self.known and b in self.known):
                continue  # one of them stands in another group by now, which was weighed anew
            if -minus != self.linkage(a, b):
                continue  # the pair was weighed anew since
            self._merge(a, b)

    def _merge(self, a: str, b: str) -> None:
        keep, gone = self._elder(a, b)
        for event in self.members[gone]:
            self.root[event] = keep
        self.root[gone] = keep
        self.members[keep] = sorted([*self.members[keep], *self.members.pop(gone)], key=self.place.__getitem__)
        fellows = self.fellows.pop(gone, set()) - {keep}
        for other in fellows:
            self.fellows[other].discard(gone)
            self.fellows[other].add(keep)
        self.fellows[keep] = (self.fellows[keep] | fellows) - {gone}
        for other in sorted(self.fellows[keep]):
            score = self.linkage(keep, other)
            if score >= self.matcher.model.threshold and not (keep in self.known and other in self.known):
                heappush(self.waiting, (-score, min(keep, other), max(keep, other)))

    def _elder(self, a: str, b: str) -> tuple[str, str]:
        """A known story before new reports, else the group whose first report comes first."""
        if a in self.known or (b not in self.known and self.place[a] < self.place[b]):
            return a, b
        return b, a

    def linkage(self, ours: str, theirs: str) -> float:
        """Mean chance over the pairs of both groups' exemplars, less where a document would tell the happening twice."""
        first, second = (self.exemplars(group) for group in sorted((ours, theirs)))
        pairs = [self.chance(a, b) for a in first for b in second]
        mean = sum(pairs) / len(pairs)
        return mean if {r.document for r in first}.isdisjoint(r.document for r in second) else TWICE * mean

    def exemplars(self, group: str) -> list[Report]:
        """The reports that stand for a group: those of a known story, and the first new ones."""
        new = [self.told[event] for event in self.members[group]]
        return [*self.known.get(group, ()), *new][:EXEMPLARS]

    def chance(self, ours: Report, theirs: Report) -> float:
        """The chance of a pair beside the other events of both documents, weighed once."""
        pair = _pair(ours, theirs)
        if pair not in self.chances:
            alone = self._alone(ours, theirs)
            rival = max(self.best.get((ours.event, theirs.document), 0.0), self.best.get((theirs.event, ours.document), 0.0))
            self.chances[pair] = self.matcher.weighed(ours, theirs, alone, rival=rival)
        return self.chances[pair]

    def _alone(self, ours: Report, theirs: Report) -> float:
        pair = _pair(ours, theirs)
        if pair not in self.alone:
            self.alone[pair] = self.matcher.chance(ours, theirs)
        return self.alone[pair]

    def stories(self) -> Iterator[tuple[str, list[Report]]]:
        """Each story's id and its new reports; a new story is called after its first."""
        for group, events in self.members.items():
            if events:
                yield (group if group in self.known else f"s-{events[0]}"), [self.told[event] for event in events]

    def reason(self, report: Report, members: list[Report], story: str) -> Match:
        """How a report came into its story: the fellow that it agrees best with, of those before it."""
        before = [*self.known.get(story, ()), *members[: members.index(report)]][:EXEMPLARS]
        best = min(before, key=lambda fellow: (-self.chance(report, fellow), fellow.event))
        return self.matcher.match(report, best, score=self.chance(report, best))


def cluster(reports: Iterable[Report], matcher: Matcher | None = None) -> dict[str, list[str]]:
    """Story → its event ids, for a set that is there at once; the order of the reports makes no difference."""
    stories: dict[str, list[str]] = {}
    for join in StoryIndex(matcher).add(reports):
        stories.setdefault(join.story, []).append(join.event)
    return stories


def _pair(ours: Report, theirs: Report) -> tuple[str, str]:
    return (ours.event, theirs.event) if ours.event < theirs.event else (theirs.event, ours.event)


def _order(report: Report) -> tuple[int, str, str]:
    """Papers in the order of their days, those without a day last."""
    return (dt.date.max.toordinal() if report.published is None else report.published, report.document, report.event)
