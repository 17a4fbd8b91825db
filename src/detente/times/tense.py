"""Whether an event, or a time by itself, lies before or after publication, told by the words around it."""

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
_TITLES = "Mr Ms Dr St Lt Jr Mrs Gen Sen Gov Col Rep Sgt Maj Feb Jan Dec Nov Oct Aug Apr Mar Sept Capt Prof".split()
SENTENCE_END = re.compile(
    r"[;!?\n]|" + "".join(rf"(?<!\b{title})" for title in _TITLES) + r"(?<=[a-z0-9)%”\"’'])\.[”\"]?(?=\s|$)"
)
BESIDE = 90  # characters on either side of a time in which its verb is looked for; a longer clause has told its tense by then
_IRREGULAR = (
    "was|were|had|did|said|told|came|went|met|took|began|held|won|lost|left|made|found|gave|got|fell|rose|sent|shot|struck|became"
    "|saw|led|fought|bought|sold|brought|spoke|broke|fled|grew|kept|paid|ran|stood|thought|wrote|drove|flew|sank|sought|agreed|freed"
    "|quit|froze|hit|cut|put|let|shut|set(?! to| for)|burst|threw|withdrew|drew|swore|chose|caught|dealt|felt|hid|lent|spent|swept|tore|stole"
)
LOOKS_BACK = re.compile(  # a past form that is no participle of what is to come ("will be held"), and "would have"
    rf"""\b(?:(?<!\bbe\ )(?<!\bbeen\ )(?<!\bis\ )(?<!\bare\ )(?:{_IRREGULAR}|(?!scheduled|slated|expected|planned|intended|supposed|united)\w+[^\We]ed)
    |(?:would|could|should|may|might|must)\s+have)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_AHEAD = re.compile(  # a promise or agreement is none: it is dated when it was made
    r"""\b(?:will|shall|would|can|could|may|might|should|must|due|scheduled|slated|upcoming|forthcoming|deadline
    |(?:is|are|be)\s+(?:\w+ed\s+)?(?:to|for)|to\s+be|(?:has|have)\s+until
    |(?:expect(?:s|ed)?|plan(?:s|ned|ning)?|hop(?:es?|ed)|intend(?:s|ed)?|wants?|aim(?:s|ed)?|set|likely|supposed|prepar(?:es?|ed|ing))
        (?:\s+\w+)?\s+(?:to|for)
    )\b|(?:['’]ll|won['’]t)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_UP_TO = re.compile(r"\b(?:until|till|through|by)\s+(?:the\s+)?$", re.IGNORECASE)
_LASTING = re.compile(
    r"\b(?:has|have|is|are|remains?|to\s+\w+)\b", re.IGNORECASE
)  # "has been put off until Friday", "to run through June"


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


def tense_beside(text: str, time: Span) -> str:
    """The tense of a time by itself, "past" or "future": of the verb last before it in its sentence, or else first after it.

    "He said on Friday that he will go" is past, "on Friday the court will hear whether he lied" future.
    """
    before = tense_before(text, time)
    if before is not None:
        return before
    after = SENTENCE_END.split(text[time.end : time.end + BESIDE])[0]
    ahead, gone = (match.start() if (match := clue.search(after)) else BESIDE for clue in (_AHEAD, LOOKS_BACK))
    return "future" if ahead < gone else "past"


def tense_before(text: str, time: Span) -> str | None:
    """The tense of the verb last before a time in its sentence; None without one."""
    before = SENTENCE_END.split(text[max(0, time.start - BESIDE) : time.start])[-1]
    ahead = max(_last(_AHEAD, before), _last(_LASTING, before) if _UP_TO.search(before) else -1)
    gone = _last(LOOKS_BACK, before)
    if ahead == gone:
        return None
    return "future" if ahead > gone else "past"


def _last(clue: re.Pattern[str], words: str) -> int:
    """Where the last clue begins, or -1."""
    return max((match.start() for match in clue.finditer(words)), default=-1)
