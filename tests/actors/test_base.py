"""What the actor base knows about the world."""

from __future__ import annotations

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from detente.actors import ActorBase
from detente.errors import BadSetting

MAY_2023 = dt.date(2023, 5, 8)


def codes(base: ActorBase, text: str) -> list[str]:
    """The codes of the nation words of a text."""
    return [hit.code for hit in base.nations(text)]


def best(base: ActorBase, name: str, on: dt.date, code: str | None = None) -> str:
    """The name of the likeliest bearer."""
    return base.find(name, on=on, code=code)[0].actor.name


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The Gulf states condemned Qatar.", ["QAT"]),
        ("Balkan leaders met in Tirana.", ["ALB"]),
        ("Patrols of the United States Navy, Cyprus said, left Cyprus.", ["USA", "CYP", "CYP"]),
        ("Georgia condemned Russia.", ["GEO", "RUS"]),
        ("Police in Atlanta, Georgia, arrested two men.", ["USA", "USA"]),
        ("Georgia’s governor met the Japanese consul.", ["USA", "JPN"]),
        ("Georgia sued after a flood in Alabama.", ["USA", "USA"]),
        ("The president of Georgia spoke in Texas.", ["GEO", "USA"]),
        ("Lawmakers in Georgia met Georgian judges in Texas.", ["GEO", "GEO", "USA"]),
    ],
)
def test_one_name_of_several_places_is_told_by_what_stands_there(base: ActorBase, text: str, told: list[str]) -> None:
    """The Gulf is no province and the Balkans no district; Georgia has a governor in America and a president on the Black Sea."""
    assert [hit.code for hit in base.scan(text)] == told


def test_the_base_opens_at_once() -> None:
    """Opening the base and reading a first text takes less than 0.3 seconds of one core."""
    begun = time.process_time()
    opened = ActorBase.open()
    opened.nations("Officials in Tallinn met the Estonian press.")
    opened.close()

    assert time.process_time() - begun < 0.3


def test_a_missing_base_is_told_as_a_setting(tmp_path: Path) -> None:
    """A base that is not there is named in the error, with the command that builds one."""
    with pytest.raises(BadSetting, match=r"detente actors add"):
        ActorBase.open(tmp_path / "none.sqlite")


def test_qin_gang_was_chinas_foreign_minister_in_may_2023(base: ActorBase) -> None:
    """Qin Gang was China's foreign minister on 2023-05-08, Wang Yi before and after him."""
    assert base.holder("foreign minister", "CHN", on=MAY_2023)[0].actor.name == "Qin Gang"
    assert base.holder("foreign minister", "CHN", on=dt.date(2022, 5, 8))[0].actor.name == "Wang Yi"
    assert base.holder("foreign minister", "CHN", on=dt.date(2024, 5, 8))[0].actor.name == "Wang Yi"


def test_an_ambassador_belongs_to_the_sending_state(base: ActorBase) -> None:
    """The American ambassador to China is found under the United States, with China as host."""
    burns = base.holder("ambassador", "USA", on=MAY_2023, of_country="CHN")[0]

    assert burns.actor.name == "Nicholas Burns"
    assert burns.actor.code == "USA"
    assert not base.holder("ambassador", "CHN", on=MAY_2023, of_country="CHN")


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Nicholas Burns", "ambassador"),
        ("Qin Gang", "foreign_minister"),
        ("Joe Biden", "head_of_state"),
        ("Xi Jinping", "head_of_state"),
        ("Kevin McCarthy", "speaker"),
        ("Tsai Ing-wen", "head_of_state"),
        ("Antony Blinken", "foreign_minister"),
        ("Jake Sullivan", "national_security_adviser"),
    ],
)
def test_office_holders_of_may_2023_are_known(base: ActorBase, name: str, role: str) -> None:
    """Who governed on 2023-05-08 is known with the office held that day."""
    found = base.find(name, on=MAY_2023)[0]
    held = [office.role for office in found.offices if office.held_on(MAY_2023.isoformat())]

    assert found.actor.name == name
    assert role in held


