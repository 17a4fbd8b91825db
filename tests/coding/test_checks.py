"""Checks: what the knowledge contradicts, what its own sources dispute, and above all where the program keeps silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from detente.actors.base import ActorBase
from detente.actors.knowledge import BaseKnowledge
from detente.coding.checks import find_checks
from detente.coding.checks.names import is_variant
from detente.pipeline import Tools, code
from detente.records import Actor, Check, Document, Link, Name, Reading
from tests.builders import actor, at, links, mention, quote, reading, trigger

PUBLISHED = dt.date(2023, 5, 8)


@pytest.fixture(scope="module")
def knowledge() -> Iterator[BaseKnowledge]:
    """What the packaged base knows."""
    base = ActorBase.open()
    yield BaseKnowledge(base)
    base.close()


def people(text: str, *names: str) -> tuple[Name, ...]:
    """The names as the reader marks them."""
    return tuple(Name(span=at(text, n), kind="PER", score=0.9) for n in names)


def checks(
    text: str,
    knowledge: BaseKnowledge,
    actors: dict[int, Actor] | None = None,
    *,
    published: dt.date | None = PUBLISHED,
    **layers: Any,
) -> tuple[Check, ...]:
    """The checks of a text whose reading has these layers; evidence is always the words themselves."""
    seen: Reading = reading(text, **layers)
    found = find_checks(Document(id="seed", text=text, published=published), seen, actors or {}, knowledge)
    for check in found:
        info = check.text_info
        assert check.text == text[info.start : info.end] == check.text.strip()
        assert all(0 <= s.start < s.end <= len(text) for spans in info.spans.values() for s in spans)
    return found


QIN = Actor(code="CHN", sector="GOV", name="Qin Gang", identifier_id="Q7216297")
BURNS = Actor(code="USA", sector="GOV", name="Nicholas Burns", identifier_id="Q519825")


# --- offices -----------------------------------------------------------------------------------------------------


def qin_and_burns(text: str, knowledge: BaseKnowledge, first: str = "Qin", second: str = "Burns") -> tuple[Check, ...]:
    """The checks of a text that tells of Qin Gang and Nicholas Burns."""
    who = {"Qin": QIN, "Burns": BURNS}
    return checks(
        text, knowledge, {0: who[first], 1: who[second]}, mentions=(mention(text, first, 0), mention(text, second, 1))
    )


def test_an_ambassador_of_the_other_side_is_no_predecessor(knowledge: BaseKnowledge) -> None:
    """China's envoy to Washington did not precede America's envoy to Beijing; the detail says who did what when."""
    text = (
        "A remarkable about-face for Qin, who preceded Burns as U.S. ambassador to China and was known to be measured."
    )
    (check,) = qin_and_burns(text, knowledge)

    assert (check.check, check.finding) == ("office", "contradicted")
    assert check.text == "Qin, who preceded Burns as U.S. ambassador to China"
    assert "Qin Gang was ambassador of China to the United States, 2021-07-29 to 2023-01-31" in check.detail
    assert "Terry Branstad" in check.detail
    assert any(row.startswith("hand: Qin Gang") for row in check.source)


@pytest.mark.parametrize(
    "text",
    [
        "Qin, who preceded Burns as ambassador, spoke.",
        "Qin, who preceded Burns as China's ambassador to the United States, spoke.",
        "Qin, who may have preceded Burns at the school, spoke.",
    ],
)
def test_a_claim_that_names_no_post_of_both_is_left_alone(text: str, knowledge: BaseKnowledge) -> None:
    """Without the two states there is no post to look up; where the second never held it, nothing is known."""
    assert qin_and_burns(text, knowledge) == ()


def test_who_came_later_did_not_precede(knowledge: BaseKnowledge) -> None:
    """Austin followed Mattis; the claim turned round is contradicted, the true one is not."""
    who = {
        0: Actor(code="USA", sector="GOV", name="Lloyd Austin", identifier_id=knowledge.identify("Lloyd Austin")),
        1: Actor(code="USA", sector="GOV", name="James Mattis", identifier_id=knowledge.identify("James Mattis")),
    }
    wrong = "Austin, who preceded Mattis as secretary of defense, spoke."
    true = "Mattis preceded Austin as secretary of state for a day."

    assert [
        c.check
        for c in checks(wrong, knowledge, who, mentions=(mention(wrong, "Austin", 0), mention(wrong, "Mattis", 1)))
    ] == ["office"]
    assert checks(true, knowledge, who, mentions=(mention(true, "Austin", 0), mention(true, "Mattis", 1))) == ()


def test_a_direct_successor_is_not_disputed(knowledge: BaseKnowledge) -> None:
    """Biden succeeded Trump, and Trump's first term ended when Biden's began."""
    text = "Gates succeeded Rumsfeld as secretary of defense."
    who = {
        0: Actor(code="USA", sector="GOV", name="Robert Gates", identifier_id=knowledge.identify("Robert Gates")),
        1: Actor(code="USA", sector="GOV", name="Donald Rumsfeld", identifier_id=knowledge.identify("Donald Rumsfeld")),
    }

    assert checks(text, knowledge, who, mentions=(mention(text, "Gates", 0), mention(text, "Rumsfeld", 1))) == ()


def held(
    text: str, name: str, knowledge: BaseKnowledge, *, published: dt.date = PUBLISHED, **more: Any
) -> tuple[Check, ...]:
    """The checks of a text in which that person takes part in news."""
    who = {0: actor("USA", name=name, identifier_id=knowledge.identify(name))}
    layers = {
        "mentions": (mention(text, name, 0),),
        "triggers": (trigger(text, "met", "CONSULT", actors=links(0)),),
    } | more
    return checks(text, knowledge, who, published=published, names=people(text, name), **layers)


def test_the_office_of_the_day_is_somebody_elses(knowledge: BaseKnowledge) -> None:
    """In May 2023 Antony Blinken was secretary of state, not John Kerry."""
    (check,) = held("Secretary of State John Kerry met his counterpart on Monday.", "John Kerry", knowledge)

    assert (check.check, check.text) == ("office", "Secretary of State John Kerry")
    assert "Antony Blinken was secretary of state of the United States, 2021-01-26 to 2025-01-20" in check.detail


@pytest.mark.parametrize(
    ("person", "state", "published", "holder"),
    [
        ("U.S. President Bill Clinton", "USA", dt.date(2005, 6, 15), "George W. Bush"),
        ("French President Nicolas Sarkozy", "FRA", dt.date(2015, 6, 15), "Francois Hollande"),
        ("German Chancellor Angela Merkel", "DEU", dt.date(2022, 9, 20), "Olaf Scholz"),
        ("Russian President Boris Yeltsin", "RUS", dt.date(2005, 6, 15), "Vladimir Putin"),
        ("British Prime Minister David Cameron", "GBR", dt.date(2023, 5, 17), "Rishi Sunak"),
    ],
)
def test_a_nation_before_the_title_hides_no_wrong_office(
    person: str, state: str, published: dt.date, holder: str, knowledge: BaseKnowledge
) -> None:
    """Nation and title belong to no name, though the reader marks all as one; nor must the person have a Wikidata id."""
    text = f"{person} met his hosts on Monday."
    (check,) = checks(
        text,
        knowledge,
        {0: actor(state)},
        published=published,
        names=people(text, person),
        mentions=(mention(text, person, 0),),
        triggers=(trigger(text, "met", "CONSULT", actors=links(0)),),
    )

    assert (check.check, check.text) == ("office", person)
    assert check.detail.startswith(f"{holder} was ")


@pytest.mark.parametrize(
    "text",
    [
        "Former Secretary of State John Kerry met his counterpart on Monday.",
        "Then-Secretary of State John Kerry met his counterpart on Monday.",
        "Acting Secretary of State John Kerry met his counterpart on Monday.",
        "The vote that ousted Secretary of State John Kerry met his counterpart on Monday.",
        "Deputy Secretary of State John Kerry met his counterpart on Monday.",
        "Under President Obama, Secretary of State John Kerry met his counterpart on Monday.",
        "When Secretary of State John Kerry met his counterpart on Monday, peace seemed near.",
        "It was “Secretary of State John Kerry” whom the minister met on Monday.",
        "John Kerry met his counterpart on Monday.",
    ],
)
def test_another_time_or_another_office_is_no_contradiction(text: str, knowledge: BaseKnowledge) -> None:
    """Former, then, acting, deputy, looking back or quoting: the title need not be that of the day."""
    assert held(text, "John Kerry", knowledge) == ()


def test_a_dated_past_keeps_the_title_of_its_time(knowledge: BaseKnowledge) -> None:
    """What is dated long before publication is told with the titles of then."""
    text = "In July 2015, a Monday, Secretary of State John Kerry met his counterpart."

    assert held(text, "John Kerry", knowledge) == ()


def test_what_is_not_dated_may_be_background(knowledge: BaseKnowledge) -> None:
    """A sentence without a day may tell of any time: "the summit was held through the efforts of President Cardoso"."""
    assert held("Secretary of State John Kerry met his counterpart.", "John Kerry", knowledge) == ()


def test_no_title_is_wrong_near_a_change_of_office(knowledge: BaseKnowledge) -> None:
    """Within sixty days of a handover nothing is sure, and an office still held is nobody's error."""
    text = "Secretary of State John Kerry met his counterpart on Monday."

    assert held(text, "John Kerry", knowledge, published=dt.date(2017, 2, 20)) == ()
    assert held(text, "John Kerry", knowledge, published=dt.date(2015, 2, 20)) == ()


