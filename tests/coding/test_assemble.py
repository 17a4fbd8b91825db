"""Reading, actors and dates become the records that the world sees."""

from __future__ import annotations

import datetime as dt

import pytest

from detente.errors import DetenteError
from detente.ontology.custom import Change, File, custom
from detente.places.gazetteer import locate
from detente.records import Also, Coded, Event, Interval, Link, Quote, Span
from tests.builders import actor, at, coded, links, mention, quote, reading, trigger

MEETING = (
    "Nicholas Burns met Qin Gang in Beijing on Monday. He urged China to free the crew, state media said. "
    "The talks lasted two hours. “We agreed on little,” Qin said."
)
WHO = {
    0: actor("USA", name="Nicholas Burns", identifier_id="Q1", office="ambassador of the United States to China"),
    1: actor("CHN", name="Qin Gang"),
    2: actor("CHN"),
    3: actor("CHN", "JRN"),
}
MENTIONS = (
    mention(MEETING, "Nicholas Burns", 0),
    mention(MEETING, "Qin Gang", 1),
    mention(MEETING, "He", 0),
    mention(MEETING, "China", 2),
    mention(MEETING, "state media", 3),
    mention(MEETING, "Qin#2", 1),
)
MONDAY = Interval(dt.date(2023, 5, 8), dt.date(2023, 5, 8), "day")


def meeting() -> Coded:
    """A story of one meeting told twice, one request and one quote."""
    met = trigger(
        MEETING, "met", "CONSULT", mode="visit", contexts=("diplomatic",), actors=links(0), recipients=links(1),
        time=Link(0, 0.9), place=Link(0, 0.9), reciprocal=True,
    )  # fmt: skip
    urged = trigger(MEETING, "urged", "REQUEST", mode="yield", actors=links(2), recipients=links(3), by=Link(4, 0.8))
    talks = trigger(MEETING, "The talks", "CONSULT", same_as=0)
    said = quote(MEETING, "We agreed on little", speaker=Link(5, 0.9), cue=at(MEETING, "said#2"))
    seen = reading(
        MEETING, mentions=MENTIONS, triggers=(met, urged, talks), times=(at(MEETING, "Monday"),),
        places=(at(MEETING, "Beijing"),), quotes=(said,),
    )  # fmt: skip
    return coded(MEETING, seen, WHO, dates=(MONDAY, None, None))


def words(event: Event | Quote, role: str) -> list[str]:
    """The words behind a role."""
    return [span.of(MEETING) for span in event.text_info.spans[role]]


def test_an_event_has_every_field_that_the_text_tells() -> None:
    """Who did what to whom, how, when and where, with the codes of the ontology."""
    event = meeting().events[0]

    assert (event.id, event.event, event.mode, event.context) == ("seed-e01", ("CONSULT",), ("visit",), ("diplomatic",))
    assert (event.quad_code, event.event_scale, event.reciprocal, event.status) == (1, 4.0, True, "actual")
    assert (event.date, event.enddate, event.date_precision, event.time_text) == (
        "2023-05-08",
        "2023-05-08",
        "day",
        "Monday",
    )
    assert [(e.code, e.name, e.entity_text, e.office) for e in event.actor] == [
        ("USA", "Nicholas Burns", "Nicholas Burns", "ambassador of the United States to China")
    ]
    assert [(e.code, e.sector, e.entity_text) for e in event.recipient] == [("CHN", "GOV", "Qin Gang")]
    assert event.event_loc is not None
    assert (event.event_loc.extracted_place, event.event_loc.resolution) == ("Beijing", "near USA")
    assert event.text == "Nicholas Burns met Qin Gang in Beijing on Monday."
    assert (event.coder, event.coded_date, event.story, event.by) == ("detente test", "2026-11-25", None, None)


def test_every_field_names_its_words() -> None:
    """Evidence: trigger, actor, recipient, time, place and source can be shown in the text."""
    met, urged = meeting().events

    assert [words(met, role) for role in ("trigger", "actor", "recipient", "time", "place", "by")] == [
        ["met"], ["Nicholas Burns"], ["Qin Gang"], ["Monday"], ["Beijing"], [],
    ]  # fmt: skip
    assert [words(urged, role) for role in ("trigger", "actor", "recipient", "time", "place", "by")] == [
        ["urged"], ["Nicholas Burns"], ["China"], [], [], ["state media"],
    ]  # fmt: skip


