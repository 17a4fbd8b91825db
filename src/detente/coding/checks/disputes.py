"""Two accounts of one thing inside an article: an accusation and its denial, an object that two sides describe otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from detente.coding.checks.accounts import (
    Account,
    Charge,
    charges_of,
    clause_end,
    codes_of,
    content_of,
    number_of,
    quoted_by,
    speaker_at,
)
from detente.coding.checks.finding import Finding, Scene, trimmed
from detente.records import Span

BEFORE, AFTER = 8, 2
"""Sentences before and after a denial in which its accusation may stand."""

INSISTED_NEAR = 3
"""Sentences around an insistence in which what it answers may stand."""

_CHARGE = r"(?:accusations?|allegations?|charges?|claims?|assertions?|suggestions?|reports?|accounts?)"
_REST = r"(?:[^.;:\n“”\"]|(?<=[A-Z])\.)"  # to the end of the sentence or a quote; "U.S." ends none
_DENIED = re.compile(
    rf"\b(?P<cue>(?:has |have |had |again |repeatedly |strongly |vehemently |flatly )*(?:den(?:ied|ies|y|ying)))\s+"
    rf"(?P<what>(?:[\w’'.-]+\s+){{0,5}}?(?:{_CHARGE}|involvement|responsibility|wrongdoing|that|having|(?:[a-z]{{2,}}ing))\b{_REST}*)"
    rf"|\b(?P<cue2>(?:has |have |had )?(?:reject(?:ed|s|ing)?|dismiss(?:ed|es|ing)?|refut(?:ed|es|ing)|disput(?:ed|es|ing)))\s+"
    rf"(?P<what2>(?:[\w’'.-]+\s+){{0,5}}?(?:accusations?|allegations?|charges?|claims?(?!\s+(?:to|on|over)\b)|assertions?)\b{_REST}*)"
)
# What points back to the words just before: "Luanda denied this", "a charge that Tashkent rejected".
_DENIED_IT = re.compile(
    r"\b(?:has |have |had )?den(?:ied|ies|ying)\s+(?:this|it|that|them|any\s+(?:such\s+)?(?:[\w-]+\s+)?[\w-]+)(?=[,.;\n]|\s(?:and|on|but|when|in|of)\s|$)"
    r"|(?<=, )(?:(?:an?\s+)?(?:charge|claim|accusation|allegation|assertion)s?\s+(?:that\s+|which\s+)?|which\s+|something\s+(?:that\s+)?)[^,.;:\n“”\"]{2,60}?\s(?:has\s|have\s|had\s)?(?:denied|denies|rejected|rejects|dismissed|dismisses)(?=[,.;\n]|\s|$)"
)
_VAGUE = re.compile(rf"(?:[\w’'.-]+\s+){{0,5}}?(?:{_CHARGE}|involvement|responsibility|wrongdoing)\b")
_DENY = re.compile(r"(?:has |have |had )?den(?:ied|ies|ying)\b")
_LAST_WORD = re.compile(r"\w+$")
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|not|n['’]t|never|neither|cannot|nor|to|will|would|could|should|may|might)\s+(?:\w+ly\s+)?$"
)
_INSISTED = re.compile(
    r"\b(?P<cue>insist(?:ed|s|ing)?|maintain(?:ed|s|ing)?|claim(?:ed|s|ing)?|contend(?:ed|s|ing)?|counter(?:ed|s)?|den(?:ied|ies|ying))\s+(?:that\s+)?"
    r"(?P<what>(?:the|its|this|these|those)\s+(?:[\w-]+\s){0,3}?(?P<head>[a-z]{3,})\s+(?:was|were|is|are|had been)\s+(?P<as>(?:[^,.;:\n“”\"]|(?<=[A-Z])\.)+))"
)
_HEDGED = r"(?:(?:a|an|the|its|their|another|this|that)\s+)?(?:suspected|alleged|purported|so-called|supposed|presumed)\s+(?:[\w’'.-]+\s+){0,3}?"


def two_accounts(scene: Scene) -> Iterator[Finding]:
    """Every later account that disputes an earlier one of another side, each pair of sides and accounts once."""
    seen: set[tuple[Span, str | None]] = set()
    for first, second in (*_objects(scene), *_deeds(scene)):
        if (first.span, second.code) not in seen:
            seen.add((first.span, second.code))
            yield _finding(first, second, scene)


def _finding(first: Account, second: Account, scene: Scene) -> Finding:
    detail = f"{_told(first, scene)} against {_told(second, scene)}"
    spans: dict[str, tuple[Span, ...]] = {"first": (first.span,), "second": (second.span,)}
    spans |= {
        f"{which}_by": (a.speaker,) for which, a in (("first", first), ("second", second)) if a.speaker is not None
    }
    return Finding("disputed", second.span, "disputed", detail, (), spans)


def _told(account: Account, scene: Scene) -> str:
    """The account in its own words, and whose it is."""
    if account.speaker is None:
        side = "nobody named"
    elif account.span.covers(account.speaker):
        side = account.code or "of no known state"
    else:
        side = _shown(account.speaker, scene) + (f", {account.code}" if account.code else "")
    return f"“{_shown(account.span, scene)}” ({side})"


def _shown(span: Span, scene: Scene) -> str:
    return " ".join(span.of(scene.text).split())


# --- an object described by two sides -----------------------------------------------------------------------


def _objects(scene: Scene) -> Iterator[tuple[Account, Account]]:
    """A "suspected spy balloon", and "the Chinese insisted the balloon was a civilian vessel"."""
    for match in _INSISTED.finditer(scene.text):
        speaker = speaker_at(Span(*match.span("cue")), scene)
        if speaker is None:
            continue
        mention, code = speaker
        end = clause_end(scene.text, match.start("as"), min(match.end("as"), scene.sentence(match.start()).end))
        second = Account(trimmed(scene.text, mention.span.start, end), mention.span, code)
        first = _hedged(match["head"], second, scene) or _answered(second, scene)
        if first is not None:
            yield first, second


def _hedged(head: str, second: Account, scene: Scene) -> Account | None:
    """The first place where something of that name is called suspected or the like, by nobody or by another side."""
    for match in re.finditer(rf"\b{_HEDGED}{re.escape(head)}\b(?![-’'])", scene.text):
        span = Span(*match.span())
        if span.overlaps(second.span):
            continue
        speaker = quoted_by(span, scene)
        if speaker is None:
            return Account(span, None, None)
        if speaker[1] != second.code:
            return Account(span, speaker[0].span, speaker[1])
    return None


def _answered(second: Account, scene: Scene) -> Account | None:
    """The charge nearby, against whoever insists, that shares words with what is insisted on."""
    here = number_of(second.span, scene)
    found = []
    for charge in charges_of(scene):
        distance = abs(here - number_of(charge.account.span, scene))
        shared = len(content_of(charge.account.span, scene) & content_of(second.span, scene))
        if (
            second.code in charge.against
            and shared
            and distance <= INSISTED_NEAR
            and not charge.account.span.overlaps(second.span)
        ):
            found.append((charge.account.span.start > second.span.start, -shared, distance, charge.account))
    return min(found, key=lambda each: each[:3])[3] if found else None


# --- a deed that one side alleges and the other denies --------------------------------------------------------


def _deeds(scene: Scene) -> Iterator[tuple[Account, Account]]:
    """Each charge with its denial: "Kyiv accused Moscow of shelling the port", "Russia denied the charge"."""
    charges = charges_of(scene)
    yield from _named_denials(charges, scene)
    yield from _pointed_denials(charges, scene)


def _named_denials(charges: list[Charge], scene: Scene) -> Iterator[tuple[Account, Account]]:
    """Denials that say what is denied."""
    for match in _DENIED.finditer(scene.text):
        cue = Span(*match.span("cue" if match["cue"] else "cue2"))
        what = Span(*match.span("what" if match["what"] else "what2"))
        end = min(what.end, scene.sentence(cue.start).end)
        second = _denial(cue, clause_end(scene.text, what.start, end), scene)
        if second is None:
            continue
        what = Span(what.start, max(second.span.end, what.start))
        first = _denied(charges, cue, what, second, scene) or _owned_charge(what, second.code, scene)
        if first is not None:
            yield first, second


def _pointed_denials(charges: list[Charge], scene: Scene) -> Iterator[tuple[Account, Account]]:
    """Denials of "it", or of a charge told in the clause before."""
    for match in _DENIED_IT.finditer(scene.text):
        relative = _DENY.match(match[0]) is None
        verb = _LAST_WORD.search(match[0]) if relative else None
        cue = Span(match.start() + (verb.start() if verb else 0), match.end())
        second = _denial(cue, match.end(), scene)
        if second is not None and relative:
            second = second._replace(span=Span(match.start(), second.span.end))
        first = _just_before(charges, cue, second, scene) if second is not None else None
        if first is not None and second is not None:
            yield first, second


def _denial(cue: Span, end: int, scene: Scene) -> Account | None:
    """The denial from its speaker's name to `end`; None for passives, refusals to deny, and unknown speakers."""
    if _PASSIVE.search(scene.text[max(0, cue.start - 40) : cue.start]):
        return None
    speaker = speaker_at(cue, scene)
    if speaker is None:
        return None
    mention, code = speaker
    return Account(trimmed(scene.text, mention.span.start, end), mention.span, code)


