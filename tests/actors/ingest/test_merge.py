"""One person and one tenure out of what several sources tell."""

from __future__ import annotations

from detente.actors.ingest.merge import joined_offices, merged
from detente.actors.ingest.rows import OfficeRow, PersonRow


def tenure(first: str, last: str | None, source: str = "wikidata-2022") -> OfficeRow:
    """A time as Italy's foreign minister."""
    return OfficeRow("Minister of Foreign Affairs", "foreign_minister", "ITA", "GOV", first, last, source)


def days(offices: list[OfficeRow]) -> list[tuple[str | None, str | None]]:
    """First and last day of each."""
    return [(office.first, office.last) for office in offices]


def test_terms_that_follow_each_other_are_one_tenure() -> None:
    """Reappointed by the next government, a minister stays to the end of the second term."""
    assert days(joined_offices([tenure("2019-09-05", "2021-02-13"), tenure("2021-02-13", "2022-10-22")])) == [
        ("2019-09-05", "2022-10-22")
    ]


def test_of_two_reports_the_better_source_counts() -> None:
    """Days written by hand beat the Factbook's, and a dated end beats an open one."""
    assert days(
        joined_offices([tenure("2019-09-05", "2022-10-22", "hand"), tenure("2019-09-10", "2023-01-20", "factbook")])
    ) == [("2019-09-05", "2022-10-22")]
    assert days(joined_offices([tenure("2019-09-05", None, "factbook"), tenure("2019-09-10", "2022-10-22")])) == [
        ("2019-09-05", "2022-10-22")
    ]


def test_years_between_two_terms_part_them() -> None:
    """Who comes back after years has two tenures."""
    assert len(joined_offices([tenure("2008-01-01", "2010-01-01"), tenure("2014-01-01", "2016-01-01")])) == 2


def test_two_spellings_in_one_seat_at_one_time_are_one_person() -> None:
    """Haydar al-Abadi and Haider Al-Abadi took one office on one day; who shares no word is somebody else."""
    people = [
        PersonRow("Haydar al-Abadi", "IRQ", "factbook", offices=[tenure("2014-09-08", "2018-10-25", "factbook")]),
        PersonRow("Haider Al-Abadi", "IRQ", "wikidata-2022", "Q5639013", offices=[tenure("2014-09-08", "2018-10-25")]),
        PersonRow("Fuad Masum", "IRQ", "wikidata-2022", "Q314484", offices=[tenure("2014-09-08", "2018-10-02")]),
    ]
    one, other = merged(people)

    assert (one.name, one.identifier, one.aliases) == ("Haider Al-Abadi", "Q5639013", {"Haydar al-Abadi"})
    assert other.name == "Fuad Masum"
