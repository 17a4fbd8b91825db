"""What the reader keeps of what it sees."""

from __future__ import annotations

from detente.reading.reader import DOUBTFUL, without_doubtful
from tests.builders import links, mention, quote, reading, trigger

TEXT = "Some say the press saw Chad warn Mali: go, it said."


def test_a_doubtful_mention_stays_only_where_it_takes_part() -> None:
    """A party, an outlet and a speaker stay however doubtful; nobody in particular goes; links mean the same mentions as before."""
    doubt = DOUBTFUL / 2
    seen = reading(
        TEXT,
        mentions=(
            mention(TEXT, "Some", 0, score=doubt),
            mention(TEXT, "the press", 1, score=doubt),
            mention(TEXT, "Chad", 2, score=doubt),
            mention(TEXT, "Mali", 3, score=doubt),
            mention(TEXT, "it", 2, score=DOUBTFUL),
            mention(TEXT, "said", 4, score=doubt),
        ),
        triggers=(trigger(TEXT, "warn", "THREATEN", actors=links(2), recipients=links(3), by=links(1)[0]),),
        quotes=(quote(TEXT, "go", speaker=links(4)[0]), quote(TEXT, "it said")),
    )
    kept = without_doubtful(seen)

    assert [m.span.of(TEXT) for m in kept.mentions] == ["the press", "Chad", "Mali", "it"]
    told = kept.triggers[0]
    assert (told.by, told.actors, told.recipients) == (links(0)[0], links(1), links(2))
    assert [q.speaker for q in kept.quotes] == [links(3)[0], None]