def test_former_is_wrong_while_the_office_is_held(knowledge: BaseKnowledge) -> None:
    """Nobody is a former president in the middle of the term; who has left is."""
    text = "Former President Joe Biden met his counterpart."
    (check,) = held(text, "Joe Biden", knowledge)

    assert check.text == "Former President Joe Biden"
    assert held(text, "Joe Biden", knowledge, published=dt.date(2025, 6, 1)) == ()


def test_without_a_day_of_publication_no_office_of_the_day_is_checked(knowledge: BaseKnowledge) -> None:
    """Which office belongs to whom on an unknown day is unknown."""
    text = "Secretary of State John Kerry met his counterpart on Monday."

    assert checks(text, knowledge, published=None, names=people(text, "John Kerry")) == ()


# --- names -------------------------------------------------------------------------------------------------------------


def test_another_spelling_of_the_holder_of_an_office_is_a_variant(knowledge: BaseKnowledge) -> None:
    """The office says who is meant, the spelling differs in one word."""
    text = "Qin met Secretary of State Anthony Blinken in Washington."
    who = {0: actor("USA", name="Antony Blinken")}
    (check,) = checks(
        text,
        knowledge,
        who,
        mentions=(mention(text, "Secretary of State Anthony Blinken", 0),),
        names=people(text, "Anthony Blinken"),
    )

    assert (check.check, check.finding, check.text) == ("name", "variant", "Secretary of State Anthony Blinken")
    assert check.detail.startswith("“Anthony Blinken” is a variant spelling of Antony Blinken")
    assert check.text_info.spans["name"][0].of(text) == "Anthony Blinken"


