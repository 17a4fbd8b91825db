"""What the base knows about somebody, and who held an office: the answers that `detente actors` shows."""

from __future__ import annotations

import datetime as dt
import re

import msgspec
from rapidfuzz import fuzz, process

from detente.actors.base import ActorBase
from detente.actors.ingest.rows import TABLES, csv_rows
from detente.actors.known import ActorRow, Candidate, Office, Tenure
from detente.actors.phrase import owners
from detente.actors.titles import TITLE_WORDS
from detente.actors.words import norm_of
from detente.errors import BadSetting
from detente.records import Span

_EXACT = ("name ", "alias ", "acronym ")
_AHEAD = (
    0.05  # how far the likeliest bearer of a surname must lead to be shown without being asked for by the whole name
)
MANY_PLACES = "places of "  # how rows that hold all towns and regions of a state are named
_SMALL = frozenset("of the for and to in a an".split())
_SHARED = frozenset({"IGO", "NGO", "ISM", "IMG", "MNC"})  # codes of many bodies, of none the name


class Held(Tenure, frozen=True):
    """An office of somebody. `status` on the day asked for, None without one: see `status_of`."""

    person: str
    identifier: str | None
    licence: str
    knows_until: str | None
    status: str | None


class Known(msgspec.Struct, frozen=True):
    """Everything about one actor. `also` are other names as the base keeps them: folded, by kind.

    `since` and `until` are the first and last day of a state; None where it is older than 1990, or still exists.
    """

    name: str
    kind: str
    code: str | None
    state: str | None
    sector: str | None
    identifier: str | None
    source: str
    licence: str
    why: str
    also: dict[str, tuple[str, ...]]
    offices: tuple[Held, ...]
    since: str | None = None
    until: str | None = None


class About(msgspec.Struct, frozen=True):
    """Whom a name means: actors of that name, else names near it."""

    asked: str
    on: str | None
    found: tuple[Known, ...]
    near: tuple[str, ...]


class Who(msgspec.Struct, frozen=True):
    """Who held an office on a day.

    `holders` are known for that day; `last_known` held it when their source ended, before that day; `before` and `after`
    are the nearest tenures where nobody is known.
    """

    asked: str
    on: str
    title: str
    code: str
    state: str
    of_country: str | None
    holders: tuple[Held, ...]
    last_known: tuple[Held, ...]
    before: Held | None
    after: Held | None


def about(base: ActorBase, name: str, *, on: dt.date | None) -> About:
    """Everything the base knows under a name.

    Args:
        base: The base.
        name: A person with or without title, a state, organisation, group, seat or town.
        on: The day for which offices are marked.
    """
    candidates = base.find(name, on=on)
    exact = [each for each in candidates if each.why.startswith(_EXACT)]
    if not exact and candidates and (len(candidates) == 1 or candidates[0].score - candidates[1].score >= _AHEAD):
        exact = list(candidates[:1])
    found = [_known(base, each.actor, each.why, on) for each in exact]
    number = base.place_named(norm_of(re.sub(r"(?i)^the\s+", "", name.strip()))) or base.place_named(norm_of(name))
    if number is not None and all(each.actor.id != number for each in exact):
        found.insert(0, _place(base, number, name, on))
    shown = {each.actor.id for each in exact}
    near = [_label(base, each) for each in candidates if each.actor.id not in shown]
    return About(
        name, on.isoformat() if on else None, tuple(found), tuple(near or ([] if found else _alike(base, name)))
    )


def who(base: ActorBase, question: str, *, on: dt.date) -> Who:
    """Who held an office on a day.

    Args:
        base: The base.
        question: A title with its state: "foreign minister of China", "U.S. ambassador to China".
        on: The day.

    Raises:
        BadSetting: The question names no state or no office.
    """
    text, code, host, title, owner = _parted(base, question)
    role = base.role_in(text)
    if role == "ambassador" and host is None:
        raise BadSetting("question", question, "an ambassador needs a host: 'U.S. ambassador to China'")
    roles, tenures = base.tenures(text, code, of_country=host if role == "ambassador" else None)
    if not tenures and role != "ambassador":  # an ambassador to another host is no answer
        # many bodies share a code such as IGO, so there the body's own name must stand in the title too
        words = set(norm_of(title if code in base.states() else text).split()) - _SMALL
        told = len(words) > 1 or not words <= TITLE_WORDS  # "chief" alone stands in a hundred titles
        tenures = [each for each in base.titled(code) if told and words <= set(norm_of(each[1].title).split())]
        if not tenures and not roles:
            raise BadSetting("question", question, f"the base knows no office {title!r} of {owner}")
    day = on.isoformat()
    firm = [office for _, office in tenures if office.held_on(day) and office.firm]
    tenures.sort(
        key=lambda each: (
            not each[1].own,
            any(other.believed_before(each[1]) for other in firm),
            _backwards(each[1].first),
        )
    )
    held = [_held(base, base.row(person), office, day) for person, office in tenures]
    holders = tuple(each for each in held if each.status == "held")
    stale = tuple(each for each in held if each.status == "no later information") if not holders else ()
    none = not holders and not stale
    before = (
        max((e for e in held if e.last and e.last < day), key=lambda e: e.last or "", default=None) if none else None
    )
    after = (
        min((e for e in held if e.first and e.first > day), key=lambda e: e.first or "", default=None) if none else None
    )
    return Who(question, day, title, code, owner, host, holders, stale, before, after)


