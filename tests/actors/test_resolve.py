"""Who the actors of a text are, from their mentions."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from detente.actors import ActorBase, resolve
from detente.records import Actor, Document, Mention, Pointer, Reading, Span
from tests.builders import mention, reading


def resolved(
    base: ActorBase,
    text: str,
    *entities: list[str],
    on: str = "2023-05-08",
    sector: str | None = None,
    nation: str | None = None,
    body: str = "state",
) -> dict[int, Actor]:
    """The actors of a text whose entities are given by their mentions, first occurrence each."""
    mentions = [
        _mention(text, words, number, sector=sector, nation=nation, body=body)
        for number, group in enumerate(entities)
        for words in group
    ]
    reading = Reading(sentences=(), mentions=tuple(mentions), triggers=(), times=(), places=(), quotes=(), names=())
    return resolve(Document(id="t", text=text, published=dt.date.fromisoformat(on)), reading, base)


def _mention(
    text: str, words: str, number: int, *, sector: str | None = None, nation: str | None = None, body: str = "state"
) -> Mention:
    start = text.index(words)
    far = Span(text.index(nation), text.index(nation) + len(nation)) if nation else None
    return Mention(
        span=Span(start, start + len(words)), entities=(number,), sector=sector, nations=(Pointer(far, 0.9),) if far else (),
        body=body, body_score=0.9, score=1.0,
    )  # fmt: skip


def test_the_possessor_counts_not_the_host(base: ActorBase) -> None:
    """The U.S. ambassador to China is American, and on 2023-05-08 he is Nicholas Burns."""
    actor = resolved(base, "The U.S. ambassador to China met him.", ["The U.S. ambassador to China"])[0]

    assert (actor.code, actor.sector, actor.name) == ("USA", "GOV", "Nicholas Burns")
    assert actor.office == "ambassador of the United States to China"


def test_an_unnamed_minister_gets_the_name_of_the_day(base: ActorBase) -> None:
    """China's foreign minister of 2023-05-08 is Qin Gang."""
    actor = resolved(base, "China’s foreign minister spoke.", ["China’s foreign minister"])[0]

    assert (actor.code, actor.name, actor.identifier_id) == ("CHN", "Qin Gang", "Q7216297")


def test_of_two_told_for_one_office_the_minister_is_named_and_not_the_civil_servant(base: ActorBase) -> None:
    """India's foreign minister of June 2020 is Jaishankar; the foreign secretary, whom Wikidata calls so too, is not."""
    actor = resolved(base, "India’s foreign minister spoke.", ["India’s foreign minister"], on="2020-06-15")[0]

    assert (actor.code, actor.name) == ("IND", "Subrahmanyam Jaishankar")


@pytest.mark.parametrize(
    ("mention", "code", "sector"),
    [
        ("Iraqi police", "IRQ", "COP"),
        ("American soldiers in Baghdad", "USA", "MIL"),
        ("her Estonian counterpart", "EST", "GOV"),
        ("Washington", "USA", "GOV"),
        ("Foreign Minister of Italy", "ITA", "GOV"),
        ("a spokesman for the Israeli army", "ISR", "MIL"),
        ("Iranian-American journalist", "USA", "JRN"),
        ("China's U.N. ambassador", "CHN", "GOV"),
        ("Hamas leaders", "PSE", None),
        ("the Irish Republican Army", "GBR", "REB"),
        ("NATO", "IGO", None),
        ("Xinhua", "CHN", "JRN"),
        ("Nepal's close ally India", "IND", None),
        ("U.S.-backed rebels", None, "REB"),
        ("an envoy for Syria", None, "GOV"),
        ("troops in Iraq", None, "MIL"),
    ],
)
def test_whose_people_they_are(base: ActorBase, mention: str, code: str | None, sector: str | None) -> None:
    """The nearest adjective or possessor before the head owns a phrase; where and against whom tell nothing."""
    actor = resolved(base, f"{mention} acted.", [mention])[0]

    assert actor.code == code
    if sector is not None:
        assert actor.sector == sector


def test_the_reader_tells_what_the_words_do_not(base: ActorBase) -> None:
    """Authorities are Iraqi where the network points at "Iraq"."""
    actor = resolved(
        base, "They closed Iraq's borders. Authorities agreed.", ["Authorities"], nation="Iraq", sector="GOV"
    )[0]

    assert (actor.code, actor.sector) == ("IRQ", "GOV")


