"""Whether an event lies before or after publication, told by the words around it."""

from __future__ import annotations

import re

from detente.records import Span

REACH = 60  # characters before the trigger in which its auxiliaries stand; "is widely expected to formally …" has 34
_COMING = re.compile(
    r"""\b(?:will|won['’]t|shall|['’]ll|going\ to|set\ to|due|about\ to|poised\ to|expected|scheduled|slated|planned|plans?
    |planning|intends?|upcoming|forthcoming|hopes?\ to|wants?\ to|ready\ to|preparing\ to|vow(?:s|ed)\ to
    |promis(?:es|ed)\ to|agreed\ to|(?:is|are)\ to|to\ be|unless|if)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_GOING_ON = re.compile(r"\b(?:is|are|['’]re|am)\s+(?:\w+ly\s+)?(?:being\s+)?$", re.IGNORECASE)
_PERFECT = re.compile(r"\b(?:may|might|could|would|should|must)\s+have\b|\b(?:was|were|had|has been|have been)\s+(?:\w+\s+)?$", re.IGNORECASE)


def tense_of(text: str, trigger: Span, status: str) -> str:
    """The tense to give `interpret` for the time words of a trigger: "past", "future" or "present".

    Args:
        text: The whole text.
        trigger: The event's words.
        status: Its status: a future event is future; what is only possible is so too, unless told in the perfect
            ("may have fired"); what happened or did not is past, unless the words before it look ahead ("will not attend").
    """
    clause = re.split(r"[.;:!?\n]", text[max(0, trigger.start - REACH) : trigger.start])[-1]
    words = clause + trigger.of(text)
    if status == "future":
        return "future"
    if status == "hypothetical":
        return "past" if _PERFECT.search(clause) else "future"
    if status == "negated" and _COMING.search(words):
        return "future"
    if re.search(r"\b(?:will|won['’]t|shall)\b", words, re.IGNORECASE):
        return "future"
    if _GOING_ON.search(clause) and trigger.of(text).split(" ")[0].endswith("ing"):
        return "present"
    return "past"
