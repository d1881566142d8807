"""`jambonz call` with a person at a terminal: on a screen with prompt_toolkit, else in plain lines.

Both do at once what is typed (`caller_commands`), and both show the same call.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from importlib.util import find_spec
from types import FrameType
from typing import TYPE_CHECKING

import anyio
import typer

from .caller_commands import CallerCommands, offered_commands
from .caller_input import Keyboard
from .captured_output import CapturedOutput, own_terminal
from .errors import plain_error
from .live_call import LiveCall
from .live_lines import Kind, LiveLine
from .terminal import can_show, is_utf8, printable

if TYPE_CHECKING:
    from ..testing import Phone
    from .screen import Screen

LOOK_EVERY = 0.5
"""Seconds after which the screen is told anew what the call does."""

PATIENT_PRESSES = 2
"""The first Ctrl-C hangs up, the second ends the call at once; those beyond are signals to the program."""

INVITATION = "Type what the caller says, or keys; /help lists commands, /why explains a silence, Ctrl-C ends."

_TO_SEE = frozenset({Kind.SAID, Kind.HAPPENED, Kind.FAULT, Kind.TOLD})


def why_no_screen(*, as_json: bool, plain: bool) -> str | None:
    """Why a person at the keyboard gets plain lines and no screen; empty where they want it so.

    None: there is a screen.
    """
    if as_json or plain or not sys.stdout.isatty():
        return ""
    if sys.platform == "win32":
        return "The screen of the phone is made for Unix terminals, so this is the plain one."
    if os.environ.get("TERM", "dumb") in {"dumb", "unknown"}:
        return "This terminal cannot move its cursor (TERM), so this is the plain phone."
    if find_spec("prompt_toolkit") is None:
        return (
            "This is the plain phone, where what happens and what you type share the lines. "
            "For the one with a screen: pip install prompt_toolkit."
        )
    return None


class PlainPhone:
    """A person who types lines, and sees lines."""

    interrupted = False
    """Whether the person ended the call with Ctrl-C; here that is a signal, and ends everything."""

    def __init__(self) -> None:
        self._log = AppLog(
            lambda text: typer.echo(can_show(printable(text), sys.stderr), err=True), verbose=False
        )

    @property
    def warnings(self) -> int:
        """How many warnings were in the application's log."""
        return self._log.warnings

    @contextmanager
    def screen(self) -> Iterator[None]:
        """Show what the application logs."""
        with self._log.listening():
            yield

    @asynccontextmanager
    async def reachable(self, stop: Callable[[], None]) -> AsyncIterator[None]:
        """Nothing: what is typed is read by the event loop of the call."""
        yield

    async def conducts(self, phone: Phone) -> None:
        """Do what is typed, until the call is over or the input ends."""
        typer.echo(INVITATION, err=True)
        live = LiveCall(phone)
        live.watch(_tell)
        async with anyio.create_task_group() as tasks:
            commands = CallerCommands(live, tasks)
            tasks.start_soon(_when_over, phone, tasks.cancel_scope.cancel)
            keyboard = Keyboard()
            while text := await keyboard.line():
                commands.typed(text)
            tasks.cancel_scope.cancel()


async def _when_over(phone: Phone, then: Callable[[], None]) -> None:
    await phone.expects(lambda: phone.over or None, "the call to end", timeout=float("inf"))
    then()


def _tell(line: LiveLine) -> None:
    if line.kind is Kind.TOLD:
        typer.echo(can_show(line.text, sys.stderr), err=True)


class _Messages:
    """What the screen's thread has for the call's: functions to be called there.

    Nothing here waits for the call's event loop, which a handler may hold up: neither a key nor Ctrl-C may
    hang for that. So it is no portal of anyio's, which does.
    """

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._bell, self._ringing = socket.socketpair()
        self._bell.setblocking(False)
        self._ringing.setblocking(False)

    def post(self, function: Callable[[], None]) -> None:
        """Have it called, from any thread or a signal's handler."""
        self._waiting.append(function)
        try:
            self._bell.send(b"!")
        except OSError:
            return  # It rings already, or nobody listens any more.

    async def deliver(self) -> None:
        """Call what comes, until cancelled."""
        while True:
            while self._waiting:
                self._waiting.popleft()()
            await anyio.wait_readable(self._ringing)
            self._ringing.recv(4096)

    def close(self) -> None:
        """Listen no more."""
        self._bell.close()
        self._ringing.close()


