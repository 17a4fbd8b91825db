"""What stands between quotation marks begins and ends at the marks, whatever the tags say."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.reading.labels import QUOTE_KINDS
from detente.reading.quotes import marked, to_the_marks, unbroken, without_marks
from detente.reading.spans import Found
from detente.reading.tokens import words_of
from detente.records import Span
from tests.reading.test_tokens import small_tokenizer

TOKENIZER = small_tokenizer()
TEXT = "He said: “We will stop the fleet,” and left “early” for home."


def seen(*runs: tuple[str, str], text: str = TEXT) -> list[tuple[str, str]]:
    """The quotes after moving to the marks, when the network tagged these runs of words with these kinds."""
    words = words_of(text, TOKENIZER)
    starts = {words.span(k, k).start: k for k in range(len(words))}
    ends = {words.span(k, k).end: k for k in range(len(words))}
    spans = [(starts[text.index(run)], ends[text.index(run) + len(run)]) for run, _ in runs]
    found = Found(
        np.array(spans, np.int64).reshape(-1, 2),
        np.array([QUOTE_KINDS.index(kind) for _, kind in runs], np.int64),
        np.full(len(runs), 0.9),
        np.full(len(runs), 0.8),
    )
    moved = to_the_marks(found, text, words)
    return [
        (words.span(f, e).of(text), QUOTE_KINDS[k])
        for (f, e), k in zip(moved.spans.tolist(), moved.kinds.tolist(), strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        (TEXT, ["We will stop the fleet", "early"]),
        ('"No," he said, "never."', ["No", "never."]),
        ("“ spaced , ”", ["spaced"]),
        ("No marks here’s one.", []),
        ('“” and " "', []),
        ("“Open without an end", []),
    ],
)
def test_marked_stretches(text: str, inside: list[str]) -> None:
    """Curly and straight marks; without the marks themselves, a closing comma and spaces."""
    assert [span.of(text) for span in marked(text)] == inside


def test_a_paragraph_is_the_longest_marked_stretch() -> None:
    """A mark that was never closed swallows no other paragraph."""
    assert marked("“We begin\nand he said “stop” again") == marked("          and he said “stop” again")


@pytest.mark.parametrize(
    "run", ["We will stop the fleet", "will stop the", "stop the fleet,” and", "said: “We will stop the fleet"]
)
def test_a_quote_is_stretched_or_cut_to_its_marks(run: str) -> None:
    """Half of the marked words are enough; words outside the marks are not the speaker's."""
    assert seen((run, "direct")) == [("We will stop the fleet", "direct")]


def test_what_stands_in_marks_is_direct() -> None:
    """Whatever kind the network told."""
    assert seen(("We will stop the", "indirect")) == [("We will stop the fleet", "direct")]


def test_too_few_words_leave_the_marks_alone() -> None:
    """A quote that only touches a marked stretch stays as it is; a scare quote nobody tagged stays none."""
    assert seen(("fleet", "direct")) == [("fleet", "direct")]
    assert seen() == []


def test_pieces_of_one_marked_stretch_become_one() -> None:
    """Two runs that the network cut apart are one quote."""
    assert seen(("We will", "direct"), ("the fleet", "direct")) == [("We will stop the fleet", "direct")]


def test_a_mixed_quote_keeps_its_marks_inside() -> None:
    """A that-clause with a few quoted words in it is one mixed quote."""
    run = "We will stop the fleet,” and left “early” for home"

    assert seen((run, "mixed")) == [(run, "mixed")]


def test_a_run_over_two_marked_stretches_is_both() -> None:
    """Two quotes that the network took for one, the cue between them included, are two quotes."""
    text = "“We will stop,” he said. “We are tired.”"

    assert seen(("We will stop,” he said. “We are tired.", "direct"), text=text) == [
        ("We will stop", "direct"),
        ("We are tired.", "direct"),
    ]


