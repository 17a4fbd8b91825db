"""Claims about offices that dated offices contradict: who came before or after whom, who holds one, who no longer does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import NamedTuple

from detente.coding.checks.finding import NAME, Finding, Person, Scene, rows, told, trimmed
from detente.coding.checks.knowledge import Tenure, Title
from detente.records import Span
from detente.times.grammar import find, interpret

MARGIN = dt.timedelta(days=60)
"""Days on both sides of a tenure's ends on which nothing is held to be sure: elections, handovers, months told for days."""
RECENT = dt.timedelta(days=14)
"""What is dated longer before publication is background, in which a title may be that of its time."""
GAP = dt.timedelta(days=3 * 365)
"""The longest vacancy across which the holder before counts as predecessor; embassies stand empty for two years."""

_AFTER = "succeeded|replaced|followed"
_TELLING = ("preceded", "took over from", *_AFTER.split("|"))  # one of these is in every claim of who came before or after whom
_TITLE = r"(?P<title>[^,.;:()\n“”\"]*?(?:U\.S\.|U\.N\.|U\.K\.)?[^,.;:()\n“”\"]{2,80})"
_SUCCESSIONS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<x>{NAME})(?:, who| who|,)? (?:had |has )?(?P<before>preceded) (?P<y>{NAME}) as {_TITLE}",
        rf"(?P<x>{NAME})(?:, who| who|,)? (?:had |has )?(?:{_AFTER}) (?P<y>{NAME}) as {_TITLE}",
        rf"(?P<x>{NAME})(?:, who| who|,)? took over from (?P<y>{NAME}) as {_TITLE}",
        rf"(?P<x>{NAME})(?:, who| who|,)? (?P<before>was (?:{_AFTER})) by (?P<y>{NAME}) as {_TITLE}",
        rf"(?P<x>{NAME})(?:, who| who|,)? (?P<before>was (?:{_AFTER})) as {_TITLE} by (?P<y>{NAME})",
    )
)
_TITLE_ENDS = re.compile(
    r"\s(?:and|but|by|in|last|on|after|when|while|following|this|who|until|since|from|during|at|before|earlier|later|amid|with)\s|\s\d"
)
_OTHER_TIME = re.compile(
    r"(?i)\b(?:then|former|formerly|ex|late|previous|previously|once|era|under|history|historic|memoirs?|anniversary|predecessors?|successors?|elect|"
    r"candidate|nominee|nominated|appointed|resigned|ousted|deposed|acting|interim|caretaker|designate|incoming|outgoing|ago|when|died|funeral|"
    r"decades?|years?|had been|was president|served)\b|['’]s (?:time|reign|rule|tenure)\b"
)


class _Claim(NamedTuple):
    """One came right before the other in a post."""

    span: Span
    earlier: Person
    later: Person
    post: str


def wrong_offices(scene: Scene) -> Iterator[Finding]:
    """Every claim about an office that the knowledge contradicts."""
    for claim in _successions(scene):
        finding = _no_succession(claim, scene)
        if finding is not None:
            yield finding
    if scene.published is not None:
        for name in scene.full_names:
            finding = _no_holder(name, scene.published, scene)
            if finding is not None:
                yield finding


# --- who came before whom ------------------------------------------------------------------------------


def _successions(scene: Scene) -> Iterator[_Claim]:
    """The claims of a text; most have none, and the patterns try every capitalised word."""
    if not any(word in scene.text for word in _TELLING):
        return
    for pattern in _SUCCESSIONS:
        for match in pattern.finditer(scene.text):
            claim = _claim(match, scene)
            if claim is not None:
                yield claim