def test_a_guess_of_the_body_counts_where_nothing_is_named(base: ActorBase) -> None:
    """Inspectors whom the network takes for the UN's are the UN's."""
    assert resolved(base, "Inspectors left.", ["Inspectors"], body="UNO")[0].code == "UNO"


def test_nothing_known_is_none(base: ActorBase) -> None:
    """A crowd of which nothing is told has no code and no name."""
    actor = resolved(base, "A crowd gathered.", ["A crowd"])[0]

    assert (actor.code, actor.name) == (None, None)
    assert actor.score == 0.0


@pytest.mark.parametrize(
    ("words", "chance", "code"),
    [
        ("The Baltic states", 0.1, None), ("Six world powers", 0.1, None), ("Envoys of the Nordic countries", 0.1, None),
        ("Member states", 0.9, "RUS"), ("The two countries", 0.1, "RUS"), ("Leaders of both nations", 0.1, "RUS"), ("The troops", 0.1, "RUS"),
    ],
)  # fmt: skip
def test_several_states_without_names_have_no_code(base: ActorBase, words: str, chance: float, code: str | None) -> None:
    """The reader points at any state nearby, and says that it is not sure; "the two countries" are two that were named."""
    text = f"{words} condemned Russia."
    mention = msgspec.structs.replace(_mention(text, words, 0), nations=(Pointer(Span(len(text) - 7, len(text) - 1), chance),))
    reading = Reading(sentences=(), mentions=(mention,), triggers=(), times=(), places=(), quotes=(), names=())

    actor = resolve(Document(id="t", text=text, published=dt.date(2023, 5, 8)), reading, base)[0]

    assert (actor.code, actor.name) == (code, None)


def test_a_word_behind_an_article_is_no_surname(base: ActorBase) -> None:
    """The Scouts, the Greens and the Gulf's six are called so; nobody is."""
    actors = resolved(base, "The Scouts met the Gulf's six.", ["The Scouts"], ["the Gulf's six"])

    assert [actor.name for actor in actors.values()] == [None, None]


def test_a_surname_goes_back_to_the_full_name(base: ActorBase) -> None:
    """A minister nobody knows keeps the full name when only the surname stands later."""
    text = "Foreign Minister Aino Lehtola of Finland came. Later Lehtola left."
    actors = resolved(base, text, ["Foreign Minister Aino Lehtola"], ["Lehtola"])

    assert actors[0].name == "Aino Lehtola"


def test_a_stranger_with_a_known_name_keeps_the_state_of_the_text(base: ActorBase) -> None:
    """Peru's minister Sergei Lavrov would be a Peruvian of that name, not the Russian."""
    actor = resolved(
        base, "Peru's fisheries minister, Sergei Lavrov, resigned.", ["Peru's fisheries minister, Sergei Lavrov"]
    )[0]

    assert (actor.code, actor.name) == ("PER", "Sergei Lavrov")
    assert actor.identifier_id is None


def test_a_joint_mention_is_shared_out(base: ActorBase) -> None:
    """Of "Iranian and Russian officials" each entity gets its own state."""
    text = "Iranian and Russian officials met."
    span = Span(0, len("Iranian and Russian officials"))
    mention = Mention(span=span, entities=(0, 1), sector="GOV", nations=(), body="state", body_score=1.0, score=1.0)
    reading = Reading(sentences=(), mentions=(mention,), triggers=(), times=(), places=(), quotes=(), names=())
    actors = resolve(Document(id="t", text=text, published=None), reading, base)

    assert [actors[0].code, actors[1].code] == ["IRN", "RUS"]


def test_the_chinese_foreign_affairs_chief_is_not_the_foreign_minister(base: ActorBase) -> None:
    """In May 2023 Wang Yi headed the party's foreign affairs office while Qin Gang was minister."""
    actor = resolved(base, "the Chinese Foreign Affairs chief left", ["the Chinese Foreign Affairs chief"])[0]

    assert (actor.code, actor.name) == ("CHN", "Wang Yi")


@pytest.mark.parametrize(
    "words", ["the Bosnian Serb president", "Chechen president", "the deputy foreign minister of China"]
)
def test_lesser_offices_get_no_holder(base: ActorBase, words: str) -> None:
    """A region's leader or a deputy is not named after the state's."""
    assert resolved(base, f"{words} spoke", [words])[0].name is None


