"""How far reviewers agree who judged the same records without having seen each other's word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from detente.review.correcting import CORRECT, shown
from detente.web.shapes import Agreement

if TYPE_CHECKING:
    from detente.records import Event
    from detente.review.rulings import Ruling

GONE = ("rejected",)
"""States in which a record does not stand."""


def agreement(said: Mapping[str, Mapping[str, Ruling]], before: Mapping[str, Event]) -> list[Agreement]:
    """Agreement on whether a record stands, and on each field of those that both let stand.

    Args:
        said: Record → reviewer → their own ruling.
        before: Record → the event as the program said it, for those that are events.
    """
    stands = [[ruling["state"] not in GONE for ruling in by.values()] for by in said.values()]
    out = [_agreement("stands", stands)]
    for field in CORRECT:
        told = [[_value(before[record], ruling, field) for ruling in by.values() if ruling["state"] not in GONE] for record, by in said.items() if record in before]
        out.append(_agreement(field, told))
    return out


def _value(event: Event, ruling: Ruling, field: str) -> str:
    if field == "mode" and "type" in ruling["fields"]:  # another type has other modes: the program's says nothing
        return ruling["fields"].get("mode") or ""
    return ruling["fields"].get(field, shown(event)[field]) or ""


def _agreement(question: str, units: Iterable[Sequence[Hashable]]) -> Agreement:
    twice = [values for values in units if len(values) > 1]
    pairs = [a == b for values in twice for a, b in combinations(values, 2)]
    return Agreement(question, len(twice), round(sum(pairs) / len(pairs), 3) if pairs else None, alpha(twice))


def alpha(units: Iterable[Sequence[Hashable]]) -> float | None:
    """Krippendorff's alpha of nominal values: 1 is agreement, 0 what chance would give, below 0 worse than that.

        alpha = 1 - (n - 1) * sum of o[c, k] / sum of n[c] * n[k]        over values c ≠ k

    o[c, k] counts ordered pairs of values within a unit, each divided by one less than the unit's values; n[c] sums it over k.

    Args:
        units: The values of each unit, one for each coder who coded it; units of one value say nothing.

    Returns:
        Rounded to three places; None when there are not two different values.

    Source:
        Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, section C. The library `krippendorff` computes the same, but is
        under the GPL, which would bind whoever uses this program.
    """
    apart = 0.0
    counted: Counter[Hashable] = Counter()
    for values in units:
        if len(values) < 2:
            continue
        counted.update(values)
        apart += sum(2 for a, b in combinations(values, 2) if a != b) / (len(values) - 1)
    n = counted.total()
    expected = n * n - sum(each * each for each in counted.values())
    return round(1 - (n - 1) * apart / expected, 3) if expected else None
