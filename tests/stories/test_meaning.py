"""What a trigger means is told by where it stands."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from detente.reading.labels import TYPES
from detente.records import Event
from detente.stories.blocks import blocks, nearby
from detente.stories.meaning import ONE, Meaning, Meanings, alike
from detente.stories.report import report, reports
from tests.stories.telling import event, facts

ONE_WAY = event("a-e01", "RETREAT", "Hanoi freed the monk after a year.", "freed")
OTHER_WAY = event("b-e01", "RETREAT", "The monk was let go by Vietnam on Tuesday.", "let go")
BESIDE = event("c-e01", "COERCE", "Hanoi arrested the monk on Tuesday.", "arrested")


@pytest.fixture(scope="module")
def meanings(model: Path) -> Meanings:
    """The packaged reader's encoder."""
    return Meanings(model)


def test_other_words_for_one_deed_lie_nearer_than_another_deed_of_the_same_two(meanings: Meanings) -> None:
    """The deed "freed" is nearer to "let go" than to "arrested", although the latter sentence shares more words."""
    freed, let_go, arrested = (known(meanings, e) for e in (ONE_WAY, OTHER_WAY, BESIDE))

    assert alike(freed.trigger, let_go.trigger) > alike(freed.trigger, arrested.trigger)
    assert alike(freed.types, let_go.types) > alike(freed.types, arrested.types)
    assert alike(freed.modes, let_go.modes) > alike(freed.modes, arrested.modes)


def test_a_meaning_is_the_same_whatever_was_read_before(meanings: Meanings) -> None:
    """One sentence is read at a time: neither the order nor what stays at hand changes a digit."""
    first = known(meanings, ONE_WAY)
    meanings.of(BESIDE)
    again = known(meanings, ONE_WAY)

    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert all(np.sqrt((part.astype(float) ** 2).sum()) == pytest.approx(ONE, abs=2) for part in first)


def test_the_place_of_the_sentence_in_its_document_makes_no_difference(meanings: Meanings) -> None:
    """Offsets count from the head of the document; the words are those of the sentence."""
    info = ONE_WAY.text_info
    spans = {name: tuple(type(s)(s.start + 700, s.end + 700) for s in told) for name, told in info.spans.items()}
    later = msgspec.structs.replace(ONE_WAY, text_info=msgspec.structs.replace(info, start=info.start + 700, end=info.end + 700, spans=spans))

    assert all(np.array_equal(a, b) for a, b in zip(known(meanings, ONE_WAY), known(meanings, later), strict=True))


def test_a_trigger_beyond_what_the_encoder_takes_has_no_meaning(meanings: Meanings) -> None:
    """A list of a thousand words before it: nothing is told rather than something wrong."""
    assert meanings.of(event("d-e01", "RETREAT", "salt " * 1_000 + "freed", "freed")) is None


def test_an_event_without_words_has_no_meaning(meanings: Meanings) -> None:
    """Event data of others name no trigger."""
    bare = msgspec.structs.replace(ONE_WAY, text_info=msgspec.structs.replace(ONE_WAY.text_info, spans={}))

    assert meanings.of(bare) is None


def test_two_likely_types_bring_reports_into_one_block(meanings: Meanings) -> None:
    """What one paper's word makes a RETREAT and another's an AID is looked for under both, if the reader doubts."""
    ours, theirs = (
        msgspec.structs.replace(told, meaning=meant, parties=frozenset())
        for told, meant in (
            (report(ONE_WAY, facts("a")), likely(meanings, RETREAT=0.6, AID=0.4)),
            (report(msgspec.structs.replace(OTHER_WAY, event=("AID",)), facts("b")), likely(meanings, AID=0.9)),
        )
    )

    assert any(block.endswith(" AID") for block in blocks(ours) & nearby(theirs))


def likely(meanings: Meanings, **chances: float) -> Meaning:
    """A meaning with these chances of types."""
    roots = np.array([round(ONE * chances.get(kind, 0.0) ** 0.5) for kind in TYPES], np.int8)
    return known(meanings, ONE_WAY)._replace(types=roots)


def known(meanings: Meanings, event: Event) -> Meaning:
    """The meaning of an event that has one."""
    found = meanings.of(event)
    assert found is not None
    return found


def test_names_of_the_whole_document_stand_around_each_event() -> None:
    """The village is named in a sentence that tells no event; a report knows it all the same, and only with the text."""
    with_text = facts("a", text="Flood fears\nHanoi freed the monk after a year. His brother waited at Bukittinggi.")
    (told,) = reports([ONE_WAY], with_text)
    (bare,) = reports([ONE_WAY], facts("a"))

    assert "bukittinggi" in told.scene.words
    assert "bukittinggi" not in bare.scene.words


def test_a_document_that_tells_many_of_a_kind_is_known_by_it() -> None:
    """Two acts of one type in one paper are easily taken for each other; each report knows how many there are."""
    other = msgspec.structs.replace(ONE_WAY, id="a-e02")
    alone, both = reports([ONE_WAY], facts("a")), reports([ONE_WAY, other], facts("a"))

    assert [told.siblings for told in alone] == [1]
    assert [told.siblings for told in both] == [2, 2]
