"""Chances of tags become spans."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.reading.labels import NAME_KINDS, TYPES
from detente.reading.reader import Reader, merged
from detente.reading.spans import (
    Found,
    behind_dateline,
    closed,
    found_spans,
    lengthened,
    one_each,
    played,
    proper,
    telling,
    trimmed,
    unowned,
    whole_initials,
    whole_names,
)
from detente.reading.tokens import Words, words_of
from detente.records import Span

# one column each: outside, begin and inside of kind 0, begin and inside of kind 1
OUT = (1.0, 0.0, 0.0, 0.0, 0.0)
BEGIN_0, IN_0 = (0.1, 0.8, 0.1, 0.0, 0.0), (0.1, 0.1, 0.8, 0.0, 0.0)
BEGIN_1, IN_1 = (0.2, 0.0, 0.0, 0.7, 0.1), (0.2, 0.0, 0.0, 0.1, 0.7)

chances = st.lists(st.lists(st.floats(0.01, 1), min_size=5, max_size=5), max_size=25).map(
    lambda rows: np.array([np.array(r) / sum(r) for r in rows]).reshape(-1, 5)
)


def found(*tags: tuple[float, ...], threshold: float = 0.5, bridge: int = 0) -> list[tuple[int, int, int]]:
    """First word, last word and kind of each span."""
    spans = found_spans(np.array(tags).reshape(-1, 5), threshold=threshold, bridge=bridge)
    return [(f, e, k) for (f, e), k in zip(spans.spans.tolist(), spans.kinds.tolist(), strict=True)]


def test_no_word_no_span() -> None:
    """An empty text, and a text of which nothing is told."""
    assert found() == []
    assert found(OUT, OUT) == []


def test_a_run_of_words_is_a_span() -> None:
    """Both ends are inside, and a span may reach the text's ends."""
    assert found(BEGIN_0, IN_0, OUT, OUT, BEGIN_1) == [(0, 1, 0), (4, 4, 1)]


def test_a_new_beginning_cuts() -> None:
    """Two spans may stand side by side without a word between them."""
    assert found(BEGIN_0, IN_0, BEGIN_0, IN_0) == [(0, 1, 0), (2, 3, 0)]


def test_a_span_may_begin_in_the_middle() -> None:
    """A run whose first word was taken for an inner one is a span all the same: recall must not hang on one tag."""
    assert found(OUT, IN_0, IN_0, OUT) == [(1, 2, 0)]


def test_the_kind_with_most_chance_along_the_span_wins() -> None:
    """One word's doubt does not change the kind of the whole."""
    assert found(BEGIN_0, IN_1, IN_0) == [(0, 2, 0)]


def test_scores_are_the_greatest_chance_and_the_kinds_share() -> None:
    """The score is the best word's chance to be inside; the kind's score is its share of all kinds' chances."""
    spans = found_spans(np.array([BEGIN_1, IN_0]), threshold=0.5)

    assert spans.scores == pytest.approx([0.9])
    assert spans.kind_scores == pytest.approx([0.9 / 1.7])


def test_small_gaps_are_bridged_where_asked() -> None:
    """A quote whose middle word the network doubts is one quote; a wide gap stays one."""
    assert found(BEGIN_0, OUT, IN_0, bridge=2) == [(0, 2, 0)]
    assert found(BEGIN_0, OUT, OUT, OUT, IN_0, bridge=2) == [(0, 0, 0), (4, 4, 0)]


@given(chances, st.floats(0.05, 0.95))
def test_every_word_over_the_threshold_is_in_one_span(tags: np.ndarray, threshold: float) -> None:
    """Spans share no word, come in order and hold exactly the words that are inside with the chance asked for."""
    spans = found_spans(tags, threshold=threshold)
    inside = [w for first, last in spans.spans.tolist() for w in range(first, last + 1)]

    assert inside == np.flatnonzero(1 - tags[:, 0] >= threshold).tolist()
    assert ((spans.scores >= threshold) & (spans.scores <= 1)).all()
    assert ((spans.kind_scores >= 0.5 - 1e-9) & (spans.kind_scores <= 1 + 1e-9)).all()  # the better of two kinds


@given(st.lists(st.booleans(), max_size=40), st.integers(0, 5))
def test_gaps_are_closed_as_a_slow_twin_closes_them(on: list[bool], bridge: int) -> None:
    """A gap is filled when so many words or fewer stand between two runs; the ends of the text are no gap."""
    slow = list(on)
    for start in range(len(on)):
        for end in range(start + 1, len(on)):
            if on[start] and on[end] and not any(on[start + 1 : end]) and end - start - 1 <= bridge:
                slow[start:end] = [True] * (end - start)

    assert closed(np.array(on, bool), bridge).tolist() == slow


def spans_of(*spans: tuple[int, int]) -> Found:
    """Spans of one kind."""
    n = len(spans)
    return Found(np.array(spans, np.int64).reshape(-1, 2), np.zeros(n, np.int64), np.ones(n), np.ones(n))


def tokenised(text: str) -> Words:
    """The words of a text, by the packaged tokeniser."""
    return words_of(text, Reader().network.tokenizer)


def test_an_article_alone_is_nobody() -> None:
    """A span of words that tell nothing is dropped; one with a noun or a pronoun stays."""
    text = "the talks that it held"
    kept = telling(spans_of((0, 0), (0, 1), (2, 2), (3, 3)), tokenised(text))

    assert kept.spans.tolist() == [[0, 1], [3, 3]]


