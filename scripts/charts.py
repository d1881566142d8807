"""Charts as SVG, for the pages about speed: curves, dots with their spread, and stacked bars.

They have a light and a dark face, which the browser chooses; the colours of both are told apart also by those
who do not see red and green, and curves besides by the shape of their points. What is drawn is a few hundred
lines of text that a review can read, and the same in each run for the same numbers, which no library for
plots promises: so a test can prove that they are current.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 760
COLOURS = {
    "asyncio": ("#1f6fd0", "#6cb2ff"),
    "uvloop": ("#00857a", "#3fd0bf"),
    "trio": ("#7b4fc9", "#bd9bff"),
    "official": ("#c25a00", "#ff9f45"),
    "node": ("#8a6d00", "#e2c14a"),
    "bare": ("#6b7280", "#9aa4b2"),
}
"""Each sort of contender, on white and on black."""
SHAPES = {
    "asyncio": "circle",
    "uvloop": "square",
    "trio": "diamond",
    "official": "up",
    "node": "down",
    "bare": "circle",
}
PARTS = (
    "#1f6fd0",
    "#00857a",
    "#7b4fc9",
    "#c25a00",
    "#8a6d00",
    "#b0357a",
    "#4f7d2a",
    "#6b7280",
    "#3a4a8c",
    "#9a4b3c",
)
PARTS_DARK = (
    "#6cb2ff",
    "#3fd0bf",
    "#bd9bff",
    "#ff9f45",
    "#e2c14a",
    "#ff7fc0",
    "#9ed36a",
    "#9aa4b2",
    "#93a5f0",
    "#e2988a",
)

STYLE = """\
text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #24292f }
.title { font-size: 15px; font-weight: 600 }
.small { font-size: 12px; fill: #57606a }
.grid { stroke: #d0d7de; stroke-width: 1 }
.mark { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 5 4 }
.marked { fill: #cf222e; font-size: 12px }
.ground { fill: #ffffff }
.ink { fill: #ffffff; font-size: 12px }
"""
STYLE_DARK = """\
text { fill: #e6edf3 }
.small { fill: #9aa4b2 }
.grid { stroke: #30363d }
.mark { stroke: #ff7b72 }
.marked { fill: #ff7b72 }
.ground { fill: #0d1117 }
.ink { fill: #0d1117 }
"""


def _style() -> str:
    light = [STYLE]
    dark = [STYLE_DARK]
    for name, (on_white, on_black) in COLOURS.items():
        for rules, colour in ((light, on_white), (dark, on_black)):
            rules.append(f".{name} {{ fill: {colour}; stroke: {colour} }}\n")
    for number, (on_white, on_black) in enumerate(zip(PARTS, PARTS_DARK, strict=True)):
        light.append(f".part{number} {{ fill: {on_white} }}\n")
        dark.append(f".part{number} {{ fill: {on_black} }}\n")
    line = ".line { fill: none; stroke-width: 2 }\n"
    return f"{''.join(light)}{line}@media (prefers-color-scheme: dark) {{\n{''.join(dark)}{line}}}\n"


class Drawing:
    """An SVG that grows."""

    def __init__(self, height: int, description: str) -> None:
        self._height = height
        self._description = description
        self._pieces: list[str] = []

    def add(self, piece: str) -> None:
        """One element."""
        self._pieces.append(piece)

    def text(self, x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> None:
        """Words at a place."""
        marked = f' class="{kind}"' if kind else ""
        placed = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self.add(f'<text x="{x:.1f}" y="{y:.1f}"{marked}{placed}>{escape(words)}</text>')

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """A straight line."""
        self.add(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>')

    def point(self, x: float, y: float, kind: str, size: float = 4.5) -> None:
        """A point in the shape of its sort."""
        shape = SHAPES.get(kind, "circle")
        if shape == "circle":
            self.add(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" class="{kind}"/>')
            return
        corners = {
            "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
            "diamond": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
            "up": ((0, -1.2), (1.15, 0.9), (-1.15, 0.9)),
            "down": ((0, 1.2), (1.15, -0.9), (-1.15, -0.9)),
        }[shape]
        points = " ".join(f"{x + dx * size:.1f},{y + dy * size:.1f}" for dx, dy in corners)
        self.add(f'<polygon points="{points}" class="{kind}"/>')

    def finished(self) -> str:
        """The whole file."""
        size = f'viewBox="0 0 {WIDTH} {self._height}" width="{WIDTH}" height="{self._height}"'
        body = "\n".join(self._pieces)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">\n'
            f"<title>{escape(self._description)}</title>\n<style>\n{_style()}</style>\n"
            f'<rect width="{WIDTH}" height="{self._height}" rx="6" class="ground"/>\n{body}\n</svg>\n'
        )


@dataclass(frozen=True)
class Axis:
    """Where numbers lie between two places."""

    least: float
    most: float
    begin: float
    end: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """The place of a number; one that does not fit lies at the edge."""
        value = min(max(value, self.least), self.most)
        if self.logarithmic:
            part = math.log(value / self.least) / math.log(self.most / self.least)
        else:
            part = (value - self.least) / (self.most - self.least)
        return self.begin + part * (self.end - self.begin)

    def ticks(self) -> list[float]:
        """Round numbers on it."""
        if self.logarithmic:
            powers = range(math.floor(math.log10(self.least)) - 1, math.ceil(math.log10(self.most)) + 1)
            each = abs(self.end - self.begin) / math.log10(self.most / self.least)
            # Words take more room beside each other than below each other.
            roomy = each > (60 if self.begin > self.end else 170)
            steps = (1.0, 2.0, 5.0) if roomy else (1.0,)
            found = [step * 10.0**power for power in powers for step in steps]
        else:
            step = round_step((self.most - self.least) / 5)
            found = [step * number for number in range(math.ceil(self.most / step) + 1)]
        slack = 1e-9 * self.most
        return [value for value in found if self.least - slack <= value <= self.most + slack]


def round_step(rough: float) -> float:
    """The next round number: 1, 2 or 5 with zeros."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough * 0.999)


def number(value: float) -> str:
    """A number as people write it."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


@dataclass(frozen=True)
class Curve:
    """A row of points of one sort; one that stops before the limit was reached ends in a hollow ring."""

    name: str
    kind: str
    points: Sequence[tuple[float, float]]
    open_end: bool = False


@dataclass(frozen=True)
class Panel:
    """One picture of curves."""

    title: str
    across: str
    up: str
    curves: Sequence[Curve]
    log_x: bool = False
    log_y: bool = False
    limit: tuple[float, str] | None = None
    least_y: float = 0.0


def curves(panels: Sequence[Panel], description: str) -> str:
    """Panels beside each other, with one legend above."""
    height, top, bottom = 400, 84, 50
    drawing = Drawing(height, description)
    left, gap = 62, 66
    width = (WIDTH - left - 24 - gap * (len(panels) - 1)) / len(panels)
    x = 16.0
    for curve in panels[0].curves:
        drawing.point(x + 6, 22, curve.kind)
        drawing.text(x + 17, 26.5, curve.name)
        x += 40 + 6.6 * len(curve.name)
    for place, panel in enumerate(panels):
        begin = left + place * (width + gap)
        _panel(drawing, panel, begin, begin + width, top, height - bottom)
    return drawing.finished()


def _panel(drawing: Drawing, panel: Panel, left: float, right: float, top: float, bottom: float) -> None:
    points = [point for curve in panel.curves for point in curve.points]
    most_x = max(x for x, _ in points)
    values = [y for _, y in points] + ([panel.limit[0]] if panel.limit else [])
    least_x = min(x for x, _ in points) if panel.log_x else 0.0
    across = Axis(least_x, most_x * (1 if panel.log_x else 1.04), left, right, panel.log_x)
    if panel.log_y:
        up = Axis(max(min(values) * 0.8, 1e-3), max(values) * 1.3, bottom, top, logarithmic=True)
    else:
        up = Axis(panel.least_y, max(values) * 1.1, bottom, top)
    drawing.text(left - 46, top - 28, panel.title, "title")
    drawing.text(left - 46, top - 10, panel.up, "small")
    drawing.text(right, bottom + 38, panel.across, "small", "end")
    for value in up.ticks():
        drawing.line(left, up.at(value), right, up.at(value), "grid")
        drawing.text(left - 8, up.at(value) + 4, number(value), "small", "end")
    for value in across.ticks():
        drawing.line(across.at(value), top, across.at(value), bottom, "grid")
        drawing.text(across.at(value), bottom + 18, number(value), "small", "middle")
    if panel.limit:
        at = up.at(panel.limit[0])
        drawing.line(left, at, right, at, "mark")
        drawing.text(left + 6, at - 6, panel.limit[1], "marked")
    for curve in panel.curves:
        placed = [(across.at(x), up.at(y)) for x, y in curve.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        drawing.add(f'<polyline points="{path}" class="{curve.kind} line"/>')
        for x, y in placed:
            drawing.point(x, y, curve.kind)
        if curve.open_end and placed:
            x, y = placed[-1]
            drawing.add(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" class="{curve.kind} line"/>')


@dataclass(frozen=True)
class Dot:
    """One row: a middle value, with the least and the greatest."""

    name: str
    kind: str
    middle: float
    least: float
    most: float


def dots(title: str, under: str, groups: Sequence[Sequence[Dot]], description: str) -> str:
    """Rows of dots with their spread, on an axis of ratios; groups have some room between them."""
    row, top = 22, 66
    count = sum(map(len, groups))
    height = top + row * count + 14 * (len(groups) - 1) + 48
    drawing = Drawing(height, description)
    every = [dot for group in groups for dot in group]
    least = min(0.5, *(dot.least for dot in every)) * 0.9
    axis = Axis(least, max(dot.most for dot in every) * 1.08, 300, WIDTH - 70, logarithmic=True)
    drawing.text(16, 28, title, "title")
    drawing.text(16, 47, under, "small")
    bottom = height - 36
    written = 0.0
    for value in (1, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.5, 2, 3, 4, 6, 8):
        room = abs(axis.at(value) - axis.at(1)) >= 28 or value == 1
        if axis.least <= value <= axis.most and room and abs(axis.at(value) - written) >= 28:
            written = axis.at(value)
            drawing.line(axis.at(value), top - 8, axis.at(value), bottom, "mark" if value == 1 else "grid")
            drawing.text(axis.at(value), bottom + 18, number(value), "small", "middle")
    y = top + 6.0
    for group in groups:
        for dot in group:
            drawing.text(16, y + 4, dot.name)
            drawing.line(axis.at(dot.least), y, axis.at(dot.most), y, f"{dot.kind} line")
            drawing.point(axis.at(dot.middle), y, dot.kind)
            drawing.text(WIDTH - 16, y + 4, f"{dot.middle:.2f}", anchor="end")
            y += row
        y += 14
    return drawing.finished()


def stacked(
    title: str, under: str, bars: Sequence[tuple[str, str, Sequence[tuple[str, float]]]], description: str
) -> str:
    """Bars of parts, each as long as the others: a name, what it is in all, and the parts."""
    names: list[str] = []
    for _, _, parts in bars:
        names += [name for name, _ in parts if name not in names]
    columns = 3
    rows = math.ceil(len(names) / columns)
    top = 66 + 20 * rows
    height = top + 54 * len(bars) + 6
    drawing = Drawing(height, description)
    drawing.text(16, 28, title, "title")
    drawing.text(16, 47, under, "small")
    for place, name in enumerate(names):
        left_of, under_it = 16 + (place % columns) * 245, 72 + 20 * (place // columns)
        kind = f"part{place % len(PARTS)}"
        drawing.add(f'<rect x="{left_of}" y="{under_it - 10}" width="11" height="11" rx="2" class="{kind}"/>')
        drawing.text(left_of + 17, under_it, name)
    y = top + 8.0
    left, right = 16.0, WIDTH - 16.0
    for name, whole, parts in bars:
        drawing.text(left, y + 8, name)
        drawing.text(right, y + 8, whole, "small", "end")
        total = sum(value for _, value in parts)
        x = left
        for part, value in parts:
            wide = (right - left) * value / total
            kind = f"part{names.index(part) % len(PARTS)}"
            drawing.add(
                f'<rect x="{x:.1f}" y="{y + 14}" width="{max(wide - 1, 0):.1f}" height="20" class="{kind}"/>'
            )
            if value / total >= 0.05:
                drawing.add(
                    f'<text x="{x + wide / 2:.1f}" y="{y + 28.5}" text-anchor="middle" class="ink">'
                    f"{value / total:.0%}</text>"
                )
            x += wide
        y += 54
    return drawing.finished()
