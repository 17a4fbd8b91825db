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


def head(first: str, last: str | None, source: str = "factbook") -> OfficeRow:
    """A time as Pakistan's president."""
    return OfficeRow("President", "head_of_state", "PAK", "GOV", first, last, source)


def test_a_head_of_state_who_comes_back_is_the_same_person() -> None:
    """Asif Ali Zardari of 2008 and of 2024 is one president of Pakistan; a minister of that name need not be."""
    people = [
        PersonRow(
            "Asif Ali Zardari", "PAK", "wikidata-2022", offices=[head("2008-09-09", "2013-09-08", "wikidata-2022")]
        ),
        PersonRow("Asif Ali Zardari", "PAK", "factbook", offices=[head("2024-03-10", None)]),
    ]

    assert [days(person.offices) for person in merged(people)] == [[("2008-09-09", "2013-09-08"), ("2024-03-10", None)]]


def test_a_later_row_may_show_that_two_are_one() -> None:
    """Who bears the second's name and took the first's office on the first's day makes all three one person."""
    people = [
        PersonRow("Christopher Hill", "ITA", "hand", offices=[tenure("2004-06-28", "2005-05-03", "hand")]),
        PersonRow("Christopher R. Hill", "ITA", "factbook", offices=[tenure("2014-09-09", None, "factbook")]),
        PersonRow(
            "Christopher R. Hill", "ITA", "wikidata-2022", "Q494953", offices=[tenure("2004-06-28", "2005-05-03")]
        ),
    ]

    assert [(person.name, person.identifier) for person in merged(people)] == [("Christopher Hill", "Q494953")]


def test_other_names_between_first_and_last_part_two_people() -> None:
    """Two ministers of one ruling house share first and last name, and are not one; initials and left-out names part nobody."""
    house = [
        PersonRow(
            "Ahmad Abdullah Al-Sabah", "ITA", "factbook", offices=[tenure("2014-09-08", "2016-10-25", "factbook")]
        ),
        PersonRow("Ahmad Nasser Al-Sabah", "ITA", "wikidata-2022", offices=[tenure("2016-12-01", "2018-10-25")]),
    ]
    tefft = [
        PersonRow("John Francis Tefft", "ITA", "factbook", offices=[tenure("2014-09-08", "2016-10-25", "factbook")]),
        PersonRow("John F. Tefft", "ITA", "wikidata-2022", offices=[tenure("2016-12-01", "2018-10-25")]),
    ]

    assert (len(merged(house)), len(merged(tefft))) == (2, 1)
