"""`jambonz call`: a telephone in the terminal.

It calls an application in this process (`file.py:app`) or at a URL, shows what happens as it happens, and lets
a script, a pipe or a person at the keyboard be the caller. A scripted call in this process runs in virtual
time unless it is told otherwise: nothing waits, and the times shown are those a caller would have measured.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, is_dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .app_loader import load_app, names_app
from .caller_script import HELP, ScriptLine, parse_line, parse_script, perform
from .errors import CommandFailed, ExitCode
from .run_server import run_on

if TYPE_CHECKING:
    from ..testing import Phone
    from ..testing.records import Record

_CONVERSATION = frozenset({"caller"})
"""Who is shown with --quiet, beside dialled parties and faults."""

_COLOURS = {
    "caller": "bold green",
    "call": "cyan",
    "hook": "blue",
    "command": "blue",
    "network": "magenta",
    "stream": "cyan",
    "model": "yellow",
    "fault": "bold red",
    "app log": "yellow",
    "note": "dim",
}


@dataclass(frozen=True, slots=True)
class CallSettings:
    """What `jambonz call` was told."""

    target: str
    path: str
    script: Path | None
    outbound: bool
    from_: str | None
    to: str | None
    env: dict[str, str]
    credentials: tuple[str, str] | None
    profile: str
    backend: str
    real_time: bool
    quiet: bool
    as_json: bool
    strict: bool
    journal: Path | None
    journal_content: bool


def place_call(settings: CallSettings) -> None:
    """Make one call, and raise `CommandFailed` when it does not go as the script has it."""
    interactive = settings.script is None and sys.stdin.isatty()
    lines = [] if interactive else parse_script(_script_text(settings))
    main = partial(_call, settings, _placing(settings), None if interactive else lines)
    in_process = names_app(settings.target)
    if in_process and not interactive and not settings.real_time and settings.backend != "uvloop":
        from ..testing import run

        # The types of `run` speak of asyncio and trio by name.
        run(main, backend="trio" if settings.backend == "trio" else "asyncio")
    else:
        run_on(settings.backend, main)


def _script_text(settings: CallSettings) -> str:
    if settings.script is None or str(settings.script) == "-":
        return sys.stdin.read()
    try:
        return settings.script.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(
            f"Cannot read the script {settings.script}: {error}.", ExitCode.NOT_LOADED
        ) from error


def _placing(settings: CallSettings) -> Callable[[], AbstractAsyncContextManager[Phone]]:
    """What dials: made before any event loop runs, so that a broken application is told of plainly."""
    from ..testing import dial, dial_url

    common: dict[str, Any] = {
        "direction": "outbound" if settings.outbound else "inbound",
        "from_": settings.from_,
        "to": settings.to,
        "env_vars": settings.env or None,
        "credentials": settings.credentials,
        "profile": settings.profile,
        "journal": settings.journal,
        "journal_content": settings.journal_content,
    }
    if names_app(settings.target):
        return partial(dial, load_app(settings.target), settings.path, **common)
    return partial(dial_url, settings.target, **common)


async def _call(
    settings: CallSettings,
    dial: Callable[[], AbstractAsyncContextManager[Phone]],
    script: list[ScriptLine] | None,
) -> None:
    from jambonz_core.simulator import HookAnswered

    from ..testing import ExpectationFailed

    display = _Display(settings)
    try:
        async with dial() as phone:
            display.follow(phone)
            if script is None:
                await _be_the_caller(phone)
            else:
                await _follow(script, phone)
        display.catch_up(phone)
    except ExpectationFailed as failure:
        display.catch_up(phone)
        # The transcript that the message ends with has been shown line by line.
        raise CommandFailed(str(failure).split("\n", 1)[0]) from failure
    display.summary(phone)
    if not any(isinstance(record.what, HookAnswered) for record in phone.records):
        raise CommandFailed("The application never answered.", ExitCode.NOT_REACHED)
    if settings.strict and display.faults:
        raise CommandFailed(f"{display.faults} faults were found (--strict).")


async def _follow(script: list[ScriptLine], phone: Phone) -> None:
    from ..testing import ExpectationFailed

    for line in script:
        try:
            await perform(line, phone)
        except ExpectationFailed as failure:
            first, _, rest = str(failure).partition("\n")
            raise ExpectationFailed(f"line {line.number}: {first}\n{rest}") from failure


async def _be_the_caller(phone: Phone) -> None:
    """Let the person at the keyboard be the caller, until the call is over or the input ends."""
    import anyio
    import anyio.to_thread

    typer.echo(
        "Type what the caller says; digits are keys; /hangup ends the call; /help tells more.", err=True
    )
    async with anyio.create_task_group() as tasks:

        async def watch_for_the_end() -> None:
            await phone.expects(lambda: phone.over or None, "the call to end", timeout=float("inf"))
            tasks.cancel_scope.cancel()

        tasks.start_soon(watch_for_the_end)
        while text := await anyio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True):
            if text.strip() == "/help":
                typer.echo(HELP, err=True)
                continue
            try:
                line = parse_line(text)
                if line is not None:
                    await perform(line, phone)
            except (CommandFailed, AssertionError) as failure:
                typer.echo(str(failure).split("\n", 1)[0], err=True)
        tasks.cancel_scope.cancel()


class _Display:
    """Shows a call while it goes on."""

    def __init__(self, settings: CallSettings) -> None:
        from rich.console import Console

        self._settings = settings
        self._console = Console(highlight=False, soft_wrap=True)
        self._shown = 0
        self.faults = 0

    def follow(self, phone: Phone) -> None:
        """Show what has happened, and whatever happens from now on."""
        self.catch_up(phone)
        phone.watch(lambda record: self.catch_up(phone))

    def catch_up(self, phone: Phone) -> None:
        """Show what was not shown yet."""
        records = phone.records
        for record in records[self._shown :]:
            self._show(record)
        self._shown = len(records)

    def summary(self, phone: Phone) -> None:
        """One line at the end: how long, how many answers, how slow."""
        if self._settings.as_json:
            return
        from jambonz_core.simulator import CallCompleted

        latencies = [hook.latency for hook in phone.hooks if hook.latency is not None]
        slowest = f", the slowest in {max(latencies) * 1000:.0f} ms" if latencies else ""
        faults = f"{self.faults} {'fault' if self.faults == 1 else 'faults'}" if self.faults else "no faults"
        hooks = f"{len(latencies)} {'hook' if len(latencies) == 1 else 'hooks'} answered{slowest}"
        ended = [record.at for record in phone.records if isinstance(record.what, CallCompleted)]
        self._console.print(f"The call took {(*ended, phone.at)[0]:.1f} s: {hooks}; {faults}.", style="bold")

    def _show(self, record: Record) -> None:
        from ..testing.transcript import describe

        described = describe(record.what)
        if described is not None and described[0] == "fault":
            self.faults += 1
        if self._settings.as_json:
            typer.echo(json.dumps(_as_json(record), ensure_ascii=False))
            return
        if described is None:
            return
        who, what = described
        if self._settings.quiet and not (who in _CONVERSATION or who == "fault" or who.startswith("b")):
            return
        from rich.text import Text

        line = Text(f"{record.at:8.2f}  ", style="dim")
        line.append(f"{who:<8} ", style=_COLOURS.get(who, "green"))
        line.append(what)
        self._console.print(line)


def _as_json(record: Record) -> dict[str, Any]:
    what = record.what
    fields = {name: _plain(getattr(what, name)) for name in getattr(what, "__dataclass_fields__", ())}
    return {"at": round(record.at, 6), "event": type(what).__name__, **fields}


def _plain(value: Any) -> Any:
    """A value as JSON can carry it."""
    if is_dataclass(value) and not isinstance(value, type):
        fields = {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
        return {"action": type(value).__name__, **fields}
    if isinstance(value, bytes):
        return {"bytes": len(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
