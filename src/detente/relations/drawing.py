"""A relation as a picture: SVG by hand, so that nothing need be installed; PNG through matplotlib, where it is."""

from __future__ import annotations

from html import escape
from pathlib import Path

import numpy as np

from detente.errors import BadSetting
from detente.relations.relation import Relation

WIDTH, HEIGHT, LEFT, TOP = 900, 380, 50, 40
PLOT, BARS = 220, 70  # height of the level above, of the reports below


def draw(found: Relation, file: Path) -> None:
    """Write the picture; the suffix says how: .svg, .html or .png.

    Raises:
        BadSetting: Another suffix, or PNG without matplotlib.
    """
    if file.suffix == ".svg":
        file.write_text(svg(found), encoding="utf-8")
    elif file.suffix == ".html":
        file.write_text(f'<!doctype html><meta charset="utf-8"><title>{escape(_title(found))}</title>\n{svg(found)}', encoding="utf-8")
    elif file.suffix == ".png":
        _png(found, file)
    else:
        raise BadSetting("--plot", str(file), "it must end in .svg, .html or .png")


def svg(found: Relation) -> str:
    """The level with its band, turning points as lines, reports of conflict and cooperation below."""
    s = found.series
    n = max(len(s.days), 2)
    x = LEFT + np.arange(len(s.days)) * (WIDTH - LEFT - 10) / (n - 1)
    low, high = min((*s.low, -1.0)), max((*s.high, 1.0))

    def y(value: float) -> float:
        return TOP + (high - value) / (high - low) * PLOT

    band = " ".join(f"{a:.1f},{y(v):.1f}" for a, v in [*zip(x, s.high, strict=True), *reversed(list(zip(x, s.low, strict=True)))])
    line = " ".join(f"{a:.1f},{y(v):.1f}" for a, v in zip(x, s.level, strict=True))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<text x="{LEFT}" y="20" font-size="15">{escape(_title(found))}</text>',
        f'<polygon points="{band}" fill="#9ecae1" fill-opacity="0.5"/><polyline points="{line}" fill="none" stroke="#08519c"/>',
        f'<line x1="{LEFT}" x2="{WIDTH - 10}" y1="{y(0):.1f}" y2="{y(0):.1f}" stroke="#999" stroke-dasharray="3"/>',
    ]
    parts += [f'<text x="{LEFT - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{v:.0f}</text>' for v in (low, 0.0, high)]
    for turn in found.turns:
        at = x[(turn.day - s.days[0]).days]
        told = escape(f"{turn.day}, chance {turn.chance:.2f}")
        parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{TOP + PLOT}" stroke="#d94801"><title>{told}</title></line>')
    parts += _bars(found, x)
    parts += [f'<text x="{a:.1f}" y="{HEIGHT - 6}" text-anchor="{w}">{d}</text>' for a, d, w in ((LEFT, s.days[0], "start"), (WIDTH - 10, s.days[-1], "end"))]
    return "\n".join([*parts, "</svg>\n"])


def _bars(found: Relation, x: np.ndarray) -> list[str]:
    """Reports a day: cooperation up, conflict down."""
    s, middle = found.series, TOP + PLOT + 20 + BARS // 2
    most = max((*s.conflict, *s.cooperation, 1.0))
    out = []
    for series, colour, sign in ((s.cooperation, "#238b45", -1), (s.conflict, "#cb181d", 1)):
        steps = "".join(f"M{a:.1f},{middle}v{sign * v / most * BARS / 2:.1f}" for a, v in zip(x, series, strict=True) if v)
        out.append(f'<path d="{steps}" stroke="{colour}" fill="none"/>')
    return [*out, f'<text x="{LEFT - 6}" y="{middle + 4}" text-anchor="end">reports</text>']


def _title(found: Relation) -> str:
    arrow = "→" if found.directed else "–"
    return f"{found.a} {arrow} {found.b}: {found.verdict.word} ({found.verdict.chance:.2f}); points of an average event"


def _png(found: Relation, file: Path) -> None:
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise BadSetting("--plot", str(file), "PNG needs pip install 'detente[plot]'; or name a .svg file") from error
    s = found.series
    figure = Figure(figsize=(9, 4))
    above, below = figure.subplots(2, 1, height_ratios=(3, 1), sharex=True)
    above.fill_between(s.days, s.low, s.high, alpha=0.4)
    above.plot(s.days, s.level)
    above.axhline(0, color="grey", linestyle=":")
    for turn in found.turns:
        above.axvline(turn.day, color="tab:orange")
    above.set_title(_title(found))
    below.bar(s.days, s.cooperation, color="tab:green")
    below.bar(s.days, [-v for v in s.conflict], color="tab:red")
    figure.savefig(file)
