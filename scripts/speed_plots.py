"""The plots of the pages about speed, drawn from what `make bench` has measured."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Any

from charts import Curve, Dot, Panel, curves, dots, stacked

LOOPS = ("asyncio", "uvloop", "trio")
BASE = "official SDK, asyncio"
LIMIT_MS = 20.0

Part = dict[str, Any]
"""What was measured of one thing."""


def ratios(values: Sequence[float], base: Sequence[float]) -> tuple[float, float, float]:
    """Median, least and greatest of the ratios of each round."""
    found = [one / other for one, other in zip(values, base, strict=True)]
    return statistics.median(found), min(found), max(found)


def kind_of(name: str) -> str:
    """The sort of a contender, which has a colour."""
    for start, kind in (("official", "official"), ("Node", "node"), ("bare", "bare")):
        if name.startswith(start):
            return kind
    return next(loop for loop in LOOPS if loop in name)


def short_name(name: str) -> str:
    """A name for a legend."""
    return name.replace("jambonz-anyio", "ours")


def dot(part: Part, name: str) -> Dot:
    """A row of a plot."""
    middle, least, most = ratios(part["contenders"][name], part["contenders"][BASE])
    return Dot(name, kind_of(name), middle, least, most)


def dots_of(part: Part, what: str) -> str:
    """All contenders of one line."""
    names = list(part["contenders"])
    groups = [
        [name for name in names if kind_of(name) in ("official", "node", "bare")],
        *(
            [name for name in names if name.startswith("jambonz-anyio") and ("function" in name) == way]
            for way in (False, True)
        ),
        [name for name in names if name.startswith("transport")],
    ]
    return dots(
        f"CPU per {what}, as a ratio to the official Python SDK on asyncio",
        "Left is cheaper. A dot is the median of the rounds, its line goes from the least to the greatest.",
        [[dot(part, name) for name in group] for group in groups if group],
        f"CPU per {what} of each library, relative to the official Python SDK",
    )


def scale_plot(part: Part, across: str) -> str:
    """The curves of one sort of calls."""
    found = [
        Curve(
            short_name(name),
            kind_of(name),
            [(step["calls"], max(step["p99_ms"], 0.01)) for step in one["steps"]],
            one["limited_by_load"] or one["stopped"],
        )
        for name, one in part["contenders"].items()
    ]
    panel = Panel(
        f"Added latency of {part['title']}",
        across,
        "99th percentile, ms",
        found,
        log_y=True,
        limit=(LIMIT_MS, "20 ms"),
    )
    return curves([panel], f"The 99th percentile of the added latency against the number of {part['title']}")


def calls_plot(part: Part) -> str:
    """CPU of a hook, and memory of a call, against the number of calls."""

    def panel(title: str, up: str, key: str) -> Panel:
        found = [
            Curve(
                short_name(name),
                kind_of(name),
                [(one["calls"], one[key]) for one in levels if one["calls"] >= 100 or key != "idle_kib"],
            )
            for name, levels in part["contenders"].items()
            # It takes so much more that nothing could be told of the others.
            if not name.startswith("Node")
        ]
        return Panel(title, "open calls", up, found, log_x=True)

    return curves(
        [
            panel("CPU of a hook", "µs, without Node", "hook_cpu_us"),
            panel("Memory of an idle call", "KiB, without Node", "idle_kib"),
        ],
        "What a hook and an idle call cost, against the number of open calls",
    )


Piece = tuple[str, Callable[[dict[str, int]], int]]
"""What a part is called, and how it is found from counts of whole paths."""

HOOK_PARTS: Sequence[Piece] = (
    ("reading the JSON text", lambda paths: paths["hook-parse"]),
    ("building and validating the verbs", lambda paths: paths["hook-verbs"]),
    ("the protocol: state, ids, the ack", lambda paths: paths["hook-core"] - paths["hook-parse"]),
    ("App: handler, tasks, the loop", lambda paths: paths["hook"] - paths["hook-core"] - paths["hook-verbs"]),
)
AUDIO_PARTS: Sequence[Piece] = (
    ("the protocol: state, ids, the ack", lambda paths: paths["audio-core"]),
    ("the way of a plain function", lambda paths: paths["audio-function"] - paths["audio-core"]),
    ("waking a task that iterates", lambda paths: paths["audio"] - paths["audio-function"]),
)


def parts_plot(paths: dict[str, int]) -> str:
    """What a hook and a frame consist of."""
    bars = [
        (
            "a hook and its answer",
            f"{paths['hook']:,} instructions",
            [(name, float(part(paths))) for name, part in HOOK_PARTS],
        ),
        (
            "an echoed audio frame",
            f"{paths['audio']:,} instructions",
            [(name, float(part(paths))) for name, part in AUDIO_PARTS],
        ),
    ]
    return stacked(
        "What it consists of, without the transport",
        "Machine instructions, counted by valgrind on asyncio.",
        bars,
        "Parts of a hook and of an audio frame, in machine instructions",
    )


def plots(parts: Part) -> dict[str, str]:
    """All that can be drawn of what was measured, by file name."""
    found: dict[str, str] = {}
    if part := parts.get("audio"):
        found["speed-audio.svg"] = dots_of(part, "echoed audio frame")
    if part := parts.get("hook"):
        found["speed-hook.svg"] = dots_of(part, "hook and its answer")
    if part := parts.get("scale-audio"):
        found["speed-scale-audio.svg"] = scale_plot(
            part, "calls with audio both ways, 50 frames a second each"
        )
    if part := parts.get("scale-hooks"):
        found["speed-scale-hooks.svg"] = scale_plot(part, "calls with one hook a second")
    if part := parts.get("scale-calls"):
        found["speed-scale-calls.svg"] = calls_plot(part)
    if part := parts.get("instructions"):
        found["speed-parts.svg"] = parts_plot(part["paths"])
    return found
