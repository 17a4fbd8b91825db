"""When each event of a reading took place."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from typing import NamedTuple

from detente.reading.sentences import sentence_at
from detente.records import Document, Interval, Reading, Span, Trigger
from detente.times.grammar import find, interpret, is_of_others, since_length
from detente.times.tense import LOOKS_BACK, tense_before, tense_beside, tense_of

FARTHEST = 6  # time expressions back to the one that tells days; more of them say only how long or how often
WITHIN_A_WEEK = dt.timedelta(days=7)
PROMISES = {"AGREE", "CONCEDE"}  # dated when they are made (codebook, section 4)
SAID = PROMISES | {"REQUEST", "THREATEN", "REJECT"}  # so are these: what they ask for, threaten or refuse is still to come
_CONTENT = re.compile(r"\b(?:to|for)\s+(?!(?:the|an?|its|his|her|their|this|that)\b)[a-z]")  # "agreed to meet", "invited for talks"; not "to a truce", "to Kenya"
_DIRECTED = re.compile(r"\b(after|before)\W*$", re.IGNORECASE)
_LEADING = re.compile(r"(?:ever )?(?:since|from|by|until|till|before|after)\s+(?:the\s+)?", re.IGNORECASE)
_CLAUSE = re.compile(r"\s+(?!the\b|that\b|this\b)\w")  # behind "two days after": another event told there, not one told before
_DAY = re.compile(r"\d(?:st|nd|rd|th)?$")
_ATTACKS = re.compile(r"\s+(?:terrorist |terror )?attacks?\b", re.IGNORECASE)
_OTHER_CLAUSE = re.compile(r"[,:;]|\b(?:that|will|would|shall|to)\b")
_BACK_THEN = re.compile(r"\W*(?:(?:at that time|back then)\b|at the time(?:,| (?:he|she|it|they)\b))", re.IGNORECASE)  # not "at the time of", "at the time we met"


def event_dates(document: Document, reading: Reading, *, news: float) -> tuple[Interval | None, ...]:
    """The interval of each trigger, or None where the text tells nothing.

    An event's own time words come first. Where they tell no day, an event that the reader takes for the story's own news (chance
    at least `news`) took place on the day of publication or the day before, or as long before as the words say it lasted
    ("a two-day visit"); when its sentence has told a day of the past week already, then or since. What is told of "at that time"
    took place when the event before did whose words told its days. Other events stay undated.
    """
    out: list[Interval | None] = []
    told: tuple[Trigger, Interval] | None = None  # the last event whose words told its days
    counted_from: dict[int, Interval | None] = {}  # what was told before each time's first event: its others count from there, too
    times = _Times(document, reading, find(document.text) if any(trigger.time is not None for trigger in reading.triggers) else ())
    for trigger in reading.triggers:
        anchor = told[1] if told else None
        if trigger.time is not None:
            anchor = counted_from.setdefault(trigger.time.index, anchor)
        interval = _from_words(times, trigger, anchor)
        if interval is not None:
            told = trigger, interval
        elif told is not None and _back_then(document.text, reading.sentences, trigger.span):
            interval = told[1]
        elif document.published is not None:
            interval = _from_news(document.text, document.published, reading, trigger, news)
            if interval is not None and told is not None and _told_together(document.text, reading, told[0].span, trigger.span):
                interval = _since_told(interval, told[1])
        out.append(interval)
    return tuple(out)


def _told_together(text: str, reading: Reading, one: Span, other: Span) -> bool:
    """Whether two stand in one sentence, and in the same of the statements that semicolons part in it."""
    first, second = sorted((one, other))
    return sentence_at(reading.sentences, one.start) == sentence_at(reading.sentences, other.start) and ";" not in text[first.end : second.start]


def _back_then(text: str, sentences: tuple[Span, ...], trigger: Span) -> bool:
    """Whether its sentence opens with words that send the reader back to what was told before, and is not of today."""
    _, sentence = sentence_at(sentences, trigger.start)
    return _BACK_THEN.match(text, sentence.start, trigger.start) is not None


def _since_told(news: Interval, told: Interval) -> Interval:
    """The days of the news, from the day of the past week on that its sentence has told.

    Of such events half were of that day and half of the news' own in the wire's gold, so both stay possible.
    """
    recent = told.precision == "day" and news.last - WITHIN_A_WEEK <= told.first < news.first
    return Interval(told.first, news.last, "range") if recent else news


class _Times(NamedTuple):
    """A document with the grammar's own time expressions."""

    document: Document
    reading: Reading
    expressions: tuple[Span, ...]

    def longer(self, span: Span) -> list[Span]:
        """The expressions that overlap `span`."""
        first = bisect_right(self.expressions, span.start, key=lambda each: each.end)
        return [each for each in self.expressions[first : first + 2] if each.overlaps(span)]

    def told_before(self, span: Span, *, same_sentence: bool) -> Interval | None:
        """The days of the expression last before `span`: what "two days earlier" and "the following month" count from."""
        text = self.document.text
        before = bisect_right(self.expressions, span.start, key=lambda each: each.end)
        for each in reversed(self.expressions[max(0, before - FARTHEST) : before]):
            if same_sentence and not _told_together(text, self.reading, each, span):
                return None
            interval = interpret(each.of(text), published=self.document.published, tense=tense_beside(text, each))
            if interval is not None:
                return interval
        return None


