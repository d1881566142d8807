"""What `jambonz call` shows of a call: lines for people, JSON for machines, and one line at the end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from jambonz_core.simulator import CallCompleted, Connect, HookAnswered, HttpRequest

from ..testing.records import AppFailed, AppLogged, FrameSent, Noted, Record
from ..testing.transcript import describe
from .errors import plain_error
from .terminal import printable

if TYPE_CHECKING:
    from ..testing import Phone

_COLOURS = {
    "caller": "bold green",
    "call": "cyan",
    "hook": "blue",
    "command": "blue",
    "network": "magenta",
    "stream": "cyan",
    "model": "yellow",
    "fault": "bold red",
    "remark": "yellow",
    "app log": "yellow",
    "note": "dim",
}

_PEOPLE = re.compile(r"caller|b\d+|fault")
"""The actors whose lines are shown with --quiet."""


class CallDisplay:
    """Shows a call while it goes on, and notices what decides how the command ends."""

    def __init__(self, *, quiet: bool, as_json: bool) -> None:
        self._quiet = quiet
        self._as_json = as_json
        self._console = _PlainConsole(highlight=False, soft_wrap=True)
        self._shown = 0
        self._stop: Callable[[], None] = lambda: None
        self._url = ""
        self._reached = False
        self.faults: int = 0
        """How many faults were shown that no exception tells of."""
        self.answered: bool = False
        """Whether the application has answered anything; over webhooks, anything with verbs in it."""
        self.app_error: BaseException | None = None
        """The first exception of the application."""
        self.unreachable: str = ""
        """Why the application could not be reached at all; the call was stopped then."""
        self.lost: str = ""
        """Why an application that had been reached could not be reached again."""
        self.closed: bool = False
        """Whether the one who read the output has gone; the call was stopped then."""

    def follow(self, phone: Phone, stop: Callable[[], None]) -> None:
        """Show what has happened and whatever happens from now on; `stop` ends a call that makes no sense."""
        self._stop = stop
        self.catch_up(phone)
        phone.watch(lambda record: self.catch_up(phone))

    def catch_up(self, phone: Phone) -> None:
        """Show the phone's records that came since the last time."""
        for record in phone.records[self._shown :]:
            self._shown += 1
            self._notice(record)
            if not self.closed:
                try:
                    self._show(record, phone.call_sid)
                except BrokenPipeError:
                    self.closed = True
                    self._stop()

    def summary(self, phone: Phone) -> None:
        """One line at the end: how long, how many answers, how slow."""
        if self._as_json:
            return
        latencies = [hook.latency for hook in phone.hooks if hook.latency is not None]
        slowest = f", the slowest in {max(latencies) * 1000:.0f} ms" if latencies else ""
        faults = f"{self.faults} {'fault' if self.faults == 1 else 'faults'}" if self.faults else "no faults"
        hooks = f"{len(latencies)} {'hook' if len(latencies) == 1 else 'hooks'} answered{slowest}"
        heard = [turn.latency.total for turn in phone.turns if turn.latency.total is not None]
        if heard:
            hooks += (
                f", {len(heard)} {'turn' if len(heard) == 1 else 'turns'} answered within {max(heard):.2f} s"
            )
        ended = [record.at for record in phone.records if isinstance(record.what, CallCompleted)]
        self._console.print(f"The call took {(*ended, phone.at)[0]:.1f} s: {hooks}; {faults}.", style="bold")

    def _notice(self, record: Record) -> None:
        match record.what:
            case Connect(url=url) | HttpRequest(url=url):
                self._url = url
            case FrameSent():
                self._reached = True
                self.lost = ""
            case HookAnswered(data=data) if not data and not self.answered and self._url.startswith("http"):
                self._reached = True  # a first answer with nothing in it is none
            case HookAnswered():
                self._reached = self.answered = True
            case AppLogged(error=error) | AppFailed(error=error) if error is not None:
                self.app_error = self.app_error or error
            case Noted(text=text) if not self._reached and text.startswith(f"{self._url}: "):
                # A real server tries a few times more. A person at a terminal would rather know.
                self.unreachable = text
                self._stop()
            case Noted(text=text) if text.startswith(f"{self._url}: "):
                self.lost = text
            case _:
                pass

    def _show(self, record: Record, call_sid: str) -> None:
        described = describe(record.what)
        if described is not None and described[0] == "fault":
            self.faults += 1
        if self._as_json:
            typer.echo(json.dumps(as_json(record), ensure_ascii=False))
            return
        if described is None or (self._quiet and not _PEOPLE.fullmatch(described[0])):
            return
        who, what = described
        # There is one call here, so its id at every line of the application's log tells nothing.
        self._line(f"{record.at:8.2f}", who, what.replace(f"[{call_sid}] ", "", 1))
        error = getattr(record.what, "error", None)
        if isinstance(record.what, AppLogged) and isinstance(error, BaseException):
            self._line(" " * 8, who, plain_error(error))

    def _line(self, at: str, who: str, what: str) -> None:
        # A style of the whole text would be one of all its parts, so the time has its own.
        line = Text()
        line.append(f"{at}  ", style="dim")
        line.append(f"{who:<8} ", style=_COLOURS.get(who, "green"))
        line.append(printable(what))
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
