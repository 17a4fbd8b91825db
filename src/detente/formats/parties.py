"""Actor codes and country names of other data → the codes and sectors of PLOVER, and back.

CAMEO roles → sectors is this project's own table (there is no official one): `tables/cameo_parties.csv`, listed in docs/formats.md.
ICEWS sectors follow the agents of Schrodt's text_to_CAMEO (MIT) where PLOVER has the same sector.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from detente.actors.base import ActorBase
from detente.actors.words import norm_of
from detente.formats.packaged import table_rows
from detente.ontology import PLOVER
from detente.records import Entity

# a name that is longer than this names more than a country; looking it up would only fill the cache
_LONGEST_NAME = 80
_SECTOR_RANK = ("COP", "MIL", "SPY", "JUD", "LEG", "REB", "UAF", "CRM", "JRN", "BUS", "LAB", "EDU", "MED", "REL", "REF", "GOV", "PTY", "OPP", "ELI", "CVL")
"""Of several ICEWS sectors the first of these is the actor's own: a police force is police before it is government."""

COUNTRIES = {
    "palestinian territory occupied": "PSE",
    "occupied palestinian territory": "PSE",
    "holy see vatican city state": "VAT",
    "sahrawi arab democratic republic": "ESH",
    "virgin islands u s": "VIR",
    "falkland islands malvinas": "FLK",
    "european union": "EUR",
}
"""Country names of ICEWS that the actor base writes otherwise."""


class Party(NamedTuple):
    """An entity, and what of the source it does not keep, each countable."""

    entity: Entity
    remarks: tuple[str, ...] = ()


class CameoTables(NamedTuple):
    """What three letters of a CAMEO actor code mean."""

    codes: dict[str, str]
    sectors: dict[str, str]
    countries: dict[str, str]
    regions: frozenset[str]


@cache
def cameo_tables() -> CameoTables:
    """The packaged table of CAMEO actor codes."""
    rows = table_rows("cameo_parties.csv")
    told = {kind: {r["code"]: r["value"] for r in rows if r["as"] == kind} for kind in ("code", "sector", "country", "region")}
    return CameoTables(told["code"], told["sector"], told["country"], frozenset(told["region"]))


@cache
def states() -> frozenset[str]:
    """ISO alpha-3 codes of states and territories, and the codes that stand beside them."""
    return frozenset(_base().states()) | {"HKG", "TWN", "PSE", "KOS"}


@cache
def fips() -> dict[str, str]:
    """FIPS 10-4 country → ISO alpha-3."""
    return {r["fips"]: r["code"] for r in table_rows("fips.csv")}


@cache
def fips_of() -> dict[str, str]:
    """ISO alpha-3 → FIPS 10-4."""
    return {code: known for known, code in reversed(fips().items())}


@cache
def _base() -> ActorBase:
    return ActorBase.open()


@lru_cache(maxsize=8192)
def country_named(name: str) -> str | None:
    """The code of a country by its English name or its own code; None when nobody knows it."""
    if name in states() or name in PLOVER.nonstate_codes:
        return name
    plain = " ".join(re.findall(r"\w+", name.lower()))
    if plain in COUNTRIES or len(name) > _LONGEST_NAME:
        return COUNTRIES.get(plain)
    last, _, first = name.partition(", ")  # "Congo, the Democratic Republic of the"
    rows = (_base().place_named(norm_of(n)) for n in (name, f"{first} {last}", f"{first} {last}".removeprefix("the ")))
    row = next((r for r in rows if r is not None), None)
    code = _base().row(row).code if row is not None else None
    return code if code in states() or code in ("EUR", "UNO") else None


@lru_cache(maxsize=1024)
def country_name(code: str) -> str:
    """The usual English name of a state; the code itself for what is no state."""
    return _base().state_name(code) if code in states() or code in ("EUR", "UNO") else code


def country_of_cameo(letters: str) -> str | None:
    """The state of three letters of a CAMEO code; None for regions and what is no state."""
    known = cameo_tables().countries.get(letters, letters)
    return known if known in states() else None


