"""How much the base knows, and that the documentation says the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.actors import ActorBase
from detente.actors.coverage import Coverage, Share, coverage, coverage_table, states_table


@pytest.fixture(scope="module")
def measured(base: ActorBase) -> Coverage:
    """The coverage of the packaged base."""
    return coverage(base)


def test_shares_are_weighed_by_days() -> None:
    """Ten known days of a hundred and ninety of a hundred make half."""
    shares = (Share("AAA", "head of state", "1990s", 100, 10), Share("BBB", "head of state", "1990s", 100, 90))
    found = Coverage("1990-01-01", "1999-12-31", 2, shares)

    assert found.of("head of state") == 0.5
    assert found.of("head of state", code="AAA") == 0.1
    assert found.of("head of state", decade="2000s") == 0.0


def test_no_day_is_counted_twice_or_before_the_state_was(measured: Coverage) -> None:
    """Overlapping tenures do not add up, and Kosovo's days begin in 2008."""
    assert all(0 <= share.known <= share.days for share in measured.shares)
    assert (
        sum(share.days for share in measured.shares if share.code == "KOS" and share.role == "head of state") < 19 * 366
    )


def test_the_rulers_of_the_world_are_known(measured: Coverage) -> None:
    """Somebody at the head is known for nineteen of twenty days since 1990, foreign ministers of great powers for nearly all."""
    assert measured.of("either, or leader") >= 0.95
    assert all(measured.of("foreign minister", code=code) >= 0.9 for code in ("USA", "GBR", "FRA", "DEU", "CHN", "RUS"))


def test_the_documentation_shows_what_was_measured(measured: Coverage, root: Path) -> None:
    """The table in docs/actors.md is the command's own output."""
    assert coverage_table(measured) in (root / "docs" / "actors.md").read_text(encoding="utf-8")


def test_every_state_has_a_line(measured: Coverage) -> None:
    """195 members and observers of the UN, Taiwan and Kosovo."""
    assert len(states_table(measured).splitlines()) == 1 + 197
