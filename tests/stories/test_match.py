"""Two reports: how likely they tell one happening, and why."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import msgspec
import numpy as np
import pytest

from detente.errors import ModelProblem
from detente.stories.blocks import blocks, nearby
from detente.stories.forest import LEAF, Tree
from detente.stories.match import DETAILS, FEATURES, Matcher, Model, details, features
from detente.stories.meaning import Meaning
from detente.stories.report import Report
from tests.stories.telling import ELSEWHERE, EXPELLED, IN_RETURN, SENT_HOME, THURSDAY, TUESDAY, WEDNESDAY, party, told

MATCHER = Matcher()
ALL = (EXPELLED, SENT_HOME, IN_RETURN, ELSEWHERE)


def test_other_words_for_one_deed_agree() -> None:
    """An envoy expelled by one paper is the one sent home by another."""
    assert MATCHER.chance(EXPELLED, SENT_HOME) > MATCHER.model.threshold


def test_the_answer_is_another_happening() -> None:
    """Same parties, same type, the next day, the other way round."""
    assert MATCHER.chance(EXPELLED, IN_RETURN) < MATCHER.model.threshold


def test_an_answer_in_kind_speaks_against_a_pair() -> None:
    """The same the other way round on one day may be a reader's error; a day later it is an answer."""
    at_once = told("k-e01", "SANCTION", "Somalia sent home the Kenyan envoy.", "sent home", actor=(party("SOM"),), recipient=(party("KEN"),))

    assert features(EXPELLED, IN_RETURN)["answered"] == 1.0
    assert "answered" not in features(EXPELLED, at_once)
    assert MATCHER.chance(EXPELLED, IN_RETURN) < MATCHER.chance(EXPELLED, at_once)


def test_other_parties_on_the_same_day_are_another_happening() -> None:
    """What Peru does to Bolivia is not what Kenya does to Somalia."""
    assert MATCHER.chance(EXPELLED, ELSEWHERE) < MATCHER.chance(EXPELLED, SENT_HOME)


def test_two_reports_of_a_small_state_agree_less_by_chance() -> None:
    """The same words of a call by the United States upon itself, of which the news is full, and of one by Kenya upon Somalia."""

    def calls(id: str, text: str, actor: str, recipient: str) -> Report:
        return told(id, "REQUEST", text, "called", actor=(party(actor),), recipient=(party(recipient),))

    common, rare = (
        MATCHER.chance(calls("i-e01", "It called for talks.", *pair), calls("j-e01", "The government called for a debate.", *pair))
        for pair in (("USA", "USA"), ("KEN", "SOM"))
    )
    assert rare > common


@pytest.mark.parametrize(("ours", "theirs"), list(combinations(ALL, 2)))
def test_it_makes_no_difference_who_comes_first(ours: object, theirs: object) -> None:
    """The chance is the same to the last bit, and so is every feature."""
    assert features(ours, theirs) == features(theirs, ours)  # type: ignore[arg-type]
    assert details(ours, theirs) == details(theirs, ours)  # type: ignore[arg-type]
    assert MATCHER.chance(ours, theirs) == MATCHER.chance(theirs, ours)  # type: ignore[arg-type]


def test_a_paper_does_not_tell_of_what_came_after_it() -> None:
    """News without a day is news of its paper's day at the latest: what others date two days later is another happening."""
    undated = told("g-e01", "SANCTION", "Kenya expelled Somalia's ambassador.", "expelled", mode=("expel",), published=TUESDAY, time_text=None)
    after = told("h-e01", "SANCTION", "Kenya expelled an envoy on Thursday.", "expelled", mode=("expel",), day=THURSDAY, published=THURSDAY)

    assert features(undated, after)["foretold"] == 1.0
    assert "foretold" not in features(msgspec.structs.replace(undated, published=after.published), EXPELLED)


def test_another_report_that_is_likelier_speaks_against_a_pair() -> None:
    """A paper tells one happening once: the further ahead its other report is, the less likely is this one."""
    even, behind, far = (MATCHER.weighed(EXPELLED, SENT_HOME, 0.5, rival=rival) for rival in (0.4, 0.6, 0.95))

    assert even > behind > far


def test_what_features_tell_together_outweighs_no_rule() -> None:
    """Strangers stay strangers, whatever else the trees make of the pair."""
    every = dict.fromkeys(FEATURES, 0.0)
    eager = Tree(asks=(LEAF,), at=(30.0,), low=(0,), high=(0,))
    stranger = told("i-e01", "SANCTION", "Lima turned out two men.", "turned out", actor=(party("PER"),), recipient=(party("BOL"),))

    assert "strangers" in features(EXPELLED, stranger)
    assert Matcher(Model(bias=-5.0, threshold=0.5, weights=every, trees=(eager,))).chance(EXPELLED, stranger) < 0.5


