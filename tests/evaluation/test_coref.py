"""Coreference measures give what the papers give, and the gold is read as the format says."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.records import Mention, Span
from evaluation.coref import (
    Cluster,
    Score,
    assignment,
    b_cubed,
    ceaf_e,
    conll,
    gold_clusters,
    muc,
    scores,
    told_clusters,
    views,
)


def clusters(*letters: str) -> list[Cluster]:
    """Each string a cluster, each letter a mention."""
    return [frozenset(Span(ord(letter), ord(letter) + 1) for letter in cluster) for cluster in letters]


TRUTH = clusters("12345", "67", "89ABC")
ONE_SMALL_MISTAKE = clusters("12345", "6789ABC")  # the small chain joined to a large one
ONE_LARGE_MISTAKE = clusters("1234589ABC", "67")  # two large ones joined


@pytest.mark.parametrize("answer", [ONE_SMALL_MISTAKE, ONE_LARGE_MISTAKE])
def test_muc_sees_one_wrong_link_in_ten(answer: list[Cluster]) -> None:
    """Bagga & Baldwin 1998: recall 1, precision 9/10 for either mistake."""
    score = muc(TRUTH, answer)

    assert [score.recall, score.precision] == pytest.approx([1.0, 9 / 10])


@pytest.mark.parametrize(("answer", "precision"), [(ONE_SMALL_MISTAKE, 16 / 21), (ONE_LARGE_MISTAKE, 7 / 12)])
def test_b_cubed_tells_the_large_mistake_from_the_small(answer: list[Cluster], precision: float) -> None:
    """Bagga & Baldwin 1998: recall 1, precision 76 % and 58 %."""
    score = b_cubed(TRUTH, answer)

    assert [score.recall, score.precision] == pytest.approx([1.0, precision])


KEY, RESPONSE = clusters("abc", "defg"), clusters("ab", "cd", "fghi")


@pytest.mark.parametrize(
    ("measure", "recall", "precision"),
    [(muc, 2 / 5, 2 / 5), (b_cubed, (5 / 3 + 5 / 4) / 7, 4 / 8), (ceaf_e, 1.3 / 2, 1.3 / 3)],
)
def test_mentions_that_only_one_side_has_count_as_in_the_reference_scorer(
    measure: Any, recall: float, precision: float
) -> None:
    """Pradhan et al. 2014, figure 3: MUC 0.40 / 0.40, B³ 0.42 / 0.50, CEAF-e 0.65 / 0.43."""
    score = measure(KEY, RESPONSE)

    assert [score.recall, score.precision] == pytest.approx([recall, precision])


@pytest.mark.parametrize(
    ("answer", "f1"),
    [
        (ONE_SMALL_MISTAKE, 0.733),
        (ONE_LARGE_MISTAKE, 0.667),
        (clusters("123456789ABC"), 0.294),
        (clusters(*"123456789ABC"), 0.178),
    ],
)
def test_ceaf_aligns_each_cluster_with_one_other(answer: list[Cluster], f1: float) -> None:
    """Luo 2005, table 1: the two mistakes, everything in one chain, and every mention alone."""
    assert ceaf_e(TRUTH, answer).f1 == pytest.approx(f1, abs=0.0005)


parts = st.lists(st.text("abcdefg", max_size=4), max_size=6).map(
    lambda words: clusters(
        *filter(
            None,
            ("".join(c for i, c in enumerate(w) if c not in "".join(words[:k]) + w[:i]) for k, w in enumerate(words)),
        )
    )
)


@settings(max_examples=100, deadline=None)
@given(parts, parts)
def test_recall_of_one_is_precision_of_the_other(gold: list[Cluster], told: list[Cluster]) -> None:
    """The measures only change sides; and a perfect answer has 1 where there is anything to find."""
    for measure in (muc, b_cubed, ceaf_e):
        score, turned = measure(gold, told), measure(told, gold)

        assert [score.recall, score.precision] == pytest.approx([turned.precision, turned.recall])
        assert measure(gold, gold).f1 == pytest.approx(1.0 if measure(gold, gold).gold else 0.0)


matrices = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 9).map(float), min_size=width, max_size=width), min_size=1, max_size=5
    )
)


@settings(max_examples=200, deadline=None)
@given(matrices)
def test_the_assignment_is_the_best_of_all(gains: list[list[float]]) -> None:
    """Against every way to pair rows and columns."""
    rows, columns = range(len(gains)), range(len(gains[0]))
    few = min(len(rows), len(columns))
    best = max(
        sum(gains[r][c] for r, c in zip(rs, cs, strict=True))
        for rs in permutations(rows, few)
        for cs in permutations(columns, few)
    )
    found = assignment(gains)

    assert len({row for row, _ in found}) == len({column for _, column in found}) == len(found) == few
    assert sum(gains[row][column] for row, column in found) == pytest.approx(best)


PASSAGE: dict[str, Any] = {
    "text": "The rebels met the army. They agreed, state radio said. The rebels left; the two sides will meet again.",
    "actors": [
        {"id": "A1", "mentions": ["The rebels", "They", "The rebels", "the two sides"]},
        {"id": "A2", "mentions": ["the army", "They", "the two sides"]},
    ],
    "events": [{"by": "A1"}, {"by": "state radio"}, {"by": None}],
}


def test_a_joint_mention_goes_with_the_others_of_the_same_actors() -> None:
    """The cluster of both actors holds "They" and "the two sides"; the outlet is one of its own."""
    words = [sorted(span.of(PASSAGE["text"]) for span in cluster) for cluster in gold_clusters(PASSAGE)]

    assert sorted(words) == [["The rebels", "The rebels"], ["They", "the two sides"], ["state radio"], ["the army"]]


def mention(start: int, *entities: int) -> Mention:
    """A mention of one character."""
    return Mention(
        span=Span(start, start + 1), entities=entities, sector=None, nations=(), body="state", body_score=1.0, score=1.0
    )


def test_the_readers_mentions_go_by_their_entities() -> None:
    """The order of the numbers of a joint mention does not matter; a span that comes twice counts once."""
    found = told_clusters(
        [mention(0, 0), mention(2, 1), mention(4, 0, 1), mention(6, 1, 0), mention(8, 0), mention(8, 1)]
    )

    assert sorted(sorted(span.start for span in cluster) for cluster in found) == [[0, 8], [2], [4, 6]]


def test_the_views_leave_out_what_they_say() -> None:
    """Single mentions; and mentions of one side."""
    gold, told = clusters("ab", "c"), clusters("a", "bd", "c")

    assert [(name, ours, theirs) for name, ours, theirs in views(gold, told)] == [
        ("all", gold, told),
        ("no singletons", clusters("ab"), clusters("bd")),
        ("matched", gold, clusters("a", "b", "c")),
    ]


def test_documents_add_up_and_the_mean_is_of_the_three() -> None:
    """Twice the same document has the scores of one."""
    once, twice = scores([(KEY, RESPONSE)])["all"], scores([(KEY, RESPONSE)] * 2)["all"]

    assert twice["mentions"] == Score(12, 14, 12, 16)
    assert conll(twice) == pytest.approx(conll(once))
    assert conll(once) == pytest.approx((0.4 + 0.4545 + 0.52) / 3, abs=1e-3)