def test_a_nation_that_is_part_of_a_name_stays_in_it(knowledge: BaseKnowledge) -> None:
    """Only what a title follows is no name: Jordan Smith keeps his first name, the Jordanian king's title goes."""
    for text, bare in (
        ("Jordan Smith", "Jordan Smith"),
        ("Jordan King Abdullah", "Abdullah"),
        ("U.S. Senator Joe Lee", "Joe Lee"),
    ):
        assert knowledge.bare(text, at(text, text)).of(text) == bare


def test_titles_that_the_reader_takes_for_names_do_not_hide_a_variant(knowledge: BaseKnowledge) -> None:
    """The reader may mark "State Anthony Blinken" as the name."""
    text = "Qin met Secretary of State Anthony Blinken in Washington."
    who = {0: actor("USA", name="Antony Blinken")}
    found = checks(
        text,
        knowledge,
        who,
        mentions=(mention(text, "Secretary of State Anthony Blinken", 0),),
        names=people(text, "State Anthony Blinken"),
    )

    assert [c.text for c in found] == ["Secretary of State Anthony Blinken"]


@pytest.mark.parametrize(
    "text",
    [
        "Anthony Blinken spoke in Washington.",
        "Agriculture Secretary Anthony Blinken spoke.",
        "British Foreign Secretary Anthony Blinken spoke.",
    ],
)
def test_without_the_right_office_somebody_else_may_be_meant(text: str, knowledge: BaseKnowledge) -> None:
    """Two people may have nearly one name; only the office tells."""
    who = {0: actor("GBR" if "British" in text else "USA")}

    assert (
        checks(
            text, knowledge, who, mentions=(mention(text, "Anthony Blinken", 0),), names=people(text, "Anthony Blinken")
        )
        == ()
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "state"),
    [
        ("Nicolas Maduro", "Nicolás Maduro", "VEN"),
        ("JOE BIDEN", "Joe Biden", "USA"),
        ("Joseph Biden", "Joe Biden", "USA"),
        ("Joe R. Biden", "Joe Biden", "USA"),
        ("Tony Blinken", "Antony Blinken", "USA"),
        ("Steven Mnuchin", "Steve Mnuchin", "USA"),
        ("Xi Jin-ping", "Xi Jinping", "CHN"),
        ("Orban Viktor", "Viktor Orbán", "HUN"),
        ("Mahmud Ahmadinejad", "Mahmoud Ahmadinejad", "IRN"),
        ("Dimitry Medvedev", "Dmitry Medvedev", "RUS"),
        ("Viktor Yuschenko", "Viktor Yushchenko", "UKR"),
        ("Charles Grassley", "Chuck Grassley", "USA"),
        ("John Kelly", "John Kerry", "USA"),
    ],
)
def test_lesser_differences_are_no_variants(ours: str, theirs: str, state: str) -> None:
    """Accents, case, initials, short forms, hyphens, order, and the free spellings of other scripts; nor is another name."""
    found = is_variant(ours, theirs, state=state)

    assert (
        not found or ours == "John Kelly"
    )  # one letter of two: only the office, asked for elsewhere, tells them apart


