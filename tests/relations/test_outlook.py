"""The forecast of one relation, as it is shown: points and bands side by side."""

from __future__ import annotations

import datetime as dt

import polars

from detente.relations.level import fit
from detente.relations.outlook import outlook
from detente.relations.panel import panel_of
from detente.relations.pooled import learned
from detente.relations.tables import checked

FIRST = dt.date(2025, 1, 1)


def test_every_point_lies_within_its_own_bands() -> None:
    """Where conflict climbs from week to week and ends in a lull, all past guesses of "no change" were too low, and the last is lower still."""
    rows = [
        {"day": FIRST + dt.timedelta(day), "source": a, "target": b, "type": kind, "id": f"{a}{kind}{day}-{k}"}
        for day in range(224)
        for a, b, kind, n in (("GRC", "TUR", "ACCUSE", day // 28 if day < 218 else 0), ("FRA", "DEU", "CONSULT", 1 + day % 2))
        for k in range(n)
    ]
    panel = panel_of(checked(polars.DataFrame(rows)).frame)
    settings = fit(panel)
    found = outlook(panel.only(panel.row("GRC", "TUR")), settings, learned(panel, settings, 4), weeks=4)

    assert {each.who for each in found} >= {"ours", "no change", "mean"}
    assert all(each.low_80 <= each.mean <= each.high_80 for each in found)
    assert all(each.low_95 <= each.low_80 and each.high_80 <= each.high_95 for each in found)
