"""What one mention tells about an entity's state, body, sector and name."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from detente.actors.base import ActorBase
from detente.actors.known import Candidate
from detente.actors.matcher import Hit, overlapping
from detente.actors.phrase import WEIGHTS, Owner, ProperName, owners, proper_name, without_office
from detente.actors.titles import UNIQUE, means_there, role_of, sector_of, states_of
from detente.actors.words import norm_of
from detente.reading.spans import DATELINE
from detente.records import Document, Mention, Pointer, Reading, Span

_PRONOUNS = frozenset("he she it they we i you him her them us me his its their our my who whom".split())
_NATION_BODIES = frozenset({"IMG", "NGO", "MNC", "IGO"})
_PLACES = frozenset({"name", "capital", "city", "metonym"})
_FIRM_SECTOR_KINDS = frozenset({"metonym", "context"})
_ORGANS = frozenset({"GOV", "MIL", "COP", "LEG", "JUD"})
AT_HOME, LIKELY_AT_HOME = 3.0, 0.2
"""How much likelier an organ that no state owns in the words is that of the dateline's state than the reader thinks, and the least chance that it must give.

Of 257 passages of our own with a dateline, on which the reader was trained, none changes with these.
"""
_ROLE_PHRASES = {"head_of_state": "head of state", "head_of_government": "head of government"}


# Several states that are not named: "the Gulf states", "six world powers"; "both countries" are those that the text has named.
_COLLECTIVE = re.compile(r"\b(?:states|countries|nations|powers|monarchies|kingdoms|emirates|sheikhdoms|governments)\b", re.IGNORECASE)
_NAMED_BEFORE = re.compile(r"\b(?:all|both|the|these|those|its|their|our|his|her)(?: (?:two|three|four|five))? ?$", re.IGNORECASE)
_UNIONS = frozenset({"UN", "U.N.", "EU", "E.U.", "United Nations", "European Union"})


UNSURE = 0.5
"""Chance below which the reader's pointer to a nation is no clue for several states without names: of them it points at any state nearby."""


class Clue(NamedTuple):
    """One vote: for which code, how strong, and what else it tells. `firm`: the sector is the named body's own; `people`: a demonym ends the mention; `far`: the reader points at it elsewhere; `unsure`: it is likelier wrong; `part`: a town or region is named."""

    code: str | None
    weight: float
    why: str
    sector: str | None = None
    firm: bool = False
    bare: bool = False
    candidate: Candidate | None = None
    text_name: str | None = None
    people: bool = False
    far: bool = False
    unsure: bool = False
    part: bool = False


