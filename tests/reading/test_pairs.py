"""Which spans are scored together, and what the network is told about them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.reading.pairs import (
    N_DISTANCES,
    N_MATCHES,
    N_RANKS,
    N_SENTENCES,
    PRONOUNS,
    every_pair,
    features,
    likeness,
    near_pairs,
)

rows = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 6)), max_size=20).map(
    lambda pairs: np.array(sorted((a, a + n) for a, n in pairs), np.int64).reshape(-1, 2)
)


def one(left: tuple[int, int], right: tuple[int, int], *, sentence_of: np.ndarray | None = None) -> list[int]:
    """The features of one pair."""
    where = np.zeros(400, np.int64) if sentence_of is None else sentence_of
    pair = (np.array([0]), np.array([0]))
    told: list[int] = features(np.array([left]), np.array([right]), pair, where)[0].tolist()
    return told


@given(rows, rows, st.integers(0, 120))
def test_near_pairs_are_those_within_reach(left: np.ndarray, right: np.ndarray, reach: int) -> None:
    """The fast search finds what comparing all with all finds, in the same order."""
    slow = [
        (i, j) for i in range(len(left)) for j in range(len(right)) if abs(int(left[i, 0]) - int(right[j, 0])) <= reach
    ]

    assert list(zip(*(a.tolist() for a in near_pairs(left, right, reach=reach)), strict=True)) == slow


def test_pairs_grow_with_the_text_not_with_its_square() -> None:
    """A text of twenty times the words has about twenty times the pairs."""
    short, long = (np.stack([np.arange(0, n, 10)] * 2, axis=1) for n in (1_000, 20_000))

    assert len(near_pairs(long, long, reach=120)[0]) < 25 * len(near_pairs(short, short, reach=120)[0])


def test_every_pair_is_all_with_all() -> None:
    """Left-major, as `near_pairs` orders them; nothing with nothing is nothing."""
    assert list(zip(*(a.tolist() for a in every_pair(2, 2)), strict=True)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert len(every_pair(3, 0)[0]) == 0


@pytest.mark.parametrize(
    ("right", "bucket"),
    [
        ((5, 6), 12),  # they share a word
        ((7, 7), 12 + 2),  # the next word: ceil(2 * log2(2))
        ((8, 8), 12 + 4),  # one word between: ceil(2 * log2(3))
        ((4, 4), 12 - 2),
        ((300, 300), 24),  # the last bucket holds all that is far
    ],
)
def test_distances_run_from_the_nearer_edges(right: tuple[int, int], bucket: int) -> None:
    """Signed: the right span after the left is above the middle, before it below; buckets widen with the distance."""
    assert one((5, 6), right)[0] == bucket


def test_sentences_between_are_told() -> None:
    """The next sentence is one above the middle, four and more are one bucket."""
    sentence_of = np.arange(400) // 10

    assert one((5, 5), (15, 15), sentence_of=sentence_of)[1] == 5
    assert one((5, 5), (7, 7), sentence_of=sentence_of)[1] == 4
    assert one((395, 395), (5, 5), sentence_of=sentence_of)[1] == 0


def test_ranks_count_the_neighbours_between() -> None:
    """The next mention after a trigger is +1, the last before it -1."""
    left, right = np.array([[10, 10]]), np.array([[2, 2], [8, 8], [12, 12], [20, 20]])
    told = features(left, right, every_pair(1, 4), np.zeros(30, np.int64))

    assert (told[:, 2] - 4).tolist() == [-2, -1, 1, 2]


@given(rows, rows, st.integers(1, 50))
def test_features_stay_in_their_tables(left: np.ndarray, right: np.ndarray, per_sentence: int) -> None:
    """Whatever the spans, each feature is a row of the network's table for it."""
    if len(left) and len(right):
        told = features(left, right, every_pair(len(left), len(right)), np.arange(400) // per_sentence)

        assert (told >= 0).all()
        assert (told < [N_DISTANCES, N_SENTENCES, N_RANKS, N_MATCHES]).all()


def test_no_pairs_no_features() -> None:
    """An empty table of four columns."""
    none = np.zeros((0, 2), np.int64)

    assert features(none, none, every_pair(0, 0), np.zeros(0, np.int64)).shape == (0, 4)


@pytest.mark.parametrize(
    ("a", "b", "like"),
    [
        ("Qin Gang", "Burns", 0),
        ("he", "Qin Gang", 1),
        ("Qin Gang", "he", 2),
        ("He", "he", 3),
        ("he", "his", 4),
        ("the minister", "The Minister", 5),
        ("Chinese President Xi Jinping", "Jinping", 6),
        ("President Xi", "Xi Jinping", 7),
    ],
)
def test_likeness_of_two_mentions(a: str, b: str, like: int) -> None:
    """The same words, the same last word, pronouns: what tells who is meant again."""
    assert likeness([a, b], (np.array([0]), np.array([1]))).tolist() == [like]


def test_pronouns_are_written_small() -> None:
    """They are compared after lowering."""
    assert all(p == p.lower() for p in PRONOUNS)
