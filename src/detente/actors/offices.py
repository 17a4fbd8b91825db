"""Offices in the resolver: who holds the one a title names, which one somebody holds on the day, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable

from detente.actors.base import ActorBase
from detente.actors.clues import Context
from detente.actors.known import Candidate, Office
from detente.actors.phrase import owners
from detente.actors.titles import HEADS, LESSER, TITLE_WORDS, UNIQUE, head_roles, means_there, role_of
from detente.actors.words import fold, norm_of
from detente.records import Mention

# Days after the end of a source's knowledge through which its last holder is still named. Of the base's closed tenures of
# 1995 to 2021 a foreign, defence or interior minister of a random day still serves 180 days later in 0.79 to 0.83 of
# cases, a head of state in 0.89; one year later only in 0.60 to 0.79.
GRACE = 180
_WITH_THE = frozenset("USA GBR NLD PHL ARE BHS GMB COD CAF DOM CZE MDV SLB MHL COM EUR UNO".split())


# "a new prime minister", "the next president": nobody yet, or anybody.
_NOBODY_YET = re.compile(r"^(?:an?|any|every|each|some|another|no)\b|\b(?:next|future|elect|designate|incoming|nominee|candidate)\b")


def holder_of(mentions: Iterable[Mention], code: str, context: Context) -> Candidate | None:
    """Who holds the office that a mention's title names ("China's foreign minister") on the day of the text, if one person does."""
    if context.on is None:
        return None
    for mention in mentions:
        words = mention.span.of(context.text)
        role = context.base.role_in(words)
        if (
            len(mention.entities) > 1
            or (role not in UNIQUE and role != "leader")
            or LESSER.search(norm_of(words))
            or _NOBODY_YET.search(norm_of(words))
        ):
            continue
        if _of_a_part(mention, context) or not means_there(words, role or "", code):
            continue
        holder = in_office(role or "", code, context, host=_host(mention, context) if role == "ambassador" else None)
        if holder is not None:
            return holder
    return None


def in_office(role: str, code: str, context: Context, *, host: str | None = None) -> Candidate | None:
    """Who is known to hold an office of a state on the day of the text, if one person does; an ambassador needs the `host`."""
    on = context.on
    if on is None:
        return None
    held = [
        candidate
        for candidate in context.base.holder(role, code, on=on, of_country=host)
        if candidate.office is not None and candidate.office.days_unknown(on.isoformat()) <= GRACE and _so_called(candidate.office, role)
    ]
    clear = len({candidate.actor.id for candidate in held}) == 1 or (held and role != "leader" and _clear(held))
    return held[0] if clear else None


def _so_called(office: Office, role: str) -> bool:
    """Whether texts call the office so: where the president heads the government nobody is prime minister."""
    return role not in HEADS or role == "leader" or role in (head_roles(office.title) or {role})


# Peoples and lands that have leaders of their own within a state.
_PARTS = frozenset(
    "Chechen Chechnya Ingush Dagestan Kurdish Kurdistan Kurds Basque Catalan Catalonia Scottish Scotland Welsh Wales Tibetan Tibet Crimean Crimea Abkhaz Abkhazian Abkhazia "
    "Flemish Walloon Darfur Acehnese Aceh Kashmiri Kashmir Somaliland Puntland Zanzibar Zanzibari Papuan Transnistrian Transnistria".split()
) | {
    "Bosnian Serb",
    "Bosnian Croat",
    "South Ossetian",
    "South Ossetia",
    "Turkish Cypriot",
    "Republika Srpska",
    "Northern Ireland",
    "Northern Cyprus",
    "Nagorno-Karabakh",
}


def _of_a_part(mention: Mention, context: Context) -> bool:
    """Whether a region or people within a state owns the mention, whose leader is not the state's."""
    return any(
        owner.hit.kind == "region" or owner.hit.span.of(context.text) in _PARTS
        for owner in owners(context.text, mention.span, context.hits)
        if owner.weight >= 0.8
    )


def _clear(held: list[Candidate]) -> bool:
    """Whether the first is the user's own and the second not, or believed before it, or told by hand or ended and begun after it."""
    first, second = held[0].office, held[1].office
    if first is None or second is None:
        return False
    if first.own or second.own:
        return first.own and not second.own
    if first.believed_before(second):
        return True
    return (first.last is not None or first.source == "hand") and (first.first or "") >= (second.first or "")


def _host(mention: Mention, context: Context) -> str | None:
    """The country an ambassador is sent to: the nation after "to"."""
    targets = [owner.hit.code for owner in owners(context.text, mention.span, context.hits) if owner.place == "target"]
    return targets[0] if targets else None


def current_office(candidate: Candidate, mentions: Iterable[Mention], context: Context) -> Office | None:
    """The office of somebody on the day of the text; the one the text's own title names first."""
    if context.on is None:
        return None
    day = context.on.isoformat()
    held = sorted((o for o in candidate.offices if o.held_on(day)), key=lambda o: o.code != candidate.actor.code)
    roles = [role for role in (role_of(mention.span.of(context.text)) for mention in mentions) if role is not None]
    for role in roles:
        fitting = [office for office in held if office.role == role or (role in HEADS and office.role in HEADS)]
        if fitting:
            return next((office for office in fitting if office.role == role != "leader"), fitting[0])
    return candidate.office if candidate.office in held else (held[0] if held else None)


def office_words(office: Office, base: ActorBase) -> str:
    """The office in words: "ambassador of the United States to China"."""
    country = _country(office.code, base)
    if office.role == "ambassador":
        host = (
            "the United Nations"
            if office.of_country == "UNO"
            else _country(office.of_country, base)
            if office.of_country
            else None
        )
        return f"ambassador of {country} to {host}" if host else f"{_lower(office.title)} of {country}"
    title = _lower(office.title)
    bare = norm_of(country.removeprefix("the "))
    if (
        bare in norm_of(title)
        or office.code in ("IGO", "UNO", "EUR", "IMG", "NGO", "MNC")
        or re.search(r"\bof (?:[A-Z]|the [A-Z])", title.replace("of State", ""))
    ):
        return title
    return f"{title} of {country}"


def _lower(title: str) -> str:
    """The title with its own words in lower case, names and acronyms kept."""
    words = [word if word.isupper() or fold(word) not in TITLE_WORDS else word.lower() for word in title.split()]
    return " ".join(words)


def _country(code: str | None, base: ActorBase) -> str:
    name = base.state_name(code) if code else ""
    return f"the {name}" if code in _WITH_THE and not name.lower().startswith("the ") else name
