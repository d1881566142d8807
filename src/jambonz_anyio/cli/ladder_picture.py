"""A ladder as a picture: one SVG that needs nothing else, or a page around it with what each message holds.

A journal may come from anywhere, and holds what callers and servers said. So every text is escaped, what no
XML document may hold is replaced, and the page forbids the browser everything but its own styles.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from jambonz_core.journal import Journal, Step

from .ladder import is_minor, lanes, milliseconds, summary
from .terminal import printable

LEFT = 84
"""Pixels at the left for the times."""
RIGHT = 84
"""Pixels at the right for the latencies."""
GAP = 330
"""Pixels between two parties."""
ROW = 30
TOP = 46
"""Pixels for the names of the parties."""
LETTER = 6.4
"""About how wide a letter is, for deciding where a label is cut."""

WIDE_LETTER = 8.2
"""Pixels for a letter of the title, which is larger and bold."""

_COLOURS = {
    "hook": "#1d4ed8",
    "ack": "#1d4ed8",
    "command": "#0e7490",
    "connection": "#7e22ce",
    "act": "#166534",
    "heard": "#15803d",
    "fault": "#b91c1c",
    "turn": "#1c1917",
    "note": "#57534e",
    "notice": "#57534e",
    "audio": "#b45309",
}

_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1c1917; }
.title { font-size: 14px; font-weight: 600; }
.party { font-size: 13px; font-weight: 600; text-anchor: middle; }
.time, .latency, .small { fill: #57534e; }
.time { text-anchor: end; font-variant-numeric: tabular-nums; }
.label { text-anchor: middle; stroke: #fff; stroke-width: 4px; paint-order: stroke; }
.lane { stroke: #d6d3d1; }
"""