def test_trees_speak_where_triggers_have_a_meaning() -> None:
    """Of reports of other programs nobody knows what the trigger means where it stands: no tree was taught of them."""
    one = np.full(3, 73, np.int8)
    ours, theirs = (msgspec.structs.replace(report, meaning=Meaning(one, one, one)) for report in (EXPELLED, SENT_HOME))
    plain = Model(bias=-5.0, threshold=0.5, weights=dict.fromkeys(FEATURES, 0.0))
    grown = Matcher(msgspec.structs.replace(plain, trees=(Tree(asks=(LEAF,), at=(7.0,), low=(0,), high=(0,)),)))

    assert grown.chance(ours, theirs) == pytest.approx(0.881, abs=0.001)
    assert grown.chance(EXPELLED, SENT_HOME) == Matcher(plain).chance(EXPELLED, SENT_HOME)


def test_a_match_says_why() -> None:
    """Score, reason and both event ids travel together."""
    match = MATCHER.match(EXPELLED, SENT_HOME)

    assert (match.ours, match.theirs) == ("a-e01", "b-e01")
    assert 0 < match.score < 1
    assert match.why


def test_a_reason_that_has_no_words_is_left_out() -> None:
    """The words are alike in meaning, and none is the same: "words:" alone would tell nobody anything."""
    by_sense = Matcher(Model(bias=0.0, threshold=0.5, weights=dict.fromkeys(FEATURES, 0.0) | {"near sense": 9.0}))
    expelled = told("j-e01", "SANCTION", "Kenya expelled Guled.", "expelled")
    sent_home = told("k-e01", "SANCTION", "They deported diplomats.", "deported")

    assert features(expelled, sent_home)["near sense"] > 0.1
    assert by_sense.why(expelled, sent_home) == "nothing speaks against it"
    assert by_sense.why(EXPELLED, EXPELLED).startswith("words: ")


def test_only_features_that_are_explained_are_weighed() -> None:
    """Every feature of a pair has a line in `FEATURES` or, where only trees ask for it, in `DETAILS`."""
    assert all(set(features(a, b)) <= set(FEATURES) for a, b in combinations(ALL, 2))
    assert all(set(details(a, b)) <= set(DETAILS) for a, b in combinations(ALL, 2))


def test_a_model_of_another_version_is_refused() -> None:
    """A weight that is missing would count as 0 in silence."""
    short = {name: 0.0 for name in FEATURES if name != "same day"}

    with pytest.raises(ModelProblem, match="same day"):
        Matcher(Model(bias=0.0, threshold=0.5, weights=short))
    with pytest.raises(ModelProblem, match="the moon"):
        Matcher(Model(bias=0.0, threshold=0.5, weights=dict.fromkeys(FEATURES, 0.0), asked=("gap", "the moon")))


# --- blocks -------------------------------------------------------------------------------------------


def test_fellows_meet_in_a_block() -> None:
    """A pair that may tell one happening is compared, from either side."""
    assert nearby(EXPELLED) & blocks(SENT_HOME)
    assert nearby(SENT_HOME) & blocks(EXPELLED)


def test_strangers_meet_in_none() -> None:
    """Other parties, other words: never compared."""
    aid = told("f-e01", "AID", "Norway flew tents to Malawi.", "flew", actor=(party("NOR"),), recipient=(party("MWI"),))

    assert not nearby(EXPELLED) & blocks(aid)


def test_a_paper_that_errs_by_a_day_is_still_compared() -> None:
    """Wednesday instead of Tuesday."""
    wrong = told("e-e01", "SANCTION", "On Wednesday the Kenyans ordered Somalia's man out.", "ordered", day=WEDNESDAY, published=THURSDAY)

    assert nearby(wrong) & blocks(EXPELLED)


def test_who_looks_back_meets_what_was_news() -> None:
    """Two months later a paper tells only the month in which the envoy was expelled, and the paper of the day knew the day."""
    start = dt.date.fromordinal(EXPELLED.first or 0).replace(day=1).toordinal()
    later = msgspec.structs.replace(SENT_HOME, first=start, last=start + 27, published=start + 80)

    assert nearby(later) & blocks(EXPELLED)
    assert not nearby(later) & blocks(msgspec.structs.replace(EXPELLED, first=start - 90, last=start - 90, published=start - 90))


def test_what_happened_years_ago_does_not_meet_the_news() -> None:
    """The same two parties in another year."""
    old = msgspec.structs.replace(SENT_HOME, first=SENT_HOME.first - 3650, last=SENT_HOME.last - 3650)  # type: ignore[operator]

    assert not nearby(EXPELLED) & {b for b in blocks(old) if b.startswith(("m", "y"))}