@dataclass(frozen=True)
class Context:
    """What is looked up once per document."""

    base: ActorBase
    text: str
    on: dt.date | None
    hits: tuple[Hit, ...]
    people: tuple[Span, ...]
    codes: frozenset[str]
    places: tuple[Span, ...] = ()
    starts: frozenset[int] = frozenset()
    home: str | None = None
    full_names: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    own: dict[Span, list[Clue]] = field(default_factory=dict)
    names: dict[Span, ProperName | None] = field(default_factory=dict)
    codes_at: dict[Span, str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document, reading: Reading, base: ActorBase) -> Context:
        """The context, with the full names that later surnames go back to."""
        marked = sorted(name.span for name in reading.names if name.kind == "PER" and name.span.of(document.text)[:1].isupper())
        found = base.scan(document.text)
        people = tuple(name for name in (without_office(document.text, each, found) for each in marked) if name is not None)
        hits = tuple(hit for hit in found if not _surname(hit, people))
        context = cls(
            base,
            document.text,
            document.published,
            hits,
            people,
            frozenset(hit.code for hit in hits),
            tuple(name.span for name in reading.names if name.kind == "LOC"),
            frozenset(_first_letter(document.text, sentence) for sentence in reading.sentences),
            _home(document.text, hits),
        )
        for mention in reading.mentions:
            name = context.name_in(mention.span)
            if name is not None and name.words > 1:
                code = _own_code(owners(document.text, mention.span, hits))
                before = norm_of(document.text[mention.span.start : name.span.start]).split()
                for form in _later_forms(name.text).difference(before):  # of "Kim's grandfather, Kim Il Sung" the first is Kim
                    context.full_names.setdefault(form, (name.text, code))
        return context

    def name_in(self, span: Span) -> ProperName | None:
        """The person's name in a mention's words. Worked out once for each place in a document."""
        if span not in self.names:
            self.names[span] = proper_name(self.text, span, self.hits, self.people)
        return self.names[span]

    def is_common(self, name: ProperName) -> bool:
        """Whether words that the reader marks as no person's are a place's, or one word whose capital comes from beginning a sentence: "Thousands fled"."""
        if any(person.overlaps(name.span) for person in self.people) or norm_of(name.text) in self.full_names:
            return False
        if any(place.overlaps(name.span) for place in self.places) and sector_of(name.text) in (None, "GOV"):  # "Campbelltown Police" are the police
            return True
        within = re.finditer(rf"(?<![“\"'‘(])\b{re.escape(name.text)}\b", self.text)
        return name.words == 1 and name.span.start in self.starts and all(found.start() in self.starts for found in within)

    def code_at(self, span: Span) -> str | None:
        """Of which nation or body the words tell first. Looked up once: the reader points at one place from many mentions."""
        if span not in self.codes_at:
            self.codes_at[span] = next((hit.code for hit in overlapping(self.hits, span)), None)
        return self.codes_at[span]

    def without_bodies(self, span: Span) -> str:
        """The words of a span without the names of organisations, whose "Army" or "Party" says nothing about a sector."""
        letters = list(span.of(self.text))
        for hit in overlapping(self.hits, span):
            if hit.actor_kind in ("org", "group") and hit.kind != "context" and span.covers(hit.span):
                letters[hit.span.start - span.start : hit.span.end - span.start] = " " * (hit.span.end - hit.span.start)
        return "".join(letters)


def _home(text: str, hits: tuple[Hit, ...]) -> str | None:
    """The state in which a dateline says that the text was written, where the text goes on to speak of more than its towns."""
    dateline = DATELINE.match(text)
    if dateline is None:
        return None
    told = [hit.code for hit in hits if hit.span.end <= dateline.end() and hit.actor_kind in ("state", "place")]
    after = {hit.code for hit in hits if hit.span.start >= dateline.end() and hit.kind not in ("capital", "city", "region")}
    return told[-1] if told and told[-1] in after else None


def _first_letter(text: str, sentence: Span) -> int:
    """Where the first word of a sentence begins, behind marks that open it."""
    found = re.compile(r"\w").search(text, sentence.start, sentence.end)
    return found.start() if found is not None else sentence.start


def _surname(hit: Hit, people: tuple[Span, ...]) -> bool:
    """Whether a place's name is somebody's surname here: "President Ricardo Lagos", "Queen Sofía"."""
    return hit.kind in _PLACES and any(person.start < hit.span.start and hit.span.end == person.end for person in people)


def _later_forms(name: str) -> set[str]:
    """The ways a person's name is shortened later on: "Jaap de Hoop Scheffer" → scheffer, "hoop scheffer", "de hoop scheffer", jaap."""
    words = norm_of(name).split()
    return {" ".join(words[at:]) for at in range(1, len(words))} | {words[0]}


def joint_clues(mention: Mention, entity: int, known: dict[int, str], context: Context) -> list[Clue]:
    """What a mention of several actors tells about one of them, given the codes that other mentions tell."""
    own = _share(owners(context.text, mention.span, context.hits), mention, entity, known)
    return _nation_clues(own, mention, context) if own else []


def clues_of(mention: Mention, context: Context) -> list[Clue]:
    """Every clue that a mention of one actor gives."""
    return [*own_clues(mention, context), *_far_clues(mention, context)]