@pytest.mark.parametrize("words", ["Vladimir Putin's spokesman", "Mr. Putin's army"])
def test_what_is_somebodys_is_not_he(base: ActorBase, words: str) -> None:
    """The owner of a phrase gives it his state, and not his name."""
    actor = resolved(base, f"{words} left.", [words])[0]

    assert (actor.code, actor.name) == ("RUS", None)


@pytest.mark.parametrize("words", ["Tony Blair's predecessor, Avi Orr Lunt", "Merkel's designate finance minister Avi Orr Lunt"])
def test_whoever_is_somebodys_keeps_his_own_name(base: ActorBase, words: str) -> None:
    """The name behind an owner's is that of whom the phrase means."""
    assert resolved(base, f"{words} left.", [words])[0].name == "Avi Orr Lunt"


def test_nobody_is_prime_minister_where_the_president_governs(base: ActorBase) -> None:
    """An office that the state does not have has no holder."""
    assert resolved(base, "the American prime minister left", ["the American prime minister"])[0].name is None


def test_a_family_name_is_not_that_of_the_ancestor(base: ActorBase) -> None:
    """Of "Kim's grandfather, Kim Il Sung" the grandson is Kim."""
    text = "North Korea's leader Kim came. Kim's grandfather, Kim Il Sung, had gone."
    actor = resolved(base, text, ["North Korea's leader Kim"], ["Kim's grandfather, Kim Il Sung"])[0]

    assert actor.name == "Kim Jong Un"


@pytest.mark.parametrize(
    ("words", "on", "code", "name"),
    [
        ("Secretary of State Rice", "2006-10-21", "USA", "Condoleezza Rice"),
        ("Secretary of State Clinton", "2010-07-20", "USA", "Hillary Clinton"),
        ("The secretary of state", "2021-06-20", "USA", "Antony Blinken"),
        ("The deputy secretary of state", "2021-06-20", "USA", None),
        ("The treasury secretary", "2021-11-16", "USA", "Janet Yellen"),
        ("The Taoiseach", "2005-11-16", "IRL", "Bertie Ahern"),
        ("The French secretary of state for Europe", "2006-11-16", "FRA", None),
        ("The secretary of state for health", "2006-11-16", "RUS", None),
    ],
)
def test_a_title_that_one_state_has_tells_it(base: ActorBase, words: str, on: str, code: str, name: str | None) -> None:
    """The secretary of state is the American one, whomever he meets, unless the words say whose or for what."""
    actor = resolved(base, f"{words} met a Russian minister.", [words], on=on, nation="Russian")[0]

    assert (actor.code, actor.name) == (code, name)


@pytest.mark.parametrize(
    ("words", "on", "name"),
    [
        ("Secretary of State Tony Blinken", "2022-10-21", "Antony Blinken"),
        ("UK Foreign Secretary Elizabeth Truss", "2022-02-21", "Liz Truss"),
        ("Bangladeshi Foreign Secretary Masud Momen", "2022-04-07", "Masud Momen"),
    ],
)
def test_one_of_that_surname_holds_the_office(base: ActorBase, words: str, on: str, name: str) -> None:
    """Whoever bears the surname in an office that one person holds is its holder by another first name; an office of the same title in another state is not meant."""
    assert resolved(base, f"{words} came.", [words], on=on)[0].name == name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TAIPEI, Taiwan — China flew jets near Taiwan, the defense ministry said.", "TWN"),
        ("China flew jets near Taiwan, the defense ministry said.", "CHN"),
        ("GENEVA — China flew jets near Taiwan, the defense ministry said.", "CHN"),
        ("TAIPEI — China flew jets near Taiwan, China's defense ministry said.", "CHN"),
    ],
)
def test_an_organ_without_owner_is_that_of_the_dateline(base: ActorBase, text: str, code: str) -> None:
    """A ministry of which nothing is told is the reporter's own, where his state is one of those the story is about and the reader thinks of it at all."""
    words = next(each for each in ("China's defense ministry", "the defense ministry") if each in text)
    chances = (("China", 0.6), ("Taiwan", 0.3))
    last = {word: Span(text.rindex(word), text.rindex(word) + len(word)) for word, _ in chances}
    seen = reading(text, mentions=(mention(text, words, 0, nations=tuple(Pointer(last[word], chance) for word, chance in chances)),))

    assert resolve(Document(id="t", text=text), seen, base)[0].code == code
