"""Office holders of every source → people, merged."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from detente.actors.days import first_day, last_day
from detente.actors.ingest.places import Nations
from detente.actors.ingest.roles import Names, office
from detente.actors.ingest.rows import TABLES, OfficeRow, PersonRow, csv_rows
from detente.actors.titles import HEADS, role_of
from detente.actors.words import norm_of

OLDEST = "1989-01-01"  # offices that ended before are not news of 1990 and later
LOCAL = re.compile(
    r"(?i)\b(?:district|prefect|county|raion|oblast|city manager|lieutenant governor of|chairman of the \w+ regional)\b"
)


def hand_people() -> Iterator[PersonRow]:
    """The people of the hand-written tables, one row per office."""
    rows = (row for table in ("persons.csv", "ministers.csv") for row in csv_rows(TABLES / table, delimiter=";"))
    for row in rows:
        name, *aliases = row["name"].split("|")
        held = office(row["title"], row["code"], row["first"], row["last"], "hand", of_country=row["of"] or None)
        yield PersonRow(name, row["code"], "hand", aliases=set(aliases), offices=[held])


def kb_people(kb: Path, nations: Nations) -> Iterator[PersonRow]:
    """The seed list of ministers after the Wikidata snapshot."""
    for row in csv_rows(kb / "hand_seed_officeholders_2022_2026.csv"):
        code = "EUR" if row["iso3"] == "EUU" else row["iso3"] or "IGO"
        held = office(
            row["position"], code, row["start"], row["end"], "hand", of_country=host_of(row["position"], nations)
        )
        yield PersonRow(row["person"], code, "hand", row["wikidata"] or None, offices=[held])


def wikidata_people(kb: Path, nations: Nations) -> Iterator[PersonRow]:
    """21st-century office holders of 142 jurisdictions, and the speakers among legislators."""
    wiki_names = {
        row["qid"]: row["enwiki"] for row in csv_rows(kb / "persons_wikidata_bio_2022.csv.gz") if row["enwiki"]
    }
    for row in csv_rows(kb / "officeholders_wikidata_2022.csv.gz"):
        code = nations.wikidata.get(row["jurisdiction_qid"]) or nations.code(row["jurisdiction"])
        if code is None or not row["person"] or re.fullmatch(r"Q\d+", row["person"]):
            continue
        if LOCAL.search(row["position"]):
            continue
        held = office(
            row["position"],
            code,
            row["start"],
            row["end"],
            "wikidata-2022",
            of_country=host_of(row["position"], nations),
            states=nations.states,
        )
        if held.last is not None and held.last < OLDEST:
            continue
        part = re.search(r"(?i)(?:premier|minister|president) of (?:the )?(.+)", row["position"])
        if (
            held.role in HEADS
            and part
            and nations.code(part[1]) != code
            and not row["position"].lower().startswith("president of the republic")
        ):
            held.role = "governor"  # "Premier of Ontario"
        person = PersonRow(row["person"], code, "wikidata-2022", row["person_qid"] or None, offices=[held])
        article = re.sub(r"\s*\(.*", "", wiki_names.get(row["person_qid"], ""))
        if article and norm_of(article) != norm_of(row["person"]):
            person.aliases.add(article)
        yield person
    for row in csv_rows(kb / "legislators_wikidata_2022.csv.gz"):
        if re.search(r"(?i)\b(?:speaker|president|chair|leader)", row["position"]) and (
            code := nations.code(row["jurisdiction"])
        ):
            held = office(row["position"], code, row["start"], row["end"], "wikidata-2022")
            held.sector = "LEG"
            yield PersonRow(row["person"], code, "wikidata-2022", row["person_qid"] or None, offices=[held])


def factbook_people(kb: Path, nations: Nations) -> Iterator[PersonRow]:
    """Heads of state and government, and ambassadors to and from the United States, 2015 to 2026."""
    rows = [
        (row, code, _factbook_name(row["name"], nations))
        for row in csv_rows(kb / "officeholders_factbook_2015_2026.csv")
        if (code := nations.fips.get(row["gec"])) is not None
    ]
    homes = _homes(rows, nations)
    for row, code, name in rows:
        if not name or (" " not in name and row["office"].startswith("ambassador")):
            continue
        person = homes.get((name, row["since"]), code)
        host = {"ambassador from US": code, "ambassador to US": "USA"}.get(row["office"])
        sender = "USA" if row["office"] == "ambassador from US" else code
        title = row["title"] or {"chief of state": "head of state"}.get(row["office"], row["office"].split(" to ")[0])
        held = office(
            title,
            sender,
            row["since"],
            row["end_best"] if "no longer" not in row["end_basis"] else row["last_seen"],
            "factbook",
            of_country=host,
        )
        if host:
            held.role, held.sector = ("ambassador" if "mbassador" in title else "charge_d_affaires"), "GOV"
        elif held.role not in ("vice_president", "deputy") and "vice" not in title.lower():
            held.role = {"chief of state": "head_of_state", "head of government": "head_of_government"}.get(
                row["office"], "other"
            )
            held.sector = "GOV"
        yield PersonRow(name, sender if host else person, "factbook", offices=[held])


def _homes(rows: list[tuple[dict[str, str], str, str]], nations: Nations) -> dict[tuple[str, str], str]:
    """The state of whoever became chief of several states and territories on one day, by name and day.

    The American president is that of Guam too, and the king of Norway that of Svalbard: one person, whose home is the
    only independent state among them, or the only one where nobody represents the chief of state.
    """
    places: dict[tuple[str, str], dict[str, bool]] = {}
    for row, code, name in rows:
        if row["office"] == "chief of state" and row["since"]:
            represented = "represented by" in row["raw"].partition(row["name"].split()[-1])[2]
            places.setdefault((name, row["since"]), {})[code] = represented
    homes = {}
    for chief, codes in places.items():
        states = [code for code in codes if code in nations.independent]
        unrepresented = [code for code in states if not codes[code]]
        if len(codes) > 1 and 1 in (len(states), len(unrepresented)):
            homes[chief] = (states if len(states) == 1 else unrepresented)[0]
    return homes


# Words before a name in the Factbook that are no part of it: "Presidential Leadership Council Chairperson Dr. Rashad …".
_BEFORE_NAME = re.compile(
    r".*\b(?:Minister|President|Premier|Chair(?:person|man|woman)?|Council|Republic of [A-Z]\w+|Confederation|Commissioner|Chancellor|General|Governor|"
    r"Administrator|Tan Sri|Gen\.|Dr\.|Lt\.|Maj\.|Col\.|Mr\.|Adm\.|Coprince)\s+(?=\S+ \S)"
)


def _factbook_name(text: str, nations: Nations) -> str:
    """A name in usual capitals: "Joseph R. BIDEN, Jr." → "Joseph R. Biden"; "QIN Gang" → "Qin Gang".

    A state beside it belongs to the title, not to the name: "China XI Jinping", "HARALD V of Norway".
    """
    plain = re.sub(r'"[^"]*"|\(.*?\)|,\s*(?:Jr|Sr)\.?|\balso (?:spelled|known).*|\b(?:Dr|Gen)\.\s*$', " ", text)
    plain = re.sub(r"^\s*(?:Premiers|Ministers|Sir|Sheikh)\s+", " ", plain).replace(",", " ")
    plain = _BEFORE_NAME.sub("", " ".join(plain.split()))
    words = re.sub(r"\b(?:Jr|Sr)\.?$", "", plain).split()
    if "of" in words and nations.states.code(" ".join(words[words.index("of") + 1 :])):
        words = words[: words.index("of")]
    ahead = next((n for n in (3, 2, 1) if n < len(words) and nations.states.code(" ".join(words[:n]))), 0)
    plain = " ".join(words[ahead:] if words[:1] and not words[0].isupper() else words)
    return " ".join("-".join(_cased(part) for part in word.split("-")) for word in plain.split())


def _cased(part: str) -> str:
    """Part of a name in usual capitals: "McFEETERS" → "McFeeters"; Roman numbers and initials stay."""
    found = re.fullmatch(r"(Mc|Mac)([A-Z]{2,})", part)
    if found:
        return found[1] + found[2].capitalize()
    upper = part.isupper() and "." not in part and not re.fullmatch(r"[IVX]+|JD", part)
    return part.capitalize() if upper and len(part) > 1 else part


def us_people(kb: Path) -> Iterator[PersonRow]:
    """Members of Congress who sat since 2012, their leaders, presidents and vice presidents."""
    for file in ("us_congress_terms.csv.gz", "us_congress_leadership_and_executive.csv"):
        for row in csv_rows(kb / file):
            title = "Senator" if row["office"] == "U.S. Senator" else row["office"]
            held = office(title, "USA", row["start"], row["end"], "us-congress")
            if held.last is not None and held.last < OLDEST:
                continue
            if "resident" not in row["office"] or "Pro Tempore" in row["office"]:
                held.sector, held.role = "LEG", ("speaker" if row["office"].startswith("Speaker") else "legislator")
            elif row["office"].startswith("President"):
                held.role = "head_of_state"
            aliases = {f"{row['first']} {row['last']}"}
            usual = f"{row['nickname'] or row['first']} {row['last']}" if row["last"] else row["name"]
            if row["name"] == "George Bush":  # the source gives father and son one name
                usual, aliases = ("George W. Bush" if row["middle"] == "Walker" else "George H. W. Bush"), set()
            yield PersonRow(usual, "USA", "us-congress", row["wikidata"] or None, aliases | {row["name"]}, [held])


def uk_people(kb: Path) -> Iterator[PersonRow]:
    """British ministers since 1979; the plain name is preferred to the title of a peer."""
    for row in csv_rows(kb / "uk_ministers_ifg_1979_2026.csv"):
        names = [name for name in [*row["aliases"].split("|"), row["name"]] if name]
        plain = [name for name in names if not re.match(r"(?:Lord|Baroness|Viscount|Earl|Baron|Sir|Dame)\b", name)]
        best = plain[0] if plain else names[0]
        held = office(row["post"], "GBR", row["start_date"], row["end_date"], "ifg-ministers")
        if row["rank_equivalence"] in ("PUSS", "MoS", "Parl.") and held.role != "speaker":
            held.role = "deputy"
        held.sector = "GOV"
        yield PersonRow(best, "GBR", "ifg-ministers", aliases=set(names) - {best}, offices=[held])


def reign_leaders(kb: Path, nations: Nations) -> Iterator[tuple[str, OfficeRow]]:
    """(surname, office) of each leader who ruled after 1985; the source seldom gives full names."""
    cow = {row["cow"]: row["code"] for row in csv_rows(TABLES / "cow_codes.csv")}
    for row in csv_rows(kb / "reign_leaderlist_2021_03.csv"):
        code = cow.get(row["stateabb"], row["stateabb"])
        try:
            first = f"{int(row['syear']):04d}-{int(row['smonth']):02d}-{int(row['sdate']):02d}"
            last = f"{int(row['eyear']):04d}-{int(row['emonth']):02d}"
        except ValueError:
            continue
        if code in nations.rows and last >= OLDEST:
            held = OfficeRow(
                "leader",
                "leader",
                code,
                "GOV",
                first_day(first),
                None if last >= "2021-02" else last_day(last),
                "reign",
            )
            yield row["leader"].strip(), held


def phoenix_people(kb: Path, nations: Nations) -> Iterator[PersonRow]:
    """People with dated roles in the Phoenix country dictionary: ministers and leaders to about 2011."""
    names: list[str] = []
    held: list[OfficeRow] = []
    with gzip.open(kb / "Phoenix.Countries.actors.txt.gz", "rt", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            text = line.split("#")[0].split(";")[0].rstrip()
            if text and not line.startswith(("+", "\t", " ")):
                yield from _phoenix_person(names, held)
                names, held = [], []
            word = re.sub(r"\[.*", "", text).strip().strip("+").strip("_ ")
            if word:
                names.append(word)
            held.extend(_phoenix_offices(text, nations))
    yield from _phoenix_person(names, held)


def _phoenix_offices(text: str, nations: Nations) -> Iterator[OfficeRow]:
    for code, sector, span in re.findall(
        r"\[([A-Z]{3})(GOV|MIL|OPP|REB|JUD|SPY|LEG|PTY|COP)[A-Z]*\s+([<>]?\d{6}(?:-\d{6})?)\]", text
    ):
        days = [
            f"{'19' if day[:2] > '30' else '20'}{day[:2]}-{day[2:4]}-{day[4:]}" for day in re.findall(r"\d{6}", span)
        ]
        first, last = (days[0], days[1]) if len(days) == 2 else (("", days[0]) if span[0] == "<" else (days[0], ""))
        if code in nations.rows and (not last or last >= OLDEST):
            title = {"GOV": "government official", "MIL": "military officer"}.get(sector, "politician")
            yield OfficeRow(title, "other", code, sector, first_day(first), last_day(last), "phoenix")


def _phoenix_person(names: list[str], held: list[OfficeRow]) -> Iterator[PersonRow]:
    if not names or not held or "_" not in names[0].strip("_"):
        return
    cased = [
        "-".join(p[:1].upper() + p[1:] for p in n.replace("_", " ").title().split("-"))
        for n in names
        if "_" in n.strip("_")
    ]
    if role_of(cased[0]) is None:
        aliases = {alias for alias in cased[1:] if role_of(alias) is None}
        yield PersonRow(cased[0], held[0].code, "phoenix", aliases=aliases, offices=held)


def host_of(position: str, nations: Names) -> str | None:
    """The host that an ambassador's title names: "Ambassador of France to Japan" gives Japan's code."""
    match = re.search(
        r"(?i)\b(?:ambassador|permanent representative|high commissioner)\b(?: of .+?)? (?:to|in) (?:the )?(.+)",
        position,
    )
    return nations.code(match[1]) if match else None
