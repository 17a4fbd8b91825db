"""Reports become stories: what joins, in which order, and what never changes afterwards."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import BadSetting
from detente.stories.cluster import StoryIndex, cluster
from detente.stories.match import FEATURES, Matcher, Model
from detente.stories.report import Report
from tests.stories.telling import ELSEWHERE, EXPELLED, IN_RETURN, SENT_HOME, TUESDAY, party, told

PLACES = ("KEN", "SOM", "PER", "BOL", "NOR")
ACTS = (("SANCTION", "expelled"), ("ACCUSE", "accused"), ("CONSULT", "met"), ("AID", "helped"))


def some_reports(seed: int, n: int = 24) -> list[Report]:
    """Reports of a few days, parties and acts, so that many agree."""
    draw = Random(seed)
    out = []
    for k in range(n):
        (act, verb), (a, b), day = draw.choice(ACTS), draw.sample(PLACES, 2), TUESDAY + dt.timedelta(draw.randrange(3))
        text = f"{a} {verb} {b} over the {draw.choice(('harbour', 'frontier', 'gold', 'cattle'))} in {draw.choice(('Mandera', 'Piura', 'Tromso'))}."
        report = told(f"d{k // 2:02d}-e{k % 2:02d}", act, text, verb, day=day, published=day + dt.timedelta(1), actor=(party(a),), recipient=(party(b),))
        out.append(report)
    return out


def test_two_papers_one_story() -> None:
    """What agrees is one story; the same deed between other parties on the same day is another."""
    stories = cluster([EXPELLED, SENT_HOME, ELSEWHERE])

    assert sorted(map(sorted, stories.values())) == [["a-e01", "b-e01"], ["d-e01"]]


def test_the_answer_of_the_next_day_is_another_story() -> None:
    """Same parties, same type, the other way round, a day later."""
    stories = cluster([EXPELLED, SENT_HOME, IN_RETURN])

    assert sorted(map(sorted, stories.values())) == [["a-e01", "b-e01"], ["c-e01"]]


def test_a_story_is_called_after_its_first_report() -> None:
    """The id tells where to look."""
    assert set(cluster([SENT_HOME, EXPELLED])) == {"s-a-e01"}


@settings(max_examples=12)
@given(st.integers(0, 30), st.randoms(use_true_random=False))
def test_order_inside_a_batch_makes_no_difference(seed: int, draw: Random) -> None:
    """Documents and their events may come in any order: same stories, same ids, same members."""
    reports = some_reports(seed)
    shuffled = list(reports)
    draw.shuffle(shuffled)

    assert cluster(shuffled) == cluster(reports)


@settings(max_examples=12)
@given(st.integers(0, 30))
def test_nothing_is_lost_and_nothing_twice(seed: int) -> None:
    """Every report is in exactly one story."""
    reports = some_reports(seed)

    assert sorted(e for events in cluster(reports).values() for e in events) == sorted(r.event for r in reports)


@settings(max_examples=12)
@given(st.integers(0, 30))
def test_day_after_day_is_the_same_as_all_at_once(seed: int) -> None:
    """A batch is taken apart by the day of the paper, so that yesterday's stories do not depend on tomorrow's papers."""
    reports = some_reports(seed)
    index = StoryIndex()
    joins = [j for day in sorted({r.published for r in reports}) for j in index.add([r for r in reports if r.published == day])]  # type: ignore[type-var]

    assert joins == StoryIndex().add(reports)


class Told(Matcher):
    """Tells the chances that it was given."""

    def __init__(self, threshold: float, chances: dict[str, float]) -> None:
        super().__init__(Model(bias=0.0, threshold=threshold, weights=dict.fromkeys(FEATURES, 0.0)))
        self._chances = chances

    def chance(self, ours: Report, theirs: Report) -> float:
        """By the two events' ids, in the order of the alphabet."""
        return self._chances["/".join(sorted((ours.event, theirs.event)))]


@pytest.mark.parametrize(("likely", "stories"), [(0.5, 2), (0.9, 1)])
def test_a_paper_tells_one_happening_once(likely: float, stories: int) -> None:
    """A second report of a paper joins a story that has one of the same paper only when it is far likelier than another's would have to be."""
    twice = told("a-e02", "SANCTION", "Kenya turned out Somalia's man.", "turned out", mode=("expel",))
    matcher = Told(0.3, {"a-e01/b-e01": 0.9, "a-e02/b-e01": likely, "a-e01/a-e02": likely})

    assert len(cluster([EXPELLED, twice, SENT_HOME], matcher)) == stories


def test_a_later_paper_joins_the_story_that_is_known() -> None:
    """The id of the first day stays, and the join says with whom and why."""
    index = StoryIndex()
    index.add([EXPELLED])
    (join,) = index.add([SENT_HOME])

    assert join.story == "s-a-e01"
    assert join.match is not None
    assert (join.match.ours, join.match.theirs) == ("b-e01", "a-e01")


def test_what_is_forgotten_founds_a_story_anew() -> None:
    """Forgetting bounds the memory; a story let go is joined no more."""
    index = StoryIndex()
    index.add([EXPELLED])

    assert index.forget(dt.date(2025, 1, 1)) == 1
    assert len(index) == 0
    assert index.add([SENT_HOME])[0].story == "s-b-e01"


def test_two_reports_of_one_id_are_refused() -> None:
    """Stories hold reports by their ids; two of one name could not be told apart."""
    with pytest.raises(BadSetting, match="a-e01"):
        StoryIndex().add([EXPELLED, EXPELLED])
