"""Text → word pieces, with each word's characters and letter case.

A word is a run of letters and digits, or one punctuation mark: the pre-tokens of the encoder's own tokeniser.
White space never matters, so corpora that come as tokens and running news text read alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
from tokenizers import Tokenizer

from detente.records import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

# Curly marks and dashes read as their plain twins, one character for one, so that offsets hold.
# The training text has mostly plain marks, the news both.
_PLAIN = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‑": "-", "\u00a0": " "})

CASES = ("lower", "title", "upper", "mixed", "digit", "other")
"""Letter case of a word, the feature that an uncased encoder lacks; the index is what the network gets."""


class Words(msgspec.Struct, frozen=True):
    """The words of one text and their pieces.

    `pieces`, `cases`: (n_pieces,) int64, vocabulary id and case of each piece (the case of its word).
    `first`: (n_words + 1,) int64, index of each word's first piece; the last entry is n_pieces.
    `starts`, `ends`: (n_words,) int64, characters of each word in the text, end exclusive.
    `lower`: the words themselves in lower case, which the decoding looks at many times.
    """

    pieces: np.ndarray
    cases: np.ndarray
    first: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    lower: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.starts)

    def span(self, first: int, last: int) -> Span:
        """Characters from word `first` to word `last`, both inside."""
        return Span(int(self.starts[first]), int(self.ends[last]))

    def covering(self, span: Span) -> tuple[int, int] | None:
        """First and last word that share a character with `span`; None when no word does."""
        first = int(np.searchsorted(self.ends, span.start, side="right"))
        last = int(np.searchsorted(self.starts, span.end, side="left")) - 1
        return (first, last) if first <= last else None


def open_tokenizer(file: Path) -> Tokenizer:
    """The tokeniser in a `tokenizer.json`, which neither pads nor cuts."""
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def words_of(text: str, tokenizer: Tokenizer) -> Words:
    """The words of `text`; none for a text without visible characters."""
    encoding = tokenizer.encode(plain(text), add_special_tokens=False)
    offsets = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
    pieces = np.array(encoding.ids, dtype=np.int64)
    word_ids = np.array([-1 if w is None else w for w in encoding.word_ids], dtype=np.int64)
    if len(pieces) == 0:
        none = np.zeros(0, np.int64)
        return Words(none, none, np.zeros(1, np.int64), none, none, ())
    begins = np.flatnonzero(np.diff(word_ids, prepend=word_ids[0] - 1))
    ends = np.append(begins[1:], len(pieces))
    starts_char, ends_char = offsets[begins, 0], offsets[ends - 1, 1]
    written = [text[s:e] for s, e in zip(starts_char.tolist(), ends_char.tolist(), strict=True)]
    word_cases = np.array([case_of(word) for word in written], dtype=np.int64)
    return Words(
        pieces=pieces,
        cases=np.repeat(word_cases, ends - begins),
        first=np.append(begins, len(pieces)).astype(np.int64),
        starts=starts_char,
        ends=ends_char,
        lower=tuple(word.lower() for word in written),
    )


def plain(text: str) -> str:
    """`text` with curly marks made plain; as many characters as before."""
    return text.translate(_PLAIN)


def case_of(word: str) -> int:
    """Index into `CASES`."""
    if word.islower():
        return 0
    if word[:1].isupper():
        return 2 if len(word) > 1 and word.isupper() else 1
    if word[:1].isdigit():
        return 4
    return 3 if any(c.isupper() for c in word) else 5


def capital_words(words: Words, text: str) -> np.ndarray:
    """(n, 2) int64, first and last word of one-word spans: the words that begin with a capital letter."""
    at = np.array([k for k, start in enumerate(words.starts.tolist()) if text[start].isupper()], np.int64)
    return np.stack([at, at], axis=1)


def sentence_numbers(words: Words, parts: Sequence[Span]) -> np.ndarray:
    """(n_words,) int64, the number of each word's sentence among `parts`."""
    starts = np.array([part.start for part in parts], np.int64)
    return np.maximum(np.searchsorted(starts, words.starts, side="right") - 1, 0)


def windows(words: Words, breaks: Iterable[int], *, size: int, overlap: int) -> list[tuple[int, int]]:
    """Runs of words [first, last) that hold at most `size` pieces, each starting at a sentence where one is near.

    Args:
        words: The words of one text.
        breaks: Indices of words that start a sentence, ascending.
        size: Most pieces in a window.
        overlap: Pieces of context repeated at the start of each following window.

    Returns:
        Windows in order; together they cover every word.
    """
    starts = np.array(sorted({0, *breaks}), dtype=np.int64)
    out: list[tuple[int, int]] = []
    begin, n, done = 0, len(words), 0
    while begin < n:
        end = int(np.searchsorted(words.first, words.first[begin] + size, side="right")) - 1
        end = max(begin + 1, min(end, n))
        if end < n:
            # end where a sentence ends, if one does in the second half of the window
            cut = starts[np.searchsorted(starts, end, side="right") - 1]
            if cut > max(begin + (end - begin) // 2, done):
                end = int(cut)
        out.append((begin, end))
        done = end
        if end >= n:
            break
        back = int(np.searchsorted(words.first, words.first[end] - overlap, side="left"))
        again = starts[min(int(np.searchsorted(starts, back, side="left")), len(starts) - 1)]
        begin = int(again) if begin < again <= end else max(back, begin + 1)
    return out