def test_a_misspelt_first_name_is_still_the_same_man(base: ActorBase) -> None:
    """Anthony Blinken is Antony Blinken; Muammar Qaddafi is Moammar Gadhafi."""
    assert best(base, "Anthony Blinken", MAY_2023) == "Antony Blinken"
    assert best(base, "Muammar Qaddafi", dt.date(2009, 1, 1)) == "Moammar Gadhafi"


def test_president_bush_depends_on_the_day(base: ActorBase) -> None:
    """President Bush is the son on 2005-03-01 and the father on 1991-03-01."""
    assert best(base, "President Bush", dt.date(2005, 3, 1)) == "George W. Bush"
    assert best(base, "Mr. Bush", dt.date(2005, 3, 1)) == "George W. Bush"
    assert best(base, "President Bush", dt.date(1991, 3, 1)) == "George H. W. Bush"


def test_the_days_office_decides_between_father_and_son_of_one_name(base: ActorBase) -> None:
    """President George Bush is the son in 2002 and 2005, and the father in 1991."""
    assert best(base, "President George Bush", dt.date(2002, 5, 17)) == "George W. Bush"
    assert best(base, "President George Bush", dt.date(2005, 5, 17)) == "George W. Bush"
    assert best(base, "President George Bush", dt.date(1991, 5, 17)) == "George H. W. Bush"


@pytest.mark.parametrize(
    ("chief", "day", "home", "elsewhere"),
    [
        ("Biden", dt.date(2023, 5, 8), "USA", "GUM"),
        ("Macron", dt.date(2020, 5, 8), "FRA", "AND"),
        ("Hollande", dt.date(2016, 5, 8), "FRA", "AND"),
        ("Charles III", dt.date(2024, 5, 8), "GBR", "CAN"),
        ("Willem-Alexander", dt.date(2020, 5, 8), "NLD", "ABW"),
    ],
)
def test_the_chief_of_several_lands_is_one_person(
    base: ActorBase, chief: str, day: dt.date, home: str, elsewhere: str
) -> None:
    """Guam's president is the American one and Canada's king the British one; the office told is that of the own state."""
    found = base.find(chief, on=day)[0]

    assert (found.actor.code, found.office and found.office.code) == (home, home)
    assert found.actor.id in {each.actor.id for each in base.holder("head_of_state", elsewhere, on=day)}


@pytest.mark.parametrize(
    ("role", "code", "day", "name", "other"),
    [
        ("foreign_minister", "IND", dt.date(2020, 6, 15), "Subrahmanyam Jaishankar", "Harsh Vardhan Shringla"),
        ("head_of_state", "SRB", dt.date(1999, 4, 15), "Slobodan Milosevic", "Milan Milutinović"),
        ("finance_minister", "GBR", dt.date(2002, 8, 15), "Gordon Brown", "Andy Kerr"),
    ],
)
def test_days_looked_up_are_believed_before_a_copy(
    base: ActorBase, role: str, code: str, day: dt.date, name: str, other: str
) -> None:
    """Whom the hand-written tables name holds the office, though Wikidata tells of somebody sworn in later; both are shown."""
    found = [each.actor.name for each in base.holder(role, code, on=day)]

    assert (found[0], other in found) == (name, True)


def test_the_newly_sworn_in_comes_first_where_sources_overlap_by_days(base: ActorBase) -> None:
    """On the day of the change both the old and the new president are told, the new one first."""
    assert base.holder("head_of_state", "USA", on=dt.date(2021, 1, 20))[0].actor.name == "Joe Biden"


def test_every_spelling_of_a_full_name_gives_its_surname(base: ActorBase) -> None:
    """Zelensky is Zelenskyy, for Volodymyr Zelensky is."""
    assert best(base, "Zelensky", dt.date(2022, 9, 17)) == "Volodymyr Zelenskyy"


