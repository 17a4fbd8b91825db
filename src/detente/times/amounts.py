"""How many of which unit: "two and a half years", "a couple of weeks", "half a century"."""

from __future__ import annotations

from collections.abc import Sequence

from detente.times.tokens import NUMBER

FEW = {"couple": 2.0}  # "few", "several" and "many" are no number
# days that "recent" and "few" stretch over; the widest that wire gold gives them (weeks 28 to 31, days 3 to 8)
RECENT_DAYS = {"day": 7, "week": 30, "month": 92}


def amount(words: Sequence[str]) -> float | None:
    """The number that the words give; None for few, several, many. Of a span ("two or three") the smaller."""
    total, tens = 0.0, False
    text = " ".join(words)
    for word in words:
        number = _number(word)
        if number is None:
            continue
        if total and not (tens and number < 10):
            break
        total += number
        tens = number >= 20 and number % 10 == 0 and not word[0].isdigit()
    if not total:
        total = next((FEW[word] for word in words if word in FEW), 0.0)
    if not total and {"few", "several", "many"}.isdisjoint(words):
        total = 1.0
    if "half a dozen" in text:
        return 6.0
    if "dozen" in words:
        return 12.0 * max(total, 1.0)
    if "half" in words:
        return total + 0.5 if "and a half" in text else 0.5
    return total or None


def _number(word: str) -> float | None:
    """A number word or digits as a number."""
    if word in NUMBER:
        return float(NUMBER[word])
    digits = word.replace(",", "")
    return float(digits) if digits.replace(".", "", 1).isdecimal() else None
