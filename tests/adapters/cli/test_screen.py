"""The screen of a call, drawn on a terminal that is a text."""

from __future__ import annotations

import io
import os
import pty
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyte
import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from jambonz_anyio.cli.captured_output import CapturedOutput
from jambonz_anyio.cli.live_lines import Kind, LiveLine
from jambonz_anyio.cli.screen import Screen
from jambonz_anyio.cli.screen_lines import rows_of
from jambonz_anyio.cli.terminal import can_show, is_utf8


class Paper(io.StringIO):
    """A terminal: what stands on it, after all that was written and erased."""

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        super().__init__()
        self._screen = pyte.HistoryScreen(columns, rows, history=100_000)
        self._stream = pyte.Stream(self._screen)
        self._news = threading.Condition()
        self._read = 0

    def flush(self) -> None:
        with self._news:
            written = self.getvalue()
            self._stream.feed(written[self._read :])
            self._read = len(written)
            self._news.notify_all()

    @property
    def text(self) -> str:
        """What stands there, with what has left it at the top."""
        left = ("".join(row[column].data for column in range(len(row))) for row in self._screen.history.top)
        return "\n".join(row.rstrip() for row in [*left, *self._screen.display] if row.strip())

    def waits_for(self, words: str) -> None:
        with self._news:
            assert self._news.wait_for(lambda: words in self.text, timeout=20), self.text


class Desk:
    """A screen with everything that it asks for."""

    def __init__(
        self, screen: Screen, paper: Paper, keys: Any, heard: list[Any], news: threading.Event
    ) -> None:
        self.screen = screen
        self.paper = paper
        self.types: Callable[[str], None] = keys.send_text
        self.closes: Callable[[], None] = keys.close
        self.heard = heard
        self.news = news

    def hears(self, what: Any) -> None:
        """Wait until the screen has said something."""
        while what not in self.heard:
            assert self.news.wait(20), self.heard
            self.news.clear()


@contextmanager
def desk(columns: int = 80, rows: int = 24, **settings: Any) -> Iterator[Desk]:
    paper, heard, news = Paper(columns, rows), list[Any](), threading.Event()

    def say(what: Any) -> None:
        heard.append(what)
        news.set()

    with create_pipe_input() as keys:
        output = Vt100_Output(paper, lambda: Size(rows, columns), term="xterm", enable_cpr=False)
        screen = Screen(
            input=keys,
            output=output,
            typed=say,
            leaves=say,
            **{
                "offers": [("/hangup", "hang up"), ("/help", "this list")],
                "kinds": frozenset(Kind),
                **settings,
            },
        )
        with screen:
            yield Desk(screen, paper, keys, heard, news)


def said(number: int, text: str, *, over: bool = False, **more: Any) -> LiveLine:
    return LiveLine(number, 1.0, Kind.SAID, "app", text, "caller", over, **more)


def test_what_is_typed_is_told_and_the_line_is_empty_again() -> None:
    with desk() as one:
        one.types("good morning\r")
        one.hears("good morning")
        one.types("bye\r")
        one.hears("bye")


def test_the_arrow_brings_back_what_was_typed() -> None:
    with desk() as one:
        one.types("good morning\r")
        one.hears("good morning")
        one.screen.print("so the line is drawn anew")
        one.paper.waits_for("so the line is drawn anew")
        one.types("\x1b[A")
        one.paper.waits_for("you> good morning")
        one.types("!\r")
        one.hears("good morning!")


def test_a_history_that_was_kept() -> None:
    with desk(history=InMemoryHistory(["from yesterday"])) as one:
        one.paper.waits_for("you>")
        one.types("\x1b[A")
        one.paper.waits_for("from yesterday")
        one.types("\r")
        one.hears("from yesterday")