def test_a_surname_with_its_state_is_enough(base: ActorBase) -> None:
    """Qin in a text about China in May 2023 is the foreign minister."""
    assert best(base, "Qin", MAY_2023, "CHN") == "Qin Gang"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. and UK said they asked us to wait.", ["USA", "GBR"]),
        ("Give it to us, she said.", []),
        ("Sino-U.S. relations", ["CHN", "USA"]),
        ("Michael Jordan scored 30 points.", []),
        ("Jordan and Georgia signed.", ["JOR", "GEO"]),
        ("The Dutch and the Afghans met Britons and Kiwis.", ["NLD", "AFG", "GBR", "NZL"]),
        ("a South American country", []),
        ("South African troops", ["ZAF"]),
        ("He ate turkey in china.", []),
        ("the Kremlin, Capitol Hill and the Knesset", ["RUS", "USA", "ISR"]),
        ("the Democratic People's Republic of Korea", ["PRK"]),
        ("the EU and the United Nations", ["EUR", "UNO"]),
        ("Niger and Nigeria, Guinea-Bissau and Guinea", ["NER", "NGA", "GNB", "GIN"]),
        ("the Soviet Union and Czechoslovakia", ["RUS", "CZE"]),
    ],
)
def test_nation_words(base: ActorBase, text: str, expected: list[str]) -> None:
    """Names, demonyms, capitals and seats tell the state; everyday words and first names do not."""
    assert codes(base, text) == expected


def test_the_pentagon_is_military_and_capitol_hill_makes_laws(base: ActorBase) -> None:
    """A seat tells its sector with its state."""
    sectors = {hit.sector for hit in base.nations("the Pentagon")} | {
        hit.sector for hit in base.nations("Capitol Hill")
    }

    assert sectors == {"MIL", "LEG"}


def test_brussels_is_the_union_unless_the_text_is_about_belgium(base: ActorBase) -> None:
    """Brussels stands for the EU, but for Belgium where Belgium is spoken of."""
    assert codes(base, "Brussels warned London.") == ["EUR", "GBR"]
    assert codes(base, "Belgium was calm, but Brussels was not.") == ["BEL", "BEL"]


@hypothesis_settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(["U.S.", "Côte d’Ivoire", "the North", "Sino-", "Georgia", "UN's", "İstanbul"]),
        )
    )
)
def test_spans_always_cover_the_words_they_name(base: ActorBase, parts: list[str]) -> None:
    """Whatever the text, spans lie inside it, do not overlap, and hold at least one letter."""
    text = " ".join(parts)
    hits = base.scan(text)

    for hit, after in pairwise(hits):
        assert hit.span.end <= after.span.start
    for hit in hits:
        assert 0 <= hit.span.start < hit.span.end <= len(text)
        assert any(letter.isalpha() for letter in hit.span.of(text))


def test_every_row_names_a_source_with_a_licence(base: ActorBase) -> None:
    """No actor and no office is without source, no source without licence."""
    sql = base._sql
    orphans = sql.execute(
        "SELECT count(*) FROM actor LEFT JOIN source ON source.id = actor.source WHERE source.id IS NULL"
    ).fetchone()[0]
    offices = sql.execute(
        "SELECT count(*) FROM office LEFT JOIN source ON source.id = office.source WHERE source.id IS NULL"
    ).fetchone()[0]
    bare = sql.execute("SELECT count(*) FROM source WHERE licence = ''").fetchone()[0]

    assert (orphans, offices, bare) == (0, 0, 0)


def test_no_office_ends_before_it_begins(base: ActorBase) -> None:
    """Tenures run forward in time, apart from a handful of slips in the sources."""
    backward, every = base._sql.execute(
        "SELECT sum(last < first), count(*) FROM office WHERE first IS NOT NULL AND last IS NOT NULL"
    ).fetchone()

    assert backward < every / 500


def test_threads_may_share_one_base() -> None:
    """Four threads that ask one base at the same time get the answers that one thread alone gets."""
    days = [dt.date(1995 + at % 28, 1 + at % 12, 8) for at in range(60)]
    questions = [(day, code) for day in days for code in ("USA", "CHN", "FRA", "IND")]

    def answer(base: ActorBase, day: dt.date, code: str) -> tuple[list[str], list[str], list[str]]:
        held = [found.actor.name for found in base.holder("foreign minister", code, on=day)]
        told = [found.actor.name for found in base.find("President Bush", on=day)]
        return held, told, codes(base, f"{base.state_name(code)} and Estonia on {day}")

    alone, shared = ActorBase.open(), ActorBase.open()
    expected = [answer(alone, day, code) for day, code in questions]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda question: answer(shared, *question), questions))
    alone.close()
    shared.close()

    assert answers == expected
