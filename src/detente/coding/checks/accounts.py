"""Accounts of what happened: who says what against whom, and where in the text."""

from __future__ import annotations

import re
from typing import NamedTuple

from detente.coding.checks.finding import Scene, trimmed
from detente.reading.sentences import sentence_at
from detente.records import Link, Mention, QuoteSpan, Span, Trigger

# Types of event that charge nobody, on whosever word they are told.
_HARMLESS = frozenset({"AGREE", "CONSULT", "SUPPORT", "CONCEDE", "REQUEST", "REJECT"})
_CLAUSE_END = re.compile(
    r"[,;:\n]|(?<![A-Z])\.(?=\s|$)|\s(?:but|yet|while|although|though|and (?:that|said|has|had|is|was))\s"
)
_PRESS = re.compile(
    r"\b(?:Press|Reuters|AFP|BBC|CNN|Times|Post|Guardian|Xinhua|Interfax|TASS|Radio|Television|TV|[Nn]ews\w*|[Mm]edia)\b"
)
# Between a speaker and his verb: the relative clause of somebody else.
_OTHER_SUBJECT = re.compile(r"(?<!^)(?<!^,)\s(?:who|whom|whose)\s")
_PLAIN_WORDS = frozenset(
    "that this with from have been were which their there would could should about after against said says accused denied charges charge claims claim "
    "allegations allegation accusations accusation reports report having being over into also involvement responsibility they them these those while where "
    "government governments official officials authorities minister ministry president spokesman spokeswoman statement military army forces state states "
    "country countries nation nations people group groups program programs programme programmes national foreign public other others some many more most year years".split()
)
_DENYING = re.compile(r"\b(?:den(?:ied|ies|y|ying)|(?:reject|dismiss)(?:ed|es|s|ing)|refut(?:ed|es|ing))\b")
SHORTEST = 4
"""Words that an account has at least: "the killing" alone tells no version."""


class Account(NamedTuple):
    """One side's version: where it stands, who tells it (None: nobody named), and that side's code (None: unknown)."""

    span: Span
    speaker: Span | None
    code: str | None

    def words(self, text: str) -> str:
        """Whose account it is, and the account, in the text's words."""
        return f"{self.speaker.of(text) if self.speaker is not None else ''} {self.span.of(text)}"

    def before(self, at: int, text: str) -> Account:
        """The account without what stands from `at` on."""
        return self._replace(span=trimmed(text, self.span.start, min(self.span.end, at)))


class Charge(NamedTuple):
    """Somebody's word against somebody: the account, and the codes of those whom it blames.

    `accuses`: it is told as an accusation. `plain`: it is told as mere words of a quote, or by the press; `first` are then the
    entities whom the quote names in its first words.
    """

    account: Account
    against: frozenset[str]
    accuses: bool = False
    plain: bool = False
    first: frozenset[int] = frozenset()

    def is_about(self, other: Account, scene: Scene) -> bool:
        """Whether the quote begins with whoever gives the other account."""
        mention = scene.mention(other.speaker) if other.speaker is not None else None
        return mention is not None and bool(self.first & set(mention.entities))


def charges_of(scene: Scene) -> list[Charge]:
    """Every charge of the document: accusations, deeds told on another side's word, and quotes that name another side."""
    found = [_charge(t, scene) for t in scene.reading.triggers] + [_said(q, scene) for q in scene.reading.quotes]
    return [c for c in found if c is not None]


def is_version(account: Account, scene: Scene) -> bool:
    """Whether the account's words tell something, and something else than a denial."""
    words = account.span.of(scene.text)
    return (
        len(words.split()) >= SHORTEST and _DENYING.search(words) is None and not re.match(r"(?i)(?:even )?if\s", words)
    )


def _charge(trigger: Trigger, scene: Scene) -> Charge | None:
    """The charge that a trigger tells: an accusation, or a deed reported on another side's word."""
    if trigger.status in ("future", "negated") or trigger.type in _HARMLESS:
        return None
    accuses = trigger.type == "ACCUSE"
    by = _first(trigger.actors if accuses else (trigger.by,) if trigger.by is not None else (), scene)
    if by is None:
        return None
    mention, code = by
    against = codes_of(trigger.recipients if accuses else trigger.actors, scene) - {code}
    if not against:
        return None
    sentence = scene.sentence(trigger.span.start)
    parties = [mention.span, *(scene.reading.mentions[k.index].span for k in trigger.actors)]
    start = min(trigger.span.start, *(p.start for p in parties if sentence.covers(p)), sentence.end)
    end = max(trigger.span.end, mention.span.end if sentence.covers(mention.span) else 0)
    span = trimmed(scene.text, start, clause_end(scene.text, end, sentence.end))
    teller = scene.actor(mention)
    press = (teller is not None and teller.sector == "JRN") or _PRESS.search(mention.span.of(scene.text)) is not None
    return Charge(Account(span, mention.span, code), against, accuses=accuses, plain=press)


