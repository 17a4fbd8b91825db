"""Words and their pieces: offsets hold on any text, and windows lose no word."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from detente.reading.network import packaged_model
from detente.reading.tokens import CASES, Words, case_of, plain, windows, words_of
from detente.records import Span

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
newslike = st.text("Aé ñß“”‘’'\"–—-.,\n\t\u00a0\u200b\u0301\u00adİﬁ東한1[]#_CLSEP😀", max_size=60)
texts = st.one_of(any_text, newslike)


def small_tokenizer() -> Tokenizer:
    """Built like the encoder's own, with a vocabulary of letters: any word comes in pieces, or as one unknown piece."""
    letters = [chr(c) for c in range(33, 127)]
    names = ["[PAD]", "[UNK]", *letters, *(f"##{c}" for c in letters)]
    pieces = {name: k for k, name in enumerate(names)}
    tokenizer = Tokenizer(WordPiece(pieces, unk_token="[UNK]", max_input_chars_per_word=100))  # noqa: S106
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


def own_tokenizer() -> Tokenizer | None:
    """The trained reader's, where it is checked out."""
    file = packaged_model() / "tokenizer.json"
    if not file.is_file():
        return None
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


TOKENIZERS = {"small": small_tokenizer(), **({"own": own} if (own := own_tokenizer()) else {})}
every_tokenizer = pytest.mark.parametrize("tokenizer", TOKENIZERS.values(), ids=TOKENIZERS)


def words(n_pieces: list[int]) -> Words:
    """Words of so many pieces each, one character a piece, a space between words."""
    first = np.concatenate([[0], np.cumsum(n_pieces)]).astype(np.int64)
    starts = first[:-1] + np.arange(len(n_pieces))
    return Words(
        np.zeros(first[-1], np.int64),
        np.zeros(first[-1], np.int64),
        first,
        starts,
        starts + np.array(n_pieces, np.int64),
        tuple("x" * n for n in n_pieces),
    )


@every_tokenizer
@given(text=texts)
@example(text="")
@example(text="[SEP] said [CLS][MASK] [PAD]")
@example(text="e\u0301lan \u0345 a\u00adb")
def test_offsets_of_words_hold_on_any_text(tokenizer: Tokenizer, text: str) -> None:
    """Words come in order, share no character, are never empty and neither begin nor end with white space."""
    found = words_of(text, tokenizer)
    spans = [found.span(k, k) for k in range(len(found))]

    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    assert all(s.of(text) == s.of(text).strip() for s in spans)


@every_tokenizer
@given(text=texts)
def test_every_letter_is_in_a_word(tokenizer: Tokenizer, text: str) -> None:
    """No letter or digit of a text goes unread: what stands between words are spaces, marks of accent and control characters."""
    found = words_of(text, tokenizer)
    inside = {c for s, e in zip(found.starts.tolist(), found.ends.tolist(), strict=True) for c in range(s, e)}
    # surrogate-free letters that the encoder's own cleaning keeps: it drops private and unassigned characters
    assert [c for k, c in enumerate(text) if c.isalnum() and c.isascii() and k not in inside] == []


@every_tokenizer
@given(text=texts)
def test_pieces_belong_to_words(tokenizer: Tokenizer, text: str) -> None:
    """Each word has at least one piece, the words' pieces follow each other, and each piece has its word's letter case."""
    found = words_of(text, tokenizer)

    assert len(found.first) == len(found) + 1
    assert found.first[0] == 0
    assert found.first[-1] == len(found.pieces) == len(found.cases)
    assert (np.diff(found.first) > 0).all() or len(found) == 0
    for k in range(len(found)):
        assert set(found.cases[found.first[k] : found.first[k + 1]].tolist()) == {case_of(found.span(k, k).of(text))}


@every_tokenizer
def test_white_space_never_matters(tokenizer: Tokenizer) -> None:
    """A corpus of tokens and running text give the same pieces."""
    running = words_of("Qin met “Burns”, he said.", tokenizer)
    spaced = words_of("Qin  met\n“ Burns ” , he said .", tokenizer)

    assert running.pieces.tolist() == spaced.pieces.tolist()
    assert running.cases.tolist() == spaced.cases.tolist()


@given(any_text)
def test_marks_made_plain_keep_their_place(text: str) -> None:
    """Curly marks and dashes become their plain twins, one character for one, so that offsets hold."""
    assert len(plain(text)) == len(text)
    assert all(a == b or a in "“”„‘’–—‑\u00a0" for a, b in zip(text, plain(text), strict=True))


@every_tokenizer
def test_curly_and_plain_marks_read_alike(tokenizer: Tokenizer) -> None:
    """The news has both, the training text mostly plain ones."""
    assert (
        words_of("China’s “top” aim—no", tokenizer).pieces.tolist()
        == words_of('China\'s "top" aim-no', tokenizer).pieces.tolist()
    )


@pytest.mark.parametrize(
    ("word", "case"),
    [
        ("met", "lower"),
        ("Qin", "title"),
        ("I", "title"),
        ("NATO", "upper"),
        ("McCarthy", "title"),
        ("eBay", "mixed"),
        ("1996", "digit"),
        ("“", "other"),
        ("東京", "other"),
    ],
)
def test_letter_case_is_told(word: str, case: str) -> None:
    """The uncased encoder learns from it what a name is."""
    assert CASES[case_of(word)] == case


@given(st.lists(st.integers(1, 5), min_size=1, max_size=30), st.integers(0, 80), st.integers(0, 80))
def test_the_words_that_cover_a_span(n_pieces: list[int], a: int, b: int) -> None:
    """First and last word that share a character with it; none for a span between words."""
    found, span = words(n_pieces), Span(min(a, b), max(a, b))
    touching = [k for k in range(len(found)) if span.start < found.ends[k] and found.starts[k] < span.end]

    if span.start < span.end:
        assert found.covering(span) == ((touching[0], touching[-1]) if touching else None)


@given(
    st.lists(st.integers(1, 12), max_size=120),
    st.sets(st.integers(0, 119), max_size=20),
    st.integers(2, 60),
    st.integers(0, 30),
)
def test_windows_cover_every_word(n_pieces: list[int], breaks: set[int], size: int, overlap: int) -> None:
    """Windows begin at the first word, end at the last, leave no gap and get on; only a lone giant word passes the size."""
    found = words(n_pieces)
    cuts = windows(found, sorted(b for b in breaks if b < len(found)), size=size, overlap=min(overlap, size // 2))

    if not n_pieces:
        assert cuts == []
        return
    assert cuts[0][0] == 0
    assert cuts[-1][1] == len(found)
    assert all(b[0] <= a[1] and a[0] < b[0] and a[1] <= b[1] for a, b in itertools.pairwise(cuts))
    for first, last in cuts:
        assert found.first[last] - found.first[first] <= size or last == first + 1


def test_no_window_lies_inside_another() -> None:
    """A long sentence of long words after short ones (a table, a list of names) costs no window twice."""
    cuts = windows(words([1] * 480 + [4] * 200), list(range(0, 481, 30)), size=510, overlap=128)

    assert all(a[1] < b[1] for a, b in itertools.pairwise(cuts))


def test_windows_begin_at_sentences_where_they_can() -> None:
    """A sentence is read whole where one window holds it."""
    found = words([1] * 100)

    assert windows(found, [0, 28, 52, 80], size=40, overlap=15) == [(0, 28), (28, 52), (52, 80), (80, 100)]


def test_a_text_that_fits_is_one_window() -> None:
    """Most articles."""
    assert windows(words([1] * 50), [0, 20, 40], size=50, overlap=10) == [(0, 50)]
