"""Two accounts of one thing inside an article: an accusation and its denial, an object that two sides describe otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from detente.coding.checks.accounts import (
    Account,
    Charge,
    charges_of,
    clause_end,
    codes_of,
    content_of,
    is_version,
    number_of,
    quoted_by,
    speaker_at,
)
from detente.coding.checks.finding import Finding, Scene, trimmed
from detente.coding.checks.wording import (
    AT_LAW,
    CHARGE,
    DENIED,
    DENIED_IT,
    DENY,
    HEDGED,
    INSISTED,
    LAST_WORD,
    OWNER,
    PASSIVE,
    PRONOUNS,
    TOLD,
    VAGUE,
)
from detente.records import Mention, Span

BEFORE, AFTER = 8, 2
"""Sentences before and after a denial in which its accusation may stand."""

SOLE = 4
"""Sentences before within which "the charge" means that of the only accuser; of several, the sentence before."""

INSISTED_NEAR = 3
"""Sentences around an insistence in which what it answers may stand."""

BESIDE = 40
"""Characters between a speaker and what he says within which both are shown."""


def two_accounts(scene: Scene) -> Iterator[Finding]:
    """Every later account that disputes an earlier one of another side, each pair of sides and accounts once."""
    charges = charges_of(scene)
    seen: set[tuple[Span, str | None]] = set()
    for first, second in (*_objects(charges, scene), *_deeds(charges, scene)):
        marked = re.search(r"[\[\]|{}]|https?:", first.span.of(scene.text) + second.span.of(scene.text))
        if (
            first.span,
            second.code,
        ) not in seen and marked is None:  # links and mark-up left in a text are nobody's words
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


def _objects(charges: list[Charge], scene: Scene) -> Iterator[tuple[Account, Account]]:
    """A "suspected spy balloon", and "the Chinese insisted the balloon was a civilian vessel"."""
    for match in INSISTED.finditer(scene.text):
        speaker = speaker_at(Span(*match.span("cue")), scene)
        if speaker is None:
            continue
        mention, code = speaker
        end = clause_end(scene.text, match.start("as"), min(match.end("as"), scene.sentence(match.start()).end))
        second = _told_by(mention, code, Span(match.start(), end), scene)
        first = _hedged(match["head"], second, scene) or _answered(charges, second, scene)
        if first is not None:
            yield first, second


def _hedged(head: str, second: Account, scene: Scene) -> Account | None:
    """The first place where something of that name is called suspected or the like, by nobody or by another side."""
    for match in re.finditer(rf"\b{HEDGED}{re.escape(head)}\b(?![-’'])", scene.text):
        span = Span(*match.span())
        if span.overlaps(second.span):
            continue
        speaker = quoted_by(span, scene)
        if speaker is None:
            return Account(span, None, None)
        if speaker[1] != second.code:
            return Account(span, speaker[0].span, speaker[1])
    return None


def _answered(charges: list[Charge], second: Account, scene: Scene) -> Account | None:
    """The last charge told before, against whoever insists, that shares most words with what is insisted on."""
    here = number_of(second.span, scene)
    found = []
    for charge in charges:
        account, distance = charge.account, here - number_of(charge.account.span, scene)
        after = account.span.end > second.span.start
        if second.code not in charge.against or after or distance > INSISTED_NEAR or not is_version(account, scene):
            continue
        shared = len(content_of(account.span, scene) & content_of(second.span, scene))
        if shared and (not charge.plain or distance <= 1 or charge.is_about(second, scene)):
            found.append((-shared, distance, account))
    return min(found, key=lambda each: each[:2])[2] if found else None


# --- a deed that one side alleges and the other denies --------------------------------------------------------


def _deeds(charges: list[Charge], scene: Scene) -> Iterator[tuple[Account, Account]]:
    """Each charge with its denial: "Kyiv accused Moscow of shelling the port", "Russia denied the charge"."""
    yield from _named_denials(charges, scene)
    yield from _pointed_denials(charges, scene)


class _Denial(NamedTuple):
    """A denial: its account, what is denied, who is said to have charged (codes, and a name as it stands), how it speaks.

    `vague`: "the charge", "any role"; `told`: the charge is told inside ("accusations that it is building a bomb").
    """

    account: Account
    what: Span
    charging: frozenset[str]
    owner: str
    vague: bool
    told: bool


def _named_denials(charges: list[Charge], scene: Scene) -> Iterator[tuple[Account, Account]]:
    """Denials that say what is denied."""
    for match in DENIED.finditer(scene.text):
        cue = Span(*match.span("cue" if match["cue"] else "cue2"))
        what = Span(*match.span("what" if match["what"] else "what2"))
        end = clause_end(scene.text, what.start, min(what.end, scene.sentence(cue.start).end))
        account = _denial(cue, end, scene)
        if account is None:
            continue
        denial = _what_is_denied(account, cue, Span(what.start, max(end, what.start)), scene)
        first = _denied(charges, denial, scene) or _owned_charge(denial.what, account.code, scene)
        if first is not None:
            yield first, account


def _what_is_denied(account: Account, cue: Span, what: Span, scene: Scene) -> _Denial:
    """The denial taken apart."""
    named = {c for m in scene.mentions(what) if what.covers(m.span) and (c := scene.code(m.span)) is not None}
    owner = OWNER.match(scene.text, what.start, what.end)
    told = TOLD.match(scene.text, what.start, what.end) is not None
    return _Denial(
        account,
        what,
        frozenset(_rejected(cue, scene) or named),
        owner["owner"].split()[-1] if owner else "",
        VAGUE.match(scene.text, what.start, what.end) is not None and not told,
        told,
    )


def _pointed_denials(charges: list[Charge], scene: Scene) -> Iterator[tuple[Account, Account]]:
    """Denials of "it", or of a charge told in the clause before."""
    for match in DENIED_IT.finditer(scene.text):
        relative = DENY.match(match[0]) is None
        verb = LAST_WORD.search(match[0]) if relative else None
        cue = Span(match.start() + (verb.start() if verb else 0), match.end())
        second = _denial(cue, match.end(), scene)
        if second is not None and relative:
            second = second._replace(span=Span(match.start(), second.span.end))
        first = _just_before(charges, cue, second, scene) if second is not None else None
        if first is not None and second is not None:
            yield first, second


def _denial(cue: Span, end: int, scene: Scene) -> Account | None:
    """The denial from its speaker's name to `end`; None for passives, refusals to deny, and unknown speakers."""
    if PASSIVE.search(scene.text[max(0, cue.start - 40) : cue.start]):
        return None
    speaker = speaker_at(cue, scene)
    if speaker is None:
        return None
    mention, code = speaker
    actor = scene.actor(mention)
    if (actor is not None and actor.sector == "JUD") or AT_LAW.search(mention.span.of(scene.text)):
        return None  # courts reject claims and lawyers charges, and neither is a party's account
    return _told_by(mention, code, Span(cue.start, end), scene)