def _claim(match: re.Match[str], scene: Scene) -> _Claim | None:
    """The claim of a sentence like "X preceded Y as T", when both are known and T names a post."""
    title = _TITLE_ENDS.split(match["title"], maxsplit=1)[0]
    x, y = (scene.person(_last_words(match, group)) for group in "xy")
    codes = {scene.code(_last_words(match, group)) for group in "xy"}
    post = scene.knowledge.post(title, owner=codes.pop() if len(codes) == 1 else None)
    if x is None or y is None or x == y or post is None:
        return None
    end = max(match.start("title") + len(title), match.end("y"))
    earlier, later = (x, y) if match.groupdict().get("before") else (y, x)
    return _Claim(trimmed(scene.text, match.start("x"), end), earlier, later, post)


def _last_words(match: re.Match[str], group: str) -> Span:
    """The last word of a captured name: titles before it may belong to another mention."""
    start, end = match.span(group)
    while match.string[end - 1] in ".’'":
        end -= 1
    return (
        Span(match.string.rfind(" ", start, end) + 1 or start, end)
        if " " in match.string[start:end]
        else Span(start, end)
    )


def _no_succession(claim: _Claim, scene: Scene) -> Finding | None:
    """The finding when the first never held the post, came later, or somebody else stood long between the two."""
    before, after = (scene.knowledge.held_by(*person) for person in (claim.earlier, claim.later))
    mine, theirs = ([t for t in held if t.post == claim.post] for held in (before, after))
    start = min((t.first for t in theirs if t.first is not None), default=None)
    if start is None:
        return None
    if not mine:
        return _never_held(claim, before, theirs, start, scene)
    if len(mine) > 1 or len(theirs) > 1 or mine[0].first is None or mine[0].last is None:
        return None  # who came and went more than once may have preceded in one of the times
    if mine[0].first > start + MARGIN:
        return _finding(claim.span, [mine[0], theirs[0]])
    between = _held_between(claim, mine[0].last, start, scene)
    return _finding(claim.span, [mine[0], between, theirs[0]]) if between is not None else None


def _never_held(
    claim: _Claim, before: tuple[Tenure, ...], theirs: list[Tenure], start: dt.date, scene: Scene
) -> Finding | None:
    """The finding when the true predecessor is known, and what the claimed one did instead."""
    elsewhere = next((t for t in before if t.post == _mirrored(claim.post)), None) or next(
        (
            t
            for t in before
            if t.firm and _near(t, start) and t.post is not None and t.post.split(":")[1] != claim.post.split(":")[1]
        ),
        None,
    )
    known = _holder_before(claim, start, scene)
    if elsewhere is None or known is None:
        return None
    return _finding(claim.span, [elsewhere, known, *theirs[:1]])


def _mirrored(post: str) -> str | None:
    """For an ambassador of A to B the ambassador of B to A: the two are easily taken for one another."""
    role, *states = post.split(":")
    return ":".join((role, *reversed(states))) if len(states) == 2 else None


def _near(tenure: Tenure, day: dt.date) -> bool:
    """Whether the tenure meets the year before that day."""
    return (
        tenure.first is not None
        and tenure.last is not None
        and tenure.first <= day
        and tenure.last >= day - dt.timedelta(days=365)
    )


def _holder_before(claim: _Claim, start: dt.date, scene: Scene) -> Tenure | None:
    """Who held the post last before that day, by looking back every 30 days."""
    for back in range(1, GAP.days, 30):
        for tenure in scene.knowledge.holders(claim.post, on=start - dt.timedelta(days=back)):
            if tenure.person not in (claim.earlier.identifier, claim.later.identifier):
                return tenure
    return None


def _held_between(claim: _Claim, end: dt.date, start: dt.date, scene: Scene) -> Tenure | None:
    """Somebody else who surely held the post for a year between the two days."""
    for day in range(end.toordinal() + 180, start.toordinal() - 180, 180):
        for t in scene.knowledge.holders(claim.post, on=dt.date.fromordinal(day)):
            others = t.person not in ("", claim.earlier.identifier, claim.later.identifier)
            if (
                others
                and t.firm
                and t.first is not None
                and t.last is not None
                and (t.last - t.first).days >= 365
                and t.first >= end - MARGIN
            ):
                return t
    return None