_PAGE_STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #1c1917; background: #fff; }
/* A picture that is wider than the window is moved, not made smaller: its letters have to be read. */
.picture { overflow-x: auto; }
summary { overflow-wrap: anywhere; }
svg { display: block; }
h1 { font-size: 1.1rem; }
p { color: #57534e; margin: .2rem 0; }
details { border-bottom: 1px solid #e7e5e4; padding: .2rem 0; }
summary { cursor: pointer; font-variant-numeric: tabular-nums; }
pre { background: #f5f5f4; padding: .6rem; overflow-x: auto; }
.fault summary { color: #b91c1c; }
"""

_ALLOWED = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page may load: nothing but the styles in it."""

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What an XML document may not hold, even escaped."""


def escaped(text: str) -> str:
    """A text as it may stand in SVG and HTML, in content and in quoted attributes.

    >>> escaped('<b>"\\x00')
    '&lt;b&gt;&quot;\ufffd'
    """
    return html.escape(_NO_XML.sub("\ufffd", text))


@dataclass(frozen=True, slots=True)
class _Canvas:
    """The coordinates of everything in the picture."""

    places: dict[str, int]
    width: int
    height: int


def as_svg(journal: Journal, ladder: Sequence[Step], *, heading: bool = True) -> str:
    """The ladder as one SVG document; without a heading where a page has it already."""
    told = summary(journal, ladder)
    shown = [step for step in ladder if not is_minor(step)]
    title, small = (told.title, (told.facts, *told.remarks)) if heading else ("", ())
    top = TOP + 20 * (len(small) + 1 if heading else 0)
    parties = lanes(ladder)
    places = {party: LEFT + 60 + GAP * number for number, party in enumerate(parties)}
    longest = max(WIDE_LETTER * len(title), *(LETTER * len(line) for line in ("", *small)))
    width = max(LEFT + 120 + GAP * max(1, len(parties) - 1) + RIGHT, 32 + round(longest))
    canvas = _Canvas(places, width, top + ROW * (len(shown) + 1) + 10)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {_size(canvas)}>',
        f"<title>{escaped(told.title)}</title>",
        f"<style>{_STYLE}</style>",
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    if heading:
        parts.append(f'<text x="16" y="26" class="title">{escaped(title)}</text>')
    for number, line in enumerate(small):
        parts.append(f'<text x="16" y="{46 + 18 * number}" class="small">{escaped(line)}</text>')
    for party, x in places.items():
        name = escaped(printable(party))
        parts.append(f'<text x="{x}" y="{top - 14}" class="party">{name}</text>')
        parts.append(f'<line x1="{x}" y1="{top - 6}" x2="{x}" y2="{canvas.height - 10}" class="lane"/>')
    for number, step in enumerate(shown):
        parts.append(_row(step, canvas, top + ROW * (number + 1)))
    return "\n".join([*parts, "</svg>", ""])


def _size(canvas: _Canvas) -> str:
    size = f'width="{canvas.width}" height="{canvas.height}"'
    return f'viewBox="0 0 {canvas.width} {canvas.height}" {size}'


def _row(step: Step, canvas: _Canvas, y: int) -> str:
    colour = _COLOURS.get(step.kind, "#57534e")
    source, target = canvas.places[step.source], canvas.places[step.target]
    text = printable(step.label)
    parts = [
        f'<g fill="{colour}" stroke="none">',
        f"<title>{escaped(f'{step.at:.3f} s, line {step.line}: {text}')}</title>",
        f'<text x="{LEFT - 14}" y="{y + 4}" class="time">{step.at:.2f}</text>',
    ]
    if source == target:
        last = source == max(canvas.places.values()) and len(canvas.places) > 1
        x, anchor = (source - 12, "end") if last else (source + 12, "start")
        label = escaped(_cut(text, GAP - 30))
        parts.append(f'<circle cx="{source}" cy="{y}" r="4"/>')
        parts.append(
            f'<text x="{x}" y="{y + 4}" class="label" style="text-anchor: {anchor}; fill: {colour}">'
            f"{label}</text>"
        )
    else:
        dotted = step.kind in ("heard", "act")
        parts.append(_arrow(source, target, y, colour, dotted=dotted, thick=step.replaces))
        label = escaped(_cut(text, abs(target - source) - 30))
        middle = (source + target) // 2
        parts.append(f'<text x="{middle}" y="{y - 5}" class="label" style="fill: {colour}">{label}</text>')
    if step.latency is not None:
        x = max(canvas.places.values()) + 24
        parts.append(f'<text x="{x}" y="{y + 4}" class="latency">{milliseconds(step.latency)}</text>')
    return "".join([*parts, "</g>"])


def _arrow(source: int, target: int, y: int, colour: str, *, dotted: bool, thick: bool) -> str:
    towards = 1 if target > source else -1
    tip, back = target - 2 * towards, target - 11 * towards
    dashes = ' stroke-dasharray="3 4"' if dotted else ""
    dashes += ' stroke-width="3"' if thick else ""
    return (
        f'<line x1="{source + 2 * towards}" y1="{y}" x2="{back}" y2="{y}" stroke="{colour}"{dashes}/>'
        f'<path d="M{tip} {y}L{back} {y - 5}V{y + 5}Z"/>'
    )


def _cut(text: str, pixels: int) -> str:
    # A wide character is about as wide as two letters.
    room = pixels / LETTER
    for position, character in enumerate(text):
        room -= 2 if ord(character) > 0x2E7F else 1
        if room < 0:
            return f"{text[: max(0, position - 1)]}…"
    return text


def as_html(journal: Journal, ladder: Sequence[Step]) -> str:
    """The picture in a page, followed by every step with its payload."""
    told = summary(journal, ladder)
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_ALLOWED}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escaped(told.title)}</title>",
            f"<style>{_PAGE_STYLE}</style></head><body>",
            f"<h1>{escaped(told.title)}</h1>",
            *(f"<p>{escaped(line)}</p>" for line in (told.facts, *told.remarks)),
            # With a tab index, keys can move it as well.
            f'<div class="picture" tabindex="0">{as_svg(journal, ladder, heading=False)}</div>',
            "<h2>Every step</h2>",
            *(_step(step) for step in ladder),
            "</body></html>",
            "",
        ]
    )


def _step(step: Step) -> str:
    way = step.source if step.source == step.target else f"{step.source} → {step.target}"
    latency = "" if step.latency is None else f" ({milliseconds(step.latency)})"
    heading = escaped(f"{step.at:.3f}  {printable(way)}: {printable(step.label)}{latency}")
    payload = (
        step.detail if isinstance(step.detail, str) else json.dumps(step.detail, indent=2, ensure_ascii=False)
    )
    body = f"<pre>{escaped(payload)}</pre>" if step.detail else ""
    kind = ' class="fault"' if step.kind == "fault" else ""
    return f"<details{kind}><summary>{heading}</summary>{body}</details>"