def _just_before(charges: list[Charge], cue: Span, second: Account, scene: Scene) -> Account | None:
    """The charge against the denier told last before the denial, in its sentence or the one before."""
    here, rejected = number_of(second.span, scene), _rejected(cue, scene)
    near = [c.account for c in charges if second.code in c.against and here - number_of(c.account.span, scene) <= 1]
    found = [
        a.before(second.span.start, scene.text)
        for a in near
        if a.span.start < second.span.start and (not rejected or a.code in rejected)
    ]
    return max(found, key=lambda account: account.span.end, default=None)


def _denied(charges: list[Charge], cue: Span, what: Span, second: Account, scene: Scene) -> Account | None:
    """Of the charges against the denier the one that shares most words with what is denied, of equals the nearest.

    "The charge", "involvement" and the like may mean what was told just before; a deed must be named in both accounts.
    """
    named = _rejected(cue, scene) or {
        c for m in scene.reading.mentions if what.covers(m.span) and (c := scene.code(m.span)) is not None
    }
    vague = _VAGUE.match(scene.text, what.start, what.end) is not None
    here = number_of(second.span, scene)
    ranked = []
    for charge in charges:
        account, distance = charge.account, here - number_of(charge.account.span, scene)
        if second.code not in charge.against or not -AFTER <= distance <= BEFORE or account.span.overlaps(what):
            continue
        shared = len(content_of(account.span, scene) & content_of(what, scene))
        strange = bool(named) and account.code not in named
        if shared or (vague and not charge.plain and (abs(distance) <= 1 or not strange)):
            ranked.append((strange, -shared, distance < 0, abs(distance), account))
    return min(ranked, key=lambda each: each[:4])[4] if ranked else None


def _rejected(cue: Span, scene: Scene) -> set[str]:
    """Codes of those whose charge is rejected, where the reader saw the denial as an event against somebody."""
    found = [t.recipients for t in scene.reading.triggers if t.type == "REJECT" and t.span.overlaps(cue)]
    return {code for links in found for code in codes_of(links, scene)}


def _owned_charge(what: Span, code: str | None, scene: Scene) -> Account | None:
    """The charge inside the denial that names its own side: "U.S. accusations that it is building a bomb"."""
    match = re.match(rf"(?P<by>(?:[\w’'.-]+\s+){{1,4}}?){_CHARGE}\s+(?:that|of)\s", scene.text[what.start : what.end])
    if match is None:
        return None
    by = Span(what.start, what.start + match.end("by"))
    mentions = [m for m in scene.reading.mentions if m.span.overlaps(by) and m.span.start >= what.start]
    for mention in mentions:
        actor = scene.actor(mention)
        if actor is not None and actor.code not in (None, code):
            return Account(trimmed(scene.text, what.start, what.end), mention.span, actor.code)
    return None