def _finding(span: Span, tenures: list[Tenure]) -> Finding:
    return Finding("office", span, "contradicted", "; ".join(told(t) for t in tenures), rows(*tenures))


# --- who holds it on the day ----------------------------------------------------------------------------------


def _no_holder(name: Span, on: dt.date, scene: Scene) -> Finding | None:
    """The finding when the title beside a full name is on that day surely somebody else's, or is called former and surely is not."""
    title = scene.knowledge.title(scene.text, name, owner=scene.code(name))
    holder = _sure_holder(title.post, on, scene) if title is not None and title.post is not None else None
    if title is None or holder is None:
        return None
    identifier = scene.knowledge.identify(name.of(scene.text))
    meant = scene.person(name)
    if identifier is None or (meant is not None and meant.identifier != identifier):
        return None
    span = Span(min(title.span.start, name.start), max(title.span.end, name.end))
    if holder.person == identifier:
        return _finding(span, [holder]) if title.former else None
    if title.former or not _is_news(name, title, on, scene):
        return None
    own = _elsewhere(scene.knowledge.held_by(identifier, name.of(scene.text)), holder, on)
    return _finding(span, [holder, *own]) if own is not None else None


def _elsewhere(own: tuple[Tenure, ...], holder: Tenure, on: dt.date) -> list[Tenure] | None:
    """The times when somebody of that state held the post, other than about that day; None where he may hold it, or be the holder."""
    at_home = any(
        t.post is not None and holder.post is not None and t.post.split(":")[1] == holder.post.split(":")[1]
        for t in own
    )
    then = [t for t in own if t.post == holder.post]
    if not at_home or any(_close(t, on) for t in then) or any(_alike(t.name, holder.name) for t in own):
        return None
    return then[:2]


def _close(tenure: Tenure, day: dt.date) -> bool:
    """Whether the tenure may meet that day, all doubts granted."""
    first, last = tenure.first or dt.date.min, tenure.last or dt.date.max
    return first <= _moved(day, 3 * MARGIN) and last >= _moved(day, -3 * MARGIN)


def _moved(day: dt.date, by: dt.timedelta) -> dt.date:
    """The day moved, held inside the calendar."""
    return dt.date.fromordinal(min(max(day.toordinal() + by.days, 1), dt.date.max.toordinal()))


def _sure_holder(post: str, on: dt.date, scene: Scene) -> Tenure | None:
    """The only known holder on the day and around it, with both ends known and far off."""
    around = [t for day in (_moved(on, -MARGIN), on, _moved(on, MARGIN)) for t in scene.knowledge.holders(post, on=day)]
    if len({t.name for t in around}) != 1:
        return None
    return next((t for t in around if t.person and t.firm and _well_inside(on, t)), None)


def _well_inside(on: dt.date, tenure: Tenure) -> bool:
    return tenure.first is not None and tenure.last is not None and tenure.first + MARGIN <= on <= tenure.last - MARGIN


def _alike(one: str, other: str) -> bool:
    """Whether the two names share a word: relatives and other spellings are left alone."""
    return bool(set(one.lower().split()) & set(other.lower().split()))


def _is_news(name: Span, title: Title, on: dt.date, scene: Scene) -> bool:
    """Whether the named person takes part in news of a day that the sentence tells, and it looks neither back nor ahead."""
    sentence = scene.sentence(name.start)
    words = sentence.of(scene.text)
    if _OTHER_TIME.search(words.replace(title.span.of(scene.text), " ")) or "“" in words or '"' in words:
        return False
    days = [interpret(t.of(words), published=on) for t in find(words)]
    if not days or any(d is None or d.last < on - RECENT or d.first > on + RECENT for d in days):
        return False
    parties = {
        link.index
        for t in scene.reading.triggers
        if sentence.covers(t.span) and t.status == "actual"
        for link in (*t.actors, *t.recipients)
    }
    return any(scene.reading.mentions[k].span.overlaps(name) for k in parties)
