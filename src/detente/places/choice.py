"""The names in place words → the one place meant, its country, and why."""

from __future__ import annotations

import math
from typing import NamedTuple

from detente.places.phrase import Hit, Phrase
from detente.places.table import Named, Place, Table
from detente.places.words import ABROAD, AFLOAT, BEFORE_ITS_NAME, BORDER, ELSEWHERE, REGION, ROAD, SITE, TOWN

BIG = 1_000_000  # people of a town whose roads are told by its name
STRAY = 100_000  # people of a town that is believed without its state being told
FAIR = 50_000  # people of a town whose airport is


class Setting(NamedTuple):
    """What is known before the words are read: the actors' state, and every state that the text has told."""

    near: str | None
    told: frozenset[str] = frozenset()

    @property
    def home(self) -> frozenset[str]:
        """States in which small places are believed to be."""
        return self.told | ({self.near} if self.near else frozenset())


class Chosen(NamedTuple):
    """A place, its state as far as one can be told, and why."""

    place: Place
    code: str | None
    why: str


def choose(phrase: Phrase, setting: Setting, places: Table) -> Chosen | None:
    """The most exact place that the words name: a town or region before its country."""
    hits = [hit for hit in phrase.hits if not _is_owners(hit, phrase)]
    exact = [hit for hit in hits if hit.country is None and not _is_vague(hit)]
    if not exact and "capital" in phrase.folded():
        return _capital(phrase, hits, setting, places)
    beside = [hit for hit in hits if not (exact and hit.country is not None and _is_beyond(hit, phrase))]
    for hit in sorted(exact, key=lambda hit: (_called(hit, phrase) not in TOWN, hit.owner and len(exact) > 1)):
        chosen = _best(hit, [other for other in beside if other != hit], phrase, setting, places)
        if chosen is not None:
            return chosen
    return _country(phrase, hits, setting, places)


def _is_vague(hit: Hit) -> bool:
    return any(each.own and each.place.kind == "Z" for each in hit.named)


def _is_owners(hit: Hit, phrase: Phrase) -> bool:
    """Whether the name tells whose embassy or ship it is, not where: "the Estonian embassy in Moscow"."""
    if hit.country is None:
        return False
    until = min([other.start for other in phrase.hits if other.start >= hit.end], default=len(phrase.tokens))
    return any(phrase.key(at) in ABROAD | AFLOAT for at in range(hit.end, min(until, hit.end + 4)))


def _called(hit: Hit, phrase: Phrase) -> str:
    """What "of" says that the name is: "city" of "the city of Basra"; else ""."""
    return phrase.key(hit.start - 2) if phrase.key(hit.start - 1) == "of" else ""


# --- a town, region, water or building --------------------------------------------------------------


def _best(hit: Hit, others: list[Hit], phrase: Phrase, setting: Setting, places: Table) -> Chosen | None:
    """The likeliest of the places that bear the name."""
    among = [each for each in hit.named if each.place.kind not in {"A", "D", "Z"}]
    inside = _container(hit, others, phrase)
    if inside is not None:
        among = [each for each in among if inside & set(each.place.codes)]
    told = frozenset(code for other in others for code in other.codes)
    if not hit.owner and (_is_part(hit, phrase) or phrase.continues(hit)):
        home = told | setting.home
        among = [each for each in among if home & set(each.place.codes) or _is_renowned(each, hit, phrase)]
    neighbours = _neighbours(hit, phrase, setting, places)
    among = [each for each in among if not _is_stray(each, told, setting, neighbours)]
    if not among:
        return None
    weights = [
        _weight(each, others, setting) + _fits(each.place, among, {phrase.after(hit), phrase.before(hit)})
        for each in among
    ]
    best = among[weights.index(max(weights))].place
    return _told(best, setting.near, _why(best, len(among), told, setting))


def _container(hit: Hit, others: list[Hit], phrase: Phrase) -> frozenset[str] | None:
    """Codes of the country named behind a comma or "in", or of the region right behind a comma: nothing outside of it is meant."""
    for other in others:
        if other.start < hit.end or other.adjective or BORDER & phrase.folded():
            continue
        comma = other.start == hit.end and "," in phrase.tokens[other.start].gap
        if other.country is not None and (comma or phrase.lead(other) == "in"):
            return other.codes
        regions = [each.place for each in other.named if each.own and each.place.kind == "A1"]
        if comma and regions:
            return frozenset(code for region in regions for code in region.codes)
    return None


def _is_part(hit: Hit, phrase: Phrase) -> bool:
    """Whether the name is a part of another one: "Henderson airport", "Plains of Abraham", "Lake Albert"."""
    called = _called(hit, phrase)
    if called:
        return called in ROAD | SITE and phrase.tokens[hit.start - 2].text[0].isupper()
    return phrase.after(hit) in ROAD | SITE or phrase.key(hit.start - 1) in BEFORE_ITS_NAME


def _is_renowned(each: Named, hit: Hit, phrase: Phrase) -> bool:
    """Whether "the Havana airport" is told from Havana alone; streets bear the names of towns far away."""
    place = each.place
    if phrase.continues(hit):
        return place.people >= BIG
    enough = BIG if phrase.after(hit) in ROAD else FAIR
    return place.kind in {"PC", "S", "T", "L", "H", "HI"} or place.people >= enough


def _is_stray(each: Named, told: frozenset[str], setting: Setting, neighbours: frozenset[str]) -> bool:
    """Whether it is a small town of a state that nothing tells of, while other states are told: the place meant is one that nobody knows.

    A town of the actors' neighbours is none, when the name is its own: armies shell across their borders.
    """
    place = each.place
    if place.kind not in {"P", "A2"} or place.people >= STRAY or not setting.told or (told | setting.home) & set(place.codes):
        return False
    return not each.own or not neighbours & set(place.codes)