def own_clues(mention: Mention, context: Context) -> list[Clue]:
    """The clues in the mention's own words: a name, a nation. Worked out once for each place in a document."""
    if mention.span not in context.own:
        found = owners(context.text, mention.span, context.hits)
        name = None if is_pronoun(mention, context) else context.name_in(mention.span)
        if name is not None and name.words == 1 and not _worth(name, mention, context):
            name = None
        titled = _titled(mention.span.of(context.text), found, context)
        clues = [_person_clue(name, _own_code(found) or titled, mention, context)] if name is not None else []
        told = [Clue(titled, 0.85, f"an office of {titled} alone in {mention.span.of(context.text)!r}")] if titled is not None else []
        context.own[mention.span] = [c for c in clues if c.weight > 0 or c.text_name] + _nation_clues(found, mention, context) + told
    return context.own[mention.span]


def _titled(words: str, found: list[Owner], context: Context) -> str | None:
    """The state whose office the words name where no nation in them owns it: the one that has such an office and that the text speaks of."""
    if any(owner.weight >= WEIGHTS["of"] for owner in found):
        return None
    states = states_of(words)
    return next((code for code in states if code in context.codes), states[0] if states else None)


def is_collective(mention: Mention, context: Context) -> bool:
    """Whether the mention is several states that nobody names: "the Baltic states", "six world powers"; no word of its own tells a code."""
    words = mention.span.of(context.text)
    head = _COLLECTIVE.search(words)
    return head is not None and not _NAMED_BEFORE.search(words[: head.start()]) and not owners(context.text, mention.span, context.hits)


def _share(found: list[Owner], mention: Mention, entity: int, known: dict[int, str]) -> list[Owner]:
    """Of a joint mention's nations the entity's: the one it is known by, else its turn among those that are left over.

    "Israeli and Palestinian officials" gives two codes to two entities; when the numbers differ nothing is told.
    """
    codes = list(dict.fromkeys(owner.hit.code for owner in found if owner.weight > 0))
    if len(codes) == 1:
        return found
    if known.get(entity) in codes:
        code = known[entity]
    else:
        left = [each for each in codes if each not in {known.get(other) for other in mention.entities}]
        waiting = [other for other in mention.entities if known.get(other) not in codes]
        if len(left) != len(waiting):
            return []
        code = left[waiting.index(entity)]
    return [owner for owner in found if owner.hit.code == code]


def is_pronoun(mention: Mention, context: Context) -> bool:
    """Whether the mention is a pronoun: "He" is nobody of that name."""
    return mention.span.of(context.text).lower() in _PRONOUNS


# --- people ---------------------------------------------------------------------------------------


def _worth(name: ProperName, mention: Mention, context: Context) -> bool:
    """Whether a single capitalised word may be a surname: not at the head of a common-noun phrase."""
    before = context.text[mention.span.start : name.span.start]
    after = context.text[name.span.end : mention.span.end]
    alone = (not after.strip() or after.lstrip().startswith((",", "'", "’"))) and not before.lower().endswith("the ")  # "the Gulf's six"
    return (
        alone
        or name.role is not None
        or norm_of(name.text) in context.full_names
        or bool(re.search(r"\b(?:Mr|Mrs|Ms|Dr)\.?\s*$", before))
    )


def _person_clue(name: ProperName, own: str | None, mention: Mention, context: Context) -> Clue:
    """The vote of a person's name: whom the base knows by it in the state that owns the phrase, or just the name."""
    text, linked = name.text, None
    if name.words == 1 and norm_of(text) in context.full_names:
        text, linked = context.full_names[norm_of(text)]
    own = own or linked
    phrase = _ROLE_PHRASES.get(name.role or "", (name.role or "").replace("_", " "))
    query = f"{phrase} {text}" if name.role not in (None, "other") else text
    within = own if own not in _NATION_BODIES else None
    candidate = _choose(context.base.find(query, on=context.on, code=within), text, own, name.role, context)
    if candidate is None and within is not None and name.role in UNIQUE and means_there(mention.span.of(context.text), name.role or "", within):
        candidate = _in_office(context.base.find(f"{phrase} {text.split()[-1]}", on=context.on, code=within), name.role)
    if candidate is None:
        # "Vassou" is of the state that "his Greek counterpart, Dimitra Vassou" told; what stands in these words is a clue by itself
        told = 0.9 if linked is not None and own == linked else 0.0
        return Clue(own, told, f"name {text!r}", text_name=None if name.owns or context.is_common(name) else text)
    office = candidate.office
    code = own or (office.code if office is not None else _served(candidate, context.on))
    if name.owns:
        return Clue(code, 2.5 * candidate.score, f"of {text!r}")
    return Clue(
        code,
        2.5 * candidate.score,
        candidate.why,
        office.sector if office is not None else None,
        candidate=candidate,
        text_name=text,
    )


