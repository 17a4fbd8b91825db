"""Where the sentences of news end."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.reading.sentences import LONGEST, sentences


def split(text: str) -> list[str]:
    """The sentences as words."""
    return [span.of(text) for span in sentences(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Sen. J. William Ames met Gen. A. B. Smith of the U.S. Army on Feb. 4 at 3 p.m. in St. Louis.",
        "Relations broke down after U.S. President Biden spoke.",
        "George W. Bush spent $3.5 million, No. 4 on the list.",
        "BEIJING, Feb. 4 (Reuters) - China's navy sailed.",
        '"Why now?" Obama asked.',
        "“No!” he said.",
        "The line was wrapped by\nsomebody's mail program.",
    ],
)
def test_stops_that_end_no_sentence(sentence: str) -> None:
    """Abbreviations, initials, decimals, datelines and questions inside a sentence."""
    assert split(sentence) == [sentence]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("“We will stop.” He left.", ["“We will stop.”", "He left."]),
        ("He left the U.S. The talks went on.", ["He left the U.S.", "The talks went on."]),
        ("It was over... They went home.", ["It was over...", "They went home."]),
        ("Is it so? Yes. (It is.) No.", ["Is it so?", "Yes.", "(It is.)", "No."]),
        (
            "Ambassador meets minister\n\n\nMay 8 (UPI) — They met.",
            ["Ambassador meets minister", "May 8 (UPI) — They met."],
        ),
        ("Ambassador meets minister\nThey met on Monday.", ["Ambassador meets minister", "They met on Monday."]),
        ("They met.\nThey parted.", ["They met.", "They parted."]),
        ("他来了。她走了。", ["他来了。", "她走了。"]),
    ],
)
def test_where_sentences_end(text: str, parts: list[str]) -> None:
    """Quotes close behind their stop, a headline ends with its line, an abbreviation may end a sentence."""
    assert split(text) == parts


@settings(max_examples=300, deadline=None)
@given(st.text() | st.lists(st.sampled_from([*'aB.!?"”’ \n\t。…', "U.S. ", "said "]), max_size=60).map("".join))
def test_every_character_but_white_space_is_in_exactly_one_sentence(text: str) -> None:
    """Whatever the script, nothing is lost, doubled or out of order, and no word is cut."""
    end = 0
    for span in sentences(text):
        assert not text[end : span.start].strip()
        assert span.start < span.end
        assert end == span.start == 0 or text[span.start - 1].isspace() or not text[span.start - 1].isalnum()
        end = span.end
    assert not text[end:].strip()


def test_a_text_without_stops_is_cut_at_spaces() -> None:
    """A megabyte in one line comes in pieces that a reader can take; a word is never cut."""
    spans = sentences("word " * 200_000)

    assert all(span.end - span.start <= LONGEST for span in spans)
    assert sum(span.end - span.start + 1 for span in spans) == 1_000_000
    assert len(sentences("x" * 20_000)) == 1