def _told_by(mention: Mention, code: str, words: Span, scene: Scene) -> Account:
    """The account from the speaker's name on, where that stands right before the words; else the words alone."""
    between = scene.text[mention.span.end : words.start]
    start = mention.span.start if len(between) <= BESIDE and not re.search(r"[.;\n]", between) else words.start
    return Account(trimmed(scene.text, start, words.end), mention.span, code)


def _just_before(charges: list[Charge], cue: Span, second: Account, scene: Scene) -> Account | None:
    """The charge against the denier told last before the denial, in its sentence or the one before."""
    here, rejected = number_of(second.span, scene), _rejected(cue, scene)
    near = [
        c.account
        for c in charges
        if second.code in c.against
        and (not c.plain or c.is_about(second, scene))
        and here - number_of(c.account.span, scene) <= 1
    ]
    found = [
        a.before(second.span.start, scene.text)
        for a in near
        if a.span.start < second.span.start and (not rejected or a.code in rejected)
    ]
    told = [a for a in found if is_version(a, scene) and _is_last(a, second, scene)]
    return max(told, key=lambda account: account.span.end, default=None)


def _is_last(account: Account, second: Account, scene: Scene) -> bool:
    """Whether no other accusation stands between the account and what answers it."""
    triggers = (t for t in scene.reading.triggers if t.type == "ACCUSE")
    return not any(account.span.end <= t.span.start and t.span.end <= second.span.start for t in triggers)


