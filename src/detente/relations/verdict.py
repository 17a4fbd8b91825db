"""A plain word for a relation, by a written rule, with its chance.

    dormant   fewer than `ACTS` reports in the last `RECENT` days, of which `BACK` at least are known
    too little to tell
              fewer than `ACTS` reports, of fewer than `TEXTS` independent texts or in fewer than `WEEKS` weeks of those days
    cooling   the level lies below that of `BACK` days ago with a chance of at least `SURE`
    warming   it lies above it with that chance
    spiral    cooling or hostile (level below 0), both sides answer conflict beyond doubt, and it grew: the conflict rate lies above
              that of `BACK` days ago with a chance of at least `SURE`
    stable    none of these: no change that the reports bear out

Texts and weeks are the pair's own: one article tells a dozen acts, on days of one or two weeks, and is still one witness; what others do
makes the days more and the pair no better known. Checked from the top, except that a spiral outranks cooling. The two levels are taken as independent, which makes the chances of
change too small rather than too large, since their doubts go together.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from detente.relations.panel import Bools, Floats
from detente.relations.rates import Rate
from detente.relations.reciprocity import Reciprocity

ACTS, RECENT, BACK, SURE = 5, 180, 90, 0.9
TEXTS, WEEKS = 5, 3
"""As many texts as acts: each act may be one. Three weeks, since a change is between two times, and one article often tells of two weeks."""

UNTOLD = "too little to tell"
DRAWS = 4000
"""Draws for the chance that one rate lies above another; its error is below 0.01."""


class Verdict(NamedTuple):
    """The word, the chance of what it says, and why.

    Of "stable": the chance of so large a difference if nothing had changed. None where nothing is said.
    """

    word: str
    chance: float | None
    why: str

    @property
    def words(self) -> str:
        """The word, and the chance where there is one."""
        return self.word if self.chance is None else f"{self.word} (chance {self.chance:.2f})"


def verdict(counts: Floats, known: Bools, level: tuple[Floats, Floats], conflict: Rate, answers: Reciprocity | None, *, texts: float) -> Verdict:
    """What became of a relation at the end of its days.

    Args:
        counts: (n_days,) reports of all classes.
        known: (n_days,) whether anything is known of the day.
        level: (n_days,) mean and standard deviation, as known at the end.
        conflict: Rate of conflict on each day.
        answers: Who answers whom, None when unknown.
        texts: Independent texts behind the reports of the last `RECENT` days.
    """
    recent = float(counts[-RECENT:].sum())
    within = f"in the last {min(RECENT, len(counts))} days"
    awake = int(known[-RECENT:].sum())
    if recent < ACTS and awake >= BACK:
        return Verdict("dormant", 1.0, f"{recent:.0f} reports {within}, of which {awake} are known: fewer than {ACTS}")
    weeks = len(np.unique(np.flatnonzero(counts[::-1][:RECENT]) // 7))
    if recent < ACTS or texts < TEXTS or weeks < WEEKS:
        why = f"reports {recent:.0f}, independent texts {texts:.0f}, weeks with reports {weeks} {within}; a verdict needs {ACTS}, {TEXTS} and {WEEKS}"
        return Verdict(UNTOLD, None, why)
    back = max(0, len(counts) - 1 - BACK)
    mean, sd = level
    lower = float(ndtr((mean[back] - mean[-1]) / np.hypot(sd[-1], sd[back])))
    grew = _above(conflict, back)
    change = f"level {mean[-1]:+.1f}, {len(counts) - 1 - back} days ago {mean[back]:+.1f} points"
    if answers and answers.a_to_b.answers and answers.b_to_a.answers and grew >= SURE and (lower >= SURE or mean[-1] < 0):
        return Verdict("spiral", grew, f"{change}; conflict grew, and both sides answer it")
    if lower >= SURE:
        return Verdict("cooling", lower, change)
    if lower <= 1 - SURE:
        return Verdict("warming", 1 - lower, change)
    return Verdict("stable", 1 - abs(2 * lower - 1), f"{change}; the reports bear out no change")


def _above(rate: Rate, back: int) -> float:
    """Chance that the last day's rate lies above that of the day `back`."""
    draws = np.random.default_rng(0)
    now, before = (draws.gamma(rate.a[day], 1.0 / rate.b[day], DRAWS) for day in (-1, back))
    return float(np.mean(now > before))