@pytest.mark.parametrize(
    ("ours", "theirs", "state"),
    [
        ("Anthony Blinken", "Antony Blinken", "USA"),
        ("Hilary Clinton", "Hillary Clinton", "USA"),
        ("Xi Jingping", "Xi Jinping", "CHN"),
        ("Nicholas Sarkozy", "Nicolas Sarkozy", "FRA"),
    ],
)
def test_one_word_spelt_otherwise_is_a_variant(ours: str, theirs: str, state: str) -> None:
    """Names of Latin script have one right spelling."""
    assert is_variant(ours, theirs, state=state)


# --- dates -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words", "detail"),
    [
        (
            "They met on Monday, Feb. 4, 2023, in Bali.",
            "Monday, Feb. 4, 2023",
            "2023-02-04 was a Saturday, not a Monday",
        ),
        ("They met on Tuesday 9 March 2021.", None, ""),
        ("They met on Tuesday, 10 March 2021.", "Tuesday, 10 March 2021", "2021-03-10 was a Wednesday, not a Tuesday"),
        ("They met on Friday, May 8.", "Friday, May 8", "2023-05-08 was a Monday, not a Friday"),
        ("They met on Friday, December 8.", None, ""),
        ("They met on Monday and Tuesday, May 8 and 9.", None, ""),
        ("They meet from Monday to Friday, May 8-12.", None, ""),
        ("The Friday, May 5 to 8 talks.", None, ""),
        ("They met on 31 February 2023.", "31 February 2023", "February 2023 has 28 days"),
        ("It was signed on Feb. 29, 2023.", "Feb. 29, 2023", "February 2023 has 28 days"),
        ("It was signed on Feb. 29, 2024.", None, ""),
        ("It was signed on June 31.", "June 31", "June has 30 days"),
        ("In June 31 people died.", None, ""),
        ("April 31.5 percent, May 40 percent.", None, ""),
    ],
)
def test_dates_that_cannot_be(text: str, words: str | None, detail: str, knowledge: BaseKnowledge) -> None:
    """A weekday that the date does not have, a day that the month does not have; lists, spans and numbers are left alone."""
    found = checks(text, knowledge)

    assert [(c.check, c.text, c.detail) for c in found] == ([] if words is None else [("date", words, detail)])


def test_a_date_without_a_year_needs_the_day_of_publication(knowledge: BaseKnowledge) -> None:
    """Of which year a Friday, 8 May is, nobody can tell without it."""
    assert checks("They met on Friday, May 8.", knowledge, published=None) == ()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("They signed the pact on 3 July 2024 in Bali.", True),
        ("They signed the pact on 3 July 2022 in Bali.", False),
        ("They signed a pact that runs until 3 July 2024.", False),
        ("They will have signed the pact by 3 July 2024.", False),
        ("They have signed a deal for 3 July 2024.", False),
    ],
)
def test_the_past_does_not_lie_after_publication(text: str, knowledge: BaseKnowledge, *, wrong: bool) -> None:
    """An event told as past with a date of next year is an error of one or the other, unless words look ahead."""
    words = next(w for w in ("3 July 2024", "3 July 2022") if w in text)
    found = checks(
        text, knowledge, triggers=(trigger(text, "signed", "SUPPORT", time=Link(0, 0.9)),), times=(at(text, words),)
    )

    assert [c.check for c in found] == ["date"] * wrong


