"""A line of a call as rows of a terminal: who, what, in which style, and wrapped to the width there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from prompt_toolkit.utils import get_cwidth

from jambonz_core.simulator import CALLER

from .live_lines import Kind, LiveLine
from .terminal import ascii_text

Row: TypeAlias = list[tuple[str, str]]
"""Styles and texts."""
Rows: TypeAlias = list[Row]

WIDE = 60
"""Columns from which on there is place for the time."""

_WHO = 8

_STYLES = {
    Kind.HAPPENED: ("class:people", ""),
    Kind.DETAIL: ("class:detail", "class:detail"),
    Kind.FINE: ("class:detail", "class:detail"),
    Kind.LOG: ("class:log", ""),
    Kind.FAULT: ("class:fault", "class:fault"),
    Kind.REMARK: ("class:remark", ""),
    Kind.TOLD: ("class:told", "class:told"),
}


def rows_of(line: LiveLine, width: int, *, ascii_only: bool) -> Rows:
    """The rows of a line; the second and later ones are indented."""
    time = f"{line.at:6.1f} " if line.at or width < WIDE else " " * 7
    head = (time if width >= WIDE else "") + f" {_who(line):<{_WHO}}"[: _WHO + 1]
    style, text_style = _styles(line)
    text = line.text
    if line.kind is Kind.SAID:
        text += " — cut off" if line.cut and line.over else "" if line.over else " …"
    if ascii_only:
        text = ascii_text(text)
    wrapped = list(_wrap(text, max(width - len(head) - 1, 8))) or [""]
    rows: Rows = [[(text_style, f"{' ' * len(head)}{one}")] for one in wrapped]
    clock = len(time) if width >= WIDE else 0
    rows[0] = [("class:time", head[:clock]), (style, head[clock:]), (text_style, wrapped[0])]
    return rows


def _who(line: LiveLine) -> str:
    if line.kind is Kind.SAID and line.who == CALLER:
        return "you"
    if line.kind is Kind.SAID and line.to not in {"", CALLER}:
        return f"to {line.to}"
    return {"app log": "log"}.get(line.who, line.who)


def _styles(line: LiveLine) -> tuple[str, str]:
    if line.kind is not Kind.SAID:
        return _STYLES[line.kind]
    return {"app": "class:app", CALLER: "class:you"}.get(line.who, "class:party"), ""


def _wrap(text: str, width: int) -> Iterator[str]:
    """Rows of whole words, where these fit."""
    row = ""
    for word in text.split(" "):
        wider = f"{row} {word}" if row else word
        if get_cwidth(wider) <= width:
            row = wider
            continue
        if row:
            yield row
        while get_cwidth(word) > width:
            cut = next(n for n in range(len(word), 0, -1) if get_cwidth(word[:n]) <= width or n == 1)
            yield word[:cut]
            word = word[cut:]
        row = word
    if row:
        yield row