def _in_office(found: tuple[Candidate, ...], role: str) -> Candidate | None:
    """Who of that surname holds the office that one person at a time holds: "Secretary of State Tony Blinken" is Antony."""
    holding = [each for each in found if each.office is not None and each.office.role == role]
    return holding[0] if len({each.actor.id for each in holding}) == 1 else None


def _served(candidate: Candidate, on: dt.date | None) -> str | None:
    """The state or body of the office held nearest in time, of those in question the one before, then the person's own; that without any."""
    if on is None or not candidate.offices:
        return candidate.actor.code
    day, home = on.isoformat(), candidate.actor.code
    nearest = min(candidate.offices, key=lambda held: (held.days_from(on), held.last is None or held.last >= day, held.code != home))
    return nearest.code


def _choose(
    found: tuple[Candidate, ...], text: str, own: str | None, role: str | None, context: Context
) -> Candidate | None:
    """The best candidate that the document makes likely enough, or None."""
    full = len(norm_of(text).split()) > 1
    ranked = sorted(found, key=lambda each: -(each.score + (0.1 if _spoken_of(each, context) else 0.0)))
    if not full and own is None and _stands_out(ranked):
        return ranked[0]
    for candidate in ranked[:3]:
        if candidate.actor.kind != "person":
            continue
        near = _spoken_of(candidate, context)
        needed = (0.5 if near else 0.75) if full else (0.5 if own else 0.55 if near else 0.85)
        if full and own is None and not near and candidate.score < 0.9 and role is not None:
            continue
        if candidate.score >= needed:
            return candidate
    return None


def _stands_out(ranked: list[Candidate]) -> bool:
    """Whether a bare surname means somebody whom readers know without being told the state: a leader, and no namesake near."""
    if not ranked or ranked[0].actor.kind != "person" or ranked[0].score < 0.5:
        return False
    lead = ranked[0].score - ranked[1].score if len(ranked) > 1 else 1.0
    return lead >= (0.08 if ranked[0].score >= 0.62 else 0.2)


def _spoken_of(candidate: Candidate, context: Context) -> bool:
    """Whether the text names the candidate's state or body anywhere."""
    codes = {candidate.actor.code} | {office.code for office in candidate.offices[-3:]}
    return bool(codes & context.codes)


# --- nations and bodies ---------------------------------------------------------------------------


def _own_code(found: list[Owner]) -> str | None:
    """The nation that owns the phrase: the first of the strongest place, cities and places apart."""
    best = max((owner for owner in found if owner.weight >= 0.8), key=lambda owner: owner.weight, default=None)
    return best.hit.code if best is not None else None


