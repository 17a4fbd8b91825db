"""One story: what most independent sources say, who they are, and what they tell differently."""

from __future__ import annotations

import msgspec
import pytest

from detente.records import Event
from detente.stories.disputes import disputes, tolls
from detente.stories.merged import Told, merged, sources, stories
from tests.stories.telling import MONDAY, THURSDAY, TUESDAY, WEDNESDAY, event, facts, party

TEXT = "Kenya bombed a camp in Somalia, killing seven people."


def telling(id: str, text: str = TEXT, **more: object) -> Event:
    """A report of a raid."""
    return event(id, "ASSAULT", text, "bombed", **more)  # type: ignore[arg-type]


def test_copies_are_no_independent_sources() -> None:
    """Three papers, one of which prints the agency's text: two sources, named by their publishers."""
    known = [facts("a", publication="Wire"), facts("b", publication="Post", copy_of="a"), facts("c", publication="Herald")]

    assert sources(known) == ("Wire", "Herald")


def test_copies_of_a_text_that_is_not_there_are_one_source() -> None:
    """Both go back to the same agency, which this story does not hold."""
    assert sources([facts("a", publication="Post", copy_of="x"), facts("b", publication="Herald", copy_of="x")]) == ("Post",)


def test_copies_in_a_circle_end() -> None:
    """Bad facts do not hang the program."""
    assert len(sources([facts("a", copy_of="b"), facts("b", copy_of="a")])) <= 2


def test_two_texts_of_one_publisher_are_one_source() -> None:
    """The same paper on two days."""
    assert sources([facts("a", publication="Post"), facts("b", publication="Post")]) == ("Post",)


def test_a_copy_has_no_vote() -> None:
    """Two independent papers against one wrong day that two copies repeat."""
    rows = [
        Told(telling("a-e01", day=MONDAY), facts("a")),
        Told(telling("b-e01", day=MONDAY), facts("b", copy_of="a")),
        Told(telling("c-e01", day=MONDAY), facts("c", copy_of="a")),
        Told(telling("d-e01"), facts("d")),
        Told(telling("e-e01"), facts("e")),
    ]

    assert merged("s-a-e01", rows).event.date == TUESDAY.isoformat()


def test_a_story_names_its_reports_and_days() -> None:
    """Reports in the order of their papers; first and last seen are the papers' days."""
    rows = [Told(telling("b-e01"), facts("b", THURSDAY)), Told(telling("a-e01"), facts("a", WEDNESDAY))]
    story = merged("s-a-e01", rows)

    assert (story.reports, story.documents) == (("a-e01", "b-e01"), ("a", "b"))
    assert (story.first_seen, story.last_seen) == (WEDNESDAY.isoformat(), THURSDAY.isoformat())
    assert story.event.story == "s-a-e01"


def test_an_unknown_day_of_the_paper_stays_unknown() -> None:
    """Nobody knows when it was seen."""
    assert merged("s-a-e01", [Told(telling("a-e01"), facts("a", None))]).first_seen is None


def test_the_merged_record_keeps_names_that_one_paper_knows() -> None:
    """One says Kenya, the other Kenya's minister by name."""
    named = party("KEN", "Minister Rono", name="Lydia Rono")
    rows = [Told(telling("a-e01"), facts("a")), Told(telling("b-e01", actor=(named,)), facts("b"))]

    assert [a.name for a in merged("s-a-e01", rows).event.actor] == ["Lydia Rono"]


def test_stories_of_a_set_hold_every_report_once() -> None:
    """In = out, and a story survives the way through JSON."""
    told = stories([([telling("a-e01")], facts("a")), ([telling("b-e01", TEXT.replace("seven", "nine"))], facts("b"))])

    assert sorted(r for s in told for r in s.reports) == ["a-e01", "b-e01"]
    assert [msgspec.json.decode(msgspec.json.encode(s), type=type(s)) for s in told] == told


# --- disputes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The raid killed seven people and wounded 12.", {"dead": 7, "hurt": 12}),
        ("At least eleven workers died.", {"dead": 11}),
        ("Police arrested 40 people on the fourth day.", {"held": 40}),
        ("Three days after the killing, $5 million was paid.", {}),
        ("14 dead", {"dead": 14}),
    ],
)
def test_tolls_count_people_not_days_or_money(text: str, told: dict[str, int]) -> None:
    """What a number counts is the nearest such word in its clause."""
    assert tolls(text) == told


def test_two_tolls_are_both_kept() -> None:
    """Seven dead in one paper, nine in the other."""
    (dispute,) = disputes([telling("a-e01"), telling("b-e01", TEXT.replace("seven", "nine"))])

    assert (dispute.dispute, dispute.about) == ("toll", "dead")
    assert [(v.value, v.reports) for v in dispute.versions] == [("7", ("a-e01",)), ("9", ("b-e01",))]


def test_two_days_are_both_kept() -> None:
    """Days that cannot both be right."""
    (dispute,) = disputes([telling("a-e01"), telling("b-e01", day=WEDNESDAY)])

    assert (dispute.dispute, [v.value for v in dispute.versions]) == ("date", [TUESDAY.isoformat(), WEDNESDAY.isoformat()])


def test_a_day_inside_a_week_is_no_dispute() -> None:
    """Tuesday and "this week" may both be right."""
    assert disputes([telling("a-e01"), telling("b-e01", day=MONDAY, last=THURSDAY)]) == ()


def test_a_text_does_not_dispute_with_its_copy_but_in_a_number() -> None:
    """What the reader makes of a day may differ under another dateline; a later version may know of more dead."""
    first, copy = telling("a-e01"), telling("b-e01", TEXT.replace("seven", "nine"), day=WEDNESDAY)
    for known in ([facts("a"), facts("b", copy_of="a")], [facts("a", copy_of="x"), facts("b", copy_of="x")]):
        story = merged("s-a-e01", [Told(event, of) for event, of in zip((first, copy), known, strict=True)])
        assert [dispute.dispute for dispute in story.disputed] == ["toll"]

    apart = merged("s-a-e01", [Told(first, facts("a")), Told(copy, facts("b"))])
    assert [dispute.dispute for dispute in apart.disputed] == ["date", "toll"]


def test_a_denial_is_kept_beside_the_report() -> None:
    """Done, says one; not done, says the other."""
    (dispute,) = disputes([telling("a-e01"), telling("b-e01", status="negated")])

    assert (dispute.dispute, [v.value for v in dispute.versions]) == ("status", ["actual", "negated"])


def test_two_sides_two_accounts() -> None:
    """Each side says that the other did it."""
    kenya, somalia = party("KEN"), party("SOM")
    told = disputes([telling("a-e01", by=somalia), telling("b-e01", by=kenya, actor=(somalia,), recipient=(kenya,))])

    assert [d.dispute for d in told] == ["account"]
    assert [v.value for v in told[0].versions] == ["says SOM: KEN", "says KEN: SOM"]


def test_a_denial_that_names_the_same_party_is_no_other_account_of_who_did_it() -> None:
    """Kenya denies what Somalia says that Kenya did: both speak of Kenya, and differ on whether it happened alone."""
    told = disputes([telling("a-e01", by=party("SOM")), telling("b-e01", by=party("KEN"), status="negated")])

    assert [d.about for d in told] == ["whether it happened"]


def test_agreement_is_no_dispute() -> None:
    """The same told twice."""
    assert disputes([telling("a-e01"), telling("b-e01")]) == ()
