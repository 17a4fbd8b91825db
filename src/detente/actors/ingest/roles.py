"""Which office a title of a source is: role, sector and days, read from its words."""

from __future__ import annotations

import re
from typing import Protocol

from detente.actors.days import first_day, last_day
from detente.actors.ingest.rows import OfficeRow
from detente.actors.titles import HEADS, around_role, means_there, role_of, sector_of
from detente.actors.words import norm_of

_ROLE_SECTORS = {
    "speaker": "LEG", "legislator": "LEG", "judge": "JUD", "prosecutor": "JUD", "military_chief": "MIL", "intelligence_chief": "SPY",
}  # fmt: skip
_BODY_CODES = {"IGO", "UNO", "EUR", "IMG", "NGO"}
_OF_ONE = frozenset(
    "head_of_state head_of_government foreign_minister defence_minister interior_minister finance_minister justice_minister health_minister "
    "trade_minister energy_minister vice_president national_security_adviser".split()
)
# Words before the office that make it another one: "chief of staff to the president", "state minister of finance".
_ANOTHER_BEFORE = re.compile(
    r"\b(?:to|in|at|of|for|on|with|office|adviser|advisor|counselor|counsellor|spouse|chief|secretary|minister|head|director|assistant|assisting|state|"
    r"associate|cabinet|deputy|vice|private|flemish|walloon|political|staff|general)\b"
)
# Words after the office that make it another one: the office of a part, or of a branch.
_ANOTHER_AFTER = re.compile(
    r"^(?:s office|s department|office|department|cabinet|elect|materiel|equipment|science|production|industry|procurement|personnel|export|"
    r"(?:of|to|for|at|in) (?!the republic\b|republic\b|the state\b|state\b|the union\b|government\b|the government\b|ministers\b|the council of ministers\b|council of ministers\b|"
    r"the council of state\b|the swiss\b|the confederation\b|the presidency\b|the holy see\b|the palestinian\b|the transition))"
)
_OF_A_PART = re.compile(
    r"\b(?:chechnya|republika srpska|northern cyprus|iraqi kurdistan|azad kashmir|zanzibar|bougainville|southern sudan|abkhazia|south ossetia|"
    r"legislative assembly of (?!the)\w+|house of assembly of|state house of|provincial|yukon|flemish|quebec|duchy of lancaster|generalitat)\b"
)


class Names(Protocol):
    """Whatever tells which state a name means."""

    def code(self, name: str) -> str | None:
        """The code of the state of that name, or None."""


def office(  # noqa: PLR0913 - an office has that many facts
    title: str,
    code: str,
    first: str,
    last: str,
    source: str,
    *,
    of_country: str | None = None,
    states: Names | None = None,
) -> OfficeRow:
    """An office with its role and sector read from the title's words.

    Args:
        title: As the source writes it.
        code: The state or body whose office it is.
        first: ISO day, may lack day or month, may be empty.
        last: The same.
        source: Name of the source.
        of_country: The host of an ambassador.
        states: With them "President of Brazil" is the president; without, it may be of anything.
    """
    own = without_state(title, code, states) if states is not None else title
    plain = norm_of(own)
    role = _role(title, own, code)
    sector = _ROLE_SECTORS.get(role) or ("PTY" if re.search(r"\bparty\b", plain) else None) or sector_of(title) or "GOV"
    if sector == "ELI" or (code in _BODY_CODES and sector not in ("REB", "MIL", "JUD", "LEG")):
        sector = "GOV"
    return OfficeRow(title, role, code, sector, first_day(first), last_day(last), source, of_country)


def _role(title: str, own: str, code: str) -> str:
    """The role of a title, given also without its state's name; "other" where it only speaks of that office."""
    bracketed = re.search(r"\(([^)]+)\)", own)
    if bracketed and role_of(bracketed[1]) in _OF_ONE:  # "Chairman of the Cabinet of Ministers (Prime Minister)"
        own = bracketed[1]
    plain = norm_of(own)
    role = role_of(own) or "other"
    if code == "IGO" or not means_there(title, role, code) or _OF_A_PART.search(norm_of(title)):
        return "other"
    if role == "speaker" and not any(words in plain for words in ("house", "speaker", "president of")):
        return "other"
    if role in _OF_ONE and code not in _BODY_CODES:
        before, after = around_role(own)
        if (
            _ANOTHER_BEFORE.search(before)
            or _ANOTHER_AFTER.search(after)
            or (role in HEADS and "secretary general" in plain)
        ):
            return "other"
    return role


def without_state(title: str, code: str, states: Names) -> str:
    """The title without the name of its own state at the end: "President of Brazil" gives "President"."""
    for found in re.finditer(r"(?i)\s+of\s+(?:the\s+)?", title):
        if states.code(title[found.end() :]) == code:
            return title[: found.start()]
    return title
