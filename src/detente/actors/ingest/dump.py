"""A Wikidata JSON dump, read line by line: people and the positions they held, positions, and states.

The format is Wikidata's own: one JSON array, one entity a line. Only the properties named in `Claims` are decoded, so that
memory stays the same however long the dump is. https://www.mediawiki.org/wiki/Wikibase/DataModel/JSON
"""

from __future__ import annotations

import bz2
import gzip
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from detente.actors.titles import role_of
from detente.errors import BadSetting

_HUMAN = "Q5"
# Position, public office, and kinds of them whose items often have no other class.
_OFFICES = frozenset(
    {"Q4164871", "Q294414", "Q83307", "Q7330070", "Q48352", "Q2285706", "Q30461", "Q121998", "Q1162163"}
)
_TIME = re.compile(r"\+(\d{4})-(\d{2})-(\d{2})T")
_YEAR, _MONTH = 9, 10  # precisions of a time value; 11 is a day


class Text(msgspec.Struct, frozen=True):
    """A label in one language."""

    value: str


class Texts(msgspec.Struct, frozen=True):
    """Labels in the languages that are read; `mul` is Wikidata's label for all languages."""

    en: Text | None = None
    mul: Text | None = None

    @property
    def best(self) -> str | None:
        """The English label, or the one for all languages."""
        label = self.en or self.mul
        return label.value if label is not None else None


class Lists(msgspec.Struct, frozen=True):
    """Aliases in the languages that are read."""

    en: tuple[Text, ...] = ()
    mul: tuple[Text, ...] = ()


class Snak(msgspec.Struct, frozen=True):
    """A value, or that there is none (`novalue`) or an unknown one (`somevalue`)."""

    snaktype: str
    datavalue: dict[str, Any] | None = None

    @property
    def item(self) -> str | None:
        """The id of the item that is the value."""
        value = self.datavalue.get("value") if self.datavalue is not None else None
        return value.get("id") if isinstance(value, dict) else None

    @property
    def text(self) -> str | None:
        """The string that is the value."""
        value = self.datavalue.get("value") if self.datavalue is not None else None
        return value if isinstance(value, str) else None

    @property
    def day(self) -> str | None:
        """The time that is the value, as an ISO date as precise as it is known; None when less precise than a year."""
        value = self.datavalue.get("value") if self.datavalue is not None else None
        found = _TIME.match(value.get("time", "")) if isinstance(value, dict) else None
        precision = value.get("precision", 0) if isinstance(value, dict) else 0
        if found is None or precision < _YEAR:
            return None
        parts = found.groups()[: 1 if precision == _YEAR else 2 if precision == _MONTH else 3]
        return "-".join(part for part in parts if part != "00")


class Qualifiers(msgspec.Struct, frozen=True):
    """When a position was held: P580 start, P582 end."""

    P580: tuple[Snak, ...] = ()
    P582: tuple[Snak, ...] = ()


class Claim(msgspec.Struct, frozen=True):
    """A statement. Wikidata writes an empty map as an empty list."""

    mainsnak: Snak
    rank: str = "normal"
    qualifiers: Qualifiers | list[Any] = msgspec.field(default_factory=Qualifiers)


class Claims(msgspec.Struct, frozen=True):
    """P31 instance of, P279 subclass of, P39 position held, P27 citizenship, P17 country, P1001 jurisdiction, P298 ISO code."""

    P31: tuple[Claim, ...] = ()
    P279: tuple[Claim, ...] = ()
    P39: tuple[Claim, ...] = ()
    P27: tuple[Claim, ...] = ()
    P17: tuple[Claim, ...] = ()
    P1001: tuple[Claim, ...] = ()
    P298: tuple[Claim, ...] = ()


class Entity(msgspec.Struct, frozen=True):
    """An entity of the dump, as far as it is read."""

    id: str
    labels: Texts | list[Any] = msgspec.field(default_factory=Texts)
    aliases: Lists | list[Any] = msgspec.field(default_factory=Lists)
    claims: Claims | list[Any] = msgspec.field(default_factory=Claims)


class Tenure(msgspec.Struct, frozen=True):
    """A position somebody held."""

    position: str
    first: str
    last: str


class Person(msgspec.Struct, frozen=True):
    """A human with positions held, and the states of citizenship."""

    id: str
    name: str
    aliases: tuple[str, ...]
    citizen: tuple[str, ...]
    held: tuple[Tenure, ...]