@given(st.lists(st.tuples(st.integers(0, 17), st.integers(0, 17), st.sampled_from(QUOTE_KINDS)), max_size=5))
def test_quotes_never_share_a_word(runs: list[tuple[int, int, str]]) -> None:
    """Whatever the network tags, quotes come in order and apart, as they went in."""
    words = words_of(TEXT, TOKENIZER)
    apart: list[tuple[int, int, str]] = []
    for a, b, kind in sorted((min(a, b), max(a, b), k) for a, b, k in runs):
        if not apart or apart[-1][1] < a:
            apart.append((a, b, kind))
    ones = np.ones(len(apart))
    spans = np.array([r[:2] for r in apart], np.int64).reshape(-1, 2)
    moved = to_the_marks(
        Found(spans, np.array([QUOTE_KINDS.index(r[2]) for r in apart], np.int64), ones, ones), TEXT, words
    )

    assert all(a[1] < b[0] for a, b in zip(moved.spans.tolist(), moved.spans.tolist()[1:], strict=False))


@given(st.text('ab "“”,\n', max_size=60))
def test_marked_stretches_hold_on_any_text(text: str) -> None:
    """They share no character, stay in one line, and neither begin with a space nor end with a space or comma."""
    found = marked(text)

    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    for span in found:
        words = span.of(text)
        assert words
        assert "\n" not in words
        assert words == words.lstrip(" ").rstrip(" ,")


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 1), st.sampled_from(QUOTE_KINDS)), max_size=8), st.integers(2, 9))
def test_a_quote_in_others_words_ends_at_a_word_a_sentence_or_the_marks(runs: list[tuple[int, int, str]], length: int) -> None:
    """What follows without a word between, in the same sentence and in the reporter's words both times, is one quote; no word is won or lost."""
    spans, at = [], 0
    for n, gap, _ in runs:
        spans.append((at + gap, at + gap + n - 1))
        at += gap + n
    kinds = [QUOTE_KINDS.index(kind) for *_, kind in runs]
    sentence_of = np.arange(at + 1) // length
    told = unbroken(Found(np.array(spans, np.int64).reshape(-1, 2), np.array(kinds, np.int64), np.full(len(runs), 0.9), np.full(len(runs), 0.8)), sentence_of)
    cut = [
        k
        for k in range(len(runs))
        if k == 0 or runs[k][1] or {runs[k][2], runs[k - 1][2]} != {"indirect"} or sentence_of[spans[k][0]] != sentence_of[spans[k - 1][1]]
    ]

    assert told.spans[:, 0].tolist() == [spans[k][0] for k in cut]
    assert told.kinds.tolist() == [kinds[k] for k in cut]
    assert [w for f, e in told.spans.tolist() for w in range(f, e + 1)] == [w for f, e in spans for w in range(f, e + 1)]


def test_a_quote_in_others_words_does_not_take_the_mark_of_what_follows() -> None:
    """The opening mark of the next sentence is not said by anybody."""
    text = 'He said the fleet had left. "We stay," she said.'
    words = words_of(text, TOKENIZER)
    spans = np.array([[2, next(k for k in range(len(words)) if words.span(k, k).of(text) == '"')]])
    told = without_marks(Found(spans, np.array([QUOTE_KINDS.index("indirect")]), np.ones(1), np.ones(1)), words)

    assert words.span(*told.spans[0].tolist()).of(text) == "the fleet had left."


@pytest.mark.parametrize(
    ("run", "kind", "left"),
    [
        ("reflect deeply”", "mixed", "reflect deeply"),  # its partner stands before the run
        ("it was “a disgrace”", "mixed", "it was “a disgrace”"),  # both marks are its own
        ("“a disgrace”", "direct", "“a disgrace”"),  # left to those who move direct quotes to their marks
    ],
)
def test_a_mark_goes_where_its_partner_stands_outside(run: str, kind: str, left: str) -> None:
    """A mixed quote keeps marks in pairs alone."""
    text = "He said it was “a disgrace” and told them to “reflect deeply” on it."
    words = words_of(text, TOKENIZER)
    ends = [words.covering(Span(text.index(run), text.index(run) + len(run)))]
    told = without_marks(Found(np.array(ends), np.array([QUOTE_KINDS.index(kind)]), np.ones(1), np.ones(1)), words)

    assert words.span(*told.spans[0].tolist()).of(text) == left


def test_a_mixed_run_that_is_what_stands_in_marks_is_direct() -> None:
    """Nothing of it is in the reporter's words."""
    assert seen(("early", "mixed")) == [("early", "direct")]