def status_of(office: Office, day: str, *, built: str | None = None) -> str:
    """Held, ended, not yet, no later information (its source ends before the day), or overruled by a row of the user's own.

    A last day after the base was `built` is a term's end by law, which nobody can know to be served out: before it, but after
    that day, there is no later information either.
    """
    if office.overruled:
        return "overruled"
    if office.first is not None and day < office.first:
        return "not yet"
    if office.last is not None and office.last < day:
        return "ended"
    served = built is None or office.own or day <= built
    if office.days_unknown(day) or not served:
        return "no later information"
    return "held"


def _held(base: ActorBase, row: ActorRow, office: Office, day: str | None) -> Held:
    source = base.sources[office.source]
    return Held(
        **{name: getattr(office, name) for name in Tenure.__struct_fields__}, person=row.name, identifier=row.identifier,
        licence=source.licence, knows_until=source.until, status=status_of(office, day, built=base.meta["built"]) if day is not None else None,
    )  # fmt: skip


def _known(base: ActorBase, row: ActorRow, why: str, on: dt.date | None) -> Known:
    source = base.sources[row.source]
    day = on.isoformat() if on else None
    held = [_held(base, row, office, day) for office in base.offices(row.id)] if row.kind == "person" else []
    also = base.names_of(row.id)
    own = norm_of(row.name)
    return Known(
        row.name, row.kind, row.code, _state(base, row.code), row.sector, row.identifier,
        source.name, source.licence, why, {kind: tuple(n for n in names if n != own) for kind, names in also.items()},
        tuple(sorted(held, key=lambda each: (each.first or "", each.last or "9999"))),
    )  # fmt: skip


def _place(base: ActorBase, number: int, name: str, on: dt.date | None) -> Known:
    """A state with its days, a seat or body by its name; a town or region alone, not with all others of its state."""
    row = base.row(number)
    known = _known(base, row, f"name {norm_of(name)!r}", on)
    if row.kind == "state":
        return _with_days(known, name)
    if not row.name.startswith(MANY_PLACES):
        return known
    kind = next((kind for kind, names in known.also.items() if norm_of(name) in names), "place")
    return msgspec.structs.replace(known, name=name, kind=kind, also={})


def _with_days(known: Known, asked: str) -> Known:
    """The state with the days it existed; under a former state's name that one's, which is told by the code of what followed it."""
    norm = norm_of(re.sub(r"(?i)^the\s+", "", asked.strip()))
    for row in csv_rows(TABLES / "states.csv"):
        if row["code"] == known.code and norm in {norm_of(name) for name in row["former"].split("|") if name}:
            why = f"{known.why}; now {known.name}"
            name = row["former"].split("|")[0]
            return msgspec.structs.replace(known, name=name, why=why, since=row["since"], until=row["until"])
        if row["code"] == known.code and not row["former"] and row["since"]:
            known = msgspec.structs.replace(known, since=row["since"])
    return known


def _label(base: ActorBase, candidate: Candidate) -> str:
    row = candidate.actor
    state = _state(base, row.code)
    return f"{row.name} ({state or row.code})" if row.code else row.name


def _state(base: ActorBase, code: str | None) -> str | None:
    """The name of the state or body of that code; None for a code that many bodies share."""
    return base.state_name(code) if code is not None and code not in _SHARED else None


def _alike(base: ActorBase, name: str) -> list[str]:
    """The names of the base that look most like one that it does not have."""
    names = base.every_name()
    near = process.extract(norm_of(name), list(names), scorer=fuzz.ratio, score_cutoff=75, limit=12)
    rows = [row for norm, _, _ in near if not (row := base.row(names[norm])).name.startswith(MANY_PLACES)]
    labels = [f"{row.name} ({row.code})" if row.code else row.name for row in rows]
    return list(dict.fromkeys(labels))[:5]


def _parted(base: ActorBase, question: str) -> tuple[str, str, str | None, str, str]:
    """The question as read, the state or body whose office it is, the host of an ambassador, the bare title, and the owner's name.

    Raises:
        BadSetting: No state is named.
    """
    known = base.states()
    for text in (question, _capitalised(question), _with_acronyms(question)):
        found = owners(text, Span(0, len(text)), base.scan(text))
        own = [owner for owner in found if owner.weight >= 0.8]
        hosts = [owner.hit.code for owner in found if owner.place == "target"]
        codes = [word for word in re.findall(r"\b[A-Z]{3}\b", text) if word in known]
        if own or codes:
            code = own[0].hit.code if own else codes[0]
            return (
                text,
                code,
                hosts[0] if hosts else (codes[1] if len(codes) > 1 else None),
                _title(text, [o.hit.span for o in found], codes),
                base.row(own[0].hit.row).name if own and code in _SHARED else base.state_name(code),
            )
    raise BadSetting("question", question, "it must name an office and its state, such as 'foreign minister of China'")


def _title(text: str, spans: list[Span], codes: list[str]) -> str:
    """The words of the question without the names of states."""
    letters = list(text)
    for span in spans:
        letters[span.start : span.end] = " " * (span.end - span.start)
    plain = re.sub(r"\b(?:" + "|".join(codes or ["\0"]) + r")\b|['’]s?(?=\s)", " ", "".join(letters))
    plain = re.sub(r"\s+", " ", plain).strip()
    return re.sub(r"(?:\s+(?:of|to|the|in))+$", "", re.sub(r"(?i)^(?:the|who is|who was)\s+", "", plain)).strip()


def _capitalised(text: str) -> str:
    return " ".join(word if word in _SMALL else word[:1].upper() + word[1:] for word in text.split())


def _with_acronyms(text: str) -> str:
    return " ".join(word.upper() if len(word) <= 3 and word not in _SMALL else word for word in text.split())


def _backwards(day: str | None) -> int:
    """A key that sorts ISO days latest first."""
    return -int((day or "0").replace("-", ""))
