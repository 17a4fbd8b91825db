"""The heads of the network against slower ways to the same numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detente.reading.labels import PAIRS
from detente.reading.network import BLOCK, Network
from detente.reading.pairs import features, near_pairs


@pytest.fixture(scope="module")
def network(model: Path) -> Network:
    """The packaged one."""
    return Network(model, threads=1)


def one_by_one(network: Network, family: str, left: np.ndarray, right: np.ndarray, told: np.ndarray) -> np.ndarray:
    """The logits of one pair, as `training/network.py` trains them: left and right are (2 * width,), `told` its four features."""
    weights = {name.removeprefix(f"pairs.{family}."): m for name, m in network.matrices.items() if name.startswith(f"pairs.{family}.")}
    (add_left, times_left), (add_right, times_right) = (
        np.split(weights[f"{side}.weight"] @ vector + weights[f"{side}.bias"], 2) for side, vector in (("left", left), ("right", right))
    )
    added = add_left + add_right + sum(weights[f"features.{column}.weight"][value] for column, value in enumerate(told))
    hidden = np.concatenate([np.maximum(added, 0), times_left * times_right * 0.1])
    return np.asarray(weights["out.weight"] @ hidden + weights["out.bias"])


@pytest.mark.parametrize("family", sorted(PAIRS))
@pytest.mark.parametrize(("n_left", "n_right"), [(3, 5), (BLOCK, 20), (3 * BLOCK + 1, 40)])
def test_pairs_scored_together_have_the_scores_of_each_alone(network: Network, family: str, n_left: int, n_right: int) -> None:
    """In blocks, with blocks without any pair, or all in one."""
    rng = np.random.default_rng(n_left)
    width = network.matrices[f"pairs.{family}.left.weight"].shape[1]
    left, right = (rng.normal(size=(n, width)).astype(np.float32) for n in (n_left, n_right))
    first, second = np.sort(rng.integers(0, 3000, n_left)), np.sort(rng.integers(0, 600, n_right))  # the last left spans have none near
    ours, theirs = np.stack([first, first + 1], axis=1), np.stack([second, second + 1], axis=1)
    pairs = near_pairs(ours, theirs, reach=200)
    told = features(ours, theirs, pairs, np.arange(3100) // 20)

    alone = [one_by_one(network, family, left[i], right[j], t) for i, j, t in zip(*pairs, told, strict=True)]

    assert len(alone) > 0
    np.testing.assert_allclose(network.pairs(family, left, right, pairs, told), alone, rtol=1e-3, atol=1e-3)
