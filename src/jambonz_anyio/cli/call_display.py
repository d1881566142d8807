"""What `jambonz call` shows of a call: lines for people, JSON for machines, and one line at the end."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from ..testing.records import Record
from .call_summary import in_one_line
from .course import Course
from .errors import plain_error
from .live_lines import Kind, told_of
from .terminal import can_show, is_utf8, printable

if TYPE_CHECKING:
    from ..testing import Phone

# What can be read on black and on white: no blue, no yellow, nothing bright.
_COLOURS = {
    "caller": "bold green",
    "call": "cyan",
    "hook": "cyan",
    "command": "cyan",
    "network": "magenta",
    "stream": "cyan",
    "model": "magenta",
    "fault": "bold red",
    "remark": "magenta",
    "app log": "magenta",
    "note": "dim",
}

_PEOPLE = re.compile(r"caller|b\d+|fault")
"""The actors whose lines are shown with --quiet."""


class CallDisplay:
    """Shows a call while it goes on."""

    def __init__(self, course: Course, *, quiet: bool, as_json: bool) -> None:
        self._quiet = quiet
        self._as_json = as_json
        self._console = _PlainConsole(highlight=False, soft_wrap=True)
        self._shown = 0
        self._course = course
        self.closed: bool = False
        """Whether the one who read the output has gone; the call was stopped then."""

    def follow(self, phone: Phone) -> None:
        """Show what has happened and whatever happens from now on."""
        self.catch_up(phone)
        phone.watch(lambda record: self.catch_up(phone))

    def catch_up(self, phone: Phone) -> None:
        """Show the phone's records that came since the last time."""
        for record in phone.records[self._shown :]:
            self._shown += 1
            if not self.closed:
                try:
                    self._show(record, phone.call_sid)
                except BrokenPipeError:
                    self.closed = True
                    self._course.stop()

    def summary(self, phone: Phone) -> None:
        """One line at the end: how long, how many answers, how slow."""
        if self._as_json:
            return
        self._console.print(in_one_line(phone, faults=self._course.faults), style="bold")

    def _show(self, record: Record, call_sid: str) -> None:
        if self._as_json:
            typer.echo(json.dumps(as_json(record), ensure_ascii=not is_utf8(sys.stdout)))
            return
        at = f"{record.at:8.2f}"
        for kind, who, what in told_of(record.what, call_sid):
            if kind is not Kind.FINE and (not self._quiet or _PEOPLE.fullmatch(who)):
                self._line(at, who, what)
                at = " " * len(at)

    def _line(self, at: str, who: str, what: str) -> None:
        # A style of the whole text would be one of all its parts, so the time has its own.
        line = Text()
        line.append(f"{at}  ", style="dim")
        line.append(f"{who:<8} ", style=_COLOURS.get(who, "green"))
        line.append(can_show(printable(what), sys.stdout))
        self._console.print(line)


class _PlainConsole(Console):
    """A console that lets its caller decide what a closed pipe means."""

    def on_broken_pipe(self) -> NoReturn:
        """Pass it on; the original would end the process right here."""
        raise BrokenPipeError


def as_json(record: Record) -> dict[str, Any]:
    """One thing that happened, as JSON can carry it."""
    what = record.what
    fields = {name: _plain(getattr(what, name)) for name in getattr(what, "__dataclass_fields__", ())}
    if fields.get("credentials"):
        fields["credentials"] = "***"
    return {"at": round(record.at, 6), "event": type(what).__name__, **fields}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        fields = {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
        return {"action": type(value).__name__, **fields}
    if isinstance(value, bytes):
        return {"bytes": len(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, BaseException):
        return plain_error(value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)
