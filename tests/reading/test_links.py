"""Who is whom and who does what to whom, as the real reader links it in texts of our own."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from detente.pipeline import Tools
from detente.records import Document, Reading

QUARREL = (
    "LIMA, May 4 (Meridian) — Peru, Chile to reopen talks. Peru accused Chile last month of sending patrol boats over the line. "
    "Chile expelled a Peruvian consul in response, and Lima recalled its ambassador on April 20. "
    "Brazil urged both sides to keep their ships apart. Santiago would release the two Peruvian sailors whom it arrested on Wednesday."
)
CLASH = "Peruvian and Chilean soldiers clashed near Arica on Monday. Brazil had warned its citizens to stay away."


def read(text: str, tools: Tools) -> tuple[Reading, dict[int, str]]:
    """A text's reading, and for each place where a name of a state begins its code."""
    states = [(hit.span, hit.code) for hit in tools.actors.nations(text)]
    return tools.reader.read(Document(id="t", text=text), states), {span.start: code for span, code in states}


@pytest.mark.parametrize("name", ["strait.txt", None])
def test_mentions_that_begin_with_two_states_never_mean_one_actor(name: str | None, tools: Tools, root: Path) -> None:
    """"Turkey" is not "Greece", however alike they stand in a headline."""
    reading, named = read((root / "examples" / name).read_text(encoding="utf-8") if name else QUARREL, tools)
    states = defaultdict(set)
    for mention in reading.mentions:
        if len(mention.entities) == 1 and mention.span.start in named:
            states[mention.entities[0]].add(named[mention.span.start])

    assert len(states) > 1
    assert all(len(codes) == 1 for codes in states.values())


def test_both_sides_do_not_act_where_one_of_them_does(tools: Tools) -> None:
    """A joint mention reaches a role through each of its parties, but adds nobody to the one that fills it."""
    reading, _ = read(QUARREL, tools)

    for trigger in reading.triggers:
        for links in (trigger.actors, trigger.recipients):
            filled = [(reading.mentions[link.index].entities, link.score) for link in links]
            alone = {entities[0]: score for entities, score in filled if len(entities) == 1}
            assert not any(alone.get(e, 0.0) > score for entities, score in filled if len(entities) > 1 for e in entities)


def test_what_two_do_to_one_another_needs_no_recipient(tools: Tools) -> None:
    """Nobody is made the victim of a clash who only stands near."""
    reading, _ = read(CLASH, tools)
    mutual = [t for t in reading.triggers if t.reciprocal]

    assert [t.span.of(CLASH) for t in mutual] == ["clashed"]
    assert mutual[0].recipients == ()


def test_words_for_officials_of_two_states_mean_two_actors(tools: Tools) -> None:
    """Also where neither was told of before."""
    reading, _ = read(CLASH, tools)
    soldiers = next(m for m in reading.mentions if m.span.of(CLASH) == "Peruvian and Chilean soldiers")

    assert len(soldiers.entities) == 2


def test_what_is_told_in_others_words_has_its_cue_in_its_sentence(tools: Tools) -> None:
    """The next sentence's "said" does not make a claim of what was denied."""
    text = "China denied that it had attacked Japan. Russia said it was worried."
    reading, _ = read(text, tools)
    said = next(quote for quote in reading.quotes if "attacked" in quote.span.of(text))

    assert said.cue is None or said.cue.of(text) == "denied"
