"""How good forecasts were, once it is known what came: by kind, weeks and who told them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from detente.relations.forecast import Forecast, brier, covered, crps
from detente.relations.panel import Floats


class Settled(NamedTuple):
    """A forecast of one dyad with what came: quantiles at `forecast.LEVELS`, the truth, and the count that the yes-or-no question asks for."""

    what: str
    weeks: int
    who: str
    quantiles: tuple[float, ...]
    truth: float
    above: float


class Bin(msgspec.Struct, frozen=True):
    """Forecasts that told about the same chance of more than was asked for: how many, the chance they told, how often it came."""

    n: int
    told: float
    came: float


class Grade(msgspec.Struct, frozen=True, kw_only=True):
    """The record of one forecaster. CRPS in the unit of what was told, Brier of the yes-or-no question; 0 is perfect in both.

    `in_80` and `in_95` are how much of the truth the bands held. `upto` is the share of truths at or below each tenth of the told
    distributions (0.1, …, 0.9), which a calibrated forecaster has at 0.1, …, 0.9. `verdict` compares with the rivals.
    """

    what: str
    weeks: int
    who: str
    n: int
    crps: float
    brier: float
    in_80: float
    in_95: float
    upto: tuple[float, ...]
    chances: tuple[Bin, ...]
    verdict: str | None


TENTHS = tuple(round(0.1 * tenth, 1) for tenth in range(1, 10))


def grades(settled: Iterable[Settled]) -> tuple[Grade, ...]:
    """The record of each forecaster, ours first in each kind."""
    groups: dict[tuple[str, int], dict[str, list[Settled]]] = {}
    for one in settled:
        groups.setdefault((one.what, one.weeks), {}).setdefault(one.who, []).append(one)
    out = []
    for name in sorted(groups):
        by_who = {who: groups[name][who] for who in sorted(groups[name], key=lambda w: (w != "ours", w))}
        misses = {who: float(_crps(told).mean()) for who, told in by_who.items()}
        out += [_grade(told, _verdict(misses) if who == "ours" else None) for who, told in by_who.items()]
    return tuple(out)


def _grade(told: list[Settled], verdict: str | None) -> Grade:
    forecast, truth = _as_forecast(told), np.array([one.truth for one in told])
    above = np.array([one.above for one in told])
    # where the truth falls in what was told; of counts, which come in lumps, the middle of the lump
    place = (np.mean(forecast.quantiles < truth[:, None], axis=1) + np.mean(forecast.quantiles <= truth[:, None], axis=1)) / 2
    chance = np.mean(forecast.quantiles > above[:, None], axis=1)
    return Grade(
        what=told[0].what, weeks=told[0].weeks, who=told[0].who, n=len(told), crps=float(_crps(told).mean()),
        brier=float(brier(forecast, truth, above).mean()), in_80=float(covered(forecast, truth, 0.8).mean()),
        in_95=float(covered(forecast, truth, 0.95).mean()), upto=tuple(float(np.mean(place <= tenth)) for tenth in TENTHS),
        chances=_bins(chance, truth > above), verdict=verdict,
    )  # fmt: skip


def _bins(chance: Floats, came: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """Five bins of a fifth each; those that nobody told are left out."""
    number = np.minimum((chance * 5).astype(int), 4)
    return tuple(Bin(int((number == k).sum()), float(chance[number == k].mean()), float(came[number == k].mean())) for k in range(5) if (number == k).any())


def _verdict(misses: dict[str, float]) -> str | None:
    """Ours against the best of the rivals, in words: who loses says so."""
    rivals = {who: miss for who, miss in misses.items() if who != "ours"}
    if "ours" not in misses or not rivals:
        return None
    best = min(rivals, key=rivals.__getitem__)
    if misses["ours"] >= rivals[best]:
        return f"no better than {best}, the best rival"
    return f"better than every rival so far; the best of them is {best}"


def _crps(told: list[Settled]) -> Floats:
    return crps(_as_forecast(told), np.array([one.truth for one in told]))


def _as_forecast(told: list[Settled]) -> Forecast:
    quantiles = np.array([one.quantiles for one in told])
    return Forecast(quantiles.mean(axis=1), quantiles)