def _nation_clues(found: list[Owner], mention: Mention, context: Context) -> list[Clue]:
    """The vote of the nation or body that owns the phrase; weaker ones only when nothing stronger stands in it."""
    strongest = max((owner.weight for owner in found), default=0.0)
    if strongest <= 0:
        return []
    leading = [owner for owner in found if owner.weight == strongest]
    chosen = _leader(leading)
    name = context.name_in(mention.span)
    person = name is not None and name.words > 1
    clues = []
    for owner in leading if chosen is None else [chosen]:
        hit = owner.hit
        body = hit.actor_kind in ("org", "group")
        bare = hit.span.end - hit.span.start >= len(_plain(mention.span.of(context.text)))
        firm = hit.sector is not None and (hit.kind in _FIRM_SECTOR_KINDS or body)
        words = hit.span.of(context.text)
        named = (
            body and not person and (bare or (owner.weight >= 0.8 and role_of(mention.span.of(context.text)) is None))
        )
        if hit.span.of(context.text) in _UNIONS and not bare:
            named = False  # "U.N. soldiers" are not the United Nations
        named = named or (bare and hit.kind == "metonym")
        candidate = Candidate(context.base.row(hit.row), 0.9, f"{hit.kind} of the base") if named else None
        weight = owner.weight * (1.3 if bare or body else 1.0)
        clues.append(
            Clue(
                hit.code,
                weight,
                f"{words!r} in {mention.span.of(context.text)!r} ({owner.place})",
                hit.sector,
                firm,
                bare and hit.kind != "demonym",
                candidate,
                people=hit.kind == "demonym" and owner.ends,
                part=hit.kind in ("city", "region"),
            )
        )
    return clues


def _leader(leading: list[Owner]) -> Owner | None:
    """Of several names in the same place the one that decides: a body of a state before its adjective, a nation before a worldwide body."""
    first, last = leading[0], leading[-1]
    if last is not first and last.hit.kind == "name" and last.ends and first.possessive:
        return last  # "Nepal's close ally India"
    bodies = [owner for owner in leading if owner.hit.actor_kind in ("org", "group")]
    nations = [owner for owner in leading if owner.hit.actor_kind not in ("org", "group")]
    if bodies and nations:
        body = bodies[-1]
        if body.hit.kind == "context":  # "Paraguay's Senate"
            return Owner(
                nations[0].hit._replace(sector=body.hit.sector, kind="metonym"), nations[0].place, nations[0].weight
            )
        loose = body.hit.code in ("IMG", "NGO", "MNC") and nations[0].hit.span.start < body.hit.span.start
        abroad = (
            body.hit.code in ("UNO", "EUR", "IGO")
            and nations[0].hit.span.start < body.hit.span.start
            and (body.envoy or nations[0].hit.kind in ("adjective", "demonym"))
        )
        return nations[0] if loose or abroad else body
    return (bodies or nations)[0]


def _plain(text: str) -> str:
    """A mention without its article."""
    return re.sub(r"^(?:the|a|an)\s+", "", text.strip(), flags=re.IGNORECASE)


# --- what the network points at ---------------------------------------------------------------------


def _far_clues(mention: Mention, context: Context) -> list[Clue]:
    """The votes of the nation word elsewhere in the text, and of the guess about the kind of body."""
    clues = []
    chances: dict[str, float] = {}  # of a nation, that of all words that tell it together, as the reader was taught
    likeliest: dict[str, Pointer] = {}
    for pointer in mention.nations:
        told = context.code_at(pointer.span)
        if told is not None:
            chances[told] = chances.get(told, 0.0) + pointer.score
            likeliest.setdefault(told, pointer)
    if context.home is not None and chances.get(context.home, 0.0) >= LIKELY_AT_HOME and _is_organ(mention, context):
        chances[context.home] *= AT_HOME
    if chances:
        code = max(chances, key=chances.__getitem__)
        words = likeliest[code].span.of(context.text)
        clues.append(Clue(code, 0.7 * min(1.0, chances[code]), f"{words!r} elsewhere, by the reader", far=True, unsure=chances[code] < UNSURE))
    if mention.body not in ("state", "none"):
        clues.append(Clue(mention.body, 0.8 * mention.body_score, f"{mention.body} by the reader", far=True))
    return clues


def _is_organ(mention: Mention, context: Context) -> bool:
    """Whether the words name an organ of some state without saying of which: "the defense ministry"."""
    words = mention.span.of(context.text)
    return words.lower().startswith("the ") and sector_of(words) in _ORGANS and not any(hit.span.overlaps(mention.span) for hit in overlapping(context.hits, mention.span))