def _said(quote: QuoteSpan, scene: Scene) -> Charge | None:
    """A quote as a charge against the other sides that it names."""
    by = _first((quote.speaker,), scene) if quote.speaker is not None else None
    if by is None:
        return None
    mention, code = by
    inside = [m for m in scene.mentions(quote.span) if quote.span.covers(m.span)]
    against = frozenset(c for m in inside if (c := scene.code(m.span)) is not None and c != code)
    first = frozenset(e for m in inside if m.span.start <= quote.span.start + 12 for e in m.entities)
    return Charge(Account(quote.span, mention.span, code), against, plain=True, first=first) if against else None


def speaker_at(cue: Span, scene: Scene) -> tuple[Mention, str] | None:
    """Who speaks at the cue: by the event or quote that the reader saw there, else whoever stands right before it."""
    if any(q.kind == "direct" and q.span.covers(cue) for q in scene.reading.quotes):
        return None  # who denies something inside a quote is one more thing that the quoted tells
    links = [t.actors for t in scene.reading.triggers if t.span.overlaps(cue) and t.type in ("REJECT", "ACCUSE")]
    links += [
        (q.speaker,)
        for q in scene.reading.quotes
        if q.cue is not None and q.cue.overlaps(cue) and q.speaker is not None
    ]
    for each in links:
        found = _best(each, scene, before=cue)
        if found is not None and not _OTHER_SUBJECT.search(scene.text[found[0].span.end : cue.start]):
            return found
    near = [
        m
        for m in scene.reading.mentions
        if 0 <= cue.start - m.span.end <= 12 and not re.search(r"[,.;:\n]", scene.text[m.span.end : cue.start])
    ]
    beside = [(m, a.code) for m in near if (a := scene.actor(m)) is not None and a.code is not None]
    return beside[-1] if beside else None


def quoted_by(span: Span, scene: Scene) -> tuple[Mention, str] | None:
    """Whose words the span stands in, as far as the reader saw a quote with a known speaker."""
    for quote in scene.reading.quotes:
        if quote.span.covers(span) and quote.speaker is not None:
            return _best((quote.speaker,), scene)
    return None


def _best(links: tuple[Link, ...], scene: Scene, *, before: Span | None = None) -> tuple[Mention, str] | None:
    """The mention of one actor with a code that is linked most surely, in the sentence of `before` and before it where given."""
    for link in sorted(links, key=lambda each: -each.score):
        mention = scene.reading.mentions[link.index]
        actor = scene.actor(mention)
        if actor is None or actor.code is None:
            continue
        if before is None or (mention.span.end <= before.start and scene.sentence(before.start).covers(mention.span)):
            return mention, actor.code
    return None


def _first(links: tuple[Link, ...], scene: Scene) -> tuple[Mention, str | None] | None:
    """The mention linked most surely that has a code, else the one linked most surely."""
    best = _best(links, scene)
    if best is not None or not links:
        return best
    return scene.reading.mentions[max(links, key=lambda each: each.score).index], None


def codes_of(links: tuple[Link, ...], scene: Scene) -> frozenset[str]:
    """The codes of everybody behind the links."""
    mentions = [scene.reading.mentions[link.index] for link in links]
    actors = [scene.actors.get(e) for m in mentions for e in m.entities]
    return frozenset(a.code for a in actors if a is not None and a.code is not None)


def number_of(span: Span, scene: Scene) -> int:
    """The number of the sentence in which the span begins."""
    return sentence_at(scene.sentences, span.start)[0]


def content_of(span: Span, scene: Scene) -> set[str]:
    """Stems of the span's words that say something: five letters of those with at least four, names of actors left out."""
    named = [m.span for m in scene.mentions(span) if not m.span.covers(span)]
    found = [
        (m[0], Span(span.start + m.start(), span.start + m.end()))
        for m in re.finditer(r"\b[a-z]{4,}\b", span.of(scene.text))
    ]
    return {word[:5] for word, at in found if word not in _PLAIN_WORDS and not any(m.covers(at) for m in named)}


def clause_end(text: str, start: int, end: int) -> int:
    """Where the clause that begins at `start` ends, at most `end`."""
    found = _CLAUSE_END.search(text, start, end)
    return found.start() if found else end
