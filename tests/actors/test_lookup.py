"""What is said about an actor and about who held an office, and what is not known."""

from __future__ import annotations

import datetime as dt

import pytest

from detente.actors import ActorBase
from detente.actors.known import Office
from detente.actors.lookup import about, status_of, who
from detente.errors import BadSetting

MAY_2023 = dt.date(2023, 5, 8)
LATER = dt.date(2026, 11, 25)


def test_everything_about_a_person_names_its_source(base: ActorBase) -> None:
    """Qin Gang is shown with every office, its days, source and licence, and the one held in May 2023 is marked."""
    (known,) = about(base, "Qin Gang", on=MAY_2023).found
    held = [office for office in known.offices if office.status == "held"]

    assert [office.role for office in held] == ["foreign_minister"]
    assert all(office.source and office.licence for office in known.offices)
    assert (known.code, known.state, known.identifier) == ("CHN", "China", "Q7216297")


def test_an_unknown_name_gives_names_near_it(base: ActorBase) -> None:
    """A misspelt state or person is not found, and what looks alike is named."""
    assert not about(base, "Estonai", on=None).found
    assert "Estonia (EST)" in about(base, "Estonai", on=None).near
    assert any("Qin Gang" in name for name in about(base, "Qinn Gangg", on=None).near)


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [("Estonia", "state", "EST"), ("the Kremlin", "place", "RUS"), ("Lyon", "city", "FRA"), ("Hamas", "group", "PSE")],
)
def test_states_seats_towns_and_groups_are_shown_too(base: ActorBase, name: str, kind: str, code: str) -> None:
    """Whatever tells a state in a text can be asked for."""
    known = about(base, name, on=None).found[0]

    assert (known.kind, known.code) == (kind, code)


def test_a_surname_with_title_means_who_it_meant_on_the_day(base: ActorBase) -> None:
    """President Bush is the son in 2005, and the father is named as near."""
    found = about(base, "President Bush", on=dt.date(2005, 3, 1))

    assert found.found[0].name == "George W. Bush"
    assert any("George H. W. Bush" in name for name in found.near)


@pytest.mark.parametrize(
    ("question", "day", "name"),
    [
        ("foreign minister of China", MAY_2023, "Qin Gang"),
        ("China's foreign minister", MAY_2023, "Qin Gang"),
        ("foreign minister of china", MAY_2023, "Qin Gang"),
        ("foreign minister of CHN", MAY_2023, "Qin Gang"),
        ("the U.S. ambassador to China", MAY_2023, "Nicholas Burns"),
        ("ambassador of the United States to China", MAY_2023, "Nicholas Burns"),
        ("us secretary of state", MAY_2023, "Antony Blinken"),
        ("president of Russia", dt.date(2010, 1, 1), "Dmitry Medvedev"),
        ("U.S. ambassador to China", dt.date(2001, 4, 5), "Joseph Prueher"),
        ("prime minister of India", dt.date(1997, 5, 5), "I. K. Gujral"),
        ("president of Somalia", dt.date(1995, 5, 5), "Ali Mahdi Muhammad"),
        ("uk foreign secretary", dt.date(2022, 1, 1), "Liz Truss"),
        ("secretary general of NATO", MAY_2023, "Jens Stoltenberg"),
        ("secretary general of the UN", MAY_2023, "Antonio Guterres"),
    ],
)
def test_who_held_an_office(base: ActorBase, question: str, day: dt.date, name: str) -> None:
    """An office may be asked for as people write it."""
    assert [held.person for held in who(base, question, on=day).holders] == [name]


def test_a_stale_holder_is_not_called_the_holder(base: ActorBase) -> None:
    """Where the source ends before the day, the last known holder is told as that, with the day on which knowledge ends."""
    found = who(base, "foreign minister of China", on=LATER)

    assert not found.holders
    assert (found.last_known[0].person, found.last_known[0].knows_until) == ("Wang Yi", "2026-01-31")
    assert found.last_known[0].status == "no later information"