# --- disputes ------------------------------------------------------------------------------------------------------------


def test_two_sides_describe_one_object(knowledge: BaseKnowledge) -> None:
    """Neither account is taken for fact: both are named, with who gives them."""
    text = "The U.S. shot down a suspected Chinese spy balloon. The Chinese insisted the balloon was a civilian vessel that drifted off course, yet ties soured."
    (check,) = checks(text, knowledge, {0: actor("CHN")}, mentions=(mention(text, "The Chinese", 0),))

    assert (check.check, check.finding) == ("disputed", "disputed")
    assert check.text == "The Chinese insisted the balloon was a civilian vessel that drifted off course"
    assert check.detail == f"“a suspected Chinese spy balloon” (nobody named) against “{check.text}” (CHN)"
    assert [s.of(text) for s in check.text_info.spans["first"]] == ["a suspected Chinese spy balloon"]


def test_insisting_on_something_else_is_no_dispute(knowledge: BaseKnowledge) -> None:
    """The suspected thing must be the one insisted on."""
    text = "Police seized a suspected bomb. The Chinese insisted the talks were useful."

    assert checks(text, knowledge, {0: actor("CHN")}, mentions=(mention(text, "The Chinese", 0),)) == ()


UKR, RUS, POL = actor("UKR"), actor("RUS"), actor("POL")


def accused(
    text: str, knowledge: BaseKnowledge, *, denier: str = "Russia", cue: str | None = None
) -> tuple[Check, ...]:
    """The checks of a text in which Kyiv accuses Moscow and somebody denies something."""
    who = {0: UKR, 1: RUS, 2: RUS if denier == "Russia" else POL}
    mentions = (mention(text, "Kyiv", 0), mention(text, "Moscow", 1), mention(text, denier, 2))
    triggers = (
        trigger(text, "accused", "ACCUSE", actors=links(0), recipients=links(1)),
        trigger(text, cue or ("denied" if "denied" in text else "deny"), "REJECT", actors=links(2)),
    )
    return checks(text, knowledge, who, mentions=mentions, triggers=triggers)


@pytest.mark.parametrize(
    "denial",
    [
        "Russia denied the charge.",
        "Russia denied shelling the port.",
        "Russia denied that its guns had shelled the port.",
        "Russia denied it.",
        "Russia denied any involvement.",
    ],
)
def test_an_accusation_and_its_denial_are_two_accounts(denial: str, knowledge: BaseKnowledge) -> None:
    """Who accuses and who denies are told, each with the words."""
    text = f"Kyiv accused Moscow of shelling the port. {denial}"
    (check,) = accused(text, knowledge)

    assert check.text == denial.rstrip(".")
    assert check.detail == f"“Kyiv accused Moscow of shelling the port” (UKR) against “{check.text}” (RUS)"


@pytest.mark.parametrize(
    "clause", ["a charge that Russia denied", "which Russia has denied", "allegations Russia rejects"]
)
def test_a_relative_clause_denies_too(clause: str, knowledge: BaseKnowledge) -> None:
    """In "a charge that Russia denied" the charge is what stands before."""
    text = f"Kyiv accused Moscow of shelling the port, {clause}."
    (check,) = accused(text, knowledge, cue=clause.rsplit(maxsplit=1)[-1])

    assert check.text == clause
    assert check.detail.startswith("“Kyiv accused Moscow of shelling the port” (UKR)")


@pytest.mark.parametrize(
    ("text", "denier"),
    [
        ("Kyiv accused Moscow of shelling the port. Poland denied the charge.", "Poland"),
        ("Kyiv accused Moscow of shelling the port. Russia denied visas to athletes.", "Russia"),
        ("Kyiv accused Moscow of shelling the port. Russia denied sending athletes abroad.", "Russia"),
        ("Kyiv accused Moscow of shelling the port. Russia never denied the charge.", "Russia"),
        ("Kyiv accused Moscow of shelling the port. Russia was denied the charge.", "Russia"),
        ("Kyiv accused Moscow of shelling the port. Russia has not denied it.", "Russia"),
        ("Kyiv accused Moscow of shelling the port. Russia would neither confirm nor deny the charge.", "Russia"),
        ("Kyiv accused Moscow of shelling the port. Russia didn't deny the charge.", "Russia"),
        ("Kyiv accused Moscow of shelling the port. Russia's court denied the charge.", "Russia's court"),
    ],
)
def test_what_answers_no_accusation_is_no_dispute(text: str, denier: str, knowledge: BaseKnowledge) -> None:
    """The denier must be the accused, and deny that deed."""
    assert accused(text, knowledge, denier=denier) == ()