class ScreenPhone:
    """A person before a screen, which has a thread of its own."""

    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        self._quiet = quiet
        self._verbose = verbose
        self.interrupted: bool = False
        """Whether the person ended the call with Ctrl-C."""
        self._screen: Screen | None = None
        self._messages = _Messages()
        self._stop: Callable[[], None] = lambda: None
        self._left: anyio.Event | None = None
        self._commands: CallerCommands | None = None
        self._presses = 0
        self._early: list[str] = []
        """What was typed before there was a call."""
        self._log = AppLog(self._logged, verbose=verbose)

    @property
    def warnings(self) -> int:
        """How many warnings were in the application's log."""
        return self._log.warnings

    def _logged(self, text: str) -> None:
        assert self._screen is not None
        self._screen.print(text)

    @contextmanager
    def screen(self) -> Iterator[None]:
        """Draw the screen, and take what the application writes, until the block is left."""
        with ExitStack() as stack:
            stack.callback(self._messages.close)
            screen = self._screen = stack.enter_context(self._new_screen(stack))
            screen.print(INVITATION, kind=Kind.TOLD)
            stack.enter_context(CapturedOutput(screen.print))
            stack.enter_context(self._ended_like_ctrl_c())
            stack.enter_context(self._log.listening())
            yield
        if isinstance(screen.failure, OSError):
            raise BrokenPipeError(*screen.failure.args)  # The terminal is gone.
        if screen.failure is not None:
            raise screen.failure

    @contextmanager
    def _ended_like_ctrl_c(self) -> Iterator[None]:
        """A program that is told to end (SIGTERM) must not leave its terminal as the screen has it."""

        def told(number: int, frame: FrameType | None) -> None:
            self._messages.post(lambda: self._leaves(True))

        before = signal.signal(signal.SIGTERM, told)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)

    def _new_screen(self, stack: ExitStack) -> Screen:
        from prompt_toolkit.history import FileHistory, InMemoryHistory
        from prompt_toolkit.input import create_input
        from prompt_toolkit.output.vt100 import Vt100_Output

        from .screen import Screen

        terminal = stack.enter_context(own_terminal())
        output = Vt100_Output.from_pty(terminal, term=os.environ.get("TERM"))
        output.enable_cpr = False
        file = os.environ.get("JAMBONZ_HISTORY")
        shown = _TO_SEE if self._quiet else frozenset(Kind) - {Kind.LOG}
        return Screen(
            input=create_input(sys.stdin),
            output=output,
            typed=lambda text: self._messages.post(lambda: self._typed(text)),
            leaves=self._asks_to_leave,
            offers=offered_commands(),
            kinds=shown if self._verbose else shown - {Kind.FINE},
            plain_characters=not is_utf8(terminal),
            history=FileHistory(file) if file else InMemoryHistory(),
        )

    @asynccontextmanager
    async def reachable(self, stop: Callable[[], None]) -> AsyncIterator[None]:
        """Let the screen's thread reach this one; `stop` ends the call at once."""
        self._left = anyio.Event()
        self._stop = stop
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._messages.deliver)
            try:
                yield
            finally:
                tasks.cancel_scope.cancel()

    def _asks_to_leave(self, interrupted: bool) -> None:
        """Ctrl-C and Ctrl-D, in the screen's thread."""
        self._presses += interrupted
        if self._presses > PATIENT_PRESSES:
            # A handler that does not let go of the event loop lets nothing else in. The signal is for the
            # thread that it holds up, which may be asleep.
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        self._messages.post(lambda: self._leaves(interrupted))

    def _typed(self, text: str) -> None:
        assert self._left is not None
        if self._commands is None:
            self._early.append(text)
        elif self._left.is_set():
            self._commands.live.tell("The call is over.")
        else:
            self._commands.typed(text)

    def _leaves(self, interrupted: bool) -> None:
        assert self._left is not None
        self.interrupted = self.interrupted or interrupted
        if self._left.is_set() or self._commands is None:
            self._stop()
        self._left.set()

    async def conducts(self, phone: Phone) -> None:
        """Show the call and do what is typed, until the call is over or the person leaves."""
        screen, left = self._screen, self._left
        assert screen is not None
        assert left is not None
        live = LiveCall(phone)
        for line in live.lines:
            screen.show(line)
        live.watch(screen.show)
        async with anyio.create_task_group() as tasks:
            commands = self._commands = CallerCommands(live, tasks)
            tasks.start_soon(live.run)
            tasks.start_soon(_when_over, phone, left.set)
            tasks.start_soon(self._keep_state, commands)
            for text in self._early:
                commands.typed(text)
            await left.wait()
            tasks.cancel_scope.cancel()
        screen.state(
            "The call ends. Ctrl-C does not wait for the application.", commands.playing(), last=True
        )

    async def _keep_state(self, commands: CallerCommands) -> None:
        assert self._screen is not None
        while True:
            phone = commands.live.phone
            self._screen.state(f"{phone.at:6.1f} s  {commands.live.state()}", commands.playing())
            await anyio.sleep(LOOK_EVERY)


class AppLog(logging.Handler):
    """Shows the log of an application while it is called, and counts its warnings.

    An application that writes its log to the terminal by itself is let to do so.
    """

    def __init__(self, show: Callable[[str], None], *, verbose: bool) -> None:
        super().__init__(logging.INFO)
        self._show = show
        self._verbose = verbose
        self._by_itself = False
        self.warnings: int = 0
        """Lines at level WARNING or above."""

    def emit(self, record: logging.LogRecord) -> None:
        self.warnings += record.levelno >= logging.WARNING
        ours = record.name.startswith("jambonz_anyio")
        if self._by_itself or (ours and record.levelno < logging.WARNING and not self._verbose):
            return  # That a call begins is seen.
        error = record.exc_info[1] if record.exc_info else None
        why = f" ({plain_error(error)})" if error is not None else ""
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            self.handleError(record)  # Arguments that do not fit are told, and do not stop their program.
            return
        # There is one call here, so its id tells nothing.
        message = message.replace(f"[{getattr(record, 'call_sid', '')}] ", "", 1)
        self._show(f"{record.levelname} {record.name}: {message}{why}")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the log until the block is left."""
        root = logging.getLogger()
        terminal = {sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__}
        self._by_itself = any(
            isinstance(handler, logging.StreamHandler) and handler.stream in terminal
            for handler in root.handlers
        )
        level = root.level
        root.addHandler(self)
        if not self._by_itself:
            root.setLevel(min(level or logging.INFO, logging.INFO))
        try:
            yield
        finally:
            root.setLevel(level)
            root.removeHandler(self)
