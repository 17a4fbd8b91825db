"""What the checks ask of the actor base: whom a name surely means, which office a title names, who held it and when.

A post is written as one string: "president:USA", "foreign_minister:CHN", "ambassador:USA:CHN" (sent by USA to CHN).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from detente.actors.base import ActorBase
from detente.actors.known import ActorRow, Candidate, Office
from detente.actors.offices import office_words
from detente.actors.phrase import owners
from detente.actors.titles import HEADS, LESSER, TITLE_WORDS, UNIQUE, means_there, role_of
from detente.actors.words import Token, norm_of, tokens
from detente.records import Span

REACH = 120  # characters before or after a name in which its title stands

# Title words of heads of state and government → the post; a state may have a president and a prime minister.
_HEADS = {
    "president": "president", "prime minister": "prime minister", "premier": "prime minister", "chancellor": "prime minister",
    "taoiseach": "prime minister", "king": "monarch", "queen": "monarch", "emperor": "monarch", "emir": "monarch", "sultan": "monarch",
    "supreme leader": "supreme leader",
}  # fmt: skip
_HEAD_WORDS = re.compile(r"\b(?:" + "|".join(sorted(_HEADS, key=len, reverse=True)) + r")\b")
# Titles beside an office, not the office itself.
_BESIDE = re.compile(
    r"\b(?:office|advis\w+|assistant|deputy|vice|acting|interim|caretaker|designate|elect|spokes\w+|staff|household|lady|special|council|"
    r"minister to|first minister|delegate|candidate|nominee|shadow|wife|husband|son|daughter|party|pro tempore|temporary|provisional)\b"
)
_FORMER = re.compile(r"\b(?:former|ex|onetime|one time)\b")
_THEN = re.compile(r"\b(?:ousted|deposed|then|late|outgoing|incoming|previous|next|future|first)\b")
_GAP = re.compile(
    r"[ -]|['’]s? ?|\n(?!\n)|(?<=[A-Z])\. |(?<=\b[A-Z][a-z])\. |(?<=\b[A-Z][a-z]{2})\. "
)  # "U.S. ", "Lt. ", "Gen. "
_STOPS = frozenset("and or his her their our my its a an two three four".split())
_SMALL = frozenset("of to the for".split())
# Words of full titles that tell no part of a state: "Secretary of State for Foreign, Commonwealth and Development Affairs".
_TITLE_EXTRA = frozenset(
    "commonwealth development european international relations cooperation co operation regional integration worship religious cults migration expatriates emigrants "
    "public people s exchequer kingdom union islamic government plenipotentiary extraordinary from in on general full civil service tourism culture budget planning "
    "economy industry security home department with national".split()
)
_PLURAL_TITLES = frozenset(
    "affairs states nations forces chiefs relations communities sports arms services works".split()
)
# There a premier governs a province or state.
_PROVINCES = frozenset({"CAN", "AUS", "ZAF", "PNG"})
# There a chancellor governs; in Britain one keeps the exchequer.
_CHANCELLORS = frozenset({"DEU", "AUT"})


class Tenure(NamedTuple):
    """Somebody in an office, from `first` to `last`, both inside, None where nobody knows. `firm`: both days known, and precisely.

    `person` is the identifier, or a mark that this base gives to whoever has none.
    """

    person: str
    name: str
    post: str | None
    words: str
    first: dt.date | None
    last: dt.date | None
    source: str
    firm: bool


class Title(NamedTuple):
    """Title words beside a name: where they stand, the post they name, and whether they say that it is over."""

    span: Span
    post: str | None
    former: bool


class BaseKnowledge:
    """The knowledge of the checks, from the actor base. Costs nothing to make."""

    def __init__(self, base: ActorBase) -> None:
        self._base = base
        self._posts: dict[Office, str | None] = {}

    # --- names -----------------------------------------------------------------------------------

    def identify(self, name: str) -> str | None:
        """Identifier, or mark, of the only person of that full name, or of the one far better known than all namesakes."""
        norm = norm_of(name)
        if " " not in norm:
            return None
        found = [(weight, self._base.row(row)) for row, _, weight in self._base.named(norm, ("name", "alias"))]
        people = sorted(
            {row.id: (weight, row) for weight, row in found if row.kind == "person"}.values(), key=lambda each: -each[0]
        )
        if not people or (len(people) > 1 and people[0][0] - people[1][0] < 0.2):
            return None
        return _mark(people[0][1])

    def nearly(self, name: str, post: str, *, on: dt.date | None) -> Tenure | None:
        """Who held the post on that day (at any time when None) and has nearly, but not quite, that full name."""
        if self._base.named(norm_of(name), ("name", "alias", "acronym")):
            return None
        for candidate in self._base.find(name, on=on, code=post.split(":")[1]):
            row = candidate.actor
            if row.kind != "person":
                continue
            for office in candidate.offices:
                if self._post_of(office) == post and (on is None or office.held_on(on.isoformat())):
                    return self._tenure(candidate, office)
        return None

    def bare(self, text: str, name: Span) -> Span:
        """The name without title words before it, and the nation before those: "U.S. President Bill Clinton" → Bill Clinton."""
        words = tokens(name.of(text))
        nations = [hit.span for hit in self._base.scan(name.of(text))]
        first = at = 0
        while at < len(words) - 1 and _of_title(words[at], nations):
            at += 1
            if words[at - 1].norm in TITLE_WORDS or words[at - 1].norm in _SMALL:
                first = at
        return Span(name.start + words[first].start, name.end) if first else name

    # --- titles ----------------------------------------------------------------------------------

    def title(self, text: str, name: Span, *, owner: str | None) -> Title | None:
        """The title right before a name ("U.S. Secretary of State …") or behind it after a comma, or None.

        Args:
            text: The whole text.
            name: Where the name stands, without title.
            owner: The state of whoever is named, for titles that name none.
        """
        span = self._before(text, name) or self._behind(text, name)
        if span is None:
            return None
        norm = norm_of(span.of(text))
        if _THEN.search(norm):
            return Title(span, None, former=False)
        former = _FORMER.search(norm) is not None
        words = re.sub(r"(?i)\b(?:former|ex-?|one-?time)\b", " ", span.of(text))
        return Title(span, self.post(words, owner=owner), former)

    def _before(self, text: str, name: Span) -> Span | None:
        start = max(0, name.start - REACH)
        window = text[start : name.start]
        words = tokens(window)
        if not words or not _may_be_titles(words[-1]):
            return None
        named = [hit.span for hit in self._base.scan(window)]
        first = len(words)
        end = len(window)
        while first and _GAP.fullmatch(window, words[first - 1].end, end) and _of_title(words[first - 1], named):
            first -= 1
            end = words[first].start
        while first < len(words) and words[first].norm in _SMALL:
            first += 1
        return Span(start + words[first].start, start + words[-1].end) if first < len(words) else None

    def _behind(self, text: str, name: Span) -> Span | None:
        comma = re.compile(r",\s+(?:the\s+)?").match(text, name.end)
        if comma is None:
            return None
        window = text[comma.end() : comma.end() + REACH]
        words = tokens(window)
        if not words or not _may_be_titles(words[0]):
            return None
        named = [hit.span for hit in self._base.scan(window)]
        last = 0
        while (
            last < len(words)
            and _of_title(words[last], named)
            and (last == 0 or _GAP.fullmatch(window, words[last - 1].end, words[last].start))
        ):
            last += 1
        if last == 0 or not re.match(r"\s*(?:[,;)]|\.(?:\s|$)|$)", window[words[last - 1].end :]):
            return None
        return Span(comma.end(), comma.end() + words[last - 1].end)

    def post(self, words: str, *, owner: str | None) -> str | None:
        """The post that a title names, when one person at a time holds it; for an ambassador both states must stand there.

        Args:
            words: The title: "U.S. ambassador to China", "prime minister".
            owner: The state whose office it is when the words name none.
        """
        norm = norm_of(words)
        role = role_of(words)
        if (
            LESSER.search(norm.replace("vice president", ""))
            or role is None
            or (role not in UNIQUE and role not in HEADS)
            or role == "leader"
        ):
            return None
        hits = self._base.scan(words)
        found = owners(words, Span(0, len(words)), hits)
        own = [each.hit for each in found if each.weight >= 0.8]
        if any(
            hit.kind not in ("name", "acronym", "adjective", "demonym", "capital", "metonym")
            or hit.actor_kind in ("org", "group")
            for hit in own
        ):
            return None
        codes = {hit.code for hit in own} or ({owner} if owner is not None else set())
        hosts = [each.hit.code for each in found if each.place == "target"]
        if len(codes) != 1 or (len(hosts) == 1) is not (role == "ambassador"):
            return None
        code = codes.pop()
        if not means_there(words, role, code):
            return None
        return _post(role, norm, code, hosts[0] if hosts else None)

    # --- offices ---------------------------------------------------------------------------------

    def held_by(self, person: str, name: str) -> tuple[Tenure, ...]:
        """Every office that the person of that identifier or mark, and usual name, is known to have held."""
        for candidate in self._base.find(name, on=None):
            if _mark(candidate.actor) == person:
                return tuple(self._tenure(candidate, office) for office in candidate.offices if not office.overruled)
        return ()

    def holders(self, post: str, *, on: dt.date) -> tuple[Tenure, ...]:
        """Whoever is known to have held the post on that day."""
        role, code, *host = post.split(":")
        asked = "leader" if role in _HEADS.values() else role
        found = self._base.holder(asked, code, on=on, of_country=host[0] if host else None)
        day = on.isoformat()
        return tuple(
            self._tenure(candidate, office)
            for candidate in found
            for office in candidate.offices
            if office.held_on(day) and self._post_of(office) == post
        )

    def _post_of(self, office: Office) -> str | None:
        """The post that an office of the base is; None for one of a part of the state ("Secretary of State of Texas")."""
        if office not in self._posts:
            post = _post(office.role, norm_of(office.title), office.code, office.of_country)
            self._posts[office] = post if post is not None and self._whole_state(office) else None
        return self._posts[office]

    def _whole_state(self, office: Office) -> bool:
        """Whether the title holds nothing but title words and names of the state and the host."""
        hits = [hit for hit in self._base.scan(office.title) if hit.kind in ("name", "acronym", "adjective", "demonym")]
        words = [w for w in tokens(office.title) if w.norm not in TITLE_WORDS and w.norm not in _SMALL]
        ours = all(
            hit.code in (office.code, office.of_country) or norm_of(hit.span.of(office.title)) in _TITLE_EXTRA
            for hit in hits
        )
        return ours and all(
            any(hit.span.start <= w.start < hit.span.end for hit in hits) or w.norm in _TITLE_EXTRA for w in words
        )

    def _tenure(self, candidate: Candidate, office: Office) -> Tenure:
        return Tenure(
            person=_mark(candidate.actor),
            name=candidate.actor.name,
            post=self._post_of(office),
            words=office_words(office, self._base),
            first=_day(office.first),
            last=_day(office.last),
            source=office.source,
            firm=office.firm and office.first is not None and office.last is not None,
        )


def _mark(row: ActorRow) -> str:
    """What tells the person from all others: the identifier, else the number of the row."""
    return row.identifier if row.identifier is not None else f"row {row.id}"


def _may_be_titles(word: Token) -> bool:
    """Whether a title may have the word: what spares the look-up of nations behind most names."""
    return word.norm in TITLE_WORDS or word.norm in _SMALL or word.text[:1].isupper()


def _of_title(word: Token, named: list[Span]) -> bool:
    """Whether the word can stand in a title: a title word, a small one, or part of a nation's name."""
    if word.norm in _STOPS or (
        word.norm.endswith("s") and word.norm[:-1] in TITLE_WORDS and word.norm not in _PLURAL_TITLES
    ):
        return False  # "Russian journalists": several people, not a title
    return word.norm in TITLE_WORDS or word.norm in _SMALL or any(span.start <= word.start < span.end for span in named)


def _day(iso: str | None) -> dt.date | None:
    return dt.date.fromisoformat(iso) if iso else None


def _post(role: str, title: str, code: str, host: str | None) -> str | None:
    """The post of a role and folded title, or None when the title stands only beside one."""
    if _BESIDE.search(title.replace("vice president", "") if role == "vice_president" else title):
        return None
    if role in HEADS:
        head = _HEAD_WORDS.search(title)
        if (
            head is None
            or (head[0] == "premier" and code in _PROVINCES)
            or (head[0] == "chancellor" and code not in _CHANCELLORS)
        ):
            return None
        return f"{_HEADS[head[0]]}:{code}"
    if role == "ambassador":
        return f"{role}:{code}:{host}" if host else None
    return f"{role}:{code}" if role in UNIQUE else None