class Position(msgspec.Struct, frozen=True):
    """An office, its jurisdiction and its country."""

    id: str
    title: str
    jurisdiction: str | None
    country: str | None


class State(msgspec.Struct, frozen=True):
    """A state and its ISO code."""

    id: str
    code: str


def read_dump(path: Path, skipped: Counter[str]) -> Iterator[Person | Position | State]:
    """What the dump tells of states, positions and people, in its order.

    Args:
        path: .json, .json.gz or .json.bz2.
        skipped: Counts, by reason, what is left out of it.

    Raises:
        BadSetting: The file cannot be read, is cut off, or is no Wikidata dump.
    """
    decoder = msgspec.json.Decoder(Entity)
    seen = 0
    try:
        with _opened(path) as lines:
            for line in lines:
                packed = line.strip().rstrip(b",")
                if packed in (b"", b"[", b"]"):
                    continue
                seen += 1
                if not packed.startswith(b"{"):
                    skipped["unreadable line"] += 1
                elif any(mark in packed for mark in (b'"P39"', b'"P298"', b'"P1001"', b'"P17"')):
                    try:
                        yield from _told(decoder.decode(packed), skipped)
                    except msgspec.MsgspecError:
                        skipped["unreadable line"] += 1
    except (OSError, EOFError) as error:
        raise BadSetting("--wikidata", str(path), f"it cannot be read to its end: {error}") from error
    if seen == 0 or seen == skipped["unreadable line"]:
        raise BadSetting("--wikidata", str(path), "it must be a Wikidata JSON dump, one entity a line")


def _opened(path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return cast("BinaryIO", gzip.open(path, "rb"))
    return cast("BinaryIO", bz2.open(path, "rb")) if path.suffix == ".bz2" else path.open("rb")


def _told(entity: Entity, skipped: Counter[str]) -> Iterator[Person | Position | State]:
    claims = entity.claims
    if isinstance(claims, list):
        return
    label = entity.labels.best if isinstance(entity.labels, Texts) else None
    kinds = set(_items(claims.P31))
    if _HUMAN in kinds:
        if label is None and claims.P39:
            skipped["person without a name"] += 1
        elif label is not None and claims.P39:
            yield _person(entity, label, claims, skipped)
        return
    code = next((code for claim in _standing(claims.P298) if (code := claim.mainsnak.text)), None)
    if code is not None:
        yield State(entity.id, code)
        return
    office = not _OFFICES.isdisjoint((*kinds, *_items(claims.P279)))
    if label is not None and (claims.P1001 or claims.P17) and (office or role_of(label) is not None):
        yield Position(entity.id, label, next(_items(claims.P1001), None), next(_items(claims.P17), None))


def _person(entity: Entity, label: str, claims: Claims, skipped: Counter[str]) -> Person:
    lists = entity.aliases if isinstance(entity.aliases, Lists) else Lists()
    aliases = tuple(dict.fromkeys(text.value for text in (*lists.en, *lists.mul)))
    held = []
    for claim in _standing(claims.P39):
        position = claim.mainsnak.item
        when = claim.qualifiers if isinstance(claim.qualifiers, Qualifiers) else Qualifiers()
        over = any(snak.snaktype == "somevalue" for snak in when.P582)
        first = min((day for snak in when.P580 if (day := snak.day)), default="")
        last = max((day for snak in when.P582 if (day := snak.day)), default="")
        if position is None:
            skipped["position unknown"] += 1
        elif not first and not last:
            skipped["position without days"] += 1
        elif over and not last:
            skipped["position ended on an unknown day"] += 1
        else:
            held.append(Tenure(position, first, last))
    return Person(entity.id, label, aliases, tuple(_items(claims.P27)), tuple(held))


def _standing(claims: tuple[Claim, ...]) -> Iterator[Claim]:
    """The statements that Wikidata does not hold to be wrong, preferred ones first."""
    yield from sorted(
        (claim for claim in claims if claim.rank != "deprecated"), key=lambda claim: claim.rank != "preferred"
    )


def _items(claims: tuple[Claim, ...]) -> Iterator[str]:
    for claim in _standing(claims):
        if (item := claim.mainsnak.item) is not None:
            yield item