def test_a_trigger_takes_in_the_word_that_tells() -> None:
    """"will" becomes "will receive", but never reaches into the next trigger or past the text."""
    text = "It will receive the aid, and will"
    words = tokenised(text)

    assert lengthened(spans_of((1, 1)), words).spans.tolist() == [[1, 2]]
    assert lengthened(spans_of((1, 1), (2, 2)), words).spans.tolist() == [[1, 1], [2, 2]]
    assert lengthened(spans_of((7, 7)), words).spans.tolist() == [[7, 7]]
    assert lengthened(spans_of(), words).spans.tolist() == []


def test_initials_are_not_cut() -> None:
    """A mention "U" of "the U.S. envoy" becomes "U.S."; the same words found twice are one mention."""
    text = "the U.S. envoy"
    words = tokenised(text)
    whole = whole_initials(spans_of((1, 1), (3, 3), (1, 5)), words, text)

    assert whole.spans.tolist() == [[1, 4], [1, 4], [1, 5]]
    assert merged(whole, spans_of()).spans.tolist() == [[1, 4], [1, 5]]


def test_a_name_is_not_cut() -> None:
    """"York" of "New York" and "New" of it become New York; what stands around the name stays as it is."""
    text = "in New York City a New Yorker"
    words = tokenised(text)
    whole = whole_names(spans_of((2, 2), (0, 1), (4, 6)), words, [Span(text.index("New York"), text.index(" City"))])

    assert whole.spans.tolist() == [[1, 2], [0, 2], [4, 6]]


@pytest.mark.parametrize(
    ("text", "given", "wanted"),
    [
        ("Martin's aides left", [(2, 3)], [[0, 3]]),
        ("Ana Martin's aides left", [(3, 4)], [[0, 4]]),
        ("The bloc's ambassador left", [(3, 4)], [[4, 4]]),
        ("The bloc’s ambassador left", [(3, 3)], []),
        ("The s bend", [(1, 2)], [[1, 2]]),
    ],
)
def test_no_mention_begins_with_a_possessive_s(text: str, given: list[tuple[int, int]], wanted: list[list[int]]) -> None:
    """A name before it belongs to the mention, any other owner is left out, and the s alone means nobody."""
    assert unowned(spans_of(*given), tokenised(text), text).spans.tolist() == wanted


def test_what_an_owner_has_is_one_mention() -> None:
    """"The bloc's ambassador" and his "ambassador" are one; the bloc, and "Ruiz" at the end of "Mayor Ruiz", stay."""
    text = "The bloc's ambassador met Mayor Ruiz and the rebels' men"
    words = tokenised(text)
    kept = one_each(spans_of((0, 1), (0, 4), (4, 4), (6, 7), (7, 7), (9, 12), (12, 12)), words)

    assert kept.spans.tolist() == [[0, 1], [0, 4], [6, 7], [7, 7], [9, 12]]


def test_a_name_begins_and_ends_with_a_word_of_its_own() -> None:
    """"Tunisia and" is Tunisia, the name in "Mr. Ruiz" is no stop and Ruiz; a lone word stays whatever it is."""
    text = "Tunisia and Mr. Ruiz left Acme Inc. of"
    words = tokenised(text)

    assert trimmed(spans_of((0, 1), (3, 4), (2, 4), (1, 1), (6, 9)), words).spans.tolist() == [[0, 0], [4, 4], [2, 4], [1, 1], [6, 8]]
    assert trimmed(spans_of(), words).spans.tolist() == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [("Nicholas Burns", True), ("Bashar al-Assad", True), ("Ferdinand Marcos Jr.", True), ("Ali K.", True), ("The U.S. ambassador", False), ("he", False)],
)
def test_a_person_is_called_by_a_name(name: str, *, kept: bool) -> None:
    """Who is called by an office has a name that ends in a small letter: none; places and bodies may be."""
    words = tokenised(name)
    whole = spans_of((0, len(words) - 1))

    assert (len(proper(whole, words, name).spans) == 1) == kept
    assert len(proper(whole._replace(kinds=np.array([NAME_KINDS.index("ORG")])), words, name).spans) == 1


@pytest.mark.parametrize(("told", "type"), [
    ("held mock dogfights", "MOBILIZE"), ("ran simulated strikes", "MOBILIZE"), ("mocked the strikes", "ASSAULT"), ("critics mock attacks", "ASSAULT"),
    ("staged mock executions", "ASSAULT"),
])  # fmt: skip
def test_an_attack_that_is_only_played_is_an_exercise(told: str, type: str) -> None:
    """Neither dogfight nor strike happened; other acts are what they are, whatever stands before them."""
    words = tokenised(told)
    last = len(words) - 1
    attack = spans_of((last, last))._replace(kinds=np.array([TYPES.index("ASSAULT")]))

    assert TYPES[played(attack, words).kinds[0]] == type
    assert TYPES[played(attack._replace(kinds=np.array([TYPES.index("CONSULT")])), words).kinds[0]] == "CONSULT"


@pytest.mark.parametrize(("text", "mention", "left"), [
    ("LUNDE, Orsmark — Veltia's foreign minister spoke.", "Orsmark — Veltia's foreign minister", "Veltia's foreign minister"),
    ("ABUJA (Reuters) -- Nigeria's army advanced.", "Reuters) -- Nigeria's army", "Nigeria's army"),
    ("The Front — al-Qaida's branch — withdrew.", "Front — al-Qaida's branch", "Front — al-Qaida's branch"),
])  # fmt: skip
def test_no_party_runs_over_the_end_of_a_dateline(text: str, mention: str, left: str) -> None:
    """What stands before the dash is where the report was written."""
    words = tokenised(text)
    span = words.covering(Span(text.index(mention), text.index(mention) + len(mention)))
    assert span is not None
    ((first, last),) = behind_dateline(spans_of(span), words, text).spans.tolist()

    assert text[words.starts[first] : words.ends[last]] == left
