"""A ladder as text: one column per party, one line per step, as wide as the terminal."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence

import typer
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from jambonz_core.journal import Journal, Step

from .ladder import is_minor, lanes, milliseconds, summary
from .terminal import printable

TIME = 9
"""Columns for the time of a step."""
LATENCY = 9
"""Columns for the latency of an answer."""
NARROWEST = 28
"""Columns between two parties, at least; a terminal that has fewer wraps."""
WIDEST = 56
WITHOUT_TERMINAL = 120

_STYLES = {
    "hook": "blue",
    "ack": "blue",
    "command": "cyan",
    "connection": "magenta",
    "act": "bold green",
    "heard": "green",
    "fault": "bold red",
    "turn": "bold",
    "note": "dim",
    "notice": "dim",
    "audio": "yellow",
}

_LINES = {"heard": "┄", "act": "┄"}
"""What the arrows of people are drawn with; those of verbs that replace others are double."""


def show_ladder(journal: Journal, ladder: Sequence[Step], *, detail: bool) -> None:
    """Print a ladder. With `detail` nothing is left out, and payloads are shown."""
    console = Console(highlight=False, soft_wrap=True)
    told = summary(journal, ladder)
    console.print(Text(told.title, style="bold"))
    for remark in told.remarks:
        console.print(Text(remark, style="yellow"))
    # A file or a pipe has no width of its own.
    width = console.width if console.is_terminal or "COLUMNS" in os.environ else WITHOUT_TERMINAL
    columns = Columns(lanes(ladder), width)
    if columns.places:
        console.print(Text(columns.heading(), style="bold"))
    for step in ladder:
        if detail or not is_minor(step):
            console.print(Text(columns.row(step), style=_STYLES.get(step.kind, "")))
            if detail and step.detail:
                payload = (
                    step.detail
                    if isinstance(step.detail, str)
                    else json.dumps(step.detail, indent=2, ensure_ascii=False)
                )
                typer.echo("\n".join(f"{'':{TIME}}{printable(line)}" for line in payload.splitlines()))
    console.print(Text(told.facts, style="bold"))


class Columns:
    """The text columns in which the parties stand."""

    def __init__(self, parties: Sequence[str], width: int) -> None:
        # Every party needs room for its name on both sides, the first and the last half of it.
        gaps = max(1, len(parties) - 1)
        self.gap: int = max(NARROWEST, min(WIDEST, (width - TIME - LATENCY - 6) // gaps))
        self.places: Mapping[str, int] = {party: 3 + self.gap * n for n, party in enumerate(parties)}
        self.width: int = 3 + self.gap * (len(parties) - 1) + 1

    def heading(self) -> str:
        """The parties' names, each above its column."""
        line = [" "] * (self.width + 4)
        for party, place in self.places.items():
            name = set_cell_size(printable(party), min(cell_len(party), self.gap - 2))
            _write(line, max(0, place - cell_len(name) // 2), name)
        return " " * TIME + "".join(line).rstrip()

    def row(self, step: Step) -> str:
        """One step: an arrow with its label, or a dot beside a column."""
        line = [" "] * self.width
        for place in self.places.values():
            line[place] = "│"
        source, target = self.places[step.source], self.places[step.target]
        label = printable(step.label)
        if source == target:
            self._note(line, source, label, fault=step.kind == "fault")
        else:
            _arrow(line, source, target, label, _LINES.get(step.kind, "═" if step.replaces else "─"))
        latency = "" if step.latency is None else milliseconds(step.latency)
        return f"{step.at:7.2f}  {''.join(line)} {latency}".rstrip()

    def _note(self, line: list[str], place: int, label: str, *, fault: bool) -> None:
        dot = "✗" if fault else "•"
        room = self.gap - 4
        label = label if cell_len(label) <= room else set_cell_size(label, room - 1) + "…"
        if place == self.width - 1 and len(self.places) > 1:
            # The last party has nothing to its right but the margin.
            _write(line, place - 2 - cell_len(label), label)
            line[place] = dot
        else:
            while len(line) < place + 2 + cell_len(label):
                line.append(" ")
            line[place] = dot
            _write(line, place + 2, label)


def _arrow(line: list[str], source: int, target: int, label: str, drawn: str) -> None:
    low, high = min(source, target), max(source, target)
    line[low + 1 : high] = [drawn] * (high - low - 1)
    if target > source:
        line[high - 1] = "▶"
    else:
        line[low + 1] = "◀"
    room = high - low - 7
    label = label if cell_len(label) <= room else set_cell_size(label, room - 1) + "…"
    label = f" {label} "
    _write(line, low + 1 + (high - low - 1 - cell_len(label)) // 2, label)


def _write(line: list[str], place: int, text: str) -> None:
    """Put a text into cells; a character that is two cells wide leaves the second one empty."""
    for character in text:
        wide = cell_len(character)
        if wide == 0:
            line[place - 1] += character
            continue
        line[place] = character
        if wide == 2:
            line[place + 1] = ""
        place += wide
