"""Which pairs of spans the network scores, and what it is told about each pair beside the words.

Training and run time build their pairs here, so that both see the same features.
Spans are rows of word indices (first, last), both inside.
"""

from __future__ import annotations

import numpy as np

N_DISTANCES, N_SENTENCES, N_RANKS, N_MATCHES = 25, 9, 9, 8
"""Sizes of the four features of a pair: word distance, sentence distance, rank among its neighbours, likeness of words."""

PRONOUNS = frozenset(
    "he she it they we i you him her them us me his hers its their our my who himself herself itself themselves".split()
)


def every_pair(n_left: int, n_right: int) -> tuple[np.ndarray, np.ndarray]:
    """(n_left * n_right,) indices left and right, left-major."""
    left, right = np.divmod(np.arange(n_left * n_right), max(n_right, 1))
    return left, right


def near_pairs(left: np.ndarray, right: np.ndarray, *, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices of pairs whose first words stand at most `reach` words apart, left-major.

    Args:
        left: (n_left, 2) spans.
        right: (n_right, 2) spans in ascending order of their first word.
        reach: Words.

    Returns:
        Two (n_pairs,) index arrays. Time and room grow with the pairs kept, not with n_left * n_right.
    """
    if len(left) == 0 or len(right) == 0:
        none = np.zeros(0, np.int64)
        return none, none
    low = np.searchsorted(right[:, 0], left[:, 0] - reach, side="left")
    high = np.searchsorted(right[:, 0], left[:, 0] + reach, side="right")
    counts = high - low
    i = np.repeat(np.arange(len(left)), counts)
    ends = np.cumsum(counts)
    j = np.arange(int(ends[-1])) - np.repeat(ends - counts, counts) + np.repeat(low, counts)
    return i, j


def features(
    left: np.ndarray, right: np.ndarray, pairs: tuple[np.ndarray, np.ndarray], sentence_of: np.ndarray, likeness: np.ndarray | None = None
) -> np.ndarray:
    """(n_pairs, 4) int64: word-distance bucket, sentence distance, rank of the right span, likeness.

    The distance runs from the nearer edges and is signed; buckets grow by half powers of two. The rank counts the right spans
    between: +1 is the next one after the left span, -1 the last one before it.
    """
    i, j = pairs
    if len(i) == 0:
        return np.zeros((0, 4), np.int64)
    after = right[j, 0] - left[i, 1]
    before = right[j, 1] - left[i, 0]
    distance = np.where(after > 0, after, np.where(before < 0, before, 0))
    size = np.minimum(np.ceil(2 * np.log2(np.abs(distance) + 1)), 12).astype(np.int64)
    bucket = np.where(distance < 0, 12 - size, 12 + size)
    sentences = np.clip(sentence_of[right[j, 0]] - sentence_of[left[i, 0]], -4, 4) + 4
    order = np.searchsorted(right[:, 0], left[:, 0], side="left")[i]
    rank = j - order
    rank = np.clip(np.where(rank >= 0, rank + 1, rank), -4, 4) + 4
    like = np.zeros(len(i), np.int64) if likeness is None else likeness
    return np.stack([bucket, sentences, rank, like], axis=1)


def likeness(texts: list[str], pairs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """(n_pairs,) int64 in [0, N_MATCHES): how alike the words of two mentions are, for coreference.

    0 both plain and unlike, 1 left a pronoun, 2 right a pronoun, 3 both the same pronoun, 4 both pronouns, 5 same words,
    6 same last word, 7 one holds the other's last word.
    """
    lowered = [t.lower().split() or [""] for t in texts]
    pronoun = [len(w) == 1 and w[0] in PRONOUNS for w in lowered]
    sets = [frozenset(w) for w in lowered]
    out = np.zeros(len(pairs[0]), np.int64)
    for k, (a, b) in enumerate(zip(pairs[0].tolist(), pairs[1].tolist(), strict=True)):
        if pronoun[a] or pronoun[b]:
            out[k] = (3 if lowered[a] == lowered[b] else 4) if pronoun[a] and pronoun[b] else (1 if pronoun[a] else 2)
        elif lowered[a] == lowered[b]:
            out[k] = 5
        elif lowered[a][-1] == lowered[b][-1]:
            out[k] = 6
        elif lowered[a][-1] in sets[b] or lowered[b][-1] in sets[a]:
            out[k] = 7
    return out
