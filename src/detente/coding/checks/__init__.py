"""What an article says that the knowledge does not bear out, or that its own sources dispute.

Four kinds, each in its own module; all prefer silence to a wrong finding.
"""

from __future__ import annotations

from detente.coding.checks.dates import wrong_dates
from detente.coding.checks.disputes import two_accounts
from detente.coding.checks.finding import Finding, Scene
from detente.coding.checks.knowledge import Knowledge
from detente.coding.checks.names import variants
from detente.coding.checks.offices import wrong_offices
from detente.reading.sentences import sentence_at
from detente.records import Actor, Check, Document, Reading, TextInfo

__all__ = ["Knowledge", "find_checks"]


def find_checks(
    document: Document, reading: Reading, actors: dict[int, Actor], knowledge: Knowledge
) -> tuple[Check, ...]:
    """The checks of one document in reading order, each stretch of text at most once for each kind.

    Args:
        document: The text; without its day of publication only what needs no day is checked.
        reading: What the network read in it.
        actors: Who each entity of the reading is.
        knowledge: Who held which office when.
    """
    scene = Scene(document, reading, actors, knowledge)
    found = [*wrong_offices(scene), *variants(scene), *wrong_dates(scene), *two_accounts(scene)]
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda each: each.span):
        if not any(other.check == finding.check and other.span.overlaps(finding.span) for other in kept):
            kept.append(finding)
    return tuple(_check(f"{document.id}-k{k:02d}", finding, scene) for k, finding in enumerate(kept, start=1))


def _check(number: str, finding: Finding, scene: Scene) -> Check:
    sequence, _ = sentence_at(scene.sentences, finding.span.start)
    return Check(
        id=number,
        check=finding.check,
        text=finding.span.of(scene.text),
        finding=finding.finding,
        detail=finding.detail,
        source=finding.source,
        text_info=TextInfo(
            document=scene.document.id,
            sequence=sequence,
            start=finding.span.start,
            end=finding.span.end,
            spans=finding.spans,
        ),
    )
