"""Drawings as lists of shapes, from which a page, a file of SVG and a file of PNG are made alike."""

from __future__ import annotations

import datetime as dt
import io
import re
from html import escape
from typing import NamedTuple

from detente.errors import BadSetting

COLOURS = {
    "q1": "#1a7f37", "q2": "#0b5f8a", "q3": "#b35900", "q4": "#b3261e", "good": "#1a7f37", "bad": "#b3261e", "band": "#9ec5e8", "line": "#0b5f8a",
    "turn": "#8a3ffc", "mover": "#b35900", "axis": "#8c8c8c", "faint": "#d0d0d0", "chosen": "#5f5f5f", "soft": "#5f5f5f", "ink": "#1c1c1c", "node": "#e9e4d8",
}  # fmt: skip
"""Class → colour of files; pages take theirs from style.css, light or dark."""


class Shape(NamedTuple):
    """One shape: `points` are its corners, `kind` rect, line, path (open), area (closed), dot or text. `size` is width, radius or points.

    `link` leads to what is behind it, `told` says what it is.
    """

    kind: str
    points: tuple[tuple[float, float], ...]
    colour: str
    size: float = 1.0
    told: str = ""
    link: str = ""
    anchor: str = "start"
    clear: float = 1.0


class Axis(NamedTuple):
    """Days from left to right: where the first and the last one stand."""

    left: float
    right: float
    first: dt.date
    last: dt.date


class Scene(NamedTuple):
    """A drawing of so many units; what it shows, in one sentence; `axis` is that of a drawing on which days can be chosen."""

    width: float
    height: float
    told: str
    shapes: tuple[Shape, ...]
    axis: Axis | None = None


def inline(scene: Scene) -> str:
    """The drawing as part of a page: colours by class, links and what they tell."""
    days = "" if scene.axis is None else "".join(f' data-{name}="{value}"' for name, value in scene.axis._asdict().items())
    head = f'<svg class="chart" viewBox="0 0 {scene.width:g} {scene.height:g}" role="group" aria-label="{escape(scene.told)}"{days}>'
    return head + "\n" + "\n".join(map(_drawn, scene.shapes)) + "\n</svg>"


def svg(scene: Scene) -> bytes:
    """The drawing as a file of its own, in which nothing leads anywhere."""
    rules = "".join(f".f-{name}{{fill:{colour}}}.s-{name}{{stroke:{colour}}}" for name, colour in COLOURS.items())
    inside = "\n".join(_drawn(shape._replace(link="")) for shape in scene.shapes)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {scene.width:g} {scene.height:g}" width="{scene.width:g}" height="{scene.height:g}" font-family="sans-serif" font-size="12">'
    return f'{head}\n<title>{escape(scene.told)}</title><style>{rules}.s{{fill:none}}</style><rect width="100%" height="100%" fill="#fff"/>\n{inside}\n</svg>\n'.encode()


def _drawn(shape: Shape) -> str:
    kind, points, colour, size, told, link, anchor, clear = shape
    fill, stroke = f'class="f-{colour}"', f'class="s s-{colour}" stroke-width="{size:g}"'
    fade = f' opacity="{clear:g}"' if clear < 1 else ""
    x, y = points[0] if points else (0.0, 0.0)
    if kind == "rect":
        (_, _), (x1, y1) = points
        body = f'<rect x="{x:.1f}" y="{y:.1f}" width="{x1 - x:.1f}" height="{y1 - y:.1f}" {fill}{fade}'
    elif kind == "dot":
        body = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" {fill}{fade}'
    elif kind == "text":
        words = f'<text x="{x:.1f}" y="{y:.1f}" {fill} font-size="{size:g}"' + (f' text-anchor="{anchor}"' if anchor != "start" else "") + f">{escape(told)}</text>"
        return f'<a href="{escape(link)}">{words}</a>' if link else words
    else:
        way = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("z" if kind == "area" else "")
        body = f'<path d="{way}" {fill if kind == "area" else stroke}{fade}'
    if not told:
        return body + "/>"
    if not link:
        return f"{body}><title>{escape(told)}</title>{_end(kind)}"
    return f'<a href="{escape(link)}" aria-label="{escape(told)}"><title>{escape(told)}</title>{body}/></a>'


def _end(kind: str) -> str:
    return {"rect": "</rect>", "dot": "</circle>"}.get(kind, "</path>")


def png(scene: Scene) -> bytes:
    """The drawing as a picture of twice as many dots.

    Raises:
        BadSetting: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise BadSetting("format", "png", "it needs pip install 'detente[plot]'; or take the SVG") from error
    figure = Figure(figsize=(scene.width / 72, scene.height / 72), dpi=144)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, scene.width)
    axes.set_ylim(scene.height, 0)
    axes.axis("off")
    for order, (kind, points, name, size, told, _, anchor, clear) in enumerate(scene.shapes):
        colour = COLOURS[name]
        across, down = [x for x, _ in points], [y for _, y in points]
        if kind == "text":
            side = {"middle": "center", "end": "right"}.get(anchor, "left")
            # a dollar sign would begin a formula
            axes.text(across[0], down[0], told.replace("$", r"\$"), color=colour, fontsize=size * 0.95, ha=side, va="baseline", zorder=order)
        elif kind == "dot":
            axes.scatter(across, down, s=(2 * size) ** 2 * 0.785, color=colour, alpha=clear, linewidths=0, zorder=order)
        elif kind == "rect":
            axes.fill([across[0], across[1], across[1], across[0]], [down[0], down[0], down[1], down[1]], color=colour, alpha=clear, linewidth=0, zorder=order)
        elif kind == "area":
            axes.fill(across, down, color=colour, alpha=clear, linewidth=0, zorder=order)
        else:
            axes.plot(across, down, color=colour, alpha=clear, linewidth=size, zorder=order)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def text(x: float, y: float, told: object, *, size: float = 12, colour: str = "soft", anchor: str = "start", link: str = "") -> Shape:  # noqa: PLR0913 - where, what, how
    """Words."""
    return Shape("text", ((x, y),), colour, size, str(told), link, anchor)


def line(x: float, y: float, to_x: float, to_y: float, colour: str = "axis", size: float = 1) -> Shape:
    """A line."""
    return Shape("line", ((x, y), (to_x, to_y)), colour, size)


def file_name(told: str) -> str:
    """A name that every system takes."""
    return re.sub(r"[^A-Za-z0-9]+", "-", told).strip("-").lower()[:80] or "drawing"
