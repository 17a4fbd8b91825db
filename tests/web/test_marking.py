"""Marks cut a text into pieces and never change it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detente.records import Span
from detente.web.marking import Mark, pieces

spans = st.tuples(st.integers(-2, 30), st.integers(-2, 30))


def marked(begin: int, end: int) -> Mark:
    """A mark of an event."""
    return Mark(Span(begin, end), "event", "q1", f"e{begin}-{end}", "#e", "told")


@given(st.text(max_size=25), st.lists(spans, max_size=6))
def test_pieces_together_are_the_text(text: str, where: list[tuple[int, int]]) -> None:
    """Nothing is lost or twice; each mark lies over exactly its words; marks outside the text are none."""
    marks = [marked(*each) for each in dict.fromkeys(where)]
    found = pieces(text, marks)

    assert "".join(piece.text for piece in found) == text
    for mark in marks:
        covered = "".join(piece.text for piece in found if mark in piece.marks)
        inside = 0 <= mark.span.start < mark.span.end <= len(text)
        assert covered == (mark.span.of(text) if inside else "")
        assert sum(mark in piece.begins for piece in found) == inside