@lru_cache(maxsize=65536)
def of_cameo(name: str, country: str, group: str, roles: tuple[str, ...]) -> Party | None:
    """The party of GDELT's or Phoenix's columns; None when every one of them is empty.

    Args:
        name: What the source calls it.
        country: CAMEO country code, three letters.
        group: Code of a known organisation.
        roles: Role codes, the main one first.
    """
    parts = [p for p in (group, *roles) if p]
    if not (name or country or parts):
        return None
    tables = cameo_tables()
    # GDELT tells the European Union by the group EEC and the region EUR, which is Europe
    bodies = sorted((tables.codes[p] for p in parts if p in tables.codes), key=lambda body: body == "IGO")  # the UN before "some body"
    code = country_of_cameo(country) or next(iter(bodies), None)
    sectors = tuple(dict.fromkeys(tables.sectors[p] for p in parts if p in tables.sectors))
    if group == "PKO":
        sectors = tuple(dict.fromkeys(("MIL", *sectors)))
    lost = ["role-unknown" for p in parts if p not in tables.sectors and p not in tables.codes]
    if country and code is None:
        lost.append("region" if country in tables.regions else "country-unknown")
    told = name or "".join((country, *parts))
    entity = Entity(code=code, sector=sectors[0] if sectors else None, other_sectors=sectors[1:], entity_text=told)
    return Party(entity, tuple(lost))


@lru_cache(maxsize=65536)
def of_cameo_code(whole: str) -> Party | None:
    """The party of a whole CAMEO code in groups of three letters: "USAGOVMIL"."""
    parts = [whole[at : at + 3] for at in range(0, min(len(whole), 30), 3)]
    if not parts:
        return None
    country = parts[0] if country_of_cameo(parts[0]) or parts[0] in cameo_tables().regions else ""
    party = of_cameo("", country, "", tuple(parts[1:] if country else parts))
    return None if party is None else Party(_renamed(party.entity, whole), party.remarks)


def _renamed(entity: Entity, words: str) -> Entity:
    return Entity(code=entity.code, sector=entity.sector, other_sectors=entity.other_sectors, entity_text=words)


class CameoParts(NamedTuple):
    """How CAMEO writes a party: country, known group, up to three roles, and all of it in one code."""

    country: str
    group: str
    roles: tuple[str, ...]

    @property
    def whole(self) -> str:
        """The code in one word."""
        return "".join(dict.fromkeys(p for p in (self.country, *(self.roles[:1] if self.group else ()), self.group, *self.roles) if p))


@lru_cache(maxsize=65536)
def to_cameo(code: str | None, sectors: tuple[str, ...]) -> CameoParts:
    """Country, group and roles of a PLOVER party; what CAMEO has no role for is left out."""
    tables = cameo_tables()
    roles = {sector: role for role, sector in reversed(tables.sectors.items())}
    bodies = {"UNO": ("UNO", "IGO"), "EUR": ("EEC", "IGO"), "IGO": ("", "IGO"), "NGO": ("", "NGO"), "ISM": ("", "NGM"), "IMG": ("", "IMG"), "MNC": ("", "MNC")}
    group, body = bodies.get(code or "", ("", ""))
    older = {new: old for old, new in tables.countries.items() if old in ("ROM", "TMP", "MTN", "KSV", "IMY")}
    country = older.get(code, code) if code in states() and code else ""
    told = tuple(r for r in (body, *(roles.get(s, "") for s in sectors)) if r)
    return CameoParts(country, group, told[:3])


@cache
def _icews_sectors() -> dict[str, str]:
    return {r["name"]: r["sector"] for r in table_rows("icews_sectors.csv")}


@cache
def _icews_names() -> dict[str, str]:
    return {sector: name for name, sector in reversed(_icews_sectors().items())}


def icews_sector(sector: str) -> str:
    """How ICEWS calls a sector; the code itself where ICEWS has none."""
    return _icews_names().get(sector, sector)


_BODY_OF_SECTOR = (
    ("Nongovernmental Organization", "NGO"),
    ("International Government Organization", "IGO"),
    ("Multinational Corporation", "MNC"),
)


@lru_cache(maxsize=65536)
def of_icews(name: str | None, sectors: str | None, country: str | None) -> Party | None:
    """The party of ICEWS's name, sectors and country; None when there is no name."""
    if name is None and country is None:
        return None
    # "(Ships, Tanks, Planes)" is the one sector name with commas inside
    told = [s.strip() for s in (sectors or "").replace("(Ships, Tanks, Planes)", "").split(",") if s.strip()]
    known = [s if s in PLOVER.sectors else _icews_sectors().get(s) for s in told]
    ranked = tuple(sorted({s for s in known if s}, key=lambda s: _SECTOR_RANK.index(s) if s in _SECTOR_RANK else len(_SECTOR_RANK)))
    code = country_named(country) if country else None
    lost = ["sector-unknown"] if None in known else []
    if code is None:
        code = next((body for s in told for start, body in _BODY_OF_SECTOR if s.startswith(start)), None)
        lost += ["country-unknown"] if country else []
    entity = Entity(code=code, sector=ranked[0] if ranked else None, other_sectors=ranked[1:], entity_text=name or country or "", name=name)
    return Party(entity, tuple(lost))