def test_an_event_names_its_sentence() -> None:
    """Number and characters of the sentence of its trigger."""
    urged = meeting().events[1]

    assert urged.text_info.sequence == 1
    assert (
        MEETING[urged.text_info.start : urged.text_info.end]
        == urged.text
        == "He urged China to free the crew, state media said."
    )


def test_an_event_told_twice_is_one_record() -> None:
    """The other telling is kept as a place, so that two tellings do not count as two meetings."""
    events = meeting().events
    third = at(MEETING, "The talks lasted two hours.".rstrip("."))

    assert [e.event for e in events] == [("CONSULT",), ("REQUEST",)]
    assert events[0].also == (Also(sequence=2, start=third.start, end=third.end + 1),)
    assert events[1].also == ()


def test_a_gap_in_the_first_telling_is_filled_from_a_later_one() -> None:
    """A headline that names one party, a sentence that names both and the day."""
    text = "Talks begin. Iran met Oman on Monday."
    seen = reading(
        text,
        mentions=(mention(text, "Iran", 0), mention(text, "Oman", 1)),
        triggers=(
            trigger(text, "Talks", "CONSULT"),
            trigger(text, "met", "CONSULT", actors=links(0), recipients=links(1), time=Link(0, 0.9), same_as=0),
        ),
        times=(at(text, "Monday"),),
    )
    (event,) = coded(text, seen, {0: actor("IRN"), 1: actor("OMN")}, dates=(None, MONDAY)).events

    assert [e.code for e in (*event.actor, *event.recipient)] == ["IRN", "OMN"]
    assert (event.date, event.time_text, event.event_text) == ("2023-05-08", "Monday", ("Talks",))


def test_an_event_of_nobody_is_dropped_and_counted() -> None:
    """An actor that is never named stays out, and what made no record is counted by reason."""
    text = "Fighting went on. Iran protested."
    seen = reading(
        text,
        mentions=(mention(text, "Iran", 0),),
        triggers=(trigger(text, "Fighting", "ASSAULT"), trigger(text, "protested", "ACCUSE", actors=links(0))),
    )
    found = coded(text, seen, {0: actor("IRN")})

    assert [e.id for e in found.events] == ["seed-e01"]
    assert found.dropped == {"no-party": 1}
    assert len(found.events) + sum(found.dropped.values()) == len(seen.triggers)


def test_a_type_that_is_not_coded_is_dropped_and_counted() -> None:
    """A custom ontology that drops PROTEST tells how many it cost."""
    text = "Students marched in Tehran."
    seen = reading(
        text, mentions=(mention(text, "Students", 0),), triggers=(trigger(text, "marched", "PROTEST", actors=links(0)),)
    )
    mine = custom(File(types={"PROTEST": Change(drop=True)}))
    found = coded(text, seen, {0: actor("IRN", "CVL")}, ontology=mine)

    assert found.events == ()
    assert found.dropped == {"not-in-ontology": 1}


def test_a_custom_name_scores_as_it_says() -> None:
    """A renamed type has its new name and points, a merged one the name and points of the other and no mode."""
    text = "Iran slammed Oman. Oman refused to meet."
    seen = reading(
        text,
        mentions=(mention(text, "Iran", 0), mention(text, "Oman", 1)),
        triggers=(
            trigger(text, "slammed", "ACCUSE", mode="disapprove", actors=links(0), recipients=links(1)),
            trigger(text, "refused", "REJECT", mode="meet", actors=links(1)),
        ),
    )
    mine = custom(File(types={"ACCUSE": Change(name="CRITICISE", score=-1.0), "REJECT": Change(merge="CRITICISE")}))
    first, second = coded(text, seen, {0: actor("IRN"), 1: actor("OMN")}, ontology=mine).events

    assert (first.event, first.mode, first.event_scale) == (("CRITICISE",), ("disapprove",), -2.0)
    assert (second.event, second.mode, second.event_scale) == (("CRITICISE",), (), -1.0)