def _from_words(times: _Times, trigger: Trigger, told: Interval | None) -> Interval | None:
    """What the trigger's time words mean; the grammar's own expression there comes first when the reader cut it short."""
    if trigger.time is None:
        return None
    text, published = times.document.text, times.document.published
    span = times.reading.times[trigger.time.index]
    tense = _tense(text, span, trigger)
    if tense is None or is_of_others(text, span):
        return None
    longer = times.longer(span)
    cut = [each for each in longer if _is_cut(text, span, each)]
    for each in (*cut, span, *(other for other in longer if other not in cut)):
        words = _seen_from(text, each, trigger.span)
        anchor = _anchor(times, each, trigger, told)
        interval = interpret(words, published=published, tense=tense, anchor=anchor)
        if interval is not None:
            return None if published and _is_of_content(text, each, trigger, interval, published) else interval
    return None


def _is_of_content(text: str, time: Span, trigger: Trigger, past: Interval, published: dt.date) -> bool:
    """Whether the words tell when a promise, request or threat will be met, not when it was made: "agreed to meet in June".

    The words stand behind what is promised, and the time to come that they may mean is nearer than the past one: in March a paper writes
    "last June" for the other. What is past by a week or less is taken for the day of the promise: "urged Israel to withdraw on Monday".

    Args:
        text: The whole text.
        time: The time words.
        trigger: The event.
        past: What the words mean when the event lies back.
        published: Day of the text.
    """
    if trigger.type not in SAID or trigger.status != "actual":
        return False
    if past.first > published:
        return True
    if published - past.last <= WITHIN_A_WEEK or not _CONTENT.search(text, max(0, trigger.span.start - len("to ")), time.start) or LOOKS_BACK.search(text, trigger.span.end, time.start):
        return False
    coming = interpret(time.of(text), published=published, tense="future")
    return coming is not None and dt.timedelta(0) < coming.first - published < published - past.last


def _is_cut(text: str, span: Span, whole: Span) -> bool:
    """Whether the reader left out more of an expression than the preposition before it."""
    start = match.end() if (match := _LEADING.match(text, whole.start)) else whole.start
    return whole != span and (start < span.start or whole.end > span.end) and whole.start <= span.start and span.end <= whole.end


def _tense(text: str, time: Span, trigger: Trigger) -> str | None:
    """On which side of publication the words lie; None when they tell when a promise will be kept, not when it was made.

    The verb nearest to the words may be another than the trigger's: "said on Friday that it will leave".
    """
    tense = tense_of(text, trigger.span, trigger.status)
    if tense == "future" and tense_beside(text, time) == "past":
        after = trigger.span.start >= time.end
        other = _OTHER_CLAUSE.search(text, time.end, trigger.span.start) if after else LOOKS_BACK.search(text, trigger.span.end, time.start)
        return "past" if other else tense
    if tense == "past" and trigger.status == "actual" and tense_before(text, time) == "future":
        return None if trigger.type in PROMISES else "future"
    return tense


def _anchor(times: _Times, time: Span, trigger: Trigger, told: Interval | None) -> Interval | None:
    """What was told before, from which "two days earlier" counts.

    What is told behind "two days after" counts from its main clause: from the day told there, or else from the news itself.
    """
    published = times.document.published
    if trigger.span.start >= time.end and _DIRECTED.search(time.of(times.document.text)):
        news = None if published is None else Interval(published - dt.timedelta(1), published, "range")
        return times.told_before(time, same_sentence=True) or news
    return told or times.told_before(time, same_sentence=False)


def _seen_from(text: str, time: Span, trigger: Span) -> str:
    """The time words as the trigger's own: "two days after" a vote is two days later for what is told first, two days earlier for the vote.

    "Since June, when they seized it" is June for the seizure, and "September 11 attacks" those of 2001.
    """
    words = time.of(text)
    if _DAY.search(words) and (attacks := _ATTACKS.match(text, time.end)):
        return words + attacks[0]
    if trigger.start >= time.end:
        since = _LEADING.match(words)
        return words[since.end() :] if since and re.match(r",?\s+when\b", text[time.end : trigger.start]) else words
    way = _DIRECTED.search(words)
    if way is None:
        return words
    if _CLAUSE.match(text, time.end):
        return ""  # unknown: from an event that is told there first
    return words[: way.start()] + {"after": "later", "before": "earlier"}[way[1].lower()]


def _from_news(text: str, published: dt.date, reading: Reading, trigger: Trigger, news: float) -> Interval | None:
    """The days of the story's own news, as long as its words say that it lasted."""
    if trigger.time is not None and trigger.status == "actual" and tense_of(text, trigger.span, trigger.status) != "future":
        lasted = since_length(reading.times[trigger.time.index].of(text), published=published)
        if lasted is not None:
            return lasted
    return Interval(published - dt.timedelta(days=1), published, "range") if trigger.is_news >= news else None
