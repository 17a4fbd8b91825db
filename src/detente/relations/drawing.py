"""A relation as a picture: SVG by hand, so that nothing need be installed; PNG through matplotlib, where it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from detente.errors import BadSetting
from detente.relations.grading import TENTHS, Grade
from detente.relations.relation import Relation

WIDTH, HEIGHT, LEFT, TOP = 900, 380, 50, 40
PLOT, BARS = 220, 70  # height of the level above, of the reports below
COLOURS = ("#08519c", "#d94801", "#238b45", "#6a51a3")


def draw(found: Relation, file: Path) -> None:
    """Write the picture; the suffix says how: .svg, .html or .png.

    Raises:
        BadSetting: Another suffix, or PNG without matplotlib.
    """
    _write(file, _title(found), lambda: svg(found), lambda figure: _on(figure, found))


def draw_calibration(grades: Sequence[Grade], file: Path) -> None:
    """Write the picture of `calibration_svg`; the suffix says how.

    Raises:
        BadSetting: Another suffix, or PNG without matplotlib.
    """
    _write(file, CALIBRATION, lambda: calibration_svg(grades), lambda figure: _calibration_on(figure, grades))


def _write(file: Path, title: str, svg: Callable[[], str], png: Callable[[Any], None]) -> None:
    if file.suffix == ".svg":
        file.write_text(svg(), encoding="utf-8")
    elif file.suffix == ".html":
        file.write_text(f'<!doctype html><meta charset="utf-8"><title>{escape(title)}</title>\n{svg()}', encoding="utf-8")
    elif file.suffix == ".png":
        try:
            from matplotlib.figure import Figure  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise BadSetting("--plot", str(file), "PNG needs pip install 'detente[plot]'; or name a .svg file") from error
        figure = Figure(figsize=(9, 4))
        png(figure)
        figure.savefig(file)
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
    for name, series, colour, sign in (("cooperation", s.cooperation, "#238b45", -1), ("conflict", s.conflict, "#cb181d", 1)):
        out.append(f'<text x="{LEFT}" y="{middle + sign * (BARS // 2 + 6) + 4}" fill="{colour}">{name}</text>')
        steps = "".join(f"M{a:.1f},{middle}v{sign * v / most * BARS / 2:.1f}" for a, v in zip(x, series, strict=True) if v)
        out.append(f'<path d="{steps}" stroke="{colour}" fill="none"/>')
    return [*out, f'<text x="{LEFT - 6}" y="{middle + 4}" text-anchor="end">reports</text>']


def _title(found: Relation) -> str:
    arrow = "→" if found.directed else "–"
    return f"{found.a} {arrow} {found.b}: {found.verdict.words}; points of an average event"


def _on(figure: Any, found: Relation) -> None:
    """The relation on a figure of matplotlib."""
    s = found.series
    above, below = figure.subplots(2, 1, height_ratios=(3, 1), sharex=True)
    above.fill_between(s.days, s.low, s.high, alpha=0.4)
    above.plot(s.days, s.level)
    above.axhline(0, color="grey", linestyle=":")
    for turn in found.turns:
        above.axvline(turn.day, color="tab:orange")
    above.set_title(_title(found))
    below.bar(s.days, s.cooperation, color="tab:green", label="cooperation")
    below.bar(s.days, [-v for v in s.conflict], color="tab:red", label="conflict")
    below.set_ylabel("reports")
    # between the two, where no bar can lie below it
    below.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, borderaxespad=0, fontsize="small")


CALIBRATION = "Share of truths at or below each tenth of what was told; a calibrated forecaster lies on the dashed line"
SIDE = 300


def calibration_svg(grades: Sequence[Grade]) -> str:
    """A square for each kind and weeks, a line for each forecaster, the dashed diagonal for a perfect one."""
    kinds = list(dict.fromkeys((g.what, g.weeks) for g in grades))
    wide = max(1, len(kinds)) * (SIDE + LEFT) + LEFT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {SIDE + 3 * TOP}" font-family="sans-serif" font-size="12">',
        f'<text x="{LEFT}" y="20" font-size="15">{escape(CALIBRATION)}</text>',
    ]
    for number, (what, weeks) in enumerate(kinds):
        left, foot = LEFT + number * (SIDE + LEFT), 2 * TOP + SIDE
        parts.append(f'<rect x="{left}" y="{2 * TOP}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#999"/>')
        parts.append(f'<line x1="{left}" y1="{foot}" x2="{left + SIDE}" y2="{2 * TOP}" stroke="#999" stroke-dasharray="3"/>')
        parts.append(f'<text x="{left}" y="{2 * TOP - 8}">{escape(what)}, {weeks} weeks</text>')
        mine = [g for g in grades if (g.what, g.weeks) == (what, weeks)]
        for place, (grade, colour) in enumerate(zip(mine, COLOURS, strict=False)):
            line = " ".join(f"{left + told * SIDE:.1f},{foot - came * SIDE:.1f}" for told, came in zip(TENTHS, grade.upto, strict=True))
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}"/>')
            parts.append(f'<text x="{left + 8}" y="{2 * TOP + 16 + 14 * place}" fill="{colour}">{escape(grade.who)} ({grade.n})</text>')
    return "\n".join([*parts, "</svg>\n"])


def _calibration_on(figure: Any, grades: Sequence[Grade]) -> None:
    kinds = list(dict.fromkeys((g.what, g.weeks) for g in grades)) or [("nothing was settled yet", 0)]
    for axes, (what, weeks) in zip(figure.subplots(1, len(kinds), squeeze=False)[0], kinds, strict=True):
        axes.plot([0, 1], [0, 1], color="grey", linestyle=":")
        for grade in grades:
            if (grade.what, grade.weeks) == (what, weeks):
                axes.plot(TENTHS, grade.upto, label=f"{grade.who} ({grade.n})")
        axes.set_title(f"{what}, {weeks} weeks")
        axes.legend()