def test_a_joint_mention_gives_every_party() -> None:
    """The "they" of two states is both states, each with the words that name it."""
    text = "Iran and Oman held drills. They signed a pact."
    seen = reading(
        text,
        mentions=(mention(text, "Iran", 0), mention(text, "Oman", 1), mention(text, "They", 0, 1)),
        triggers=(trigger(text, "signed", "SUPPORT", actors=links(2), reciprocal=True),),
    )
    (event,) = coded(text, seen, {0: actor("IRN"), 1: actor("OMN")}).events

    assert [(e.code, e.entity_text) for e in event.actor] == [("IRN", "Iran"), ("OMN", "Oman")]
    assert [s.of(text) for s in event.text_info.spans["actor"]] == ["Iran", "Oman"]


def test_a_joint_mention_is_not_shown_with_another_joint_mention() -> None:
    """The word "they" after "the two sides" is still Iran and Oman: words that name both name neither."""
    text = "Iran and Oman met. The two sides talked. They signed a pact."
    seen = reading(
        text,
        mentions=(
            mention(text, "Iran", 0),
            mention(text, "Oman", 1),
            mention(text, "The two sides", 0, 1),
            mention(text, "They", 0, 1),
        ),
        triggers=(trigger(text, "signed", "SUPPORT", actors=links(3), reciprocal=True),),
    )
    (event,) = coded(text, seen, {0: actor("IRN"), 1: actor("OMN")}).events

    assert [e.entity_text for e in event.actor] == ["Iran", "Oman"]


def test_a_party_stands_once() -> None:
    """Two mentions of one state in one role are one entity."""
    text = "Iran said its navy had sailed."
    seen = reading(
        text,
        mentions=(mention(text, "Iran", 0), mention(text, "its", 0)),
        triggers=(trigger(text, "sailed", "MOBILIZE", actors=links(0, 1)),),
    )
    (event,) = coded(text, seen, {0: actor("IRN")}).events

    assert [e.code for e in event.actor] == ["IRN"]


@pytest.mark.parametrize(
    ("text", "pronoun", "fuller"),
    [
        ("President Xi spoke. He left.", "He", "President Xi"),
        ("When he spoke, Xi left.", "he", "Xi"),
        ("Qin, the minister, said he left.", "he", "the minister"),
    ],
)
def test_a_pronoun_is_shown_with_fuller_words(text: str, pronoun: str, fuller: str) -> None:
    """A reader of the record sees a name: the last fuller words before the pronoun, else the first after it."""
    names = [
        w
        for w in ("President Xi", "Qin", "the minister", "Xi")
        if w in text and not (w == "Xi" and "President" in text)
    ]
    mentions = tuple(sorted((mention(text, w, 0) for w in [*names, pronoun]), key=lambda m: m.span))
    k = next(k for k, m in enumerate(mentions) if m.span.of(text) == pronoun)
    seen = reading(text, mentions=mentions, triggers=(trigger(text, "left", "RETREAT", actors=links(k)),))
    (event,) = coded(text, seen, {0: actor("CHN")}).events

    assert event.actor[0].entity_text == fuller
    assert event.text_info.spans["actor"] == (at(text, fuller),)


def test_a_pronoun_of_nobody_is_shown_as_it_is() -> None:
    """No fuller words anywhere: the text's own word stays."""
    text = "He left."
    seen = reading(
        text, mentions=(mention(text, "He", 0),), triggers=(trigger(text, "left", "RETREAT", actors=links(0)),)
    )
    (event,) = coded(text, seen, {}).events

    assert (event.actor[0].entity_text, event.actor[0].code) == ("He", None)


