"""Whether an event lies before or after publication, told by the words around it."""

from __future__ import annotations

import re

from detente.records import Span

REACH = 60  # characters before the trigger in which its auxiliaries stand; "is widely expected to formally …" has 34
_COMING = re.compile(
    r"""\b(?:will|won['’]t|shall|['’]ll|to|due|expected|scheduled|slated|planned|plans?|planning|intends?|upcoming|forthcoming
    |could|may|might|can|would|should|must|if|unless|before|until)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_GOING_ON = re.compile(r"\b(?:is|are|am)\s+(?:\w+ly\s+)?$|['’]re\s+$", re.IGNORECASE)
_PERFECT = re.compile(r"\b(?:may|might|could|would|should|must|to)\s+(?:\w+\s+)?have\b", re.IGNORECASE)


def tense_of(text: str, trigger: Span, status: str) -> str:
    """The tense to give `interpret` for the time words of a trigger: "past", "future" or "present".

    What has happened is past even when its words look ahead: "will lend, the Treasury said on Sunday" is a promise of Sunday
    (codebook, section 4: a promise is dated when it was made). What is only possible or did not happen is future when
    auxiliaries or the like before it look ahead ("could strike", "will not attend"), unless in the perfect ("may have fired").

    Args:
        text: The whole text.
        trigger: The event's words.
        status: Its status: actual, future, hypothetical or negated.
    """
    clause = re.split(r"[.;:!?\n]", text[max(0, trigger.start - REACH) : trigger.start])[-1]
    if status == "future":
        return "future"
    if status == "actual":
        going_on = _GOING_ON.search(clause) and re.match(r"\w+ing\b", trigger.of(text))
        return "present" if going_on else "past"
    words = clause + trigger.of(text)
    return "future" if _COMING.search(words) and not _PERFECT.search(words) else "past"
