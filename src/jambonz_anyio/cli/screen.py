"""The screen of a call: the conversation above, a line to type in below. Needs prompt_toolkit.

1. It runs in a thread of its own with an event loop of its own: prompt_toolkit needs asyncio, the call may
   run on trio, and a handler that blocks the call's event loop must not freeze what is typed.
2. A line that is over is printed, and belongs to the terminal: it can be scrolled back and copied. Lines in
   which somebody is speaking are drawn below, with whatever began after them, until they are over; so lines
   stand in the order in which they began.
3. `show`, `print` and `state` may be called from any thread, also before the screen is there. What the screen
   has to say (`typed`, `leaves`) it says in its own thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import TracebackType
from typing import Self

import anyio
from prompt_toolkit.application import Application, in_terminal
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText, StyleAndTextTuples
from prompt_toolkit.history import History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import (
    BufferControl,
    ConditionalContainer,
    FormattedTextControl,
    HSplit,
    Layout,
    VSplit,
    Window,
)
from prompt_toolkit.output import Output
from prompt_toolkit.shortcuts import print_formatted_text
from prompt_toolkit.styles import Style

from .live_lines import Kind, LiveLine
from .screen_lines import Rows, rows_of
from .terminal import printable

OFFERED = 6
"""Completions that are shown at once."""

WAITING = 5000
"""Lines that may wait to be printed; a flood beyond is left out, and that is told."""

STALLED = 1.5
"""Seconds after which a call that tells nothing of itself is called stalled."""

STYLE = Style.from_dict(
    {
        # Colours that can be read on black and on white: no blue, no yellow, nothing bright.
        "app": "ansicyan bold",
        "you": "ansigreen bold",
        "party": "ansimagenta bold",
        "people": "ansigreen",
        "detail": "dim",
        "log": "ansimagenta",
        "fault": "ansired bold",
        "remark": "ansimagenta",
        "told": "ansicyan",
        "time": "dim",
        "state": "dim",
        "offer": "dim",
        "offer.current": "bold",
    }
)


class Screen:
    """Draws a call, and takes what is typed.

    `typed` is called with each line, `leaves` with whether Ctrl-C was pressed (else it was Ctrl-D, or the
    terminal is gone). Entered and left like a file; leaving it prints what is left.
    """

    def __init__(
        self,
        *,
        input: Input,
        output: Output,
        typed: Callable[[str], None],
        leaves: Callable[[bool], None],
        offers: Iterable[tuple[str, str]],
        kinds: frozenset[Kind],
        plain_characters: bool = False,
        history: History | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._output = output
        self._typed = typed
        self._leaves = leaves
        self._kinds = kinds
        self._plain_characters = plain_characters
        self._clock = clock
        self._player = "you"
        self._state = "Calling."
        self._state_at = float("inf")
        self._pending: dict[int, LiveLine] = {}
        self._printing: list[Rows] = []
        self._left_out = 0
        self._others = 0
        self._lock = threading.Lock()
        self._stopping = False
        self._news = anyio.Event()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="screen of a call", daemon=True)
        self.failure: BaseException | None = None
        """Why the screen is gone, when the terminal has failed it."""
        self._buffer = Buffer(
            completer=_Commands(list(offers)),
            complete_while_typing=True,
            history=history or InMemoryHistory(),
            accept_handler=self._accept,
            multiline=False,
        )
        self._app: Application[None] = Application(
            layout=Layout(self._containers(), focused_element=self._buffer),
            key_bindings=self._keys(),
            style=STYLE,
            input=input,
            output=output,
            erase_when_done=True,
            refresh_interval=0.5,
        )

    # --- from any thread --------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._thread.start()
        self._up.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._wake()
        self._thread.join()

    def show(self, line: LiveLine) -> None:
        """Show a line of the call, new or changed."""
        if line.kind in self._kinds:
            self._take(line.number, replace(line, text=printable(line.text)))

    def print(self, text: str, who: str = "", kind: Kind = Kind.LOG, at: float = 0.0) -> None:
        """Show a line that is not of the call: what the application prints."""
        with self._lock:
            self._others -= 1
            number = self._others
        self._take(number, LiveLine(number, at, kind, who, printable(text)))

    def state(self, text: str, player: str, *, last: bool = False) -> None:
        """What the call does now, and who is being played; `last` where nothing more will be told."""
        self._state, self._player = printable(text), player
        self._state_at = float("inf") if last else self._clock()

    def _take(self, number: int, line: LiveLine) -> None:
        with self._lock:
            if number not in self._pending and len(self._pending) + len(self._printing) >= WAITING:
                self._left_out += 1
            else:
                self._pending[number] = line
        self._wake()

    def _wake(self) -> None:
        loop = self._app.loop
        if loop is not None:
            try:
                loop.call_soon_threadsafe(self._tell_printer)
            except RuntimeError:
                return  # The screen has just closed.

    # --- in the screen's thread -------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            anyio.run(self._draw, backend="asyncio")
        except BaseException as failure:
            self.failure = failure
        finally:
            self._up.set()
            if not self._stopping:
                self._leaves(False)

    async def _draw(self) -> None:
        try:
            # The call's thread has the signals.
            await self._app.run_async(pre_run=self._begin, handle_sigint=False, set_exception_handler=False)
        except EOFError:
            return

    def _begin(self) -> None:
        self._app.create_background_task(self._keep_printing())
        self._up.set()

    def _tell_printer(self) -> None:
        self._news.set()

    async def _keep_printing(self) -> None:
        stopping = False
        try:
            while not stopping:
                news = self._news = anyio.Event()
                stopping = self._stopping
                self._settle(everything=stopping)
                if self._printing:
                    async with in_terminal():
                        self._print_rows()
                self._app.invalidate()
                if not stopping:
                    await news.wait()
        except OSError as failure:
            self.failure = failure
        if self._app.is_running:
            self._app.exit()

    def _settle(self, *, everything: bool) -> None:
        """Take the lines that are over from what is drawn to what is printed."""
        with self._lock:
            for number, line in list(self._pending.items()):
                # What is over waits behind somebody who is speaking, while there is place to draw it.
                if line.over or everything:
                    first = next(iter(self._pending)) == number
                    if first or everything or len(self._pending) > self._room:
                        del self._pending[number]
                        self._printing.append(self._rows(line))
                elif len(self._pending) <= self._room:
                    break
            if self._left_out and not self._pending:
                told, self._left_out = f"{self._left_out} lines are left out: too many came at once.", 0
                self._printing.append(self._rows(LiveLine(0, 0.0, Kind.TOLD, "", told)))

    def _rows(self, line: LiveLine) -> Rows:
        return rows_of(line, self._width, ascii_only=self._plain_characters)

    def _print_rows(self) -> None:
        with self._lock:
            printing, self._printing = self._printing, []
        text: StyleAndTextTuples = []
        for rows in printing:
            for row in rows:
                text += [*row, ("", "\n")]
        print_formatted_text(FormattedText(text), style=STYLE, output=self._output, end="")

    @property
    def _width(self) -> int:
        return max(self._output.get_size().columns, 20)

    @property
    def _room(self) -> int:
        """Lines that may be drawn before they are printed, and rows that these may take."""
        return max(self._output.get_size().rows - OFFERED - 3, 2)

    # --- what is drawn ----------------------------------------------------------------------------------

    def _containers(self) -> HSplit:
        speaking = Window(FormattedTextControl(self._speaking), dont_extend_height=True)
        prompt = Window(FormattedTextControl(self._prompt), dont_extend_width=True, height=1)
        typing = Window(BufferControl(self._buffer), height=1)
        offers = Window(FormattedTextControl(self._offers), dont_extend_height=True)
        state = Window(FormattedTextControl(self._state_row), height=1)
        return HSplit(
            [
                ConditionalContainer(speaking, Condition(lambda: bool(self._pending))),
                VSplit([prompt, typing]),
                ConditionalContainer(offers, Condition(lambda: bool(self._offered()))),
                state,
            ]
        )

    def _speaking(self) -> StyleAndTextTuples:
        with self._lock:
            lines = list(self._pending.values())
        rows = [row for line in lines[-self._room :] for row in self._rows(line)]
        text: StyleAndTextTuples = []
        for row in rows[-self._room :]:
            text += [*row, ("", "\n")]
        return text[:-1]

    def _prompt(self) -> StyleAndTextTuples:
        style = "class:you" if self._player == "you" else "class:party"
        return [(style, self._player), ("", "> ")]

    def _state_row(self) -> StyleAndTextTuples:
        silent = self._clock() - self._state_at
        text = self._state
        if silent > STALLED:
            text = f"The event loop is blocked for {silent:.0f} s: a handler does not let go of it."
        room = self._width - 1
        return [("class:state", text if len(text) <= room else f"{text[: room - 2]}..")]

    def _offered(self) -> list[Completion]:
        state = self._buffer.complete_state
        return [] if state is None else state.completions

    def _offers(self) -> StyleAndTextTuples:
        state, offered = self._buffer.complete_state, self._offered()
        current = 0 if state is None or state.complete_index is None else state.complete_index
        first = max(0, min(current - OFFERED // 2, len(offered) - OFFERED))
        text: StyleAndTextTuples = []
        for position, one in enumerate(offered[first : first + OFFERED], first):
            chosen = state is not None and state.complete_index == position
            row = f"     {one.display_text:<12} {one.display_meta_text}"
            text += [("class:offer.current" if chosen else "class:offer", row[: self._width - 1]), ("", "\n")]
        return text[:-1]

    # --- what is typed ----------------------------------------------------------------------------------

    def _accept(self, buffer: Buffer) -> bool:
        self._typed(buffer.text)
        return False

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        @keys.add("c-c")
        def interrupt(event: KeyPressEvent) -> None:
            self._leaves(True)

        @keys.add("c-d", filter=Condition(lambda: not self._buffer.text))
        def end(event: KeyPressEvent) -> None:
            self._leaves(False)

        @keys.add("tab")
        def complete(event: KeyPressEvent) -> None:
            if self._buffer.complete_state:
                self._buffer.complete_next()
            else:
                self._buffer.start_completion(select_first=True)

        @keys.add("s-tab")
        def back(event: KeyPressEvent) -> None:
            self._buffer.complete_previous()

        @keys.add("c-l")
        def clear(event: KeyPressEvent) -> None:
            event.app.renderer.clear()

        return keys


class _Commands(Completer):
    """Offers commands while a line begins with a slash."""

    def __init__(self, offers: list[tuple[str, str]]) -> None:
        self._offered = offers

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The commands that begin with what was typed; behind `/as b1 ` those of that party."""
        typed = document.text_before_cursor
        word = typed.rpartition(" ")[2] if typed.startswith("/as ") else typed
        if not word.startswith("/"):
            return
        for offer, help in self._offered:
            if offer.startswith(word) and offer != word:
                yield Completion(offer, -len(word), display_meta=help)
