"""Marks cut a text into pieces and never change it; a chart draws what was counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detente.records import Span
from detente.web.chart import MOST_BARS, chart
from detente.web.marking import Mark, pieces
from detente.web.shapes import Month, RelationAnswer

spans = st.tuples(st.integers(-2, 30), st.integers(-2, 30))


def marked(begin: int, end: int) -> Mark:
    """A mark of an event."""
    return Mark(Span(begin, end), "event", "q1", f"e{begin}-{end}", "#e", "told")


def relation(*months: tuple[str, str, int, int, float]) -> RelationAnswer:
    """What two states did to each other."""
    rows = [Month(month=m, actor=who, recipient="B" if who == "A" else "A", quad=q, events=n, points=p) for m, who, q, n, p in months]
    return RelationAnswer(a="A", b="B", months=rows, types=[], statuses=[], counted=0, undated=0, wide=0, not_actual=0)


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


def test_both_directions_are_drawn_on_one_scale() -> None:
    """A bar of half the points has half the height; friendly stands above the line, hostile below."""
    drawn = chart(relation(("2026-01", "A", 1, 2, 8.0), ("2026-01", "B", 4, 1, -4.0)))

    assert drawn is not None
    (up,), (down,) = (panel.bars for panel in drawn.panels)
    assert abs(up.height - 2 * down.height) < 0.2
    assert abs(up.y + up.height - drawn.panels[0].zero) < 0.2
    assert abs(down.y - drawn.panels[1].zero) < 0.2


def test_months_without_events_have_their_place() -> None:
    """From January to December there are twelve months, whatever happened in them."""
    drawn = chart(relation(("2025-11", "A", 1, 1, 1.0), ("2026-02", "A", 1, 1, 1.0)))

    assert drawn is not None
    assert [told for _, told in drawn.ticks] == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_many_months_are_drawn_as_years() -> None:
    """Bars too narrow to be hit are added up, and none is lost."""
    months = [(f"{1990 + n // 12}-{n % 12 + 1:02}", "A", 3, 1, -1.0) for n in range(MOST_BARS + 12)]
    drawn = chart(relation(*months))

    assert drawn is not None
    assert drawn.by_year
    assert [bar.period for bar in drawn.panels[0].bars] == [str(1990 + n) for n in range(7)]
    assert all("12 verbal conflict" in bar.told for bar in drawn.panels[0].bars)


def test_nothing_is_drawn_of_nothing() -> None:
    """No months, no chart."""
    assert chart(relation()) is None