def test_where_nobody_is_known_the_nearest_are_named(base: ActorBase) -> None:
    """Between two kings and presidents of Nepal nobody is known; who came before and after is."""
    found = who(base, "president of Nepal", on=dt.date(2008, 6, 15))

    assert not found.holders
    assert not found.last_known
    assert found.before is not None
    assert found.after is not None
    assert (found.before.person, found.after.person) == ("Gyanendra", "Ram Baran Yadav")


@pytest.mark.parametrize("question", ["Chinese ambassador to Australia", "Russian ambassador to Norway"])
def test_an_ambassador_to_another_host_is_no_answer(base: ActorBase, question: str) -> None:
    """Where nobody is known whom a state sent to that host, those whom it sent elsewhere are not told."""
    found = who(base, question, on=dt.date(2023, 10, 1))

    assert (found.holders, found.last_known) == ((), ())


def test_an_answer_names_the_body_that_was_asked_about(base: ActorBase) -> None:
    """Many bodies share one code, and the Arab League is not NATO."""
    found = who(base, "secretary general of the Arab League", on=dt.date(2005, 5, 5))

    assert (found.state, [held.person for held in found.holders]) == ("Arab League", ["Amr Moussa"])
    assert about(base, "Amr Moussa", on=None).found[0].state is None


def test_a_term_to_come_is_not_known_to_be_served(base: ActorBase) -> None:
    """The president's term ends in 2029 by law; who governs in 2028 nobody knows."""
    found = who(base, "president of the United States", on=dt.date(2028, 6, 1))

    assert not found.holders
    assert [(held.person, held.status) for held in found.last_known] == [("Donald Trump", "no later information")]


@pytest.mark.parametrize(
    ("name", "code", "since", "until"),
    [
        ("South Sudan", "SSD", "2011-07-09", None),
        ("Czechoslovakia", "CZE", "1918-10-28", "1992-12-31"),
        ("the Soviet Union", "RUS", "1922-12-30", "1991-12-26"),
        ("Slovakia", "SVK", "1993-01-01", None),
        ("Russia", "RUS", None, None),
    ],
)
def test_a_state_has_the_days_it_existed(
    base: ActorBase, name: str, code: str, since: str | None, until: str | None
) -> None:
    """A young state has its first day, one that is gone its last too, under the code of the state that followed it."""
    known = about(base, name, on=None).found[0]

    assert (known.code, known.since, known.until) == (code, since, until)


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        ("foreign minister", "must name an office and its state"),
        ("ambassador of France", "needs a host"),
        ("grand wizard of France", "knows no office 'grand wizard'"),
        ("Pentagon chief of the United States", "knows no office 'chief'"),
        ("", "must name an office"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_is_missing(base: ActorBase, question: str, rule: str) -> None:
    """State, host and office must be there."""
    with pytest.raises(BadSetting, match=rule):
        who(base, question, on=MAY_2023)


def office(first: str | None, last: str | None, *, until: str | None = "2022-07-19", overruled: bool = False) -> Office:
    """An office with these days, from a source that ends on a day."""
    return Office("Minister", "foreign_minister", "EST", "GOV", None, first, last, "wikidata-2022", until, overruled)


@pytest.mark.parametrize(
    ("held", "status"),
    [
        (office("2020-01-01", "2024-01-01"), "held"),
        (office("2024-01-01", None), "not yet"),
        (office("2020-01-01", "2021-01-01"), "ended"),
        (office("2020-01-01", None), "no later information"),
        (office("2020-01-01", None, until="2023-05-08"), "held"),
        (office("2020-01-01", None, until=None), "held"),
        (office("2020-01-01", "2024-01-01", overruled=True), "overruled"),
    ],
)
def test_an_office_on_a_day(held: Office, status: str) -> None:
    """An office without end is held only through the last day that its source knows."""
    assert status_of(held, "2023-05-08") == status
