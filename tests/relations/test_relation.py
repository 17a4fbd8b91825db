"""What a relation is told to rest on: texts, however their rows came, and the events that moved it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import polars
import pytest

from detente.relations.relation import relation
from detente.relations.tables import checked, rows_of
from detente.relations.verdict import UNTOLD, Verdict
from tests.formats.rows import ACLED, PLOVER, gdelt, icews, icews_file, phoenix, polecat_file, read

WEEKS = range(20)
FIRST = dt.date(2025, 11, 16)
OUTLETS = ("Meridian", "Harbour Post", "Northern Wire", "The Column")


def day(week: int) -> dt.date:
    """A day of that week."""
    return dt.date(2025, 1, 6) + dt.timedelta(weeks=week)


def polecat(at: int, **cells: str) -> str:
    """The file of one row in which Egypt meets Qatar in that week."""
    told = {"Actor_Country": "EGY", "Actor_Name": "Samir Farag", "Actor_Name_Raw": "the envoy", "Primary_Actor_Sector": "GOV", "Actor_Sectors": "GOV"}
    return polecat_file(**{"Event_ID": f"n{at}", "Event_Date": f"{day(at)}", "Publication_Date": f"{day(at)}", "Source": OUTLETS[at % 4], **told, **cells})


def one_file(files: Iterable[str]) -> str:
    """The rows of all, under one header."""
    first, *rest = files
    return "".join([first, *(file.split("\n", 1)[1] for file in rest)])


def acled(week: int) -> str:
    """Soldiers of Ethiopia and Kenya clash."""
    return f"KEN{week},{day(week)},1,Battles,Armed clash,Military Forces of Kenya,1,Military Forces of Ethiopia,1,Kenya,Moyale,3.5,39,\n"


def verdict_on(folder: Path, text: str, format: str) -> Verdict:
    """The verdict on the two states of a file of that format."""
    events, refused, _ = read(folder, text, format)
    assert refused == []
    frame = checked(rows_of(events)).frame
    return relation(frame, *frame.select("source", "target").row(0)).verdict


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("polecat", lambda: one_file(map(polecat, WEEKS))),
        ("polecat", lambda: one_file(polecat(week, Story_People="Samir Farag", Story_Locations="Doha") for week in WEEKS)),
        ("gdelt2", lambda: "\n".join(gdelt(GLOBALEVENTID=str(week), SQLDATE=f"{day(week):%Y%m%d}", SOURCEURL=f"https://meridian.example/{week}") for week in WEEKS)),
        ("icews", lambda: icews_file(*(icews(Event_ID=f"{week}", Event_Date=f"{day(week)}", Story_ID=f"{week}") for week in WEEKS))),
        ("phoenix", lambda: "\n".join(phoenix(EventID=f"{week}", Date=f"{day(week):%Y%m%d}", TargetActorFull="CHNGOV", TargetActorEntity="CHN") for week in WEEKS)),
        ("plover", lambda: "\n".join(json.dumps(PLOVER | {"id": f"p{week}", "date": f"{day(week)}"}) for week in WEEKS)),
        ("acled", lambda: ACLED + "".join(map(acled, WEEKS))),
    ],
)
def test_events_of_many_weeks_have_a_verdict_in_whatever_layout_they_came(tmp_path: Path, format: str, text: Callable[[], str]) -> None:
    """Each row is of a text of its own: twenty witnesses, though all come from a few outlets."""
    assert verdict_on(tmp_path, text(), format).word == "stable"


def test_rows_of_one_polecat_story_are_one_text(tmp_path: Path) -> None:
    """One outlet and day, the same people and places: three long articles that each tell of a year are three witnesses."""
    rows = (polecat(week, Source="Meridian", Publication_Date=f"{day(20 + week % 3)}", Story_People="Samir Farag") for week in WEEKS)
    said = verdict_on(tmp_path, one_file(rows), "polecat")

    assert (said.word, said.chance) == (UNTOLD, None)
    assert "reports 20, independent texts 3," in said.why


def meetings(weeks: int, *, named: bool, reports: int = 1) -> Verdict:
    """The verdict on two states that meet in each of these weeks, told from either side; rows name no document."""
    rows = [
        {"day": day(week), "source": source, "target": target, "type": "CONSULT", "n": reports, "id": f"m{week}" if named else None}
        for week in range(weeks)
        for source, target in (("EGY", "QAT"), ("QAT", "EGY"))
    ]
    return relation(checked(polars.DataFrame(rows, schema_overrides={"id": polars.String})).frame, "EGY", "QAT").verdict


def test_an_act_that_is_told_both_ways_is_one_text() -> None:
    """Three meetings are three texts, though each has a row from either side; with two reports each they are six."""
    assert "reports 6, independent texts 3, weeks with reports 3" in meetings(3, named=True).why
    assert meetings(3, named=True, reports=2).word == meetings(5, named=True).word == "stable"


def test_rows_without_an_id_are_acts_of_their_own() -> None:
    """Nobody can know that two of them tell one meeting."""
    assert meetings(3, named=False).word == "stable"


def acts(*told: tuple[int, str, str, str]) -> polars.DataFrame:
    """Events: day, source, target and type."""
    rows = [{"day": FIRST + dt.timedelta(day), "source": source, "target": target, "type": kind, "id": f"e{n}"} for n, (day, source, target, kind) in enumerate(told)]
    return checked(polars.DataFrame(rows)).frame


@pytest.mark.parametrize("accusations", [1, 2, 6])
def test_a_few_events_of_one_kind_are_no_certainty(accusations: int) -> None:
    """Nothing has shown yet how far acts of two states differ: the band is some points wide, and narrower with each day that says the same."""
    found = [relation(acts(*((3 * n, "PER", "CHL", "ACCUSE") for n in range(count))), "PER", "CHL").level for count in (accusations, accusations + 4)]

    assert found[0].high - found[0].low > 2
    assert found[1].high - found[1].low < found[0].high - found[0].low
    assert found[0].low < -3.0 < found[0].high


@pytest.mark.parametrize(("known", "rates", "changes"), [(29, 0, 0), (30, 4, 0), (90, 4, 0), (91, 4, 1)])
def test_rates_and_changes_are_of_known_days(known: int, rates: int, changes: int) -> None:
    """A report of long ago makes no month of news, and no three."""
    found = relation(acts((-9000, "IND", "PAK", "ACCUSE"), *((day, "FRA", "DEU", "CONSULT") for day in range(known - 2)), (known - 2, "IND", "PAK", "ACCUSE")), "IND", "PAK")

    assert (len(found.rates), int(found.change is not None)) == (rates, changes)


@pytest.mark.parametrize("before", [0, 1, 30])
def test_the_gravest_act_is_listed_although_nothing_is_known_before_it(before: int) -> None:
    """A killing moves a relation from what is usual, whether the news of others begin on its day or went on before."""
    others = ((day, "FRA", "DEU", "CONSULT") for day in range(before + 3))
    found = relation(acts(*others, (before, "IND", "PAK", "ASSAULT"), (before + 1, "IND", "PAK", "ACCUSE"), (before + 2, "PAK", "IND", "REQUEST")), "IND", "PAK")

    assert ("ASSAULT", FIRST + dt.timedelta(before)) in {(event.type, event.day) for event in found.movers}