@pytest.mark.parametrize(
    ("last", "published", "historical"),
    [
        ("2023-05-08", "2023-05-08", False),
        ("2023-04-08", "2023-05-08", False),  # thirty days before
        ("2023-04-07", "2023-05-08", True),
        ("2023-04-07", None, False),
        (None, "2023-05-08", False),
    ],
)
def test_background_is_told_from_news(last: str | None, published: str | None, historical: bool) -> None:  # noqa: FBT001 - a case, not a switch
    """An event that ended more than thirty days before publication is history; without either day nobody can say."""
    text = "Iran sailed."
    seen = reading(
        text, mentions=(mention(text, "Iran", 0),), triggers=(trigger(text, "sailed", "MOBILIZE", actors=links(0)),)
    )
    day = None if last is None else dt.date.fromisoformat(last)
    when = None if day is None else Interval(day - dt.timedelta(days=7), day, "week")
    today = None if published is None else dt.date.fromisoformat(published)
    (event,) = coded(text, seen, {0: actor("IRN")}, dates=(when,), published=today).events

    assert event.historical == historical


def test_an_unknown_day_stays_unknown() -> None:
    """No date is invented: both ends are null and the precision says so."""
    urged = meeting().events[1]

    assert (urged.date, urged.enddate, urged.date_precision, urged.time_text) == (None, None, "unknown", None)


def test_a_quote_has_speaker_cue_and_whom_it_is_about() -> None:
    """The speaker by the words that name him; the marks are not part of the words."""
    (said,) = meeting().quotes

    assert (said.id, said.text, said.kind, said.cue) == ("seed-q01", "We agreed on little", "direct", "said")
    assert said.speaker is not None
    assert (said.speaker.code, said.speaker.name) == ("CHN", "Qin Gang")
    assert words(said, "speaker") == ["Qin"]
    assert words(said, "cue") == ["said"]
    assert MEETING[said.text_info.start : said.text_info.end] == said.text
    assert said.text_info.sequence == 3
    assert said.about == ()


def test_a_quote_is_about_the_actors_it_names() -> None:
    """Those with a code, without the speaker."""
    text = "“Iran and its friends attacked Oman,” Iran said of someone."
    seen = reading(
        text,
        mentions=(
            mention(text, "Iran", 0),
            mention(text, "friends", 1),
            mention(text, "Oman", 2),
            mention(text, "Iran#2", 0),
        ),
        quotes=(quote(text, "Iran and its friends attacked Oman", speaker=Link(3, 0.9)),),
    )
    (said,) = coded(text, seen, {0: actor("IRN"), 1: actor(None), 2: actor("OMN")}).quotes

    assert [e.code for e in said.about] == ["OMN"]


def test_records_are_numbered_in_reading_order() -> None:
    """Ids are unique in a document and name it."""
    found = meeting()

    assert [r.id for r in found.records()] == ["seed-e01", "seed-e02", "seed-q01"]


def test_a_text_of_nothing_gives_nothing() -> None:
    """No events, no quotes, nothing dropped."""
    found = coded("Rain.", reading("Rain."), {})

    assert list(found.records()) == []
    assert found.dropped == {}


def test_all_evidence_is_inside_the_text() -> None:
    """Every span of every record is a stretch of the document."""
    for record in meeting().records():
        for spans in record.text_info.spans.values():
            assert all(isinstance(s, Span) and 0 <= s.start < s.end <= len(MEETING) for s in spans)


def test_an_ontology_of_another_reader_is_told() -> None:
    """A type that the ontology has lost without saying so is an error with the codes that are near, never a silent zero."""
    text = "Iran sailed."
    seen = reading(
        text, mentions=(mention(text, "Iran", 0),), triggers=(trigger(text, "sailed", "MOBILISE", actors=links(0)),)
    )

    with pytest.raises(DetenteError, match="near: MOBILIZE"):
        coded(text, seen, {0: actor("IRN")})


def test_who_is_told_by_the_name_of_the_shelled_town_is_of_its_country() -> None:
    """Whatever state the text goes on about; the name of a state is not that of a town."""
    for text, town, code in (("The army shelled Bakhmut.", "Bakhmut", "UKR"), ("The army shelled Poland.", "Poland", "RUS")):
        hit = trigger(text, "shelled", "ASSAULT", actors=links(0), recipients=links(1), place=Link(0, 0.9))
        seen = reading(text, mentions=(mention(text, "The army", 0), mention(text, town, 1)), triggers=(hit,), places=(at(text, town),))
        told = coded(text, seen, {0: actor("RUS", "MIL"), 1: actor("RUS", "CVL")}, dates=(None,), locate=locate)

        assert [party.code for party in told.events[0].recipient] == [code]