def test_commands_are_offered_and_completed() -> None:
    offers = "     /hangup      hang up\n     /help        this list"
    with desk() as one:
        one.types("/h")
        one.paper.waits_for(f"you> /h\n{offers}")
        one.types("\t\r")
        one.hears("/hangup")
        one.types("/as b1 /h")
        one.paper.waits_for(f"you> /as b1 /h\n{offers}")
        one.types("\t\t\r")
        one.hears("/as b1 /help")
        one.types("/h")
        one.paper.waits_for(f"you> /h\n{offers}")
        one.types("\t\t\x1b[Z")
        one.paper.waits_for("you> /hangup")
        one.types(" now\r")
        one.hears("/hangup now")


def test_completion_by_tab_alone() -> None:
    with desk() as one:
        one.types("words")
        one.types("\t\r")
        one.hears("words")


def test_ctrl_c_and_ctrl_d_leave() -> None:
    with desk() as one:
        one.types("half a line\x04\x03")
        one.hears(True)
        one.types("\x15\x0c\x04")
        one.hears(False)
    assert one.heard == [True, False]


def test_a_terminal_that_is_gone() -> None:
    with desk() as one:
        one.closes()
        one.hears(False)
    assert one.screen.failure is None


def test_a_terminal_that_takes_nothing_more() -> None:
    class Torn(Paper):
        torn = False

        def flush(self) -> None:
            if self.torn:
                raise OSError(5, "gone")

    with create_pipe_input() as keys:
        left: list[bool] = []
        gone = threading.Event()
        paper = Torn()
        output = Vt100_Output(paper, lambda: Size(24, 80), enable_cpr=False)

        def leaves(interrupted: bool) -> None:
            left.append(interrupted)
            gone.set()

        with Screen(
            input=keys, output=output, typed=print, leaves=leaves, offers=[], kinds=frozenset(Kind)
        ) as screen:
            paper.torn = True
            screen.print("nobody sees this")
            assert gone.wait(20)
        assert isinstance(screen.failure, OSError)
        assert left == [False]
        screen.print("nor this")


def test_words_grow_below_and_are_printed_when_they_are_over() -> None:
    with desk() as one:
        line = said(0, "Please")
        one.screen.show(line)
        one.paper.waits_for("Please …")
        line.text = "Please say something"
        one.screen.show(line)
        one.paper.waits_for("something …")
        one.screen.show(LiveLine(1, 1.2, Kind.DETAIL, "hook", "verb:hook → nothing"))
        line.over = True
        one.screen.show(line)
    # At the end the lines stand in the order in which they began, each once.
    assert one.paper.text.splitlines() == [
        "   1.0  app     Please say something",
        "   1.2  hook    verb:hook → nothing",
    ]


def test_what_is_left_is_printed_at_the_end() -> None:
    with desk() as one:
        one.screen.show(said(0, "Never to be ended"))
        one.screen.print("a last word of the application")
    assert "Never to be ended" in one.paper.text
    assert "a last word of the application" in one.paper.text


def test_a_long_wait_does_not_hide_what_happens() -> None:
    with desk(rows=14) as one:
        one.screen.show(said(0, "For ever and ever"))
        for number in range(1, 30):
            one.screen.show(LiveLine(number, 1.0, Kind.DETAIL, "hook", f"hook {number} is answered"))
        one.paper.waits_for("hook 29 is answered")
        one.paper.waits_for("hook 1 is answered")


def test_kinds_that_nobody_asked_for() -> None:
    with desk(kinds=frozenset({Kind.SAID})) as one:
        one.screen.show(LiveLine(0, 1.0, Kind.FINE, "status", "a payload"))
        one.screen.show(said(1, "Hello", over=True))
    assert "a payload" not in one.paper.text
    assert "Hello" in one.paper.text


def test_nothing_of_an_application_moves_the_cursor() -> None:
    with desk() as one:
        one.screen.show(said(0, "One\x1b[2J\nTwo", over=True))
        one.screen.print("three\x1b[1;1H\tfour")
    assert "One·[2J Two" in one.paper.text
    assert "three·[1;1H four" in one.paper.text