def _denied(charges: list[Charge], denial: _Denial, scene: Scene) -> Account | None:
    """Of the charges against the denier the one that shares most words with what is denied, of equals the nearest."""
    against = [c for c in charges if denial.account.code in c.against and _is_before(c.account, denial.account, scene)]
    reach = SOLE if len({c.account.code for c in against if c.accuses}) == 1 else 1
    fitting = [(fit, c.account) for c in charges if (fit := _fit(c, denial, reach, scene)) is not None]
    return min(fitting, key=lambda each: each[0])[1] if fitting else None


def _is_before(account: Account, other: Account, scene: Scene) -> bool:
    """Whether the account stands before the other, near enough to be meant."""
    distance = number_of(other.span, scene) - number_of(account.span, scene)
    return account.span.end <= other.span.start and distance <= BEFORE


def _fit(charge: Charge, denial: _Denial, reach: int, scene: Scene) -> tuple[bool, int, int] | None:
    """How well the denial answers the charge, least first; None where it does not.

    "The charge", "involvement" and the like may mean the last charge, up to `reach` sentences before; a deed must be named in both
    accounts. Mere words of a quote must share two words with what is denied, or begin with the denier and stand right before.
    """
    account, second = charge.account, denial.account
    distance = number_of(second.span, scene) - number_of(account.span, scene)
    if second.code not in charge.against or not -AFTER <= distance <= BEFORE or account.span.overlaps(denial.what):
        return None
    if denial.owner not in account.words(scene.text) or not is_version(account, scene):
        return None
    shared = len(content_of(account.span, scene) & content_of(denial.what, scene))
    strange = bool(denial.charging) and account.code not in denial.charging
    before = account.span.end <= second.span.start
    if charge.plain:
        fits = before and (shared > 1 or (denial.vague and distance <= 1 and charge.is_about(second, scene)))
    else:
        meant = (charge.accuses and distance <= reach) or account.code in denial.charging
        fits = (denial.vague and before and meant and _is_last(account, second, scene)) or shared > _is_pronoun(
            second, scene
        )
    return (strange, -shared, abs(distance)) if fits else None


def _is_pronoun(account: Account, scene: Scene) -> bool:
    """Whether only "he", "it" or "they" tells whose account it is: whom that means, the reader may have missed."""
    return account.speaker is not None and account.speaker.of(scene.text).lower() in PRONOUNS


def _rejected(cue: Span, scene: Scene) -> set[str]:
    """Codes of those whose charge is rejected, where the reader saw the denial as an event against somebody."""
    found = [t.recipients for t in scene.reading.triggers if t.type == "REJECT" and t.span.overlaps(cue)]
    return {code for links in found for code in codes_of(links, scene)}


def _owned_charge(what: Span, code: str | None, scene: Scene) -> Account | None:
    """The charge inside the denial that names its own side: "U.S. accusations that it is building a bomb"."""
    match = re.match(rf"(?P<by>(?:[\w’'.-]+\s+){{1,4}}?){CHARGE}\s+(?:that|of)\s", scene.text[what.start : what.end])
    if match is None:
        return None
    by = Span(what.start, what.start + match.end("by"))
    mentions = [m for m in scene.mentions(by) if m.span.start >= what.start]
    for mention in mentions:
        actor = scene.actor(mention)
        if actor is not None and actor.code not in (None, code):
            return Account(trimmed(scene.text, what.start, what.end), mention.span, actor.code)
    return None