def _neighbours(hit: Hit, phrase: Phrase, setting: Setting, places: Table) -> frozenset[str]:
    """The states that border on the actors'; none for what the words call a district: it is no town."""
    home = places.country(setting.near) if setting.near is not None and phrase.after(hit) not in REGION else None
    return frozenset() if home is None else frozenset(home.part.split())


def _weight(each: Named, others: list[Hit], setting: Setting) -> float:
    """Likelihood in powers of ten: people, and what the other words, the actors and the text before tell.

    The bonuses were set by hand so that near=LBN makes Tripoli (229 000 people) outweigh Libya's capital (1.1 million), but near=GBR not
    Scotland's Blantyre (17 000) Malawi's (800 000); and near=USA, whose towns bear the names of everybody's capitals and who acts
    everywhere, does not make Athens the one in Georgia, nor (200 000 people against 22 000) Geneva the one in Illinois.
    """
    place = each.place
    weight = math.log10(place.people + 100) - (0 if each.own else 1) + (0.6 if place.kind == "PC" else 0)
    if setting.near in place.codes:
        weight += 0.75 if setting.near == "USA" else 1.5
    weight += 1 if setting.told & set(place.codes) - {"USA"} else 0
    weight += 3 * sum(bool(other.codes & set(place.codes)) for other in others)
    regions = {region.place.part for other in others for region in other.named if region.place.kind == "A1"}
    return weight + (2 if place.part in regions else 0)


def _fits(place: Place, among: list[Named], kinds: set[str]) -> float:
    """More when the words call it what it is; a region that bears its town's name is seldom meant unless they do."""
    if place.kind in {"A1", "A2"}:
        has_town = any(other.place.kind in {"P", "PC"} and other.place.codes == place.codes for other in among)
        return 3 if kinds & REGION else -1.5 if has_town else 0
    return 3 if place.kind in {"P", "PC"} and kinds & TOWN else 0


def _why(place: Place, number: int, told: frozenset[str], setting: Setting) -> str:
    if number == 1:
        return "only place of that name"
    codes = set(place.codes)
    if told & codes:
        how = "as the other words tell"
    elif setting.near in codes:
        how = f"in {setting.near}"
    elif setting.told & codes:
        how = "as the text before tells"
    else:
        how = "capital" if place.kind == "PC" else "most people"
    return f"{how}, of {number} places of that name"


def _told(place: Place, near: str | None, why: str) -> Chosen:
    """A place that several states share or claim is in the actors' one, if that is one of them; the sea is nobody's."""
    if len(place.codes) < 2:
        return Chosen(place, place.code, why)
    code = near if near in place.codes and place.kind != "H" else None
    return Chosen(place, code, f"{why}; shared or disputed: {', '.join(place.codes)}")


# --- a country --------------------------------------------------------------------------------------


def _country(phrase: Phrase, hits: list[Hit], setting: Setting, places: Table) -> Chosen | None:
    """The country named, else the one whose adjective stands there."""
    named = sorted((hit for hit in hits if hit.country is not None), key=lambda hit: hit.adjective)
    if not named:
        vague = next((each.place for hit in hits for each in hit.named if each.place.kind == "Z"), None)
        return None if vague is None else Chosen(vague, None, "several states")
    first = named[0]
    if _is_beyond(first, phrase) and setting.near not in first.codes:
        home = places.country(setting.near) if setting.near else None
        adjoins = home is not None and first.codes & set(home.part.split())
        return Chosen(home, home.code, "its side of the border") if home is not None and adjoins else None
    state = _state(first, setting)
    place = state if state.kind != "D" else places.country(state.codes[0])
    if place is None or (phrase.lead(first) == "outside" and not first.adjective):
        return None
    several = {code for hit in named if not hit.adjective for code in _state(hit, setting).codes}
    kind = "country" if place.kind == "A" else "region"
    if len(several) > 1:
        why = f"first of several: {', '.join(sorted(several))}"
    else:
        why = kind if phrase.bare(first) else f"only its {kind} is known"
    return _told(place, setting.near, why)


def _state(hit: Hit, setting: Setting) -> Place:
    """The country; the region of that name if the actors are of its country (Georgia)."""
    region = next(
        (each.place for each in hit.named if each.place.kind == "A1" and setting.near in each.place.codes), None
    )
    country = hit.country
    if region is None or country is None or setting.near in country.codes:
        return country or hit.named[0].place
    return region


def _is_beyond(hit: Hit, phrase: Phrase) -> bool:
    """Whether the country lies beyond the border told of: "the Brazilian border", "its border with Serbia". People say so on this side.

    Its own town or region does not: "the Sudanese border town".
    """
    if hit.owner or not BORDER & phrase.folded() or phrase.key(hit.end + 1) in TOWN | REGION:
        return False
    return phrase.after(hit) in BORDER or phrase.lead(hit) in {"with", "to"}


def _capital(phrase: Phrase, hits: list[Hit], setting: Setting, places: Table) -> Chosen | None:
    """The capital of the country named or of the actors', for "the capital" without its name."""
    if phrase.folded() & (ELSEWHERE | {"provincial", "state"}):
        return None
    code = next((hit.country.codes[0] for hit in hits if hit.country is not None), setting.near)
    city = places.capital(code) if code else None
    return None if city is None else Chosen(city, code, f"capital of {code}")