def test_a_flood_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with desk() as one:
        monkeypatch.setattr("jambonz_anyio.cli.screen.WAITING", 0)
        one.screen.print("too much")
        one.paper.waits_for("1 lines are left out: too many came at once.")
        monkeypatch.undo()
        one.screen.print("not too much")
    assert "\n                too much" not in one.paper.text
    assert "not too much" in one.paper.text


def test_the_state_and_who_is_played() -> None:
    def shown() -> str:
        return "".join(part[1] for part in one.screen._state_row())

    now = [0.0]
    with desk(columns=40, clock=lambda: now[0]) as one:
        one.paper.waits_for("you>")
        assert shown() == "Calling."
        one.screen.state("gather waits for words, until 18.0 s, and this is long", "b1")
        assert shown() == "gather waits for words, until 18.0 s,.."
        one.paper.waits_for("b1>")
        now[0] = 3.0
        assert shown() == "The event loop is blocked for 3 s: a .."
        one.screen.state("The call ends.", "you", last=True)
        assert shown() == "The call ends."


def test_terminals_without_many_characters() -> None:
    with desk(plain_characters=True) as one:
        one.screen.show(said(0, "“Grüezi” → …", over=True, cut=True))
    assert '"Gr?ezi" -> ... - cut off' in one.paper.text


@pytest.mark.parametrize("width", [20, 40, 59, 80, 200])
def test_rows_fit(width: int) -> None:
    line = said(3, "Ein sehr langes Wort: " + "Donaudampfschiff" * 6 + " und 漢字" + "漢字" * 30, over=True)
    rows = ["".join(text for _, text in row) for row in rows_of(line, width, ascii_only=False)]
    assert all(sum(2 if ord(c) > 0x3000 else 1 for c in row) <= width for row in rows), rows
    assert "".join("".join(rows).split()).endswith("漢字")
    # On a wide one the time is there, too.
    assert rows[0].startswith("   1.0  app" if width >= 60 else " app")


def test_who_is_who() -> None:
    def first(line: LiveLine) -> str:
        return "".join(text for _, text in rows_of(line, 80, ascii_only=False)[0]).strip()

    assert first(LiveLine(0, 0.0, Kind.SAID, "caller", "Hi")) == "you     Hi"
    assert first(LiveLine(0, 0.0, Kind.SAID, "b1", "Hi")) == "b1      Hi"
    assert first(LiveLine(0, 0.0, Kind.SAID, "app", "Hi", to="b1")) == "to b1   Hi"
    assert first(LiveLine(0, 0.0, Kind.LOG, "app log", "ERROR: Hi")) == "log     ERROR: Hi"
    assert first(LiveLine(0, 2.5, Kind.SAID, "app", "", over=False)) == "2.5  app     …"


def test_streams_that_have_other_characters() -> None:
    def stream(encoding: str) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(), encoding=encoding)

    assert can_show("“ü” → …", stream("latin-1")) == '"ü" -> ...'
    assert can_show("“ü” → …", stream("utf-8")) == "“ü” → …"
    assert can_show("“ü”", stream("ascii")) == '"?"'
    assert is_utf8(stream("UTF8"))
    assert not is_utf8(stream("latin-1"))
    assert not is_utf8(io.StringIO())


def test_what_is_written_to_descriptors_becomes_lines() -> None:
    ours, theirs = pty.openpty()
    saved = os.dup(1)
    os.dup2(theirs, 1)
    lines: list[str] = []
    try:
        with CapturedOutput(lines.append):
            os.write(1, b"one\r\n" + b"\xfftwo\n")
            os.write(1, b"x" * 10_000)
            os.write(1, b"\nno end")
        assert os.isatty(1)
    finally:
        os.dup2(saved, 1)
        for descriptor in (saved, ours, theirs):
            os.close(descriptor)
    assert lines[:2] == ["one", "\N{REPLACEMENT CHARACTER}two"]
    assert "".join(lines[2:-1]) == "x" * 10_000
    assert lines[-1] == "no end"
