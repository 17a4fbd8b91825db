"""Organisations, companies and armed groups → rows with a code and a sector."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from detente.actors.ingest.places import Nations
from detente.actors.ingest.rows import TABLES, BodyRow, csv_rows
from detente.actors.words import norm_of

_PHOENIX_SECTORS = {
    "REB": "REB",
    "SEP": "REB",
    "UAF": "UAF",
    "CRM": "CRM",
    "PTY": "PTY",
    "MED": "JRN",
    "SPY": "SPY",
    "MIL": "MIL",
    "COP": "COP",
}
_GENERIC_GROUP = re.compile(
    r"faction|forces of|government of|military|supporters|civilians|^(?:popular front|united front|presidential guard|national front|republic of)",
    re.IGNORECASE,
)
_BODY_WORDS = re.compile(
    r"\b(?:organi[sz]ation|bank|council|commission|agency|committee|institute|fund|federation|association|union|foundation|society|international|alliance|"
    r"forum|movement|league|group|network|corporation|company|watch|relief|conference|center|centre|community|court|tribunal|programme?|party|press|news)\b",
    re.IGNORECASE,
)


_VAGUE = frozenset(
    "liberation army front foundation insurgents militants group revolutionary peoples popular united national islamic movement party democratic the of for and "
    "council armed forces force resistance union new jihad islam youth rebels guerrillas brigade brigades free patriotic alliance organization secret committee "
    "international command military unity republican socialist communist workers students student palestinian abu musab state action independence".split()
)


def _vague(name: str) -> bool:
    """Whether the name has only words that many bodies share."""
    return all(word in _VAGUE for word in norm_of(name).split())


def hand_bodies() -> Iterator[BodyRow]:
    """The hand-written organisations and groups, and those that only count where their country is spoken of."""
    for table, weight in (("bodies.csv", 1.0), ("context.csv", 0.9)):
        for row in csv_rows(TABLES / table):
            names = row["names"].split("|")
            for first, group in _groups(row, names):
                kinds = [(name, "context" if table == "context.csv" else kind_of_name(name), weight) for name in group]
                yield BodyRow(row["kind"], first, row["code"], row["sector"] or None, "hand", names=kinds)


def _groups(row: dict[str, str], names: list[str]) -> list[tuple[str, list[str]]]:
    """Lists of companies, papers and parties are one row each, "=" joins spellings; elsewhere all names are one body's."""
    listed = row["sector"] in ("BUS", "JRN", "PTY", "SPY", "CRM", "PRM") or row["kind"] == "list"
    if not listed:
        return [(names[0], names)]
    return [(group.split("=")[0], group.split("=")) for group in names]


def kind_of_name(name: str) -> str:
    """Acronym or name."""
    return "acronym" if name.replace("-", "").replace(".", "").isupper() and " " not in name else "name"


def kb_bodies(kb: Path) -> Iterator[BodyRow]:
    """The companies and groups of the hand-made seed list."""
    types = {"company": ("org", "BUS"), "armed group": ("group", "REB"), "military": ("org", "MIL")}
    for row in csv_rows(kb / "hand_seed_organisations.csv"):
        kind, sector = types[row["type"]]
        names = [name for name in (row["name"], *row["aliases"].split("|")) if name.isascii() and name]
        yield BodyRow(
            kind,
            row["name"],
            row["iso3"] or "CHN",
            sector,
            "hand",
            names=[(name, kind_of_name(name), 0.85) for name in names],
        )


def armed_groups(kb: Path, nations: Nations) -> Iterator[BodyRow]:
    """UCDP's formally organised armed groups, with the first state they fought in."""
    for row in csv_rows(kb / "ucdp_actor_22_1.csv"):
        code = nations.code(re.sub(r"\s*\(.*?\)", "", row["Location"].split(",")[0]))
        names = {
            row[key].strip() for key in ("NameData", "NameOrigFullEng", "NameOrigFull") if row[key] not in ("", "n/a")
        }
        names = {
            name
            for name in names
            if not _GENERIC_GROUP.search(name) and not _vague(name) and len(norm_of(name)) > 3 and "," not in name
        }
        if row["Org"] != "1" or code is None or not names:
            continue
        best = max(names, key=lambda name: (name == row["NameOrigFullEng"], len(name)))
        yield BodyRow(
            "group", best, code, "REB", "ucdp-22.1", names=[(name, kind_of_name(name), 0.6) for name in sorted(names)]
        )


def phoenix_bodies(kb: Path, nations: Nations) -> Iterator[BodyRow]:
    """Armed groups and international bodies of the Phoenix dictionaries, people left out."""
    for file in ("Phoenix.MilNonState.actors.txt.gz", "Phoenix.International.actors.txt.gz"):
        for names, cameo in _phoenix_entries(kb / file):
            code, sector = _cameo(cameo, nations)
            named = [
                name
                for name in names
                if len(name) > 4
                and not _vague(name)
                and not re.match("(?i)sheikh |abu (?!say|nid)", name)
                and (_BODY_WORDS.search(name) or "MilNonState" in file)
            ]
            if code is None or not named or re.match(r"(?i)the security council$", named[0]):
                continue
            kind = "group" if sector in ("REB", "UAF") else "org"
            yield BodyRow(kind, named[0], code, sector, "phoenix", names=[(name, "name", 0.5) for name in named])


def _phoenix_entries(path: Path) -> Iterator[tuple[list[str], str]]:
    names: list[str] = []
    cameo = ""
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            text = line.split("#")[0].split(";")[0].rstrip()
            bracket = re.search(r"\[([A-Z]{3,15})[^\]]*\]", text)
            word = re.sub(r"\[.*", "", text).strip().strip("+").strip("_ ")
            if word and not line.startswith(("+", "\t", " ")):
                if names and cameo:
                    yield names, cameo
                names, cameo = [], ""
            if word:
                names.append(re.sub("^The ", "", _cased(re.sub(r"\(.*?\)", "", word))))
            if bracket and not cameo:
                cameo = bracket[1]
    if names and cameo:
        yield names, cameo


def _cased(word: str) -> str:
    small = {"of", "the", "and", "for", "in", "to", "de", "la", "al", "on"}
    parts = [part for part in word.replace("_", " ").split() if part]
    return " ".join(
        part.lower() if part.lower() in small and at else part.capitalize() for at, part in enumerate(parts)
    )


def _cameo(cameo: str, nations: Nations) -> tuple[str | None, str | None]:
    head, rest = cameo[:3], cameo[3:]
    sector = next((ours for theirs, ours in _PHOENIX_SECTORS.items() if theirs in rest), None)
    if head == "IGO":
        return ("UNO" if "UNO" in rest else "EUR" if "EEC" in rest else "IGO"), ("JUD" if "JUD" in rest else None)
    if head in ("NGO", "MNC"):
        return head, "BUS" if head == "MNC" else None
    if head == "IMG":
        return "IMG", "REB"
    if head in nations.rows and sector:
        return head, sector
    return None, None