def test_an_old_denial_far_from_the_charge_needs_its_words(knowledge: BaseKnowledge) -> None:
    """Twelve sentences on, "the charge" may be another one."""
    text = "Kyiv accused Moscow of shelling the port. " + "It rained. " * 12 + "Russia denied the charge."

    assert accused(text, knowledge) == ()


def test_a_side_answers_what_another_said_of_it(knowledge: BaseKnowledge) -> None:
    """What one state says of another in a quote is disputed by what the other insists on, if both speak of one thing."""
    text = "The United States says Iran is building nuclear weapons. Tehran insists its nuclear program is for civilian purposes."
    who = {0: actor("USA"), 1: actor("IRN")}
    mentions = (mention(text, "The United States", 0), mention(text, "Iran", 1), mention(text, "Tehran", 1))
    said = quote(text, "Iran is building nuclear weapons", kind="indirect", cue=at(text, "says"), speaker=Link(0, 0.9))
    (check,) = checks(text, knowledge, who, mentions=mentions, quotes=(said,))

    assert check.text == "Tehran insists its nuclear program is for civilian purposes"
    assert "(The United States, USA)" in check.detail


def test_a_denial_inside_a_quote_is_what_the_quoted_tells(knowledge: BaseKnowledge) -> None:
    """Who reports a denial in his own words is not the denier."""
    text = "Kyiv accused Moscow of shelling the port. “We are glad that Russia denied the charge,” a trader said."
    who = {0: UKR, 1: RUS}
    mentions = (mention(text, "Kyiv", 0), mention(text, "Moscow", 1), mention(text, "Russia", 1))
    charge = trigger(text, "accused", "ACCUSE", actors=links(0), recipients=links(1))
    said = quote(text, "We are glad that Russia denied the charge")

    assert checks(text, knowledge, who, mentions=mentions, triggers=(charge,), quotes=(said,)) == ()


def test_the_charge_means_the_last_one_told(knowledge: BaseKnowledge) -> None:
    """Where another accusation stands between, "the charge" is that one."""
    text = "Kyiv accused Moscow of shelling the port. Warsaw accused Kyiv of lying. Russia denied the charge."
    who = {0: UKR, 1: RUS, 2: POL}
    mentions = (
        mention(text, "Kyiv", 0),
        mention(text, "Moscow", 1),
        mention(text, "Warsaw", 2),
        mention(text, "Russia", 1),
    )
    first = trigger(text, "accused", "ACCUSE", actors=links(0), recipients=links(1))
    second = trigger(text, "accused#2", "ACCUSE", actors=links(2), recipients=links(0))

    assert checks(text, knowledge, who, mentions=mentions, triggers=(first, second)) == ()


# --- all -------------------------------------------------------------------------------------------------------------------


def test_a_plain_text_gives_no_check(knowledge: BaseKnowledge) -> None:
    """Where nothing contradicts, nothing is said; an empty text is no exception."""
    assert checks("The two ministers met in Oslo on Monday and agreed to meet again.", knowledge) == ()
    assert checks("", knowledge) == ()


def test_checks_are_numbered_in_reading_order(knowledge: BaseKnowledge) -> None:
    """Identifiers follow the text."""
    found = checks("It was signed on June 31. They met on Friday, May 8.", knowledge)

    assert [(c.id, c.text_info.sequence) for c in found] == [("seed-k01", 0), ("seed-k02", 1)]


def test_the_seed_article_gives_its_three_checks(tools: Tools, shared: Path) -> None:
    """The claim about Qin's embassy, the spelling of Blinken and the balloon are found by the real reader, and nothing else."""
    text = (shared / "seed" / "article.txt").read_text(encoding="utf-8")
    found = code(Document(id="seed", text=text, published=PUBLISHED), tools).checks

    assert [c.check for c in found] == ["office", "name", "disputed"]
    assert found[0].text == "Qin, who preceded Burns as U.S. ambassador to China"
    assert found[1].text == "Secretary of State Anthony Blinken"
    assert found[2].text.startswith("The Chinese insisted the balloon was a civilian vessel")
    assert "a suspected Chinese spy balloon" in found[2].detail
